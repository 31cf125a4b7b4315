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


def compute_lachin_foulkes(
    hazard_control: float,
    hazard_experimental: float,
    accrual_months: float,
    study_months: float,
    power: float,
    alpha: float,
    sides: int = 2,
    drop_out: float = 0.0,
    share_experimental: float = 0.5,
) -> tuple[float, float]:
    """(subjects, events) for exponential survival, even accrual, fixed study time and exponential drop-out.

    Hazards are per month. Lachin & Foulkes (1986), equation 2.1 with uniform entry: variances of the
    estimated hazards under the common and under the separate hazards.
    """
    average = share_experimental * hazard_experimental + (1 - share_experimental) * hazard_control

    def spread(hazard: float) -> float:
        return hazard * hazard / event_share(hazard, drop_out, accrual_months, study_months)

    weights = 1 / share_experimental, 1 / (1 - share_experimental)
    null = math.sqrt(spread(average) * sum(weights))
    separate = math.sqrt(weights[0] * spread(hazard_experimental) + weights[1] * spread(hazard_control))
    z_alpha, z_beta = _NORMAL.inv_cdf(1 - alpha / sides), _NORMAL.inv_cdf(power)
    subjects = ((z_alpha * null + z_beta * separate) / (hazard_experimental - hazard_control)) ** 2
    died = share_experimental * event_share(hazard_experimental, drop_out, accrual_months, study_months)
    died += (1 - share_experimental) * event_share(hazard_control, drop_out, accrual_months, study_months)
    return subjects, subjects * died


def event_share(hazard: float, drop_out: float, accrual_months: float, study_months: float) -> float:
    """Share of subjects with an event by the end: even accrual, exponential event and drop-out times."""
    total = hazard + drop_out
    if total == 0:
        return 0.0
    alive = math.exp(-total * (study_months - accrual_months)) - math.exp(-total * study_months)
    return hazard / total * (1 - alive / (total * accrual_months))
