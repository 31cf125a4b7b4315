"""Survival times sorted once, with ties mended, and the table of who was at risk when."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from trialwright.stats.arrays import BoolArray, FloatArray, IntArray, parse_events, parse_times

TIE_TOLERANCE = float(np.sqrt(np.finfo(np.float64).eps))
"""Times nearer than this, absolutely or as a share of the mean time, are one (as R survival's timefix)."""

LARGE = 50_000
"""From here on the sort may leave tied subjects in any order, which is six times faster and changes nothing
but the rounding of Cox's sums; below, the order given is kept, so that small trials repeat to the last bit."""


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
    order = np.argsort(times, kind="stable" if times.shape[0] < LARGE else "quicksort").astype(np.int64)
    return SurvivalTimes(compute_tied_times(times[order]), events[order], order)


def compute_tied_times(ascending: FloatArray) -> FloatArray:
    """The same ascending times with those equal but for rounding made equal (to the first of them).

    Source: R survival, ``aeqSurv``: a gap counts as a tie when it, or its share of the mean of the
    distinct times, is at most the square root of the machine's epsilon.
    """
    from trialwright.stats.kernels import survey_gaps

    limit, any_near = survey_gaps(ascending, TIE_TOLERANCE)
    if not any_near:
        return ascending
    starts = np.concatenate(([True], np.diff(ascending) > limit))
    return ascending[starts][np.cumsum(starts) - 1]


def select_subjects(times: SurvivalTimes, keep: IntArray) -> SurvivalTimes:
    """The subjects at the sorted places ``keep`` (ascending), still sorted."""
    return SurvivalTimes(times.time[keep], times.event[keep], times.order[keep])


def compute_starts(ascending: FloatArray) -> IntArray:
    """The places at which a new distinct time begins."""
    if ascending.shape[0] == 0:
        return np.zeros(0, dtype=np.int64)
    return np.flatnonzero(np.concatenate(([True], np.diff(ascending) > 0))).astype(np.int64)


def compute_risk_table(times: SurvivalTimes) -> RiskTable:
    """Numbers at risk, with event and censored at each distinct time."""
    from trialwright.stats.kernels import count_by_time

    n = times.n
    time, at_risk, events = np.empty(n), np.empty(n, np.int64), np.empty(n, np.int64)
    rows = count_by_time(times.time, times.event, time, at_risk, events)
    at_risk, events = at_risk[:rows], events[:rows]
    left = at_risk - np.append(at_risk[1:], 0) if rows else at_risk
    return RiskTable(time[:rows], at_risk, events, left - events)
