"""A subject's latent course: when the disease progresses, when the subject dies or is lost.

The hazards come from a scenario of the study by the design room; the numbers from Philox blocks keyed by
(seed, subject), laid out as in the design room: one block for the first exit, one for what comes after
progression. The same subject has the same numbers in every arm, so arms differ by their hazards alone.

Source of the model: Meller, Beyersmann, Rufibach (2019), Statistics in Medicine 38:4270, section 2.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise

from trialwright.design.hazards import DiseaseCourse, PiecewiseHazard, constant
from trialwright.design.philox import (
    PURPOSE_AFTER_PROGRESSION,
    PURPOSE_COURSE,
    PURPOSE_FIRST_EXIT,
    philox4x32,
)
from trialwright.design.scenario import ArmBelief, DesignScenario

DAYS_PER_MONTH = 30.4375
_HALF_WORD = 2.0**-32


@dataclass(frozen=True, slots=True)
class LatentCourse:
    """What will happen to one subject, in days after allocation; None for what never happens.

    ``dies_after_days`` and ``lost_after_days`` exclude each other. ``product_fails``: no cells can be made.
    """

    progresses_after_days: int | None
    dies_after_days: int | None
    lost_after_days: int | None
    product_fails: bool = False


def draw_course(scenario: DesignScenario, arm_is_experimental: bool, seed: int, subject: int) -> LatentCourse:
    """The course of the ``subject``-th simulated person under the arm's hazards and the scenario's loss."""
    belief = scenario.experimental if arm_is_experimental else scenario.control
    part, stratum, *_ = _words(seed, subject, PURPOSE_COURSE)
    course, product_fails = _choose_course(belief, part)
    factor = _factor(scenario, stratum)
    time, kind, *_ = _words(seed, subject, PURPOSE_FIRST_EXIT)
    drop_out = constant(scenario.drop_out_per_month)
    hazards = [course.progression, course.death_before_progression]
    hazards = [hazard.scaled(factor) for hazard in hazards]
    first = find_time(-math.log(time), (*hazards, drop_out))
    exits = _kind_at(first, kind, (*hazards, drop_out))
    if exits != 0:
        return _ended(None, first, exits == 1, product_fails)
    time, kind, *_ = _words(seed, subject, PURPOSE_AFTER_PROGRESSION)
    after = course.death_after_progression.scaled(factor)
    spent = after.cumulative(first) + drop_out.cumulative(first)
    last = max(find_time(spent - math.log(time), (after, drop_out)), first)
    return _ended(first, last, _kind_at(last, kind, (after, drop_out)) == 0, product_fails)


def find_time(target: float, hazards: tuple[PiecewiseHazard, ...]) -> float:
    """Months at which the summed cumulative hazard reaches ``target``; infinity where it never does."""
    starts = sorted({start for hazard in hazards for start in hazard.starts_months})
    reached = 0.0
    for start, end in pairwise((*starts, math.inf)):
        per_month = sum(hazard.at(start) for hazard in hazards)
        if per_month > 0 and reached + per_month * (end - start) >= target:
            return start + (target - reached) / per_month
        reached += per_month * (end - start) if per_month > 0 else 0.0
    return math.inf


def _kind_at(months: float, share: float, hazards: tuple[PiecewiseHazard, ...]) -> int:
    """Which of several hazards ended a stretch at ``months``: the last of them where none is in force."""
    if math.isinf(months):
        return len(hazards) - 1
    rates = [hazard.at(months) for hazard in hazards]
    reached = 0.0
    for number, rate in enumerate(rates):
        reached += rate / sum(rates)
        if share < reached:
            return number
    return len(rates) - 1


def _ended(progressed: float | None, months: float, died: bool, product_fails: bool) -> LatentCourse:
    days = None if math.isinf(months) else _days(months)
    first = None if progressed is None else _days(progressed)
    return LatentCourse(first, days if died else None, None if died else days, product_fails)


def _days(months: float) -> int:
    """Whole days, at least one: nobody progresses or dies on the day of allocation."""
    return max(math.ceil(months * DAYS_PER_MONTH), 1)


def _choose_course(belief: ArmBelief, share: float) -> tuple[DiseaseCourse, bool]:
    reached = 0.0
    mixture = belief.mixture()
    for probability, course in mixture:
        reached += probability
        if share < reached:
            return course, belief.product_failure > 0 and course is belief.untreated
    return mixture[-1][1], False


def _factor(scenario: DesignScenario, share: float) -> float:
    reached = 0.0
    for _, proportion, factor in scenario.strata:
        reached += proportion
        if share < reached:
            return factor
    return scenario.strata[-1][2]


def _words(seed: int, subject: int, purpose: int) -> tuple[float, float, float, float]:
    """Four numbers in (0, 1) for one subject and purpose."""
    key = (seed & 0xFFFFFFFF, (seed >> 32) & 0xFFFFFFFF)
    a, b, c, d = ((w + 0.5) * _HALF_WORD for w in philox4x32((subject, purpose, 0, 0), key))
    return a, b, c, d
