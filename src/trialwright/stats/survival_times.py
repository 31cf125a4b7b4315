"""Survival times sorted once, with ties mended, and the table of who was at risk when."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from trialwright.stats.arrays import BoolArray, FloatArray, IntArray, parse_events, parse_times

TIE_TOLERANCE = float(np.sqrt(np.finfo(np.float64).eps))
"""Times nearer than this, absolutely or as a share of the mean time, are one (as R survival's timefix)."""


@dataclass(frozen=True, slots=True)
class SurvivalTimes:
    """Subjects in ascending time. ``order[i]`` is the row of the caller's arrays that stands at place i."""

    time: FloatArray
    event: BoolArray
    order: IntArray

    @property
    def n(self) -> int:
        """Number of subjects."""
        return int(self.time.shape[0])

    @property
    def n_events(self) -> int:
        """Number of events seen."""
        return int(np.count_nonzero(self.event))


@dataclass(frozen=True, slots=True)
class RiskTable:
    """One row a distinct time, ascending. Who is censored at a time is still at risk at that time."""

    time: FloatArray
    n_at_risk: IntArray
    n_event: IntArray
    n_censored: IntArray


def parse_survival_times(time: ArrayLike, event: ArrayLike) -> SurvivalTimes:
    """Check and sort. ``time`` >= 0 in one unit, ``event`` 0/1; both length n. Refuses everything else."""
    times = parse_times(time)
    events = parse_events(event, times.shape[0])
    order = np.argsort(times, kind="stable").astype(np.int64)
    return SurvivalTimes(compute_tied_times(times[order]), events[order], order)


def compute_tied_times(ascending: FloatArray) -> FloatArray:
    """The same ascending times with those equal but for rounding made equal (to the first of them).

    Source: R survival, ``aeqSurv``: a gap counts as a tie when it, or its share of the mean of the
    distinct times, is at most the square root of the machine's epsilon.
    """
    gaps = np.diff(ascending)
    rises = gaps > 0
    if not rises.any():
        return ascending
    starts = np.concatenate(([True], rises))
    limit = TIE_TOLERANCE * max(1.0, float(np.mean(ascending[starts])))
    if not bool(np.any(rises & (gaps <= limit))):
        return ascending
    starts[1:] = gaps > limit
    return ascending[starts][np.cumsum(starts) - 1]


def compute_starts(ascending: FloatArray) -> IntArray:
    """The places at which a new distinct time begins."""
    if ascending.shape[0] == 0:
        return np.zeros(0, dtype=np.int64)
    return np.flatnonzero(np.concatenate(([True], np.diff(ascending) > 0))).astype(np.int64)


def compute_risk_table(times: SurvivalTimes) -> RiskTable:
    """Numbers at risk, with event and censored at each distinct time."""
    starts = compute_starts(times.time)
    totals = np.diff(np.append(starts, times.n))
    seen = np.concatenate(([0], np.cumsum(times.event, dtype=np.int64)))
    events = seen[starts + totals] - seen[starts]
    return RiskTable(times.time[starts], times.n - starts, events, totals - events)
