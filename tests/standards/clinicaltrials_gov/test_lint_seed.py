"""What the linter must find in the seed: imported from its page, and as the curated study."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from tests.standards.clinicaltrials_gov.samples import ROOT, SEED, read_one

from trialwright.standards.clinicaltrials_gov.lint import lint_record, lint_study
from trialwright.study.checks import check_study
from trialwright.study.findings import Finding, Severity
from trialwright.study.load import load_study

ON = date(2026, 11, 22)

PROTOCOL: dict[str, tuple[str, ...]] = {
    "TW-ELI-001": (
        "exactly 6 months",
        "exactly 2.5 mg/dL",
        "3 to 5 × ULN",
        "3 to 5.847 mg/dL (51.31 to 100 µmol/L)",
    ),
    "TW-ELI-003": ("excludes only subjects",),
    "TW-ELI-007": ("mg/dL and in µmol/L",),
    "TW-ELI-008": ("exclusion list",),
    "TW-ELT-001": ("Etc.",),
    "TW-ELT-002": ("times of the normal",),
    "TW-ELT-003": ("Serious digestive disease", "Gastric Cancer"),
    "TW-ELT-004": ("conforms to the requirements",),
    "TW-ELT-005": ("8 systems",),
    "TW-ELT-006": ("A slash",),
    "TW-ELS-001": ("Contraception",),
    "TW-ELS-002": ("hepatitis or HIV",),
    "TW-ELS-003": ("immunosuppression",),
    "TW-ELS-004": ("earlier treatment",),
    "TW-ELS-005": ("LVEF",),
    "TW-ELS-006": ("measurable disease",),
    "TW-ELS-007": ("neutrophils",),
    "TW-ELS-008": ("brain metastases",),
    "TW-ELS-009": ("albumin",),
    "TW-ELF-003": ("HER2 2+",),
    "TW-ELF-004": ("level of HER2",),
    "TW-ARM-001": ("PIK-HER2 cells", "DC-PMAT", "are both given DC"),
    "TW-ARM-004": ("DC-PMAT",),
    "TW-PRD-001": ("`1×107` has no unit",),
    "TW-PRD-002": ("1×107", "1-6×109"),
    "TW-PRD-003": ("1-6×109",),
    "TW-PRD-004": ("subcutaneous",),
    "TW-PRD-005": ("whose cells",),
    "TW-PRD-006": ("long-term follow-up",),
    "TW-PRD-007": ("lymphodepleted",),
    "TW-DSN-001": ("ratio",),
    "TW-DSN-002": ("method",),
    "TW-DSN-003": ("stratified",),
    "TW-DSN-004": ("rule for toxicity",),
    "TW-DSN-005": ("hazard ratio of 0.41",),
    "TW-DSN-006": ("0.41", "Overall survival"),
    "TW-DSN-007": ("2 outcome(s)",),
    "TW-DSN-008": ("data monitoring committee",),
    "TW-DSN-009": ("Phase 1 and 2",),
    "TW-OUT-002": ("Safety is an objective",),
    "TW-OUT-004": ("Progress-free survival",),
    "TW-OUT-005": ("Quality of life",),
    "TW-OUT-006": ("Progress-free survival",),
    "TW-OUT-008": ("3 time frame(s)",),
    "TW-OUT-011": ("Quality of life",),
    "TW-TXT-001": ("`mail`", "(AST)T", "high expressed", "with fertility"),
    "TW-TXT-002": ("SGOT",),
    "TW-TXT-003": ("`PIK-HER2`", "`DC-PMAT`"),
    "TW-TXT-004": ("Her2",),
}
"""Code and pieces of its messages: found in the draft and in the curated study alike."""

RECORD: dict[str, tuple[str, ...]] = {
    "TW-TIM-001": ("24 months", "19"),
    "TW-RCD-001": ("after the start",),
    "TW-RCD-002": ("2015-09",),
    "TW-RCD-003": ("unknown on 2026-11-22",),
    "TW-RCD-004": ("1 site(s) recruit",),
    "TW-RCD-005": ("primary completion", "study completion"),
    "TW-RCD-006": ("verified for a month before",),
    "TW-RCD-008": ("actual or estimated",),
    "TW-RCD-011": ("4 principal investigators",),
}
"""What only the record and its dates tell."""

DRAFT: dict[str, tuple[str, ...]] = {
    "TW-ELT-007": ("3 limits",),
    "TW-ELT-008": ("Consent",),
    "TW-SCD-004": ("day 19",),
    "TW-REG-030": ("3 outcomes are primary",),
}
"""What the curated study has mended or taken apart."""


def drafted() -> tuple[Finding, ...]:
    return lint_record(read_one(SEED), ON)


def curated() -> tuple[Finding, ...]:
    study = load_study(ROOT / "studies" / "nct02632201").study
    assert study is not None
    return (*check_study(study), *lint_study(study, ON))


def said(findings: tuple[Finding, ...], code: str) -> str:
    return "\n".join(finding.message for finding in findings if finding.code == code)


@pytest.mark.parametrize("expected", [PROTOCOL, RECORD, DRAFT], ids=["protocol", "record", "draft"])
def test_the_imported_seed_has_every_finding(expected: dict[str, tuple[str, ...]]) -> None:
    findings = drafted()
    for code, pieces in expected.items():
        assert all(piece in said(findings, code) for piece in pieces), (code, said(findings, code))


@pytest.mark.parametrize("expected", [PROTOCOL, RECORD], ids=["protocol", "record"])
def test_the_curated_study_has_the_same_findings(expected: dict[str, tuple[str, ...]]) -> None:
    findings = curated()
    for code, pieces in expected.items():
        assert all(piece in said(findings, code) for piece in pieces), (code, said(findings, code))


def test_nothing_else_is_found_in_the_imported_seed() -> None:
    expected = set(PROTOCOL) | set(RECORD) | set(DRAFT)
    assert {finding.code for finding in drafted()} == expected


def test_about_sixty_rules_speak_and_none_is_an_error() -> None:
    findings = drafted()
    assert not [finding for finding in findings if finding.severity is Severity.ERROR]
    assert len({finding.code for finding in findings}) >= 50


def test_a_day_before_the_completion_shows_no_unknown_status() -> None:
    found = {finding.code for finding in lint_record(read_one(SEED), date(2016, 2, 1))}
    assert not {"TW-RCD-002", "TW-RCD-003", "TW-RCD-005"} & found
    assert "TW-RCD-001" in found


def test_every_sample_is_linted_without_an_internal_failure() -> None:
    folder = Path(ROOT / "tests" / "data" / "registry")
    for path in sorted(p for p in folder.rglob("*") if p.suffix in (".json", ".xml", ".txt")):
        findings = lint_record(read_one(path), ON)
        assert all(finding.message and finding.code for finding in findings), path.name
