"""From the arms of a scenario to their hazards: medians, landmarks, Weibull shapes, hazards, hazard ratios."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from trialwright.design.hazards import DiseaseCourse, PiecewiseHazard, constant, solve_course
from trialwright.study.findings import Finding, Place, Severity
from trialwright.study.model.scenario import ArmCourse, HazardFrom, Scenario

WEIBULL_STEPS = 60
"""Steps of a Weibull hazard up to the last analysis."""


def make_courses(scenario: Scenario, place: Place, findings: list[Finding]) -> dict[str, DiseaseCourse]:
    """The course of each arm; what cannot be solved is added to ``findings`` and left out."""
    courses: dict[str, DiseaseCourse] = {}
    for i, arm in sorted(enumerate(scenario.arms), key=lambda pair: pair[1].relative is not None):
        if arm.relative is not None:
            reference = courses.get(arm.relative.to)
            course = None if reference is None else _relative(arm, reference)
        else:
            course = _own_course(arm, _end_of(scenario))
            if course is None:
                findings.append(_unsolvable(scenario, arm, Place(path=(*place.path, "arms", i))))
        if course is not None:
            courses[arm.arm] = course
    return courses


def _unsolvable(scenario: Scenario, arm: ArmCourse, place: Place) -> Finding:
    return Finding(
        "TW-DES-022",
        Severity.ERROR,
        f"Scenario `{scenario.id}`: no constant hazards give the stated PFS and OS in arm `{arm.arm}`.",
        "OS must lie above PFS, and low enough to be reached when `deaths_without_progression` of the first "
        "events are deaths; change the medians or landmarks, or lower that share.",
        place,
    )


def _relative(arm: ArmCourse, reference: DiseaseCourse) -> DiseaseCourse:
    assert arm.relative is not None
    effect = arm.relative
    later = reference.scaled(
        effect.hazard_ratio, effect.death_hazard_ratio, effect.from_months, effect.until_months
    )
    if effect.early_hazard_ratio == 1.0:
        return later
    return later.scaled(effect.early_hazard_ratio, until_months=effect.from_months)


def _own_course(arm: ArmCourse, end_months: float) -> DiseaseCourse | None:
    if arm.progression or arm.death_before_progression or arm.death_after_progression:
        return DiseaseCourse(
            _piecewise(arm.progression),
            _piecewise(arm.death_before_progression),
            _piecewise(arm.death_after_progression),
        )
    pfs = (arm.pfs_landmark.months, arm.pfs_landmark.proportion) if arm.pfs_landmark else None
    os = (arm.os_landmark.months, arm.os_landmark.proportion) if arm.os_landmark else None
    pfs, os = pfs or (arm.pfs_median_months or 0.0, 0.5), os or (arm.os_median_months or 0.0, 0.5)
    if arm.shape == 1.0:
        return solve_course(pfs, os, arm.deaths_without_progression)
    return _weibull_course(arm, pfs, os, end_months)


def _weibull_course(
    arm: ArmCourse, pfs: tuple[float, float], os: tuple[float, float], end_months: float
) -> DiseaseCourse | None:
    """Hazards that go as a power of time, in steps: the course is exponential on the clock months ** shape.

    Each step has the mean hazard of its stretch, so that PFS is exact at every step; OS is exact to the order of the
    square of a step.
    """
    shape = arm.shape
    solved = solve_course((pfs[0] ** shape, pfs[1]), (os[0] ** shape, os[1]), arm.deaths_without_progression)
    if solved is None:
        return None
    edges = [end_months * k / WEIBULL_STEPS for k in range(WEIBULL_STEPS + 1)]
    clock = [(after**shape - before**shape) / (after - before) for before, after in pairwise(edges)]

    def stretched(hazard: PiecewiseHazard) -> PiecewiseHazard:
        return PiecewiseHazard(tuple(hazard.per_month[0] * c for c in clock), tuple(edges[:-1]))

    return DiseaseCourse(
        stretched(solved.progression),
        stretched(solved.death_before_progression),
        stretched(solved.death_after_progression),
    )


def _end_of(scenario: Scenario) -> float:
    """The last time that matters: the last planned analysis, or a long while."""
    known = [look.at_months for look in scenario.analyses if look.at_months is not None]
    return max(known) if known and scenario.analyses[-1].at_months is not None else 120.0


def _piecewise(pieces: Sequence[HazardFrom]) -> PiecewiseHazard:
    if not pieces:
        return constant(0.0)
    return PiecewiseHazard(
        tuple(piece.per_month for piece in pieces), tuple(piece.from_months for piece in pieces)
    )
