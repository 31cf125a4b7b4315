"""Sixteen replicates at once: entry, first exit, progression, death, drop-out of every subject.

One lane is one replicate. The arithmetic is that of :mod:`trialwright.design.replicate`, operation by
operation. Beliefs come as nested tuples: their lengths are known to the compiler, which so unrolls the loops
over pieces and parts, and their numbers stand in registers, so that the loop over lanes becomes vector code.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from trialwright.design.compiled import inlined, kernel
from trialwright.design.cut import coded_months
from trialwright.design.lanes import LANES
from trialwright.design.philox import (
    PURPOSE_AFTER_PROGRESSION,
    PURPOSE_COURSE,
    PURPOSE_FIRST_EXIT,
    RoundKeys,
    philox_block,
)
from trialwright.design.subjects import (
    DEATH,
    PROGRESSION,
    exponential,
    last_visit,
    seen_at_visit,
    split_share,
    uniform,
)
from trialwright.design.tables import NEVER, Plan

ENTRY, OS, PFS, ROWS = 0, 1, 2, 3
"""Rows of a subject in the data of sixteen replicates: bits of the entry, coded OS, coded PFS."""

MOST_PARTS = 3
"""Treated, product failed, cured."""
LENGTHS = (1, 4, 8)
_NEVER, _ONE = np.float32(NEVER), np.float32(1.0)

Piece = tuple[np.float32, ...]
"""start; cumulative hazard, mean, progress, die before progression; cumulative, mean, die after it."""
Part = tuple[np.float32, tuple[Piece, ...]]
"""Cumulative probability of a part of an arm's mixture, and its pieces."""
Arm = tuple[Part, ...]
Period = tuple[np.float32, np.float32, np.float32]


Beliefs = tuple[tuple[Arm, Arm], tuple[Period, ...], tuple[int, ...]]
"""Both arms, accrual, and an empty tuple when nobody can progress and there are no visits."""


def lane_beliefs(plan: Plan) -> Beliefs:
    """The beliefs of a plan without strata, as the lane engine takes them.

    Pieces, parts and periods are filled up to a few lengths with entries that are never chosen, because each
    new length is a new compilation.
    """
    t = plan.tables
    first = (t.first_cumulative, t.first_mean, t.progress, t.die)
    columns = (*first, t.second_cumulative, t.second_mean, t.die_after)
    parts = t.part_up_to.shape[2]

    def pieces(course: int) -> tuple[Piece, ...]:
        rows = [(start, *(x[course, k] for x in columns)) for k, start in enumerate(t.starts)]
        return _filled_up(rows, (_NEVER, _NEVER, _ONE, _ONE, _ONE, _NEVER, _ONE, _ONE))

    def arm(a: int) -> Arm:
        own = [(t.part_up_to[0, a, p], pieces(a * parts + p)) for p in range(parts)]
        return tuple(own + own[-1:] * (MOST_PARTS - parts if parts > 1 else 0))

    accrual = _filled_up([(row[0], row[1], row[2]) for row in t.accrual], (_NEVER, _ONE, _ONE))
    return (arm(0), arm(1)), accrual, (1,) * int(t.progress.any() or plan.interval > 0)


def _filled_up(rows: list[tuple[np.float32, ...]], last: tuple[np.float32, ...]) -> tuple[Any, ...]:
    wanted = next(length for length in LENGTHS if length >= len(rows))
    return tuple(rows + [last] * (wanted - len(rows)))


def fits_lanes(plan: Plan) -> bool:
    """Whether the lane engine takes the plan: log-rank only, one stratum, few pieces and periods, no chance in
    arrivals and nobody barred from the infusion by progression.
    """
    t = plan.tables
    if plan.others.shape[0] > 0 or plan.expected_arrivals > 0 or t.waiting_months.any():
        return False
    return t.stratum_up_to.shape[0] == 1 and max(t.starts.shape[0], t.accrual.shape[0]) <= LENGTHS[-1]


@inlined
def first_exit(target: np.float32, part: np.float32, arm: Arm) -> tuple[np.float32, np.float32, np.float32]:
    """(time, probability of progression, of progression or death) of the first exit."""
    first, progress, die = np.float32(0.0), np.float32(0.0), np.float32(0.0)
    above = np.float32(-1.0)
    for p in range(len(arm)):
        up_to, pieces = arm[p]
        for k in range(len(pieces)):
            start, hazard, mean, to_progress, to_die, _, _, _ = pieces[k]
            hit = part >= above and (k == 0 or target >= hazard)
            first = start + (target - hazard) * mean if hit else first
            progress = to_progress if hit else progress
            die = to_die if hit else die
        above = up_to
    return first, progress, die


@inlined
def second_exit(
    first: np.float32, target: np.float32, part: np.float32, arm: Arm
) -> tuple[np.float32, np.float32]:
    """(time, probability that it is death) of the exit after progression at ``first``."""
    last, die = np.float32(0.0), np.float32(0.0)
    above = np.float32(-1.0)
    for p in range(len(arm)):
        up_to, pieces = arm[p]
        spent = np.float32(0.0)
        for k in range(len(pieces)):
            start, _, _, _, _, hazard, mean, _ = pieces[k]
            spent = hazard + (first - start) / mean if k == 0 or first >= start else spent
        total = spent + target
        for k in range(len(pieces)):
            start, _, _, _, _, hazard, mean, to_die = pieces[k]
            hit = part >= above and (k == 0 or total >= hazard)
            last = start + (total - hazard) * mean if hit else last
            die = to_die if hit else die
        above = up_to
    return max(last, first), die


@inlined
def entry_of(share: np.float32, accrual: tuple[Period, ...]) -> np.float32:
    """Calendar time of entry of the subject at ``share`` of enrolment."""
    months = np.float32(0.0)
    for k in range(len(accrual)):
        from_share, from_months, slope = accrual[k]
        here = from_months + (share - from_share) * slope
        months = here if k == 0 or share >= from_share else months
    return months


@inlined
def coded_subject(
    words: tuple[np.uint32, np.uint32, np.uint32, np.uint32, np.uint32],
    arm: Arm,
    beliefs: Beliefs,
    interval: np.float32,
) -> tuple[np.int32, np.int32, np.int32]:
    """(bits of the entry, coded OS, coded PFS) of one subject from its random words.

    Words: time and kind of the first exit, time and kind after progression, part of the mixture.
    """
    part = uniform(words[4]) if len(arm) > 1 else np.float32(0.0)
    first, progress, die = first_exit(exponential(words[0]), part, arm)
    kind, share = split_share(uniform(words[1]), progress, die)
    entry = np.float32(entry_of(share, beliefs[1])).view(np.int32)
    if len(beliefs[2]) == 0:
        coded = coded_months(first, kind == DEATH)
        return entry, coded, coded
    last, die_after = second_exit(first, exponential(words[2]), part, arm)
    progressed = kind == PROGRESSION
    last = last if progressed else first
    died = uniform(words[3]) < die_after if progressed else kind == DEATH
    seen = seen_at_visit(first, interval)
    by_progression = progressed and seen <= last
    unseen = last if died else last_visit(last, interval)
    pfs = coded_months(seen if by_progression else unseen, by_progression or died)
    return entry, coded_months(last, died), pfs


@kernel
def fill_subjects(
    replicate: int, keys: RoundKeys, plan: Plan, beliefs: Beliefs, data: NDArray[np.int32]
) -> None:
    """All subjects of replicates ``replicate`` to ``replicate + 15``, before any data cut.

    ``data`` has three rows a subject (see ``ENTRY``, ``OS``, ``PFS``) and room for an even number of
    subjects.
    """
    n, base = plan.arms.shape[0], plan.stream << 8
    first_exit_purpose = np.uint64(base | PURPOSE_FIRST_EXIT)
    after_purpose = np.uint64(base | PURPOSE_AFTER_PROGRESSION)
    course_purpose = np.uint64(base | PURPOSE_COURSE)
    for pair in range((n + 1) // 2):
        i, j = 2 * pair, min(2 * pair + 1, n - 1)
        arm_i, arm_j = beliefs[0][plan.arms[i]], beliefs[0][plan.arms[j]]
        for lane in range(LANES):
            number = np.uint64(replicate) + np.uint64(lane)
            high, pair_number = number >> np.uint64(32), np.uint64(pair)
            a, b, c, d = philox_block(pair_number, first_exit_purpose, number, high, keys)
            after = course = (a, b, c, d)
            if len(beliefs[2]) > 0:
                after = philox_block(pair_number, after_purpose, number, high, keys)
            if len(beliefs[0][0]) > 1:
                course = philox_block(pair_number, course_purpose, number, high, keys)
            words = (a, b, after[0], after[1], course[0])
            entry, os, pfs = coded_subject(words, arm_i, beliefs, plan.interval)
            data[ROWS * i + ENTRY, lane] = entry
            data[ROWS * i + OS, lane] = os
            data[ROWS * i + PFS, lane] = pfs
            words = (c, d, after[2], after[3], course[2])
            entry, os, pfs = coded_subject(words, arm_j, beliefs, plan.interval)
            data[ROWS * i + ROWS + ENTRY, lane] = entry
            data[ROWS * i + ROWS + OS, lane] = os
            data[ROWS * i + ROWS + PFS, lane] = pfs
