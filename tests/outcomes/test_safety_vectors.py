"""Safety against the worked cases of the domain reference, and the dictionary."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trialwright.outcomes.adverse_events import AdverseEvent
from trialwright.outcomes.crs_icans import (
    Consciousness,
    CrsSigns,
    IcansSigns,
    Oxygen,
    Pressure,
    Seizure,
    compute_crs_grade,
    compute_icans_grade,
    compute_ice_score,
)
from trialwright.outcomes.ctcae import VERSIONS, read_dictionary
from trialwright.outcomes.ctcae_labs import LabValue, NotGraded, compute_lab_grade, list_terms
from trialwright.outcomes.expedited import (
    ClockState,
    OtherReport,
    Urgency,
    compute_clock_state,
    compute_day_zero,
    compute_deadlines,
    compute_investigator_due,
    compute_other_due,
    compute_reportable,
    compute_upgraded_deadlines,
)

REFERENCE = json.loads((Path(__file__).parents[1] / "data/domain/safety.json").read_text())
ALT = "Alanine aminotransferase increased"


@pytest.mark.parametrize("vector", REFERENCE["crs_vectors"], ids=lambda v: v["id"])
def test_crs(vector: dict[str, Any]) -> None:
    given_signs = vector["input"]
    signs = CrsSigns(
        given_signs["temp"],
        given_signs.get("hypotension", False),
        given_signs.get("vasopressors", 0),
        given_signs.get("vasopressin", False),
        Oxygen(given_signs.get("oxygen", "none")),
        given_signs.get("prior_fever", False),
        given_signs.get("antipyretic_or_anticytokine", False),
        given_signs.get("death", False),
    )
    assert compute_crs_grade(signs) == vector["grade"]


@pytest.mark.parametrize("vector", REFERENCE["icans_vectors"], ids=lambda v: v["id"])
def test_icans(vector: dict[str, Any]) -> None:
    given_signs = vector["input"]
    signs = IcansSigns(
        given_signs["ice"],
        Consciousness(given_signs.get("consciousness", "awake")),
        Seizure(given_signs.get("seizure", "none")),
        given_signs.get("deep_focal_motor_weakness", False),
        Pressure(given_signs.get("icp", "none")),
        given_signs.get("tremor", False),
        given_signs.get("intracranial_haemorrhage", False),
    )
    assert compute_icans_grade(signs) == vector["grade"]


def test_ice_score_and_single_domains() -> None:
    assert compute_ice_score(4, 3, True, True, True) == 10
    assert compute_ice_score(5, 3, True, True, True) is None
    assert compute_icans_grade(IcansSigns(None, Consciousness.AWAKENS_TO_TOUCH)) == 3
    assert compute_icans_grade(IcansSigns(10, Consciousness.AWAKENS_SPONTANEOUSLY)) == 1
    assert compute_icans_grade(IcansSigns(10, pressure=Pressure.PAPILLOEDEMA)) == 4
    assert compute_icans_grade(IcansSigns(10, fatal=True)) == 5
    assert compute_crs_grade(CrsSigns(38.2, hypotension=True, vasopressin=True)) == 3


@pytest.mark.parametrize(
    "vector",
    REFERENCE["ctcae_v5_lab_vectors"],
    ids=lambda v: f"{v['term'][:12]}-{v['value']}-{v.get('baseline')}",
)
def test_laboratory_grades_of_version_5(vector: dict[str, Any]) -> None:
    value = LabValue(
        vector["value"], vector["unit"], vector.get("lln"), vector.get("uln"), vector.get("baseline")
    )
    assert compute_lab_grade(vector["term"], value).grade == vector["grade"]


def test_59_laboratory_vectors_were_given() -> None:
    assert len(REFERENCE["ctcae_v5_lab_vectors"]) == 59


@pytest.mark.parametrize(
    ("term", "value", "grade"),
    [
        ("Neutrophil count decreased", LabValue(1.6, "10*9/L", lln=2.0), 0),
        ("Neutrophil count decreased", LabValue(0.4, "10*9/L", lln=2.0), 3),
        ("Neutrophil count decreased", LabValue(0.09, "10*9/L", lln=2.0), 4),
        ("Thrombocytopenia", LabValue(24.9, "10*9/L", lln=150), 3),
        ("Thrombocytopenia", LabValue(9.9, "10*9/L", lln=150), 4),
        (ALT, LabValue(120, "U/L", uln=40, baseline=80), 1),
        (ALT, LabValue(80, "U/L", uln=40, baseline=80), 1),
        (ALT, LabValue(161, "U/L", uln=40, baseline=80), 3),
        (ALT, LabValue(321, "U/L", uln=40, baseline=80), 4),
        ("Creatinine increased", LabValue(1.0, "mg/dL", lln=0.6, uln=1.2, baseline=0.5), 2),
        ("Creatinine increased", LabValue(1.19, "mg/dL", lln=0.6, uln=1.2, baseline=0.7), 0),
        ("Platelet count decreased", LabValue(20, "10*9/L", lln=150), None),
    ],
)
def test_version_6_differs_where_it_must(term: str, value: LabValue, grade: int | None) -> None:
    assert compute_lab_grade(term, value, "6.0").grade == grade


def test_units_of_one_rule_agree() -> None:
    for per_litre, per_mm3 in [(80, 80_000), (60, 60_000), (30, 30_000), (10, 10_000)]:
        one = compute_lab_grade("Platelet count decreased", LabValue(per_litre, "10*9/L", lln=150))
        other = compute_lab_grade("Platelet count decreased", LabValue(per_mm3, "/uL", lln=150_000))
        assert one == other
    assert compute_lab_grade("Anemia", LabValue(99, "g/L", lln=130)).grade == 2


def test_what_is_missing_is_said_and_never_guessed() -> None:
    assert compute_lab_grade(ALT, LabValue(100, "U/L", uln=40)).reason is NotGraded.BASELINE_MISSING
    assert compute_lab_grade("Anemia", LabValue(12, "g/dL")).reason is NotGraded.LIMIT_MISSING
    assert compute_lab_grade("Anemia", LabValue(12, "stone")).reason is NotGraded.UNIT
    assert compute_lab_grade("Nausea", LabValue(1, "1")).reason is NotGraded.NO_RULE
    # A limit of normal is not needed where the number alone decides.
    assert compute_lab_grade("Anemia", LabValue(7.9, "g/dL")).grade == 3
    # Without a baseline, creatinine is graded against the limit alone, and that is said.
    half = compute_lab_grade("Creatinine increased", LabValue(1.3, "mg/dL", uln=1.2))
    assert (half.grade, half.incomplete) == (1, True)


@settings(max_examples=100, deadline=None)
@given(
    st.sampled_from([(v, t) for v in VERSIONS for t in list_terms(v)]),
    st.integers(1, 40_000),
    st.integers(1, 40_000),
)
def test_worse_values_never_have_milder_grades(case: tuple[str, str], one: int, other: int) -> None:
    version, term = case
    (ladder, *_) = list_terms(version)[term].ladders
    unit = next(iter(sorted(ladder.units)), "U/L")

    def grade(hundredths: int) -> int:
        value = LabValue(hundredths / 100, unit, lln=1, uln=2, baseline=1)
        return compute_lab_grade(term, value, version).grade or 0

    low, high = sorted((one, other))
    assert grade(low) <= grade(high) if ladder.rising else grade(high) <= grade(low)


@pytest.mark.parametrize(("version", "terms"), [("5.0", 837), ("6.0", 850)])
def test_dictionary_holds_all_terms(version: str, terms: int) -> None:
    dictionary = read_dictionary(version)
    assert len(dictionary.terms) == terms and len(dictionary.organ_classes) == 26
    assert all(term.grades and term.organ_class for term in dictionary.terms)
    assert set(list_terms(version)) <= {term.term for term in dictionary.terms}


@pytest.mark.parametrize("version", VERSIONS)
def test_every_graded_laboratory_term_grades_only_as_far_as_the_dictionary(version: str) -> None:
    dictionary = read_dictionary(version)
    for name, rule in list_terms(version).items():
        deepest = max(len(ladder.steps) for ladder in rule.ladders)
        assert deepest <= max(g for g in dictionary.find(name).grades if g < 5), name


def test_look_up_and_suggestions() -> None:
    dictionary = read_dictionary("5.0")
    assert dictionary.find("  nausea ").term == "Nausea"
    assert dictionary.find("no such thing") is None
    assert dictionary.suggest("cytok")[0].term == "Cytokine release syndrome"
    assert ALT in [t.term for t in dictionary.suggest("aminotransferase increased")]
    assert "Anemia" in [t.term for t in dictionary.suggest("anaemia")]
    assert dictionary.suggest("  ") == []


def test_absent_grades_are_refused() -> None:
    dictionary = read_dictionary("5.0")
    assert dictionary.check_event("Nausea", 3) == []
    (finding,) = dictionary.check_event("Nausea", 4)
    assert finding.code == "TW-AE-002" and "1, 2, 3" in finding.remedy
    (finding,) = dictionary.check_event("Nausae", 1)
    assert finding.code == "TW-AE-001" and "Nausea" in finding.remedy
    other = next(t.term for t in dictionary.terms if t.needs_specifying)
    assert [f.code for f in dictionary.check_event(other, 1)] == ["TW-AE-003"]
    assert dictionary.check_event(other, 1, "hiccups for a week") == []


@pytest.mark.parametrize("vector", REFERENCE["deadline_vectors"], ids=lambda v: v["day0"] + v["category"])
def test_deadlines(vector: dict[str, str]) -> None:
    deadlines = compute_deadlines(date.fromisoformat(vector["day0"]), Urgency(vector["category"]))
    assert deadlines.first_due_on.isoformat() == vector["initial_due"]
    assert deadlines.complete_due_on.isoformat() == vector["complete_report_due"]


def test_day_zero_is_the_receivers_calendar_day() -> None:
    aware_at = datetime(2026, 2, 25, 17, 30, tzinfo=UTC)
    assert compute_day_zero(aware_at, ZoneInfo("Asia/Shanghai")) == date(2026, 2, 26)
    assert compute_day_zero(aware_at, UTC) == date(2026, 2, 25)
    with pytest.raises(ValueError, match="time zone"):
        compute_day_zero(datetime(2026, 2, 25, 17, 30), UTC)  # noqa: DTZ001
    assert compute_investigator_due(aware_at) - aware_at == timedelta(hours=24)


def test_an_upgrade_starts_a_new_clock_and_never_postpones() -> None:
    first = compute_deadlines(date(2026, 3, 1), Urgency.OTHER)
    early = compute_upgraded_deadlines(first, date(2026, 3, 3))
    assert (early.first_due_on, early.complete_due_on) == (date(2026, 3, 10), date(2026, 3, 18))
    late = compute_upgraded_deadlines(first, date(2026, 3, 14))
    assert late.first_due_on == date(2026, 3, 16)


@pytest.mark.parametrize(
    ("report", "due"),
    [
        (OtherReport.URGENT_MEASURE, "2026-03-04"),
        (OtherReport.SERIOUS_BREACH, "2026-03-04"),
        (OtherReport.BENEFIT_RISK, "2026-03-12"),
        (OtherReport.FOLLOW_UP, "2026-03-12"),
        (OtherReport.ANNUAL, "2026-04-26"),
    ],
)
def test_other_reports(report: OtherReport, due: str) -> None:
    assert compute_other_due(date(2026, 2, 25), report).isoformat() == due


def test_state_of_a_clock() -> None:
    due_on = date(2026, 3, 4)
    assert compute_clock_state(due_on, date(2026, 3, 4)) is ClockState.DUE
    assert compute_clock_state(due_on, date(2026, 3, 5)) is ClockState.OVERDUE
    assert compute_clock_state(due_on, date(2026, 3, 9), date(2026, 3, 4)) is ClockState.SENT_IN_TIME
    assert compute_clock_state(due_on, date(2026, 3, 9), date(2026, 3, 5)) is ClockState.SENT_LATE


@pytest.mark.parametrize(
    ("serious", "related", "expected", "reportable"),
    [
        (True, {"cells"}, False, True),
        (True, {"cells"}, True, False),
        (True, {"cells"}, None, None),
        (True, set(), False, False),
        (False, {"cells"}, False, False),
    ],
)
def test_reportable(serious: bool, related: set[str], expected: bool | None, reportable: bool | None) -> None:
    event = AdverseEvent(
        "S1", "1", "Nausea", "Gastro", 3, serious=serious, related_to=frozenset(related), expected=expected
    )
    assert compute_reportable(event) is reportable
