"""What an interim result promises for the end: conditional and predictive power.

Source: Lan & Wittes (1988), Biometrics 44:579 (B-value); Spiegelhalter, Freedman, Blackburn (1986),
Controlled Clinical Trials 7:8 (predictive power).
"""

from __future__ import annotations

import math
from statistics import NormalDist

_NORMAL = NormalDist()


def compute_conditional_power(z: float, fraction: float, final_z: float, drift: float | None = None) -> float:
    """Probability of exceeding ``final_z`` at the end, given ``z`` at an information fraction.

    ``drift`` is the mean of Z at full information; None takes the current trend z / sqrt(fraction). Larger Z
    favours the experimental arm.
    """
    assumed = z / math.sqrt(fraction) if drift is None else drift
    so_far = z * math.sqrt(fraction)
    return _NORMAL.cdf((so_far + assumed * (1 - fraction) - final_z) / math.sqrt(1 - fraction))


def compute_predictive_power(
    z: float, fraction: float, final_z: float, prior_mean: float = 0.0, prior_sd: float = math.inf
) -> float:
    """Conditional power averaged over what is believed of the drift after the interim.

    The prior of the drift is normal; with an infinite ``prior_sd`` the data alone count.
    """
    so_far = z * math.sqrt(fraction)
    precision = fraction + (0.0 if math.isinf(prior_sd) else 1 / prior_sd**2)
    weight = 0.0 if math.isinf(prior_sd) else prior_mean / prior_sd**2
    mean = so_far + (1 - fraction) * (so_far + weight) / precision
    variance = (1 - fraction) + (1 - fraction) ** 2 / precision
    return _NORMAL.cdf((mean - final_z) / math.sqrt(variance))
