"""One replicate, subject by subject: the plain engine, which does everything the design room knows.

The lane engine (:mod:`trialwright.design.lanes`) does the common cases many times faster and must agree
with this one to the last bit of every subject.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from trialwright.design.compiled import kernel
from trialwright.design.philox import (
    PURPOSE_AFTER_PROGRESSION,
    PURPOSE_COURSE,
    PURPOSE_FIRST_EXIT,
    philox_block,
)
from trialwright.design.subjects import (
    DEATH,
    DROP_OUT,
    PROGRESSION,
    course_of,
    entry_months,
    exponential,
    last_visit,
    piece_at,
    piece_of,
    seen_at_visit,
    uniform,
)

ENTRY, OS_MONTHS, OS_EVENT, PFS_MONTHS, PFS_EVENT = range(5)
"""Columns of a replicate; an event is 1, drop-out 0."""


@kernel
def compute_replicate(
    replicate: int,
    stream: int,
    keys: NDArray[np.uint32],
    arms: NDArray[np.int8],
    starts: NDArray[np.float32],
    first_cumulative: NDArray[np.float32],
    first_mean: NDArray[np.float32],
    progress: NDArray[np.float32],
    die: NDArray[np.float32],
    second_cumulative: NDArray[np.float32],
    second_mean: NDArray[np.float32],
    die_after: NDArray[np.float32],
    part_up_to: NDArray[np.float32],
    stratum_up_to: NDArray[np.float32],
    accrual: NDArray[np.float32],
    interval: np.float32,
    out: NDArray[np.float32],
    strata: NDArray[np.int8],
) -> None:
    """Fill ``out`` (subjects, 5) and ``strata`` (subjects,) with one replicate before any data cut."""
    low, high = np.uint32(replicate & 0xFFFFFFFF), np.uint32(replicate >> 32)
    base = np.uint32(stream << 8)
    single = part_up_to.shape[2] == 1 and stratum_up_to.shape[0] == 1
    for i in range(arms.shape[0]):
        pair, odd = np.uint32(i >> 1), (i & 1) == 1
        a, b, c, d = philox_block(pair, base | np.uint32(PURPOSE_FIRST_EXIT), low, high, keys)
        word_time, word_kind = (c, d) if odd else (a, b)
        a, b, c, d = philox_block(pair, base | np.uint32(PURPOSE_AFTER_PROGRESSION), low, high, keys)
        word_after, word_kind_after = (c, d) if odd else (a, b)
        course, strata[i] = int(arms[i]), 0
        if not single:
            a, b, c, d = philox_block(pair, base | np.uint32(PURPOSE_COURSE), low, high, keys)
            word_part, word_stratum = (c, d) if odd else (a, b)
            course, strata[i] = course_of(arms[i], word_part, word_stratum, part_up_to, stratum_up_to)
        # first exit: time, then kind; what is left of the second uniform number places the entry
        target = exponential(word_time)
        k = piece_of(target, first_cumulative, course)
        first = starts[k] + (target - first_cumulative[course, k]) * first_mean[course, k]
        share = uniform(word_kind)
        to_progress, to_die = progress[course, k], die[course, k]
        if share < to_progress:
            kind, share = PROGRESSION, share / to_progress
        elif share < to_die:
            kind, share = DEATH, (share - to_progress) / (to_die - to_progress)
        else:
            kind, share = DROP_OUT, (share - to_die) / (np.float32(1.0) - to_die)
        out[i, ENTRY] = entry_months(share, accrual)
        last, died = first, kind == DEATH
        if kind == PROGRESSION:
            k = piece_at(first, starts)
            spent = second_cumulative[course, k] + (first - starts[k]) / second_mean[course, k]
            target = spent + exponential(word_after)
            k = piece_of(target, second_cumulative, course)
            last = starts[k] + (target - second_cumulative[course, k]) * second_mean[course, k]
            last = max(last, first)
            died = uniform(word_kind_after) < die_after[course, k]
        out[i, OS_MONTHS], out[i, OS_EVENT] = last, died
        seen = seen_at_visit(first, interval)
        if kind == PROGRESSION and (seen <= last or not interval > 0):
            out[i, PFS_MONTHS], out[i, PFS_EVENT] = seen, 1
        elif died:
            out[i, PFS_MONTHS], out[i, PFS_EVENT] = last, 1
        else:
            out[i, PFS_MONTHS], out[i, PFS_EVENT] = last_visit(last, interval), 0
