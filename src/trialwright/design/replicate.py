"""One replicate, subject by subject: the plain way, which does everything the design room knows.

The lane engine does the common cases many times faster and must agree with this one in every bit of every
subject.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from trialwright.design.compiled import inlined, kernel
from trialwright.design.philox import (
    PURPOSE_AFTER_PROGRESSION,
    PURPOSE_ARRIVAL,
    PURPOSE_COURSE,
    PURPOSE_FIRST_EXIT,
    RoundKeys,
    philox_block,
)
from trialwright.design.subjects import (
    DEATH,
    PROGRESSION,
    entry_months,
    exponential,
    last_visit,
    on_grid,
    piece_at,
    piece_of,
    seen_at_visit,
    split_share,
    uniform,
)
from trialwright.design.tables import CourseTables

ENTRY, OS_MONTHS, OS_EVENT, PFS_MONTHS, PFS_EVENT = range(5)
"""Columns of a replicate; an event is 1, drop-out 0."""


@inlined
def subject_words(
    i: int, purpose: int, stream: int, replicate: int, keys: RoundKeys
) -> tuple[np.uint32, np.uint32]:
    """The two words of a subject for a purpose."""
    a, b, c, d = philox_block(
        np.uint64(i >> 1),
        np.uint64(purpose | (stream << 8)),
        np.uint64(replicate & 0xFFFFFFFF),
        np.uint64(replicate >> 32),
        keys,
    )
    return (c, d) if i & 1 else (a, b)


@inlined
def course_of(
    i: int, arm: int, stream: int, replicate: int, keys: RoundKeys, t: CourseTables
) -> tuple[int, int]:
    """(course, stratum) of a subject."""
    strata, parts = t.stratum_up_to.shape[0], t.part_up_to.shape[2]
    if strata == 1 and parts == 1:
        return arm, 0
    word_part, word_stratum = subject_words(i, PURPOSE_COURSE, stream, replicate, keys)
    stratum = 0
    while uniform(word_stratum) >= t.stratum_up_to[stratum]:
        stratum += 1
    part = 0
    while uniform(word_part) >= t.part_up_to[stratum, arm, part]:
        part += 1
    return (stratum * 2 + arm) * parts + part, stratum


@inlined
def exit_after(
    first: np.float32, course: int, word_time: np.uint32, word_kind: np.uint32, t: CourseTables
) -> tuple[np.float32, bool]:
    """(time of death or drop-out, whether it is death) of a subject who progressed at ``first``."""
    k = piece_at(first, t.starts)
    spent = t.second_cumulative[course, k] + (first - t.starts[k]) / t.second_mean[course, k]
    target = spent + exponential(word_time)
    k = piece_of(target, t.second_cumulative, course)
    last = t.starts[k] + (target - t.second_cumulative[course, k]) * t.second_mean[course, k]
    return max(last, first), uniform(word_kind) < t.die_after[course, k]


@inlined
def enrolment_scale(
    subjects: int, expected: float, stream: int, replicate: int, keys: RoundKeys
) -> tuple[np.float32, int]:
    """(length of enrolment on the clock of expected arrivals, who comes last); (1, nobody) when all come evenly.

    Given when the last subject of a Poisson process comes, the others come before it independently and by the
    intensity: Cox & Lewis (1966), The statistical analysis of series of events, section 2.2.
    """
    if expected <= 0.0:
        return np.float32(1.0), -1
    waited, last = 0.0, 0
    for i in range(subjects):
        word, other = subject_words(i, PURPOSE_ARRIVAL, stream, replicate, keys)
        waited += exponential(word)
        if i == 0:
            last = int(uniform(other) * subjects)
    return np.float32(waited / expected), last


@kernel
def compute_replicate(
    replicate: int,
    stream: int,
    keys: RoundKeys,
    arms: NDArray[np.int8],
    t: CourseTables,
    interval: np.float32,
    expected_arrivals: float,
    out: NDArray[np.float32],
    strata: NDArray[np.int8],
) -> None:
    """Fill ``out`` (subjects, 5) and ``strata`` (subjects,) with one replicate before any data cut."""
    scale, last_to_come = enrolment_scale(arms.shape[0], expected_arrivals, stream, replicate, keys)
    for i in range(arms.shape[0]):
        word_time, word_kind = subject_words(i, PURPOSE_FIRST_EXIT, stream, replicate, keys)
        course, strata[i] = course_of(i, arms[i], stream, replicate, keys, t)
        target = exponential(word_time)
        k = piece_of(target, t.first_cumulative, course)
        first = t.starts[k] + (target - t.first_cumulative[course, k]) * t.first_mean[course, k]
        kind, share = split_share(uniform(word_kind), t.progress[course, k], t.die[course, k])
        out[i, ENTRY] = entry_months(scale if i == last_to_come else share * scale, t.accrual)
        last, died = first, kind == DEATH
        if kind == PROGRESSION:
            word_time, word_kind = subject_words(i, PURPOSE_AFTER_PROGRESSION, stream, replicate, keys)
            after = t.waiting_course[course] if first < t.waiting_months[course] else course
            last, died = exit_after(first, after, word_time, word_kind, t)
        out[i, OS_MONTHS], out[i, OS_EVENT] = on_grid(last), died
        seen = seen_at_visit(first, interval)
        if kind == PROGRESSION and seen <= last:
            out[i, PFS_MONTHS], out[i, PFS_EVENT] = on_grid(seen), 1
        elif died:
            out[i, PFS_MONTHS], out[i, PFS_EVENT] = on_grid(last), 1
        else:
            out[i, PFS_MONTHS], out[i, PFS_EVENT] = on_grid(last_visit(last, interval)), 0
