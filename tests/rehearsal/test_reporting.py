"""What a simulated form says of a serious event, and when its reports are sent."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from trialwright.rehearsal.events import SimulatedEvent
from trialwright.rehearsal.reporting import is_reportable, judge, suspected_agents
from trialwright.study.load import load_study
from trialwright.study.model import Study

STUDY = Path(__file__).parents[2] / "studies" / "nct02632201"
CELLS = {"related.dc": "no", "related.t_cells": "probable"}


@pytest.fixture(scope="module")
def study() -> Study:
    found = load_study(STUDY).study
    assert found is not None
    return found


def event(term: str, grade: int, serious: bool, related: dict[str, str] = CELLS) -> SimulatedEvent:
    return SimulatedEvent(term, "words", grade, 0, 2, serious, related)


def test_only_suspected_serious_reactions_outside_the_reference_are_reported(study: Study) -> None:
    crs = "Cytokine release syndrome"
    assert is_reportable(study.safety, event(crs, 3, True))
    assert not is_reportable(study.safety, event(crs, 2, True))
    assert not is_reportable(study.safety, event(crs, 3, False))
    assert not is_reportable(study.safety, event(crs, 3, True, {"related.dc": "no", "related.t_cells": "no"}))


def test_the_form_says_what_applies_and_leaves_the_rest_empty(study: Study) -> None:
    form = next(form for form in study.forms if form.records == "adverse_event")
    grave = judge(study.safety, form, event("Cytokine release syndrome", 4, True), date(2026, 2, 25), True)
    assert grave["action"] == {"value": "stopped"}
    assert grave["astct_grade"] == {"value": "4"}
    assert grave["seriousness"] == {"value": "life_threatening"}
    assert grave["aware_on"] == {"value": "2026-02-25"}
    assert grave["reported_on"] is None
    mild = judge(study.safety, form, event("Fever", 1, False), date(2026, 2, 25), False)
    assert mild["action"] == {"value": "none"}
    assert {name for name, answer in mild.items() if answer is not None} == {"action"}


def test_the_suspected_agents_are_those_not_ruled_out() -> None:
    assert suspected_agents(event("Fever", 1, False)) == {"t_cells"}
