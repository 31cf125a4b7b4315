"""Progression-free survival against the 16 worked cases of the domain reference, and its properties."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trialwright.outcomes.progression_free import (
    ITT_ALL_EVENTS,
    PROGRESSION_RULES,
    STRICT_DOCUMENTED,
    Assessment,
    AssessmentSchedule,
    ProgressionHistory,
    check_progression_history,
    compute_next_due,
    compute_progression_free,
    compute_time_to_progression,
    derive_progression_free,
)

pytestmark = pytest.mark.requirement("TW-R-041")

REFERENCE = json.loads((Path(__file__).parents[1] / "data/domain/recist.json").read_text())
START = date(2020, 1, 1)
SCHEDULE = AssessmentSchedule(tuple(REFERENCE["pfs_schedule"]["days"]), REFERENCE["pfs_schedule"]["window"])


def on_day(day: int | None) -> date | None:
    return None if day is None else START + timedelta(days=day)


def history_of(case: dict[str, Any]) -> ProgressionHistory:
    assessments = tuple(
        Assessment(START + timedelta(days=a["day"]), a["response"], source_ids=(a["day"],))
        for a in case["assessments"]
    )
    return ProgressionHistory(
        "S1",
        START,
        assessments,
        baseline_adequate=case.get("baseline_ok", True),
        died_on=on_day(case.get("death_day")),
        clinical_progression_on=on_day(case.get("clinical_progression_day")),
        new_therapy_on=on_day(case.get("new_therapy_day")),
        source_ids=(1,),
        death_source_ids=(9001,),
        therapy_source_ids=(9002,),
    )


@pytest.mark.parametrize("rules", PROGRESSION_RULES)
@pytest.mark.parametrize("vector", REFERENCE["pfs_vectors"], ids=lambda v: v["id"])
def test_worked_cases(vector: dict[str, Any], rules: str) -> None:
    result = compute_progression_free(history_of(vector["input"]), PROGRESSION_RULES[rules], SCHEDULE)
    expected = vector["expected"][rules]
    assert {
        "event_or_censor_day": (result.end_on - START).days,
        "aval_days": result.days,
        "cnsr": result.censor_code,
        "reason": result.reason,
    } == expected


def test_sources_are_those_of_the_event_and_the_start() -> None:
    vector = {"assessments": [{"day": 42, "response": "SD"}, {"day": 84, "response": "PD"}]}
    result = compute_progression_free(history_of(vector), STRICT_DOCUMENTED, SCHEDULE)
    assert result.source_ids == (1, 84)


def test_a_censoring_by_new_therapy_names_the_scan_and_the_therapy() -> None:
    vector = {"assessments": [{"day": 42, "response": "SD"}], "new_therapy_day": 60}
    result = compute_progression_free(history_of(vector), STRICT_DOCUMENTED, SCHEDULE)
    assert (result.reason, result.source_ids) == ("NEW_THERAPY", (1, 42, 9002))


def test_progression_is_dated_to_the_earliest_scan_of_the_visit() -> None:
    visit = Assessment(START + timedelta(days=90), "PD", first_scan_on=START + timedelta(days=84))
    history = ProgressionHistory("S1", START, (visit,))
    assert (compute_progression_free(history, ITT_ALL_EVENTS, SCHEDULE).end_on - START).days == 84


def test_what_came_after_the_cut_is_unknown() -> None:
    history = history_of({"assessments": [{"day": 42, "response": "SD"}, {"day": 84, "response": "PD"}]})
    result = compute_progression_free(history, ITT_ALL_EVENTS, SCHEDULE, cut_on=on_day(83))
    assert (result.days, result.event, result.reason) == (43, False, "LAST_ADEQUATE_ASSESSMENT")


def test_time_to_progression_censors_a_death_without_progression() -> None:
    history = history_of({"assessments": [{"day": 42, "response": "SD"}], "death_day": 50})
    result = compute_time_to_progression(history, ITT_ALL_EVENTS, SCHEDULE)
    assert (result.endpoint, result.days, result.event, result.reason) == (
        "TTP",
        43,
        False,
        "DEATH_WITHOUT_PD",
    )


def test_a_scan_before_the_start_or_after_death_gives_a_finding_and_no_row() -> None:
    early = history_of({"assessments": [{"day": -3, "response": "SD"}]})
    late = history_of({"assessments": [{"day": 42, "response": "SD"}], "death_day": 20})
    assert [f.code for f in check_progression_history(early)] == ["TW-END-011"]
    assert [f.code for f in check_progression_history(late)] == ["TW-END-012"]
    derived = derive_progression_free([early, late], ITT_ALL_EVENTS, SCHEDULE)
    assert derived.rows == () and len(derived.findings) == 2


def test_next_assessment_due() -> None:
    assert compute_next_due(SCHEDULE, START, START + timedelta(days=50)) == START + timedelta(days=84)
    assert compute_next_due(SCHEDULE, START, START + timedelta(days=49)) == START + timedelta(days=42)
    assert compute_next_due(SCHEDULE, START, START + timedelta(days=1000)) is None


days = st.integers(1, 300)
cases = st.fixed_dictionaries(
    {
        "assessments": st.lists(
            st.fixed_dictionaries({"day": days, "response": st.sampled_from(["CR", "PR", "SD", "NE", "PD"])}),
            max_size=6,
        ),
        "death_day": st.none() | days,
        "new_therapy_day": st.none() | days,
        "clinical_progression_day": st.none() | days,
    }
)


@settings(max_examples=80, deadline=None)
@given(cases, st.randoms())
def test_order_of_assessments_does_not_matter(case: dict[str, Any], random: Any) -> None:
    shuffled = dict(case, assessments=random.sample(case["assessments"], len(case["assessments"])))
    for rules in PROGRESSION_RULES.values():
        one = compute_progression_free(history_of(case), rules, SCHEDULE)
        other = compute_progression_free(history_of(shuffled), rules, SCHEDULE)
        assert (one.end_on, one.event, one.reason) == (other.end_on, other.event, other.reason)


@settings(max_examples=80, deadline=None)
@given(cases)
def test_strict_events_are_a_subset_of_all_events(case: dict[str, Any]) -> None:
    strict = compute_progression_free(history_of(case), STRICT_DOCUMENTED, SCHEDULE)
    every = compute_progression_free(history_of(case), ITT_ALL_EVENTS, SCHEDULE)
    assert strict.end_on <= every.end_on or not every.event
    if strict.event:
        assert every.event and every.end_on == strict.end_on


@settings(max_examples=80, deadline=None)
@given(cases, days)
def test_a_later_cut_never_undoes_an_event(case: dict[str, Any], cut_day: int) -> None:
    early = compute_progression_free(history_of(case), ITT_ALL_EVENTS, SCHEDULE, cut_on=on_day(cut_day))
    late = compute_progression_free(history_of(case), ITT_ALL_EVENTS, SCHEDULE)
    if early.event:
        assert late.event and late.end_on == early.end_on
    assert (early.end_on - START).days <= cut_day
