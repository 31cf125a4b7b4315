"""Sensitivity analyses: against lifelines and a plain area, on times written down apart."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta

import numpy as np
import pandas
import pytest
from lifelines import CoxPHFitter

from trialwright.report.dataset import Dataset, derive_dataset
from trialwright.report.model import Number, Table
from trialwright.report.sensitivity import build_sensitivity
from trialwright.study.model import Study
from trialwright.study.model.sensitivity_plan import SensitivityAnalysis
from trialwright.trial.subject import SubjectState

from .safety_trial import ARMS, BEGIN, CUT, Life, ended, write_states

MONTH = 30.4375


@dataclass(frozen=True)
class Course:
    """One subject as known: the day of the end of the time, whether dead, lost, with a major deviation."""

    arm: str
    day: int
    died: bool
    lost: bool
    major: bool


COURSES = tuple(
    Course(ARMS[(n // 2) % 2], day, died, lost, major)
    for n, (day, died, lost, major) in enumerate(
        [
            (310, True, False, False),
            (120, True, False, True),
            (260, False, True, False),
            (200, True, False, False),
            (400, False, False, False),
            (90, False, True, False),
            (350, True, False, False),
            (150, True, False, True),
            (280, True, False, True),
            (60, True, False, False),
            (420, False, False, False),
            (240, True, False, False),
            (100, False, True, True),
            (170, True, False, False),
        ]
    )
)


@pytest.fixture(scope="module")
def states(study: Study) -> list[SubjectState]:
    lives = [
        Life(
            f"S01-{n + 1:03d}",
            course.arm,
            BEGIN,
            (),
            (),
            course.day - 1,
            course.died,
            (("dose", "major"),) if course.major else (),
        )
        for n, course in enumerate(COURSES)
    ]
    made = write_states(study, lives)
    return [
        ended(state, BEGIN + timedelta(days=course.day - 1), "lost") if course.lost else state
        for state, course in zip(made, COURSES, strict=True)
    ]


def numbers_of(data: Dataset) -> dict[str, Number]:
    tables = [block for block in build_sensitivity(data).blocks if isinstance(block, Table)]
    return {number.id: number for table in tables for number in table.numbers()}


@pytest.fixture(scope="module")
def numbers(study: Study, states: list[SubjectState]) -> dict[str, Number]:
    return numbers_of(derive_dataset(study, states, CUT))


def hazard_ratio(courses: list[Course]) -> float:
    frame = pandas.DataFrame(
        {
            "days": [course.day for course in courses],
            "event": [course.died for course in courses],
            "arm": [int(course.arm == ARMS[0]) for course in courses],
        }
    )
    return float(np.exp(CoxPHFitter().fit(frame, "days", "event").params_["arm"]))


ANALYSES = {
    "main": list(COURSES),
    "per_protocol": [course for course in COURSES if not course.major],
    "lost_as_events": [replace(course, died=course.died or course.lost) for course in COURSES],
    "worst_case": [
        replace(course, died=course.died or (course.lost and course.arm == ARMS[0])) for course in COURSES
    ],
}


@pytest.mark.parametrize("name", ANALYSES)
def test_hazard_ratios_are_those_of_lifelines(numbers: dict[str, Number], name: str) -> None:
    courses = ANALYSES[name]
    assert numbers[f"sensitivity.os.{name}.effect"].value == pytest.approx(hazard_ratio(courses), rel=1e-4)
    for arm in ARMS:
        mine = [course for course in courses if course.arm == arm]
        events = sum(course.died for course in mine)
        assert numbers[f"sensitivity.os.{name}.{arm}"].text == f"{events} of {len(mine)}"


def test_the_worst_case_differs_from_the_main_analysis(numbers: dict[str, Number]) -> None:
    found = {numbers[f"sensitivity.os.{name}.effect"].value for name in ANALYSES}
    assert len(found) == len(ANALYSES)


def restricted_mean(courses: list[Course], months: float) -> float:
    """The area under the Kaplan-Meier curve, step by step."""
    area, survival, last, at_risk = 0.0, 1.0, 0.0, len(courses)
    for course in sorted(courses, key=lambda c: (c.day, not c.died)):
        at = min(course.day / MONTH, months)
        area += survival * (at - last)
        last = at
        if course.died and course.day / MONTH < months:
            survival *= 1 - 1 / at_risk
        at_risk -= 1
    return area + survival * (months - last)


def test_the_difference_of_restricted_means_is_that_of_the_areas(numbers: dict[str, Number]) -> None:
    one, other = ([course for course in COURSES if course.arm == arm] for arm in ARMS)
    difference = restricted_mean(one, 12) - restricted_mean(other, 12)
    assert numbers["sensitivity.os.restricted_mean.effect"].value == pytest.approx(difference)


def test_strata_of_the_allocation_are_kept_apart(study: Study, states: list[SubjectState]) -> None:
    plan = SensitivityAnalysis(id="by_stratum", endpoint="os", label="Stratified", stratified=True)
    analysis = study.analysis.model_copy(update={"sensitivity": (plan,)})
    halves = [
        state.model_copy(update={"allocation": state.allocation.model_copy(update={"stratum": f"s{n < 7}"})})
        for n, state in enumerate(states)
        if state.allocation is not None
    ]
    found = numbers_of(derive_dataset(study.model_copy(update={"analysis": analysis}), halves, CUT))
    frame = pandas.DataFrame(
        {
            "days": [course.day for course in COURSES],
            "event": [course.died for course in COURSES],
            "arm": [int(course.arm == ARMS[0]) for course in COURSES],
            "half": [int(n < 7) for n in range(len(COURSES))],
        }
    )
    fitted = CoxPHFitter().fit(frame, "days", "event", strata=["half"])
    assert found["sensitivity.os.by_stratum.effect"].value == pytest.approx(
        float(np.exp(fitted.params_["arm"])), rel=1e-4
    )


def test_one_arm_is_not_compared(study: Study, states: list[SubjectState]) -> None:
    one = [state for state in states if state.allocation and state.allocation.arm == ARMS[0]]
    section = build_sensitivity(derive_dataset(study, one, CUT))
    assert section.blocks == ()


def test_another_rule_of_progression_is_applied(study: Study) -> None:
    """New therapy before progression: censored there by the strict rule, no matter when all events count."""
    from .conftest import CUT as HAND_CUT
    from .conftest import SUBJECTS, Hand

    hand = Hand(study)
    made = [hand.subject(number, *facts) for number, facts in enumerate(SUBJECTS, start=1)]
    for place, state in enumerate(made):
        if state.allocation is not None and place in (0, 1):
            on = BEGIN + timedelta(days=SUBJECTS[place][1] + 50)
            therapy = hand.form("log", "anticancer_therapy", on, name="Other", started_on=on)
            made[place] = state.model_copy(update={"forms": {**state.forms, therapy.key: therapy}})
    found = numbers_of(derive_dataset(study, made, HAND_CUT))
    counts = {
        name: [found[f"sensitivity.pfs.{name}.{arm}"].value for arm in ARMS]
        for name in ("main", "all_events", "clinical")
    }
    assert counts == {"main": [3, 4], "all_events": [4, 5], "clinical": [4, 5]}
