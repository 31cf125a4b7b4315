"""Responders in quality of life; the grade history of adverse events."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path

import pytest

from trialwright.outcomes.adverse_events import AdverseEvent
from trialwright.outcomes.event_grades import (
    GradeChange,
    compute_days_at_least,
    compute_event,
    compute_incidence_rate,
    find_worsening,
)
from trialwright.outcomes.qol_responders import (
    COCKS_2012,
    MARINGWA_2011,
    TEN_POINTS,
    Change,
    Threshold,
    compute_change,
    derive_best_responders,
    derive_responders,
)
from trialwright.outcomes.quality_of_life import Score

REFERENCE = json.loads((Path(__file__).parents[1] / "data/domain/qlq_c30.json").read_text())
START = date(2024, 1, 1)


def day(number: int) -> date:
    return START + timedelta(days=number)


@pytest.mark.parametrize(
    ("benefit", "change"),
    [
        (10, Change.IMPROVED),
        (9.99, Change.STABLE),
        (-5, Change.WORSENED),
        (-4.99, Change.STABLE),
        (0, Change.STABLE),
    ],
)
def test_a_change_of_exactly_the_threshold_counts(benefit: float, change: Change) -> None:
    assert compute_change(benefit, Threshold(10, 5)) is change


def test_thresholds_are_those_of_the_reference() -> None:
    published = REFERENCE["thresholds"]["cocks_2012_change_smallest"]
    assert COCKS_2012.verified is published["verified"] is False
    found = {scale: [t.improvement, t.deterioration] for scale, t in COCKS_2012.by_scale.items()}
    assert found == published["values"]
    assert MARINGWA_2011.find("EF") is None and TEN_POINTS.find("EF") == Threshold(10, 10)


def test_responders_by_visit_and_at_their_best() -> None:
    def score(visit: str, benefit: float | None, scale: str = "QL") -> Score:
        return Score("S1", visit, START, scale, 50.0, 50.0, benefit, benefit, (len(visit) + 1,))

    scores = [score("BL", None), score("W3", -16.7), score("W12", 16.7), score("W3", 20, "EF")]
    rows = derive_responders(scores, TEN_POINTS)
    assert [(r.visit, r.scale, r.change.value) for r in rows] == [
        ("W3", "QL", "worsened"),
        ("W12", "QL", "improved"),
        ("W3", "EF", "improved"),
    ]
    best, other = derive_best_responders(scores, TEN_POINTS)
    assert (best.change, best.visit, best.source_ids) == (Change.IMPROVED, "", (3, 4))
    assert other.scale == "EF"
    assert [r.scale for r in derive_best_responders(scores, MARINGWA_2011)] == ["QL"]


CHANGES = [GradeChange(day(5), 3, (3,)), GradeChange(day(-4), 1, (1,)), GradeChange(day(9), 1, (4,))]
EVENT = AdverseEvent("S1", "1", "Nausea", "GI", None, source_ids=(2,))


def test_worsening_is_a_grade_above_the_worst_before_treatment() -> None:
    assert find_worsening(CHANGES, START) == day(5)
    assert find_worsening(CHANGES[:1], START) is None  # it began under treatment
    assert find_worsening([GradeChange(day(-4), 3), GradeChange(day(5), 2)], START) is None
    event = compute_event(EVENT, CHANGES, START)
    assert (event.grade, event.onset_on, event.worsened_on, event.source_ids) == (
        3,
        day(-4),
        day(5),
        (1, 2, 3, 4),
    )
    assert compute_event(EVENT, [], START) == EVENT


def test_days_at_a_grade() -> None:
    assert compute_days_at_least(CHANGES, 3, None, day(30)) == 4
    assert compute_days_at_least(CHANGES, 1, None, day(30)) == 34
    assert compute_days_at_least(CHANGES, 1, day(20), day(30)) == 24
    assert compute_days_at_least(CHANGES, 4, None, day(30)) == 0


def test_incidence_rate() -> None:
    found = compute_incidence_rate([100, 200, 65], [50, None, None])
    assert (found.subjects, found.days_at_risk) == (1, 315)
    assert found.rate == pytest.approx(36525 / 315)
    assert compute_incidence_rate([], []).rate is None
