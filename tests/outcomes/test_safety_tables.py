"""Adverse event tables, exposure, analysis sets."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trialwright.outcomes.adverse_events import (
    AdverseEvent,
    TreatmentPeriod,
    compute_treatment_emergent,
    derive_overview,
    derive_treatment_emergent,
    derive_worst_grades,
)
from trialwright.outcomes.analysis_sets import (
    AnalysisSet,
    ReviewedException,
    SubjectFacts,
    compute_membership,
    derive_memberships,
    find_members,
)
from trialwright.outcomes.exposure import GivenDose, PlannedDose, compute_exposure

START = date(2022, 5, 2)
ARMS = {"S1": "A", "S2": "A", "S3": "B", "S4": "B"}


def event(
    subject: str, term: str, grade: int | None, organ_class: str = "Gastro", **more: Any
) -> AdverseEvent:
    return AdverseEvent(subject, f"{subject}-{term}-{grade}", term, organ_class, grade, **more)


EVENTS = [
    event("S1", "Nausea", 1, source_ids=(1,)),
    event("S1", "Nausea", 3, source_ids=(2,), serious=True, related_to=frozenset({"cells"})),
    event("S1", "Vomiting", 2, source_ids=(3,)),
    event("S2", "Nausea", 2, source_ids=(4,)),
    event("S3", "Fever", 5, "General", source_ids=(5,), fatal=True),
    event("S9", "Nausea", 4, source_ids=(6,)),
]


def test_a_subject_counts_once_at_the_worst_grade_of_term_class_and_overall() -> None:
    rows = {(r.arm, r.organ_class, r.term): r for r in derive_worst_grades(EVENTS, ARMS)}
    nausea = rows["A", "Gastro", "Nausea"]
    assert nausea.by_grade == {1: 0, 2: 1, 3: 1, 4: 0, 5: 0}
    assert (nausea.any_grade, nausea.at_risk, nausea.share, nausea.events) == (2, 2, 1.0, 3)
    assert nausea.at_least(3) == 1 and nausea.source_ids == (1, 2, 4)
    assert rows["A", "Gastro", ""].by_grade == {1: 0, 2: 1, 3: 1, 4: 0, 5: 0}
    assert rows["A", "", ""].any_grade == 2 and rows["B", "", ""].by_grade[5] == 1


def test_rows_come_by_frequency_then_name_and_strangers_are_left_out() -> None:
    order = [(r.organ_class, r.term) for r in derive_worst_grades(EVENTS, ARMS) if r.arm == "A"]
    assert order == [
        ("", ""),
        ("Gastro", ""),
        ("Gastro", "Nausea"),
        ("Gastro", "Vomiting"),
        ("General", ""),
        ("General", "Fever"),
    ]
    in_b = [r.organ_class for r in derive_worst_grades(EVENTS, ARMS, sort_arm="B") if not r.term]
    assert in_b == ["", "", "General", "General", "Gastro", "Gastro"]


def test_a_total_column_counts_all_arms_together() -> None:
    rows = {(r.arm, r.organ_class, r.term): r for r in derive_worst_grades(EVENTS, ARMS, total="All")}
    whole = rows["All", "", ""]
    assert (whole.any_grade, whole.at_risk, whole.by_grade[5]) == (3, 4, 1)
    assert whole.any_grade == rows["A", "", ""].any_grade + rows["B", "", ""].any_grade
    overview = [(r.arm, r.count) for r in derive_overview(EVENTS, ARMS, total="All") if r.kind == "any"]
    assert overview == [("A", 2), ("B", 1), ("All", 3)]


def test_an_event_without_grade_is_counted_apart() -> None:
    (row, _) = [r for r in derive_worst_grades([event("S1", "Rash", None)], ARMS) if not r.organ_class]
    assert (row.any_grade, row.ungraded, sum(row.by_grade.values())) == (1, 1, 0)


def test_overview_counts_subjects_and_keeps_empty_rows() -> None:
    rows = {(r.kind, r.arm): r for r in derive_overview(EVENTS, ARMS, ["cells", "vaccine"])}
    assert rows["any", "A"].count == 2 and rows["any", "A"].events == 4
    assert rows["serious", "A"].subjects == ("S1",) and rows["serious", "A"].source_ids == (2,)
    assert rows["related to cells", "A"].count == 1 and rows["related to vaccine", "A"].count == 0
    assert rows["grade 3 or higher", "B"].share == 0.5
    assert rows["fatal", "B"].count == 1 and rows["dose limiting", "B"].count == 0


PERIOD = TreatmentPeriod("S1", START, START + timedelta(days=60), window_days=30)


@pytest.mark.parametrize(
    ("onset_day", "worsened_day", "expected"),
    [
        (-1, None, False),
        (0, None, True),
        (90, None, True),
        (91, None, False),
        (-5, 10, True),
        (-5, -1, False),
    ],
)
def test_treatment_emergent(onset_day: int, worsened_day: int | None, expected: bool) -> None:
    worsened_on = None if worsened_day is None else START + timedelta(days=worsened_day)
    case = event("S1", "Rash", 1, onset_on=START + timedelta(days=onset_day), worsened_on=worsened_on)
    assert compute_treatment_emergent(case, PERIOD) is expected


def test_treatment_emergent_at_the_edges() -> None:
    late = event("S1", "Rash", 1, onset_on=START + timedelta(days=70))
    assert not compute_treatment_emergent(late, replace(PERIOD, new_therapy_on=START + timedelta(days=70)))
    assert compute_treatment_emergent(late, replace(PERIOD, new_therapy_on=START + timedelta(days=71)))
    assert compute_treatment_emergent(late, replace(PERIOD, last_on=None))  # still on treatment
    assert not compute_treatment_emergent(late, replace(PERIOD, first_on=None))
    undated = event("S1", "Rash", 1)
    assert compute_treatment_emergent(undated, PERIOD)
    assert not compute_treatment_emergent(replace(undated, ended_on=START - timedelta(days=1)), PERIOD)
    assert derive_treatment_emergent([late, event("S7", "Rash", 1)], [PERIOD]) == [late]


grades = st.lists(
    st.builds(event, st.sampled_from(list(ARMS)), st.sampled_from("PQR"), st.integers(1, 5)), max_size=12
)


@settings(max_examples=60, deadline=None)
@given(grades, st.randoms())
def test_tables_do_not_depend_on_the_order_and_never_count_more_than_the_arm(
    events: Any, random: Any
) -> None:
    rows = derive_worst_grades(events, ARMS)
    assert derive_worst_grades(random.sample(events, len(events)), ARMS) == rows
    for row in rows:
        assert sum(row.by_grade.values()) + row.ungraded == row.any_grade <= row.at_risk
        whole = next(r for r in rows if (r.arm, r.organ_class) == (row.arm, ""))
        assert all(row.at_least(g) <= whole.at_least(g) for g in range(1, 6))


PLAN = [
    PlannedDose("T cells", 21, Decimal("1e9"), Decimal("6e9")),
    PlannedDose("T cells", 42, Decimal("1e9"), Decimal("6e9")),
    PlannedDose("vaccine", 19, Decimal(10), unit="mL"),
]


def test_exposure_and_dose_intensity() -> None:
    given_doses = [
        GivenDose("S1", "T cells", 21, Decimal("2e9"), START + timedelta(days=22), source_ids=(1,)),
        GivenDose("S1", "T cells", 42, Decimal(0), reason_not_given="product failed", source_ids=(2,)),
        GivenDose("S2", "T cells", 21, Decimal("2e9"), START),
    ]
    cells, vaccine = compute_exposure("S1", START, PLAN, given_doses)
    assert (cells.doses_planned, cells.doses_given, cells.doses_in_range) == (2, 1, 1)
    # 2e9 lies in the range and counts as planned; the dose not given is held against the lower end, 1e9.
    assert (cells.planned, cells.received) == (Decimal("3e9"), Decimal("2e9"))
    assert (cells.intensity, cells.delay_days, cells.duration_days) == (pytest.approx(2 / 3), 2, 1)
    assert cells.source_ids == (1, 2)
    assert (vaccine.intensity, vaccine.duration_days, vaccine.unit) == (0.0, None, "mL")


def test_a_dose_outside_the_range_is_given_but_not_in_range() -> None:
    given_doses = [GivenDose("S1", "T cells", 21, Decimal("7e9"), START)]
    (cells, _) = compute_exposure("S1", None, PLAN, given_doses)
    assert (cells.doses_given, cells.doses_in_range, cells.delay_days) == (1, 0, 0)
    assert cells.intensity == 1.0  # 7e9 against 6e9, nothing against 1e9


def test_doses_within_the_range_are_full_intensity_and_smaller_ones_are_not() -> None:
    full = [GivenDose("S1", "T cells", day, Decimal(amount)) for day, amount in ((21, "1e9"), (42, "6e9"))]
    assert compute_exposure("S1", None, PLAN, full)[0].intensity == 1.0
    low = [GivenDose("S1", "T cells", day, Decimal("5e8")) for day in (21, 42)]
    assert compute_exposure("S1", None, PLAN, low)[0].intensity == 0.5


FULL = SubjectFacts(
    "S1",
    consented=True,
    allocated_arm="A",
    received_arm="B",
    treated=True,
    infused=True,
    minimum_dose=True,
    dlt_window_completed=True,
    measurable_disease=True,
    post_baseline_scan=True,
    baseline_questionnaire=True,
    later_questionnaire=True,
    source_ids=(4, 7),
)


def test_safety_goes_by_treatment_received_and_all_else_as_allocated() -> None:
    arms = {s: compute_membership(FULL, s).arm for s in AnalysisSet}
    assert arms[AnalysisSet.SAFETY] == arms[AnalysisSet.DLT] == "B"
    assert {arms[s] for s in AnalysisSet if s not in (AnalysisSet.SAFETY, AnalysisSet.DLT)} == {"A"}


@pytest.mark.parametrize(
    ("change", "sets_left"),
    [
        ({}, set(AnalysisSet)),
        ({"infused": False}, set(AnalysisSet) - {AnalysisSet.MITT}),
        ({"dlt_window_completed": False}, set(AnalysisSet) - {AnalysisSet.DLT}),
        ({"dlt_window_completed": False, "dose_limiting": True}, set(AnalysisSet)),
        ({"minimum_dose": False, "dose_limiting": True}, set(AnalysisSet) - {AnalysisSet.DLT}),
        ({"measurable_disease": False}, set(AnalysisSet) - {AnalysisSet.RESPONSE}),
        ({"post_baseline_scan": False}, set(AnalysisSet) - {AnalysisSet.RESPONSE}),
        ({"post_baseline_scan": False, "early_death_or_progression": True}, set(AnalysisSet)),
        ({"major_deviation": True}, set(AnalysisSet) - {AnalysisSet.PP}),
        ({"later_questionnaire": False}, set(AnalysisSet) - {AnalysisSet.QOL}),
        ({"baseline_questionnaire": False}, set(AnalysisSet) - {AnalysisSet.QOL}),
        ({"allocated_arm": ""}, {AnalysisSet.SCREENED, AnalysisSet.SAFETY, AnalysisSet.DLT}),
        ({"treated": False}, set(AnalysisSet) - {AnalysisSet.SAFETY}),
        ({"consented": False}, set(AnalysisSet) - {AnalysisSet.SCREENED}),
    ],
)
def test_rules_of_membership(change: dict[str, Any], sets_left: set[AnalysisSet]) -> None:
    facts = replace(FULL, **change)
    rows = derive_memberships([facts])
    assert {row.analysis_set for row in rows if row.member} == sets_left
    assert all(row.reason for row in rows)


def test_a_reviewed_exception_replaces_the_rule_and_is_marked() -> None:
    decision = ReviewedException("S1", AnalysisSet.PP, False, "wrong product infused", (9,))
    rows = derive_memberships([FULL, replace(FULL, subject="S2")], [decision])
    assert find_members(rows, AnalysisSet.PP) == {"S2": "A"}
    (row,) = [r for r in rows if r.by_exception]
    assert (row.reason, row.source_ids) == ("wrong product infused", (4, 7, 9))
