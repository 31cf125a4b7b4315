"""Numbers of events and subjects by formula, each under its author's name.

Sources: Schoenfeld (1981), Biometrika 68:316; Freedman (1982), Statistics in Medicine 1:121; Lachin & Foulkes
(1986), Biometrics 42:507.
"""

from __future__ import annotations

import math
from statistics import NormalDist

_NORMAL = NormalDist()


def compute_schoenfeld_events(
    hazard_ratio: float, power: float, alpha: float, sides: int = 2, share_experimental: float = 0.5
) -> float:
    """Events needed by the log-rank test: (z_alpha + z_beta)^2 / (p (1 - p) log(HR)^2)."""
    z = _NORMAL.inv_cdf(1 - alpha / sides) + _NORMAL.inv_cdf(power)
    return z * z / (share_experimental * (1 - share_experimental) * math.log(hazard_ratio) ** 2)


def compute_schoenfeld_hazard_ratio(
    events: float, power: float, alpha: float, sides: int = 2, share_experimental: float = 0.5
) -> float:
    """The hazard ratio below 1 that a number of events detects: Schoenfeld's formula, solved."""
    z = _NORMAL.inv_cdf(1 - alpha / sides) + _NORMAL.inv_cdf(power)
    return math.exp(-z / math.sqrt(events * share_experimental * (1 - share_experimental)))


def compute_schoenfeld_power(
    events: float, hazard_ratio: float, alpha: float, sides: int = 2, share_experimental: float = 0.5
) -> float:
    """Power of the log-rank test in favour of the better arm, by the same formula."""
    shift = abs(math.log(hazard_ratio)) * math.sqrt(events * share_experimental * (1 - share_experimental))
    return _NORMAL.cdf(shift - _NORMAL.inv_cdf(1 - alpha / sides))


def compute_freedman_events(
    hazard_ratio: float, power: float, alpha: float, sides: int = 2, ratio: float = 1.0
) -> float:
    """Events needed by Freedman's formula; ``ratio`` is experimental : control.

    d = (z_alpha + z_beta)^2 (1 + r HR)^2 / (r (1 - HR)^2).
    """
    z = _NORMAL.inv_cdf(1 - alpha / sides) + _NORMAL.inv_cdf(power)
    return z * z * (1 + ratio * hazard_ratio) ** 2 / (ratio * (1 - hazard_ratio) ** 2)
