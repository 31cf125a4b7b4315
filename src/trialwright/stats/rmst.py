"""Restricted mean survival time: the area under the Kaplan-Meier curve up to tau, and its difference.

Sources: Uno 2014, J Clin Oncol 32:2380; Royston and Parmar 2013. Variance: the sum over event times up to
tau of (area from t to tau)^2 d / (n (n - d)).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from trialwright.stats.arrays import check_level, parse_labels
from trialwright.stats.distributions import normal_two_sided, two_sided_z
from trialwright.stats.kaplan_meier import KaplanMeier, compute_curve
from trialwright.stats.survival_times import parse_curve_times, parse_survival_times

NAN = float("nan")
CONVENTION = "area under Kaplan-Meier to tau, Greenwood-type variance, normal interval"


@dataclass(frozen=True, slots=True)
class RestrictedMean:
    """Mean survival time up to ``tau``, in the unit of the times."""

    tau: float
    estimate: float
    std_error: float
    lower: float
    upper: float
    level: float
    n: int
    n_events: int
    estimable: bool
    reason: str
    convention: str


@dataclass(frozen=True, slots=True)
class RestrictedMeanDifference:
    """``difference`` is the second group's restricted mean minus the first's."""

    groups: tuple[Any, Any]
    first: RestrictedMean
    second: RestrictedMean
    tau: float
    difference: float
    std_error: float
    lower: float
    upper: float
    z: float
    p_value: float
    level: float
    estimable: bool
    reason: str
    convention: str


def compute_restricted_mean(
    time: ArrayLike, event: ArrayLike, tau: float | None = None, *, level: float = 0.95
) -> RestrictedMean:
    """Restricted mean of one group; ``tau`` > 0 in the unit of ``time``, default the largest time.

    Not estimable where ``tau`` lies beyond the last observation and that was a censoring.
    """
    check_level(level)
    check_tau(tau)
    curve = compute_curve(*parse_curve_times(time, event), interval="plain", level=level)
    return compute_area(curve, curve.largest_time if tau is None else tau, level)


def compute_restricted_mean_difference(
    time: ArrayLike,
    event: ArrayLike,
    group: ArrayLike | Sequence[Any],
    tau: float | None = None,
    *,
    levels: Sequence[Any] | None = None,
    level: float = 0.95,
) -> RestrictedMeanDifference:
    """Second group minus first (order of ``levels``), Wald interval and two-sided p.

    Without ``tau`` the smaller of the two groups' largest times is taken (a plan should fix it instead).
    """
    check_level(level)
    check_tau(tau)
    times = parse_survival_times(time, event)
    labels = parse_labels(group, times.n, "group", levels)
    if len(labels.levels) != 2:
        raise ValueError(f"a difference needs exactly two groups, not {len(labels.levels)}")
    codes = labels.codes[times.order]
    curves = [
        compute_curve(times.time[codes == g], times.event[codes == g], interval="plain", level=level)
        for g in (0, 1)
    ]
    largest = [curve.largest_time for curve in curves]
    horizon = tau if tau is not None else min(largest) if not np.isnan(largest).any() else NAN
    first, second = (compute_area(curve, horizon, level) for curve in curves)
    return _difference((labels.levels[0], labels.levels[1]), first, second, level)


def check_tau(tau: float | None) -> None:
    """Refuse a horizon that is not a positive time."""
    if tau is not None and not (np.isfinite(tau) and tau > 0):
        raise ValueError("tau must be a positive time")


def compute_area(curve: KaplanMeier, tau: float, level: float) -> RestrictedMean:
    """Area under ``curve`` from 0 to ``tau`` with its variance."""
    reason = curve.reason
    if curve.estimable and np.isnan(tau):
        reason = "there is no common tau: the other group has no subjects"
    elif curve.estimable and tau <= 0:
        reason = "every time is zero"
    elif curve.estimable and tau > curve.largest_time and curve.survival[-1] > 0:
        reason = "tau lies beyond the last observation, which was censored"
    if reason:
        return RestrictedMean(
            tau, NAN, NAN, NAN, NAN, level, curve.n, curve.n_events, False, reason, CONVENTION
        )
    estimate, variance = _area_and_variance(curve, tau)
    error = float(np.sqrt(variance))
    half = two_sided_z(level) * error
    return RestrictedMean(
        tau,
        estimate,
        error,
        estimate - half,
        estimate + half,
        level,
        curve.n,
        curve.n_events,
        True,
        "",
        CONVENTION,
    )


def _area_and_variance(curve: KaplanMeier, tau: float) -> tuple[float, float]:
    inside = curve.time < tau
    edges = np.concatenate(([0.0], curve.time[inside], [tau]))
    pieces = np.diff(edges) * np.concatenate(([1.0], curve.survival[inside]))
    remaining = np.cumsum(pieces[::-1])[::-1][1:]
    n = curve.n_at_risk[inside].astype(np.float64)
    d = curve.n_event[inside].astype(np.float64)
    open_ended = (d > 0) & (n > d)  # at n = d the curve is at 0 and nothing remains
    n, d, remaining = n[open_ended], d[open_ended], remaining[open_ended]
    return float(pieces.sum()), float(np.sum(remaining**2 * d / (n * (n - d))))


def _difference(
    groups: tuple[Any, Any], first: RestrictedMean, second: RestrictedMean, level: float
) -> RestrictedMeanDifference:
    difference = second.estimate - first.estimate
    error = float(np.hypot(first.std_error, second.std_error))
    half = two_sided_z(level) * error
    reasons = [
        f"{name}: {mean.reason}" for name, mean in zip(groups, (first, second), strict=True) if mean.reason
    ]
    if not reasons and error == 0:
        reasons = ["no events before tau in either group: the difference has no standard error"]
    tested = not reasons
    return RestrictedMeanDifference(
        groups=groups,
        first=first,
        second=second,
        tau=first.tau,
        difference=difference,
        std_error=error if tested else NAN,
        lower=difference - half if tested else NAN,
        upper=difference + half if tested else NAN,
        z=difference / error if tested else NAN,
        p_value=normal_two_sided(difference / error) if tested else NAN,
        level=level,
        estimable=tested,
        reason="; ".join(reasons),
        convention=CONVENTION + "; second group minus first, two-sided normal test",
    )
