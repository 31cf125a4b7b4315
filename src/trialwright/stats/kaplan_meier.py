"""The Kaplan-Meier curve with Greenwood's variance and pointwise intervals.

Sources: Kaplan and Meier 1958; Greenwood 1926; Kalbfleisch and Prentice 2002, section 1.4.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from trialwright.stats.arrays import BoolArray, FloatArray, IntArray, check_level
from trialwright.stats.distributions import two_sided_z
from trialwright.stats.survival_times import parse_curve_times

IntervalType = Literal["log-log", "log", "plain"]
INTERVAL_TYPES: tuple[IntervalType, ...] = ("log-log", "log", "plain")


@dataclass(frozen=True, slots=True)
class KaplanMeier:
    """One curve; the arrays have one element a distinct observed time, ascending, in the caller's unit.

    ``survival[j]`` holds from ``time[j]`` until the next time; ``std_error`` is Greenwood's, of S itself.
    ``lower`` and ``upper`` are NaN where the interval type is undefined (S = 0; for log-log also S = 1).
    """

    time: FloatArray
    n_at_risk: IntArray
    n_event: IntArray
    n_censored: IntArray
    survival: FloatArray
    std_error: FloatArray
    lower: FloatArray
    upper: FloatArray
    n: int
    n_events: int
    interval: IntervalType
    level: float
    estimable: bool
    reason: str
    convention: str

    @property
    def largest_time(self) -> float:
        """The largest observed time (event or censoring); NaN without subjects."""
        return float(self.time[-1]) if self.time.size else float("nan")


def compute_kaplan_meier(
    time: ArrayLike, event: ArrayLike, *, interval: IntervalType = "log-log", level: float = 0.95
) -> KaplanMeier:
    """Survival curve of one group.

    ``time``: n non-negative times in one unit; ``event``: n flags, 1 = event, 0 = censored. Who is
    censored at t is at risk at t. Without events the curve is 1 throughout; without subjects it is not
    estimable. Refuses (``ValueError``) negative or missing times, other event codes, unequal lengths.
    """
    return compute_curve(*parse_curve_times(time, event), interval=interval, level=level)


def compute_reverse_kaplan_meier(
    time: ArrayLike, event: ArrayLike, *, interval: IntervalType = "log-log", level: float = 0.95
) -> KaplanMeier:
    """Curve of potential follow-up: being censored is the event, the event is the censoring.

    Source: Schemper and Smith 1996 (reverse Kaplan-Meier). Same arguments as ``compute_kaplan_meier``.
    """
    ascending, events = parse_curve_times(time, event)
    return compute_curve(ascending, ~events, interval=interval, level=level)


def compute_curve(
    ascending: FloatArray, event: BoolArray, *, interval: IntervalType, level: float
) -> KaplanMeier:
    """The curve of already sorted times and their events (see ``compute_kaplan_meier``).

    ``ascending`` is overwritten with the distinct times.
    """
    if interval not in INTERVAL_TYPES:
        raise ValueError(f"unknown interval type; choose one of {', '.join(INTERVAL_TYPES)}")
    check_level(level)
    from trialwright.stats.kernels import fill_curve

    n = ascending.shape[0]
    block = np.empty((7, n))  # one piece of memory, for the system hands out large pieces faster than small
    counts = block[4:].view(np.int64)
    rows = fill_curve(ascending, event, counts, block[0], block[1])
    survival, log_error, lower, upper = block[:4, :rows]
    np.sqrt(log_error, out=log_error)
    compute_survival_limits(survival, log_error, interval, level, lower, upper)
    with np.errstate(invalid="ignore"):  # at S = 0 the variance is infinite and the product undefined
        std_error = np.multiply(survival, log_error, out=log_error)
    return KaplanMeier(
        time=ascending[:rows],
        n_at_risk=counts[0, :rows],
        n_event=counts[1, :rows],
        n_censored=counts[2, :rows],
        survival=survival,
        std_error=std_error,
        lower=lower,
        upper=upper,
        n=n,
        n_events=int(np.count_nonzero(event)),
        interval=interval,
        level=level,
        estimable=n > 0,
        reason="" if n else "no subjects",
        convention=f"Kaplan-Meier, Greenwood variance, {interval} interval, level {level:g}; "
        "who is censored at a time is at risk at that time",
    )


def compute_survival_limits(
    survival: FloatArray,
    log_error: FloatArray,
    interval: IntervalType,
    level: float,
    lower: FloatArray,
    upper: FloatArray,
) -> None:
    """Fill pointwise limits from S and the standard error of log S (same shapes); NaN where undefined.

    plain S +- z S s; log S exp(+-z s); log-log S^exp(+-z s / ln S). Clipped to [0, 1].
    """
    z = two_sided_z(level)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        if interval == "plain":
            half = z * survival * log_error
            np.maximum(survival - half, 0.0, out=lower)
            np.minimum(survival + half, 1.0, out=upper)
        elif interval == "log":
            factor = np.exp(z * log_error)
            np.divide(survival, factor, out=lower)
            np.minimum(survival * factor, 1.0, out=upper)
        else:
            log_survival = np.log(survival)
            np.divide(log_error, log_survival, out=upper)
            np.exp(np.multiply(upper, z, out=upper), out=upper)
            np.exp(np.divide(log_survival, upper, out=lower), out=lower)
            np.exp(np.multiply(log_survival, upper, out=upper), out=upper)
    fallen = int(np.argmax(survival < 1.0)) if survival.size and survival[-1] < 1.0 else survival.size
    for band in (lower, upper):  # the curve only falls: what is undefined stands at its two ends
        if interval == "log-log":
            band[:fallen] = np.nan
        if survival.size and survival[-1] <= 0:
            band[-1] = np.nan
