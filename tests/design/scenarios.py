"""Scenarios that the design tests share."""

from __future__ import annotations

import math

from trialwright.design.hazards import DiseaseCourse, PiecewiseHazard, constant, solve_course
from trialwright.design.scenario import ArmBelief, DesignScenario, DesignTest, Look, exponential_scenario


def benchmark(subjects: int = 40, **changes: object) -> DesignScenario:
    """Medians 10 and 16 months, 18 months of accrual, 5 % drop-out a year, analysis at month 42."""
    base = exponential_scenario(subjects, 10.0, 16.0, 18.0, 42.0, -math.log(0.95) / 12)
    return base.varied(**changes)


def illness_death(subjects: int = 40, hazard_ratio: float = 0.6, **changes: object) -> DesignScenario:
    """PFS median 5.5 and OS median 11.1 months in control, one hazard ratio on all transitions."""
    control = solve_course((5.5, 0.5), (11.1, 0.5), 0.1)
    assert control is not None
    base = DesignScenario(
        id="illness_death",
        subjects=subjects,
        control=ArmBelief(control),
        experimental=ArmBelief(control.scaled(hazard_ratio)),
        accrual=((18.0, 1.0),),
        looks=(Look("final", 42.0),),
        drop_out_per_month=0.004,
    )
    return base.varied(**changes)


def everything(subjects: int = 23, **changes: object) -> DesignScenario:
    """Every feature at once: pieces, strata, failures, waiting, cure, visits, uneven ratio, event looks."""
    course = DiseaseCourse(
        PiecewiseHazard((0.15, 0.05, 0.2), (0.0, 3.0, 9.0)),
        PiecewiseHazard((0.01, 0.02), (0.0, 6.0)),
        PiecewiseHazard((0.12, 0.08), (0.0, 12.0)),
    )
    base = DesignScenario(
        id="everything",
        subjects=subjects,
        control=ArmBelief(course, cured=0.1),
        experimental=ArmBelief(course.scaled(0.5, 0.8), course, 0.15, 1.5, 0.2),
        accrual=((4.0, 1.0), (2.0, 0.0), (10.0, 3.0)),
        looks=(Look("interim", 60.0, 8, "pfs"), Look("calendar", 30.0), Look("events", None, 12, "os")),
        ratio=(2, 1),
        drop_out_per_month=0.01,
        strata=(("low", 0.4, 0.7), ("high", 0.6, 1.3)),
        assessment_interval_months=1.5,
    )
    return base.varied(**changes)


def nobody_dies() -> DesignScenario:
    """No event can happen in any arm."""
    never = ArmBelief(DiseaseCourse(constant(0.0), constant(0.0), constant(0.0)))
    return benchmark(20, control=never, experimental=never, tests=(DesignTest("os"),))
