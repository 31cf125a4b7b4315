"""Effects in subgroups against lifelines, who belongs to which level, and what the forest plot shows."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas
import pytest
from lifelines import CoxPHFitter

from trialwright.report.dataset import derive_dataset
from trialwright.report.forest_drawing import ForestRow, draw_forest
from trialwright.report.model import Report, Table
from trialwright.report.sections import SECTIONS
from trialwright.report.subgroup_levels import NOT_RECORDED, derive_levels
from trialwright.report.subgroups import build_subgroups
from trialwright.study.model import Study
from trialwright.study.model.response_plan import Subgroup
from trialwright.trial.subject import SubjectState

from .conftest import CUT, STAMP
from .random_courses import ARMS, Course, write_states
from .random_courses import random_courses as make_courses

EXACT = {"precision": 1e-12}
"""Lifelines stops at a change of 1e-7 in the likelihood otherwise."""

GROUPS = (
    Subgroup(label="Sex", form="demographics", item="sex"),
    Subgroup(label="Age", variable="age", unit="years", cut_points=(50, 60)),
    Subgroup(label="ECOG", variable="ECOG"),
)


@pytest.fixture(scope="module")
def courses() -> list[Course]:
    return make_courses(110, seed=5)


@pytest.fixture(scope="module")
def grouped(study: Study) -> Study:
    return study.model_copy(update={"analysis": study.analysis.model_copy(update={"subgroups": GROUPS})})


@pytest.fixture(scope="module")
def trial(study: Study, courses: list[Course]) -> list[SubjectState]:
    return write_states(study, courses)


@pytest.fixture(scope="module")
def made(grouped: Study, trial: list[SubjectState]) -> Report:
    data = derive_dataset(grouped, trial, CUT)
    sections = (SECTIONS[name].build(data) for name in ("os", "pfs", "subgroups"))
    return Report("Subgroups", STAMP, tuple(sections))


def age(course: Course) -> int:
    born, consent = date.fromisoformat(course.baseline["born"]), course.on(-5)
    return consent.year - born.year - ((consent.month, consent.day) < (born.month, born.day))


LEVELS = {
    "g1_1": lambda c: c.baseline.get("sex") == "F",
    "g1_2": lambda c: c.baseline.get("sex") == "M",
    "g1_3": lambda c: "sex" not in c.baseline,
    "g2_1": lambda c: age(c) < 50,
    "g2_2": lambda c: 50 <= age(c) < 60,
    "g2_3": lambda c: age(c) >= 60,
    "g3_1": lambda c: c.baseline["ecog"] == "0",
    "g3_2": lambda c: c.baseline["ecog"] == "1",
    "g3_3": lambda c: c.baseline["ecog"] == "2",
}


def frame(courses: list[Course]) -> pandas.DataFrame:
    """Overall survival as written down: days from allocation, that day being the first."""
    return pandas.DataFrame(
        {
            "days": [(c.death_day if c.death_day is not None else c.contact_day) + 1 for c in courses],
            "event": [int(c.death_day is not None) for c in courses],
            "arm": [int(c.arm == ARMS[0]) for c in courses],
        }
    )


@pytest.mark.parametrize("level", LEVELS)
def test_every_level_has_its_members_and_the_effect_of_lifelines(
    made: Report, courses: list[Course], level: str
) -> None:
    members = [course for course in courses if LEVELS[level](course)]
    numbers = made.numbers()
    for arm in ARMS:
        mine = [course for course in members if course.arm == arm]
        counted = numbers[f"subgroups.os.{level}.events.{arm}"]
        events = sum(course.death_day is not None for course in mine)
        assert sorted(counted.subjects) == sorted(course.subject for course in mine)
        assert counted.text == f"{events} / {len(mine)}"
    fitted = CoxPHFitter().fit(frame(members), "days", "event", fit_options=EXACT)
    found = numbers[f"subgroups.os.{level}.hazard_ratio"]
    assert found.value == pytest.approx(float(np.exp(fitted.params_["arm"])), rel=1e-4)


def test_the_overall_line_is_the_hazard_ratio_of_the_section(made: Report) -> None:
    numbers = made.numbers()
    for endpoint in ("os", "pfs"):
        whole, line = (
            numbers[f"{endpoint}.hazard_ratio"],
            numbers[f"subgroups.{endpoint}.overall.hazard_ratio"],
        )
        assert (line.text, line.value) == (whole.text, pytest.approx(whole.value))


def test_the_ratio_of_ratios_is_the_interaction_of_a_stratified_model(
    made: Report, courses: list[Course]
) -> None:
    known = [course for course in courses if "sex" in course.baseline]
    data = frame(known).assign(male=[int(c.baseline["sex"] == "M") for c in known])
    data["both"] = data["arm"] * data["male"]
    fitted = CoxPHFitter().fit(
        data, "days", "event", strata=["male"], formula="arm + both", fit_options=EXACT
    )
    found = made.numbers()["subgroups.os.g1_2.ratio"]
    assert found.value == pytest.approx(float(np.exp(fitted.params_["both"])), rel=1e-4)
    low, high = (float(np.exp(v)) for v in fitted.confidence_intervals_.loc["both"])
    assert found.text == f"{found.value:.2f} ({low:.2f} to {high:.2f})"
    assert "subgroups.os.g1_3.ratio" not in made.numbers()


def test_an_arm_without_events_is_not_estimated_and_says_why(grouped: Study) -> None:
    base = {"sex": "F", "ecog": "1", "born": "1960-05-04"}
    courses = [
        Course(n, ARMS[n % 2], 50, (), death_day=None if n % 2 else 100 + n, baseline=base)
        for n in range(1, 9)
    ]
    men = [Course(n, ARMS[0], 50, (), death_day=200 + n, baseline={**base, "sex": "M"}) for n in range(9, 12)]
    data = derive_dataset(grouped, write_states(grouped, [*courses, *men]), CUT)
    table = next(b.data for b in build_subgroups(data).blocks if b.id == "forest_os")
    assert isinstance(table, Table)
    numbers = {number.id: number for number in table.numbers()}
    women, alone = (numbers[f"subgroups.os.{level}.hazard_ratio"] for level in ("g1_1", "g1_2"))
    assert (women.text, women.value) == ("NE", None)
    assert "no event in DC-PMAT" in women.definition
    assert "no subject in DC-PMAT" in alone.definition
    assert numbers["subgroups.os.g1_2.ratio"].text == "NE"
    assert "Sex, female: no event in DC-PMAT" in table.notes[0]


def test_levels_are_in_order_and_leave_nobody_out(grouped: Study, trial: list[SubjectState]) -> None:
    data = derive_dataset(grouped, trial, CUT)
    for group in grouped.analysis.subgroups:
        levels = derive_levels(data, group)
        placed = [name for level in levels for name in level.members]
        assert sorted(placed) == sorted(state.subject for state in trial)
    sexes = derive_levels(data, GROUPS[0])
    assert [level.label for level in sexes] == ["Female", "Male", NOT_RECORDED]
    assert sexes[0].sources
    ages = [level.label for level in derive_levels(data, GROUPS[1])]
    assert ages == ["Below 50 years", "50 to below 60 years", "60 years or more"]


def test_without_a_plan_or_a_second_arm_words_stand_alone(study: Study, trial: list[SubjectState]) -> None:
    none = study.model_copy(update={"analysis": study.analysis.model_copy(update={"subgroups": ()})})
    assert build_subgroups(derive_dataset(none, trial, CUT)).blocks == ()
    one = [state for state in trial if state.allocation and state.allocation.arm == ARMS[0]]
    section = build_subgroups(derive_dataset(study, one, CUT))
    assert section.blocks == ()
    assert "two arms" in section.words[0]


def test_the_forest_is_drawn_the_same_each_time_also_beyond_its_axis() -> None:
    rows = [
        ForestRow("All", ("3 / 4", "2 / 4"), 0.5, 0.1, 2.0, 8, "0.50 (0.10 to 2.00)"),
        ForestRow("Sex"),
        ForestRow("Female", ("1 / 2", "1 / 2"), 30.0, 0.001, float("inf"), 4, "30.00 (0.00 to NE)", indent=1),
        ForestRow("Male", ("0 / 2", "1 / 2"), subjects=4, reason="no event in A", indent=1),
    ]
    drawn = [draw_forest(rows, ("A", "B", "Ratio"), ("A", "B"), "Hazard ratio", "forest") for _ in range(2)]
    assert drawn[0] == drawn[1]
    assert drawn[0].startswith("<svg")
