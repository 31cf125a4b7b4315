"""The latent course follows the scenario: survival at fixed times against the illness-death model itself."""

from __future__ import annotations

import math

import pytest

from trialwright.design.from_study import scenario_from_study
from trialwright.design.hazards import PiecewiseHazard, constant
from trialwright.design.scenario import DesignScenario
from trialwright.rehearsal.course import DAYS_PER_MONTH, LatentCourse, draw_course, find_time
from trialwright.study.model.study import Study

PEOPLE = 3000


@pytest.fixture(scope="module")
def scenario(first_study: Study) -> DesignScenario:
    assert first_study.rehearsal is not None
    found, findings = scenario_from_study(first_study, first_study.rehearsal.scenario)
    assert found is not None and not findings
    return found.varied(drop_out_per_month=0.0)


@pytest.mark.parametrize("experimental", [False, True])
def test_survival_is_the_scenarios(scenario: DesignScenario, experimental: bool) -> None:
    people = [draw_course(scenario, experimental, 5, i) for i in range(PEOPLE)]
    course = (scenario.experimental if experimental else scenario.control).course
    for months in (3.0, 6.0, 12.0, 24.0):
        day = math.floor(months * DAYS_PER_MONTH)
        alive = sum(_after(p.dies_after_days) > day for p in people) / PEOPLE
        free = (
            sum(min(_after(p.dies_after_days), _after(p.progresses_after_days)) > day for p in people)
            / PEOPLE
        )
        for share, truth in (
            (alive, course.os(day / DAYS_PER_MONTH)),
            (free, course.pfs(day / DAYS_PER_MONTH)),
        ):
            # Four standard errors of a binomial share.
            assert abs(share - truth) < 4 * math.sqrt(truth * (1 - truth) / PEOPLE)


def _after(days: int | None) -> float:
    return math.inf if days is None else days


def test_progression_never_comes_after_death(scenario: DesignScenario) -> None:
    for index in range(500):
        course = draw_course(scenario, True, 9, index)
        assert _after(course.progresses_after_days) <= _after(course.dies_after_days) or (
            course.progresses_after_days is None
        )


def test_effect_acts_on_the_same_numbers(scenario: DesignScenario) -> None:
    """With a hazard ratio below 1, everybody's first exit is later in the experimental arm."""
    for index in range(200):
        control = _first(draw_course(scenario, False, 4, index))
        treated = _first(draw_course(scenario, True, 4, index))
        assert treated >= control


def _first(course: LatentCourse) -> float:
    return min(_after(course.dies_after_days), _after(course.progresses_after_days))


def test_loss_takes_its_share(scenario: DesignScenario) -> None:
    lossy = scenario.varied(drop_out_per_month=0.05)
    people = [draw_course(lossy, False, 2, i) for i in range(500)]
    lost = [p for p in people if p.lost_after_days is not None]
    assert lost
    assert all(p.dies_after_days is None for p in lost)


def test_product_failure_and_cure(scenario: DesignScenario) -> None:
    from dataclasses import replace

    belief = replace(scenario.experimental, untreated=scenario.control.course, product_failure=0.3, cured=0.2)
    people = [draw_course(scenario.varied(experimental=belief), True, 6, i) for i in range(1000)]
    failing = sum(p.product_fails for p in people) / 1000
    cured = sum(p.dies_after_days is None and p.progresses_after_days is None for p in people) / 1000
    assert abs(failing - 0.8 * 0.3) < 4 * math.sqrt(0.24 * 0.76 / 1000)
    assert abs(cured - 0.2) < 4 * math.sqrt(0.2 * 0.8 / 1000)


def test_time_of_a_cumulative_hazard() -> None:
    rising = PiecewiseHazard((0.1, 0.4), (0.0, 5.0))
    # By hand: 0.5 is reached at month 5; 0.9 needs 0.4 more at 0.4 a month.
    assert find_time(0.5, (rising,)) == pytest.approx(5.0)
    assert find_time(0.9, (rising,)) == pytest.approx(6.0)
    assert find_time(0.9, (rising, constant(0.1))) == pytest.approx(4.5)
    assert find_time(1.0, (constant(0.0),)) == math.inf
    assert find_time(1.0, (PiecewiseHazard((1.0, 0.0), (0.0, 0.5)),)) == math.inf
