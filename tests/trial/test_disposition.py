"""The ways out, and departures from the protocol."""

from __future__ import annotations

from typing import Any

import pytest
from tests.trial.bench import NURSE, Bench, codes

from trialwright.trial.disposition import (
    EndFollowUp,
    EndTreatment,
    RecordDeviation,
    decide_deviation,
    decide_follow_up_end,
    decide_treatment_end,
)
from trialwright.trial.events import Decision
from trialwright.trial.subject import Status


@pytest.fixture
def later(bench: Bench) -> Bench:
    """An allocated subject, ten days on."""
    return bench.allocated().wait(days=10)


def end_treatment(bench: Bench, reason: str, on: str = "", words: str = "") -> Decision:
    command = EndTreatment(bench.state.subject, reason, on, words)
    return decide_treatment_end(bench.study, bench.state, command, NURSE, bench.now)


def end_follow_up(bench: Bench, reason: str, on: str = "", words: str = "") -> Decision:
    command = EndFollowUp(bench.state.subject, reason, on, words)
    return decide_follow_up_end(bench.study, bench.state, command, NURSE, bench.now)


def test_treatment_ends_once(later: Bench) -> None:
    later.take(end_treatment(later, "progression"))
    assert later.state.status is Status.IN_FOLLOW_UP
    assert codes(end_treatment(later, "progression")) == ["SUB-021"]


@pytest.mark.parametrize(
    ("reason", "on", "words", "code"),
    [
        ("boredom", "", "", "SUB-023"),
        ("other", "", "", "SUB-024"),
        ("progression", "2026-03-13", "", "SUB-003"),
        ("progression", "2026-03-01", "", "SUB-025"),
    ],
)
def test_endings_that_are_refused(later: Bench, reason: str, on: str, words: str, code: str) -> None:
    assert codes(end_treatment(later, reason, on, words)) == [code]
    follow_up = "death" if reason == "progression" else reason
    assert codes(end_follow_up(later, follow_up, on, words)) == [code]


def test_an_ending_before_a_dose_is_refused(later: Bench) -> None:
    later.collect()
    later.give("vaccine", 5, dose="1e7", volume="1")
    assert codes(end_treatment(later, "progression", "2026-03-11")) == ["SUB-025"]
    assert codes(end_follow_up(later, "death", "2026-03-11")) == ["SUB-025"]
    assert end_follow_up(later, "death", "2026-03-12").accepted


def test_only_allocated_subjects_have_an_ending(bench: Bench) -> None:
    bench.register().consent()
    assert codes(end_treatment(bench, "completed")) == ["SUB-020"]
    assert codes(end_follow_up(bench, "completed")) == ["SUB-020"]


@pytest.mark.parametrize(
    ("reason", "status"),
    [
        ("death", Status.DIED),
        ("completed", Status.COMPLETED),
        ("withdrawal", Status.WITHDRAWN),
        ("lost", Status.LOST),
        ("sponsor_decision", Status.OFF_STUDY),
    ],
)
def test_the_end_of_follow_up_ends_treatment_too(later: Bench, reason: str, status: Status) -> None:
    later.take(end_follow_up(later, reason))
    assert later.state.status is status
    assert later.state.treatment_end is not None
    assert codes(end_follow_up(later, reason)) == ["SUB-022"]
    assert later.conduct.reached["treatment_ended"] == later.conduct.reached["follow_up_ended"] == 1


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"category": "fate"}, "SUB-030"),
        ({"severity": "grave"}, "SUB-031"),
        ({"text": " "}, "SUB-032"),
        ({"occurred_on": "2027-01-01"}, "SUB-003"),
    ],
)
def test_deviations(later: Bench, changed: dict[str, Any], code: str) -> None:
    good = {
        "category": "assessment",
        "severity": "minor",
        "text": "scan two days late",
        "about": "assessment_1",
    }

    def decide(**more: Any) -> Decision:
        command = RecordDeviation(later.state.subject, **{**good, **more})
        return decide_deviation(later.study, later.state, command, NURSE, later.now)

    assert codes(decide(**changed)) == [code]
    for _ in range(2):
        later.take(decide())
    assert [deviation.id for deviation in later.state.deviations] == ["D001", "D002"]
