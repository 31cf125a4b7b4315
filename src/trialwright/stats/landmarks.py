"""Survival and numbers at risk at fixed times: landmark estimates and the table under the plot."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from trialwright.stats.arrays import BoolArray, FloatArray, IntArray, parse_times
from trialwright.stats.kaplan_meier import IntervalType, KaplanMeier


@dataclass(frozen=True, slots=True)
class Landmarks:
    """Survival at the times asked for; arrays of one element a time, in the order asked.

    ``estimable[j]`` is False beyond the last observation when that was a censoring (S is unknown there):
    the estimate and its limits are then NaN. ``n_at_risk`` counts observed times >= the time.
    """

    time: FloatArray
    survival: FloatArray
    std_error: FloatArray
    lower: FloatArray
    upper: FloatArray
    n_at_risk: IntArray
    n_events_so_far: IntArray
    estimable: BoolArray
    reason: str
    level: float
    interval: IntervalType
    convention: str


def compute_landmarks(curve: KaplanMeier, times: ArrayLike) -> Landmarks:
    """S, its standard error and limits at each of ``times`` (same unit as the curve, >= 0)."""
    asked = parse_times(times, "landmark times")
    place = np.searchsorted(curve.time, asked, side="right")
    ended_at_zero = curve.survival.size > 0 and curve.survival[-1] <= 0
    known = (
        (asked <= curve.largest_time) | ended_at_zero if curve.estimable else np.zeros(asked.shape, np.bool_)
    )
    before = 1.0 if curve.interval != "log-log" else np.nan

    def pick(values: FloatArray, at_start: float) -> FloatArray:
        return np.where(known, np.concatenate(([at_start], values))[place], np.nan)

    reason = curve.reason
    if curve.estimable and not known.all():
        reason = "a time lies beyond the last observation, which was censored"
    return Landmarks(
        time=asked,
        survival=pick(curve.survival, 1.0),
        std_error=pick(curve.std_error, 0.0),
        lower=pick(curve.lower, before),
        upper=pick(curve.upper, before),
        n_at_risk=compute_numbers_at_risk(curve, asked),
        n_events_so_far=np.concatenate(([0], np.cumsum(curve.n_event))).astype(np.int64)[place],
        estimable=known,
        reason=reason,
        level=curve.level,
        interval=curve.interval,
        convention=curve.convention + "; S is right-continuous: an event at the landmark counts",
    )


def compute_numbers_at_risk(curve: KaplanMeier, times: ArrayLike) -> IntArray:
    """How many subjects were still observed just before each of ``times``."""
    asked = parse_times(times, "times")
    place = np.searchsorted(curve.time, asked, side="left")
    return np.append(curve.n_at_risk, 0).astype(np.int64)[place]
