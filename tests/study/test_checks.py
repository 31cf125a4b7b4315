"""The linter of study files: every rule with a study that keeps it and one that breaks it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from trialwright.study.checks import check_loaded, check_study
from trialwright.study.findings import Severity
from trialwright.study.load import load_study
from trialwright.study.model import Study

STUDIES = Path(__file__).parents[2] / "studies"


def good() -> dict[str, Any]:
    """A study in which nothing is wrong."""
    return YAML(typ="safe").load((Path(__file__).parent / "good.yaml").read_text(encoding="utf-8"))


def codes(document: dict[str, Any]) -> dict[str, str]:
    """Code -> path of every finding."""
    return {f.code: ".".join(map(str, f.place.path)) for f in check_study(Study.model_validate(document))}


def test_a_good_study_has_no_finding() -> None:
    assert codes(good()) == {}


def set_at(document: dict[str, Any], path: str, value: Any) -> dict[str, Any]:
    *way, last = path.split(".")
    target: Any = document
    for step in way:
        target = target[int(step)] if step.isdigit() else target[step]
    target[int(last) if last.isdigit() else last] = value
    return document


@pytest.mark.parametrize(
    ("path", "value", "code", "place"),
    [
        ("arms.1.id", "a", "TW-REF-001", "arms.1"),
        ("arms.0.products", ["cell"], "TW-REF-002", "arms.0.products.0"),
        ("visits.0.forms", ["laboratry"], "TW-REF-002", "visits.0.forms.0"),
        ("visits.0.epoch", "follow_up", "TW-REF-002", "visits.0.epoch"),
        ("eligibility.variables.0.item", "kreatinin", "TW-REF-002", "eligibility.variables.0.item"),
        ("visits.1.day", 22, "TW-SCH-001", "visits.1.window"),
        ("products.0.cycles", [[21], [42], [64]], "TW-SCH-002", "products.0.cycles.2.0"),
        ("visits.0.day", 0, "TW-SCH-003", "visits.0.day"),
        ("design.randomisation.block_sizes", [3], "TW-RND-001", "design.randomisation.block_sizes.0"),
        ("design.randomisation.block_sizes", [4], "TW-RND-005", "design.randomisation.block_sizes"),
        ("design.randomisation", None, "TW-RND-002", "design"),
        ("design.enrolment", None, "TW-RND-004", "design"),
        ("forms.0.items.0.kind", "code", "TW-FRM-001", "forms.0.items.0"),
        ("forms.0.items.0.units", ["mg per dL"], "TW-FRM-002", "forms.0.items.0.units.0"),
        (
            "forms.0.items.0.range",
            {"hard_minimum": 5, "hard_maximum": 1},
            "TW-FRM-003",
            "forms.0.items.0.range",
        ),
        ("forms.0.records", "death", "TW-FRM-004", "forms.0"),
        ("forms.0.items.0.kind", "rows", "TW-FRM-005", "forms.0.items.0"),
        ("eligibility.criteria.0.rule", "", "TW-RUL-001", "eligibility.criteria.0"),
        ("roles.0.rights", ["enter_data", "verify_data"], "TW-PPL-001", "roles.0.rights"),
        ("roles.0.rights", ["see_subjects"], "TW-PPL-002", "roles"),
        ("sites", [], "TW-PPL-003", "sites"),
    ],
)
def test_one_fault_is_found_at_its_place(path: str, value: Any, code: str, place: str) -> None:
    found = codes(set_at(good(), path, value))
    assert found.get(code) == place, found


def test_uneven_cycles_are_noticed() -> None:
    document = set_at(good(), "products.0.cycles", [[21], [42], [64]])
    assert codes(set_at(document, "visits.2.day", 64)) == {"TW-SCH-004": "products.0.cycles"}


def test_a_rule_with_a_wrong_unit_is_found_with_a_remedy() -> None:
    document = set_at(good(), "eligibility.criteria.0.rule", "creatinine < 2.5 mm")
    findings = check_study(Study.model_validate(document))
    assert [f.severity for f in findings] == [Severity.ERROR]
    assert findings[0].code.startswith("TW-CRI-")
    assert findings[0].place.path == ("eligibility", "criteria", 0, "rule")
    assert "mg/dL" in findings[0].remedy + findings[0].message


def test_a_misspelt_variable_is_answered_with_the_nearest() -> None:
    document = set_at(good(), "eligibility.criteria.0.rule", "creatinin < 2.5 mg/dL")
    finding = check_study(Study.model_validate(document))[0]
    assert "creatinine" in finding.remedy


def test_assumptions_are_listed_with_their_place() -> None:
    document = set_at(
        good(), "visits.0.window", {"before_days": 0, "after_days": 1, "assumed": True, "reason": "usual"}
    )
    assert codes(document) == {"TW-ASM-001": "visits.0.window"}


@pytest.mark.parametrize("folder", sorted(path.parent for path in STUDIES.glob("*/study.yaml")))
def test_studies_of_the_project_have_no_error_and_every_finding_a_place(folder: Path) -> None:
    findings = check_loaded(load_study(folder))
    assert not [f for f in findings if f.severity is Severity.ERROR]
    assert all(f.place.line > 0 and f.place.column > 0 for f in findings)
