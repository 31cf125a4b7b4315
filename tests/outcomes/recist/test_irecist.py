"""iRECIST: the 12 worked courses, the published best responses, properties."""

from __future__ import annotations

import json
from datetime import date, timedelta
from decimal import Decimal
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trialwright.outcomes.recist.irecist import (
    ImmunePoint,
    ImmuneResponse,
    ProgressionStatus,
    compute_best_immune,
    compute_immune_course,
    derive_immune_points,
    list_new_targets,
)
from trialwright.outcomes.recist.lesions import (
    Lesion,
    LesionHistory,
    NewReading,
    NewState,
    Reading,
    Role,
    State,
    Visit,
)
from trialwright.outcomes.recist.responses import Response

PATH = Path(__file__).parents[2] / "data/domain/recist.json"
REFERENCE = json.loads(PATH.read_text())
START = date(2023, 1, 2)
BASE = Decimal(100)


def point(given_point: dict[str, Any]) -> ImmunePoint:
    seen = "ne" not in given_point
    new = given_point.get("new_lesions", 0)
    return ImmunePoint(
        START + timedelta(days=given_point["day"]),
        Decimal(given_point["sum"]) if seen else None,
        non_target=Response(given_point["nt"]) if "nt" in given_point else Response.NA,
        non_target_growth=given_point.get("nt_further_increase", False),
        new_lesions=new,
        new_sum_mm=10 + Decimal(given_point.get("new_lesion_growth_mm", 0)) if new else None,
        for_symptoms=given_point.get("for_symptoms", False),
        source_ids=(given_point["day"],),
    )


@pytest.mark.parametrize("vector", REFERENCE["irecist_vectors"], ids=lambda v: v["id"])
def test_worked_courses(vector: dict[str, Any]) -> None:
    course = compute_immune_course(
        Decimal(vector["baseline_sum_mm"]), [point(p) for p in vector["timepoints"]]
    )
    assert list(course.responses) == vector["expected_responses"]
    assert course.status == vector["progression_status"]
    day = None if course.progression_on is None else (course.progression_on - START).days
    assert day == vector["progression_day"]
    assert course.source_ids == tuple(p["day"] for p in vector["timepoints"])


def alternatives(cell: str) -> list[ImmuneResponse]:
    if cell.startswith("any"):
        return list(ImmuneResponse)
    return [ImmuneResponse(code) for code in cell.split(" (")[0].split("|")]


@pytest.mark.parametrize("row", REFERENCE["irecist_ibor_published"], ids=lambda r: r[-1] + " " + r[1])
def test_published_best_responses(row: list[str]) -> None:
    *cells, best = row
    for responses in product(*(alternatives(cell) for cell in cells)):
        assert "=> " + compute_best_immune(responses) == best, responses


def test_no_assessment_gives_no_response() -> None:
    course = compute_immune_course(BASE, [])
    assert (course.best, course.status) == (ImmuneResponse.NE, ProgressionStatus.NONE)


def test_an_early_scan_for_symptoms_confirms_only_by_a_further_new_lesion() -> None:
    first = {"day": 42, "sum": 95, "new_lesions": 1}
    early = {"day": 56, "sum": 95, "new_lesions": 2}
    for symptoms, expected in ((False, ImmuneResponse.IUPD), (True, ImmuneResponse.ICPD)):
        course = compute_immune_course(BASE, [point(first), point(early | {"for_symptoms": symptoms})])
        assert course.responses[-1] is expected


def test_a_new_lesion_that_persists_after_a_reset_starts_no_new_episode_and_precludes_complete_response() -> (
    None
):
    days = [
        {"day": 42, "sum": 90, "new_lesions": 1},
        {"day": 84, "sum": 60, "new_lesions": 1},
        {"day": 126, "sum": 58, "new_lesions": 1},
    ]
    points = [point(d) for d in days]
    gone = ImmunePoint(START + timedelta(days=168), Decimal(0), targets_gone=True, new_lesions=1)
    second = ImmunePoint(START + timedelta(days=210), Decimal(0), targets_gone=True, new_lesions=2)
    course = compute_immune_course(BASE, [*points, gone, second])
    assert [r.value for r in course.responses] == ["iUPD", "iPR", "iPR", "iPR", "iUPD"]


def test_confirmed_progression_is_final() -> None:
    days = [{"day": 42, "sum": 120}, {"day": 84, "sum": 130}, {"day": 126, "sum": 50}]
    course = compute_immune_course(BASE, [point(d) for d in days])
    assert [r.value for r in course.responses] == ["iUPD", "iCPD", "iCPD"]
    assert course.best is ImmuneResponse.ICPD


def test_points_from_lesions() -> None:
    lesions = (
        Lesion("T1", Role.TARGET, "liver"),
        *(Lesion(f"N{k}", Role.NEW, "lung" if k < 3 else "bone") for k in range(5)),
    )

    def visit(day: int, mm: int, new_mm: int | None) -> Visit:
        on = START + timedelta(days=day)
        new = () if new_mm is None else (NewReading("N0", NewState.UNEQUIVOCAL, mm=Decimal(new_mm)),)
        return Visit(f"D{day}", on, (Reading("T1", State.MEASURED, Decimal(mm)),), new=new, source_ids=(day,))

    history = LesionHistory("S1", lesions, visit(-7, 50, None), (visit(42, 50, 12), visit(84, 48, 18)))
    base, points = derive_immune_points(history)
    assert base == 50
    assert [(p.new_lesions, p.new_sum_mm) for p in points] == [(1, 12), (1, 18)]
    course = compute_immune_course(base, points)
    assert [r.value for r in course.responses] == ["iUPD", "iCPD"]
    assert list_new_targets(history) == ["N0", "N1", "N3", "N4"]


points_of = st.lists(
    st.fixed_dictionaries(
        {
            "day": st.integers(1, 400),
            "sum": st.integers(0, 200),
            "new_lesions": st.integers(0, 2),
            "nt": st.sampled_from(["CR", "NON-CR/NON-PD", "PD", "NE"]),
        }
    ),
    max_size=7,
    unique_by=lambda p: p["day"],
)


@settings(max_examples=100, deadline=None)
@given(points_of)
def test_confirmation_needs_a_pending_progression_and_nothing_follows_it(days: list[dict[str, Any]]) -> None:
    course = compute_immune_course(BASE, [point(d) for d in days])
    responses = list(course.responses)
    if ImmuneResponse.ICPD in responses:
        first = responses.index(ImmuneResponse.ICPD)
        assert ImmuneResponse.IUPD in responses[:first]
        assert set(responses[first:]) == {ImmuneResponse.ICPD}
        assert course.status is ProgressionStatus.CONFIRMED
    assert (course.progression_on is None) == (course.status is ProgressionStatus.NONE)
