"""Survival times sorted once, with ties mended."""

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


def parse_survival_times(time: ArrayLike, event: ArrayLike) -> SurvivalTimes:
    """Check and sort. ``time`` >= 0 in one unit, ``event`` 0/1; both length n. Refuses everything else."""
    times = parse_times(time)
    events = parse_events(event, times.shape[0])
    order = np.argsort(times, kind="stable" if times.shape[0] < LARGE else "quicksort").astype(np.int64)
    return SurvivalTimes(compute_tied_times(times[order]), events[order], order)


def parse_curve_times(time: ArrayLike, event: ArrayLike) -> tuple[FloatArray, BoolArray]:
    """Times and events in ascending time, for when nobody asks which subject stands where.

    The bits of times that are not negative sort as whole numbers do and leave one bit free for the event,
    so that one sort of plain numbers does: a third of the time of finding an order.
    """
    from trialwright.stats.kernels import split_keys

    times = parse_times(time)
    events = parse_events(event, times.shape[0])
    keys = np.ascontiguousarray(times).view(np.uint64) << np.uint64(1)
    np.bitwise_or(keys, events, out=keys)
    keys.sort()
    sorted_events = np.empty(keys.size, np.bool_)
    split_keys(keys, sorted_events)
    return compute_tied_times(keys.view(np.float64)), sorted_events


def compute_tied_times(ascending: FloatArray) -> FloatArray:
    """The same array, times equal but for rounding made equal (to the first of them) in place.

    Source: R survival, ``aeqSurv``: a gap counts as a tie when it, or its share of the mean of the
    distinct times, is at most the square root of the machine's epsilon.
    """
    from trialwright.stats.kernels import merge_near_ties

    merge_near_ties(ascending, TIE_TOLERANCE)
    return ascending


def select_subjects(times: SurvivalTimes, keep: IntArray) -> SurvivalTimes:
    """The subjects at the sorted places ``keep`` (ascending), still sorted."""
    return SurvivalTimes(times.time[keep], times.event[keep], times.order[keep])


def compute_starts(ascending: FloatArray) -> IntArray:
    """The places at which a new distinct time begins."""
    if ascending.shape[0] == 0:
        return np.zeros(0, dtype=np.int64)
    return np.flatnonzero(np.concatenate(([True], np.diff(ascending) > 0))).astype(np.int64)
