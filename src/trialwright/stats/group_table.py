"""Events and numbers at risk by group at each distinct event time: what every log-rank test is made of."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from trialwright.stats.arrays import FloatArray, IntArray
from trialwright.stats.survival_times import SurvivalTimes, compute_starts


@dataclass(frozen=True, slots=True)
class GroupTable:
    """One row a distinct event time, one column a group; ``survival_before`` is the pooled S(t-)."""

    time: FloatArray
    n_at_risk: FloatArray
    n_event: FloatArray
    survival_before: FloatArray


def compute_group_table(times: SurvivalTimes, codes: IntArray, groups: int) -> GroupTable:
    """The table of the subjects in ``times`` (sorted); ``codes`` in the same sorted order, 0..groups-1."""
    starts = compute_starts(times.time)
    member = codes[:, None] == np.arange(groups)[None, :]
    totals = _sum_by_start(member, starts)
    events = _sum_by_start(member & times.event[:, None], starts)
    at_risk = np.cumsum(totals[::-1], axis=0)[::-1]
    seen = events.sum(axis=1) > 0
    at_risk, events = at_risk[seen].astype(np.float64), events[seen].astype(np.float64)
    steps = 1.0 - events.sum(axis=1) / at_risk.sum(axis=1)
    before = np.concatenate(([1.0], np.cumprod(steps)))[: steps.size]
    return GroupTable(times.time[starts][seen], at_risk, events, before)


def select_subjects(times: SurvivalTimes, keep: IntArray) -> SurvivalTimes:
    """The subjects at the sorted places ``keep`` (ascending), still sorted."""
    return SurvivalTimes(times.time[keep], times.event[keep], times.order[keep])


def _sum_by_start(flags: np.ndarray[tuple[int, int], np.dtype[np.bool_]], starts: IntArray) -> IntArray:
    if starts.size == 0:
        return np.zeros((0, flags.shape[1]), dtype=np.int64)
    return np.add.reduceat(flags.astype(np.int64), starts, axis=0)
