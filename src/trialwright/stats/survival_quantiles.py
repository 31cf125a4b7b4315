"""Median and other quantiles of a survival curve with Brookmeyer-Crowley intervals.

Source: Brookmeyer and Crowley 1982, Biometrics 38:29. The limits are the times at which the pointwise
bands cross the level, so they inherit the curve's interval type.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from trialwright.stats.arrays import BoolArray, FloatArray
from trialwright.stats.kaplan_meier import IntervalType, KaplanMeier

FlatRule = Literal["midpoint", "first"]
LEVEL_TOLERANCE = 1e-9
"""S within this of the level counts as equal to it: products of fractions are not exact."""


@dataclass(frozen=True, slots=True)
class SurvivalQuantile:
    """The time by which a share ``probability`` had the event; NaN where curve or band never get there."""

    probability: float
    estimate: float
    lower: float
    upper: float
    level: float
    interval: IntervalType
    flat_rule: FlatRule
    estimable: bool
    reason: str
    convention: str


def compute_median(curve: KaplanMeier, *, flat_rule: FlatRule = "midpoint") -> SurvivalQuantile:
    """Median survival time (see ``compute_quantile``)."""
    return compute_quantile(curve, 0.5, flat_rule=flat_rule)


def compute_quantile(
    curve: KaplanMeier, probability: float, *, flat_rule: FlatRule = "midpoint"
) -> SurvivalQuantile:
    """First time at which S falls to 1 - ``probability`` or below, with its interval.

    Where S equals the level exactly over a stretch, ``midpoint`` (R survival) takes the middle between
    that event time and the next, ``first`` (lifelines) the first of them.
    """
    if not 0 < probability < 1:
        raise ValueError("the quantile's probability must lie between 0 and 1")
    if flat_rule not in ("midpoint", "first"):
        raise ValueError("unknown rule for a flat stretch; choose midpoint or first")
    level = 1.0 - probability
    estimate = _crossing_time(curve.time, curve.survival, level, flat_rule)
    reason = curve.reason
    if curve.estimable and np.isnan(estimate):
        reason = f"the survival curve stays above {level:g}"
    return SurvivalQuantile(
        probability=probability,
        estimate=estimate,
        lower=_crossing_time(curve.time, curve.lower, level, flat_rule),
        upper=_crossing_time(curve.time, curve.upper, level, flat_rule),
        level=curve.level,
        interval=curve.interval,
        flat_rule=flat_rule,
        estimable=not np.isnan(estimate),
        reason=reason,
        convention=f"Brookmeyer-Crowley from the {curve.interval} band, level {curve.level:g}; "
        f"where S equals {level:g} over a stretch: {flat_rule}",
    )


def _crossing_time(time: FloatArray, band: FloatArray, level: float, flat_rule: FlatRule) -> float:
    """First time with ``band`` <= level (NaN bands never cross), by the flat rule where it equals it."""
    below = _at_most(band, level)
    if not below.any():
        return float("nan")
    first = int(np.argmax(below))
    if flat_rule == "midpoint" and abs(band[first] - level) <= LEVEL_TOLERANCE:
        later = np.flatnonzero(band < level - LEVEL_TOLERANCE)
        if later.size:
            return float((time[first] + time[later[0]]) / 2.0)
    return float(time[first])


def _at_most(band: FloatArray, level: float) -> BoolArray:
    with np.errstate(invalid="ignore"):
        return band <= level + LEVEL_TOLERANCE
