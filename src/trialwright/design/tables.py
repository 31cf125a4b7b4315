"""Number tables of a scenario, as the kernels read them.

All hazards are laid on one common grid of pieces. A *course* is one row of the tables: the combination
of stratum, arm and part of the arm's mixture. Times are single precision throughout: 24 bits of a
month's time are more than any trial measures, and twice as many lanes fit a register.
"""

from __future__ import annotations

from statistics import NormalDist
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from trialwright.design.hazards import DiseaseCourse
from trialwright.design.other_tests import KINDS
from trialwright.design.scenario import ArmBelief, DesignScenario

Single = NDArray[np.float32]

NEVER = 1e30
"""Months, for what does not happen: beyond every trial, and finite so that arithmetic stays simple."""


class CourseTables(NamedTuple):
    """Per course (row) and piece (column), float32.

    ``starts``: start of each piece, shared, shape (pieces,). For each state (``first``: before
    progression, ``second``: after it): ``*_cumulative`` hazard at the start, ``*_mean`` = 1 / total
    hazard (NEVER for none). ``progress`` and ``die`` are cumulative probabilities of the kind of the
    first exit; ``die_after`` of death as the second. The rest of the probability is drop-out.
    """

    starts: Single
    first_cumulative: Single
    first_mean: Single
    progress: Single
    die: Single
    second_cumulative: Single
    second_mean: Single
    die_after: Single
    part_up_to: Single
    """Shape (strata, arms, parts): cumulative probability of each part of the mixture."""
    stratum_up_to: Single
    """Shape (strata,): cumulative proportion."""
    waiting_months: Single
    """Shape (courses,): until then a progression leads to the second state of ``waiting_course``."""
    waiting_course: NDArray[np.int32]
    accrual: Single
    """Shape (periods, 3): cumulative share at the start, time at the start, months per unit share."""


class Plan(NamedTuple):
    """What the engines take: subjects, beliefs, looks and what is wanted of them.

    ``looks`` (looks, 3): latest calendar time, events wanted (0 for a look by calendar), whether PFS events
    count. ``tested``: whether OS and PFS are tested. ``cox``: whether hazard ratios are estimated.
    ``others`` (tests, 5): endpoint, kind, rho, gamma and tau of the tests that are not log-rank;
    ``critical_z``, ``alpha`` and ``sides`` decide them. ``expected_arrivals`` by the end of accrual, where subjects
    arrive by chance; 0 where exactly all of them come.
    """

    arms: NDArray[np.int8]
    tables: CourseTables
    interval: np.float32
    looks: NDArray[np.float64]
    tested: tuple[bool, bool]
    cox: bool
    stream: int
    others: NDArray[np.float64]
    critical_z: float
    alpha: float
    sides: int
    expected_arrivals: float


def compute_plan(scenario: DesignScenario, cox: bool = True) -> Plan:
    """The plan of a scenario."""
    others = [
        (test.endpoint == "pfs", KINDS[test.kind], test.rho, test.gamma, test.tau_months or 0.0)
        for test in scenario.other_tests
    ]
    looks = [
        (NEVER if look.at_months is None else look.at_months, look.at_events or 0, look.endpoint == "pfs")
        for look in scenario.looks
    ]
    return Plan(
        arms=np.array([scenario.arm_of(i) for i in range(scenario.subjects)], dtype=np.int8),
        tables=compute_tables(scenario),
        interval=np.float32(scenario.assessment_interval_months),
        looks=np.array(looks, dtype=np.float64),
        tested=(scenario.tests_endpoint("os"), scenario.tests_endpoint("pfs")),
        cox=cox,
        stream=scenario.stream,
        others=np.array(others, dtype=np.float64).reshape(-1, 5),
        critical_z=NormalDist().inv_cdf(1.0 - scenario.alpha / scenario.sides),
        alpha=scenario.alpha,
        sides=scenario.sides,
        expected_arrivals=sum(m * rate for m, rate in scenario.accrual) if scenario.random_arrivals else 0.0,
    )


def compute_tables(scenario: DesignScenario) -> CourseTables:
    """The tables of a scenario; course index = (stratum * 2 + arm) * parts + part."""
    arms = [scenario.arms_in(stratum) for stratum in range(len(scenario.strata))]
    mixtures = [[arm.mixture() for arm in pair] for pair in arms]
    parts = max(len(mixture) for pair in mixtures for mixture in pair)
    padded = [
        [[mixture[min(p, len(mixture) - 1)] for p in range(parts)] for mixture in pair] for pair in mixtures
    ]
    starts = _common_starts([course for pair in padded for mixture in pair for _, course in mixture])
    rows = [
        _course_rows(course, starts, factor, scenario.drop_out_per_month)
        for (_, _, factor), pair in zip(scenario.strata, padded, strict=True)
        for mixture in pair
        for _, course in mixture
    ]
    shares = np.array([[[p for p, _ in m] + [0.0] * (parts - len(m)) for m in pair] for pair in mixtures])
    columns = [np.array([row[c] for row in rows], dtype=np.float32) for c in range(7)]
    waiting_months, waiting_course = _waiting(arms, parts)
    return CourseTables(
        np.array(starts, dtype=np.float32),
        *columns,
        part_up_to=_up_to_one(shares),
        stratum_up_to=_up_to_one(np.array([share for _, share, _ in scenario.strata])),
        waiting_months=waiting_months,
        waiting_course=waiting_course,
        accrual=_accrual_table(scenario),
    )


def _waiting(arms: list[tuple[ArmBelief, ArmBelief]], parts: int) -> tuple[Single, NDArray[np.int32]]:
    """Where a progression while waiting leads: from the treated part of a mixture to the untreated one beside it."""
    months = np.zeros(len(arms) * 2 * parts, dtype=np.float32)
    course = np.arange(months.size, dtype=np.int32)
    for k, arm in enumerate(arm for pair in arms for arm in pair):
        if arm.bars_progressed:
            months[k * parts] = arm.vein_to_vein_months
            course[k * parts] = k * parts + 1
    return months, course


def _common_starts(courses: list[DiseaseCourse]) -> list[float]:
    hazards = [
        h for c in courses for h in (c.progression, c.death_before_progression, c.death_after_progression)
    ]
    return sorted({start for hazard in hazards for start in hazard.starts_months})


def _course_rows(
    course: DiseaseCourse, starts: list[float], factor: float, drop_out: float
) -> tuple[list[float], ...]:
    """The seven rows of one course; see :class:`CourseTables` for their order."""
    progress = np.array([factor * course.progression.at(t) for t in starts])
    die = np.array([factor * course.death_before_progression.at(t) for t in starts])
    after = np.array([factor * course.death_after_progression.at(t) for t in starts])
    first, second = progress + die + drop_out, after + drop_out
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        to_progress = np.where(first > 0, progress / first, 0.0)
        to_die = np.where(first > 0, (progress + die) / first, 0.0)
        to_die_after = np.where(second > 0, after / second, 0.0)
        means = np.minimum(1.0 / first, NEVER), np.minimum(1.0 / second, NEVER)
    cumulative = _cumulative(first, starts), _cumulative(second, starts)
    columns = (cumulative[0], means[0], to_progress, to_die, cumulative[1], means[1], to_die_after)
    return tuple([float(value) for value in column] for column in columns)


def _cumulative(hazard: NDArray[np.float64], starts: list[float]) -> NDArray[np.float64]:
    return np.concatenate([[0.0], np.cumsum(hazard[:-1] * np.diff(starts))])


def _up_to_one(shares: NDArray[np.float64]) -> Single:
    """Cumulative shares, the last safely above every uniform number."""
    up_to = np.cumsum(shares, axis=-1)
    up_to[..., -1] = 2.0
    return up_to.astype(np.float32)


def _accrual_table(scenario: DesignScenario) -> Single:
    months = np.array([float(length) for length, _ in scenario.accrual])
    weights = np.array([float(length * rate) for length, rate in scenario.accrual])
    open_periods = weights > 0
    share = weights / weights.sum()
    from_share = np.concatenate([[0.0], np.cumsum(share)[:-1]])
    from_months = np.concatenate([[0.0], np.cumsum(months)[:-1]])
    slope = np.divide(months, share, out=np.zeros_like(months), where=open_periods)
    table = np.stack([from_share, from_months, slope], axis=1)
    return np.ascontiguousarray(table[open_periods], dtype=np.float32)
