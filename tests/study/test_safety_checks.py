"""What is wrong with the safety part of a study file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from trialwright.outcomes.safety_terms import check_safety_terms
from trialwright.study.checks import check_study
from trialwright.study.load import load_study
from trialwright.study.model import Study

STUDY = Path(__file__).parents[2] / "studies" / "nct02632201"


@pytest.fixture(scope="module")
def study() -> Study:
    found = load_study(STUDY).study
    assert found is not None
    return found


def changed(study: Study, part: str, **values: Any) -> Study:
    """The study with one part of its safety changed."""
    inner = getattr(study.safety, part).model_copy(update=values)
    return study.model_copy(update={"safety": study.safety.model_copy(update={part: inner})})


def codes(study: Study) -> list[str]:
    return [f.code for f in check_study(study) if f.code.startswith("TW-SAF")]


def test_the_first_study_is_right(study: Study) -> None:
    assert codes(study) == []
    assert check_safety_terms(study) == []


def test_what_does_not_exist_is_found(study: Study) -> None:
    assert codes(changed(study, "dose_limiting", products=("pik_her2",))) == ["TW-SAF-001"]
    assert codes(changed(study, "dose_limiting", agents=("dc", "cells"))) == ["TW-SAF-002"]
    assert codes(changed(study, "stopping", first_look=21)) == ["TW-SAF-004"]


def test_a_rule_needs_something_to_count(study: Study) -> None:
    bare = study.safety.model_copy(update={"dose_limiting": None})
    assert codes(study.model_copy(update={"safety": bare})) == ["TW-SAF-003"]


def test_ids_stand_once(study: Study) -> None:
    assert study.safety.dose_limiting is not None
    criteria = study.safety.dose_limiting.criteria
    assert codes(changed(study, "dose_limiting", criteria=(*criteria, criteria[0]))) == ["TW-SAF-005"]
    twice = (*study.analysis.sensitivity, study.analysis.sensitivity[0])
    analysis = study.analysis.model_copy(update={"sensitivity": twice})
    assert codes(study.model_copy(update={"analysis": analysis})) == ["TW-SAF-005"]


def test_a_reference_without_recipients_is_warned_about(study: Study) -> None:
    bare = study.safety.model_copy(update={"routes": ()})
    assert codes(study.model_copy(update={"safety": bare})) == ["TW-SAF-006"]


def test_terms_and_classes_are_those_of_the_dictionary(study: Study) -> None:
    assert study.safety.dose_limiting is not None
    first = study.safety.dose_limiting.criteria[0]
    wrong = first.model_copy(update={"terms": ("Cytokine release",), "not_organ_classes": ("Blood",)})
    found = check_safety_terms(changed(study, "dose_limiting", criteria=(wrong,)))
    assert [finding.code for finding in found] == ["TW-AE-010", "TW-AE-011"]
    assert "Cytokine release syndrome" in found[0].remedy
