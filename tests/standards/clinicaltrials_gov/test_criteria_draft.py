"""An imported record can be checked, screened against and shown at once."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from tests.standards.clinicaltrials_gov.samples import ALL, SEED, read_one, study_of

from trialwright.report.protocol_page import render_protocol_page
from trialwright.standards.clinicaltrials_gov import Record, derive_draft
from trialwright.study.catalogue import study_catalogue
from trialwright.study.checks import check_study
from trialwright.study.criteria import Decision, Truth, Value, decide_eligibility, evaluate_criteria
from trialwright.study.model.study import Study
from trialwright.trial.protocol import protocol_of


def draft_of(eligibility: dict[str, Any]) -> Study:
    study = study_of("NCT04265963")
    study["protocolSection"]["eligibilityModule"] = eligibility
    return derive_draft(Record(study, "api_v2", "made.json")).study()


def decide(study: Study, values: dict[str, Value]) -> tuple[Decision, dict[str, Truth]]:
    protocol = protocol_of(study)
    verdicts = evaluate_criteria(protocol.rules, values, variables=protocol.catalogue)
    lists = {c.id: c.section for c in study.eligibility.criteria}
    halves = [{n: v for n, v in verdicts.items() if lists[n] == s} for s in ("inclusion", "exclusion")]
    return decide_eligibility(*halves).decision, {name: v.truth for name, v in verdicts.items()}


@pytest.mark.parametrize("path", ALL, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_the_rules_of_a_draft_read_and_speak_of_declared_variables(path: Path) -> None:
    record = read_one(path)
    study = derive_draft(record).study()
    assert study.eligibility.criteria
    found = check_study(study)
    assert not [f for f in found if f.code.startswith("TW-CRI-") and f.severity.value == "error"]
    assert not [f for f in found if f.code == "TW-RUL-001"]
    assert len(protocol_of(study).rules) == len(study.eligibility.criteria)
    for criterion in study.eligibility.criteria:
        assert criterion.status
        assert criterion.text in study.eligibility.text or criterion.id.endswith("_field")


@pytest.mark.parametrize("path", ALL, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_the_linter_says_of_a_draft_what_it_says_of_its_record(path: Path) -> None:
    """Only what the draft has mended already (several limits in one bullet) and its own readings differ."""
    record = read_one(path)
    own = {"TW-RUL-002", "TW-RUL-003", "TW-ELT-007", "TW-CRI-014"}
    with_criteria, without = (
        sorted(f.code for f in check_study(derive_draft(record, criteria=one).study()) if f.code not in own)
        for one in (True, False)
    )
    assert with_criteria == without


@pytest.mark.parametrize("path", ALL, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_the_page_of_a_draft_shows_every_criterion(path: Path) -> None:
    study = derive_draft(read_one(path)).study()
    page = render_protocol_page(study, check_study(study))
    assert page.count('<th scope="row">') >= len(study.eligibility.criteria)
    assert all(f'id="{criterion.id}"' in page for criterion in study.eligibility.criteria)
    assert "<script" not in page


def test_the_page_of_the_seed_draws_the_four_gaps() -> None:
    study = derive_draft(read_one(SEED)).study()
    page = render_protocol_page(study, check_study(study))
    findings = page[page.index('<section id="findings">') :]
    assert findings.count('<svg xmlns="http://www.w3.org/2000/svg" class="number-line"') == 4
    assert "Total bilirubin (mg/dL)" in findings


def test_a_subject_is_screened_against_the_imported_seed() -> None:
    study = derive_draft(read_one(SEED)).study()
    values = {
        "age": Value(number=Decimal(52), unit="years"),
        "life_expectancy": Value(number=Decimal(8), unit="months"),
        "ecog": Value(number=Decimal(1)),
        "her2_ihc": Value(number=Decimal(3)),
        "creatinine": Value(number=Decimal(220), unit="umol/L"),
        "alt": Value(number=Decimal(119), unit="U/L", uln=Decimal(40)),
        "ast": Value(number=Decimal(30), unit="U/L", uln=Decimal(40)),
        "bilirubin": Value(number=Decimal(51), unit="umol/L"),
    }
    decision, _ = decide(study, values)
    assert decision is Decision.INCOMPLETE
    signed = {
        v.id: Value(flag=v.id[0] == "i", signed=True)
        for v in study.eligibility.variables
        if v.kind == "attestation"
    }
    assert decide(study, {**values, **signed})[0] is Decision.ELIGIBLE
    high = {**values, **signed, "bilirubin": Value(number=Decimal(60), unit="umol/L")}
    decision, truths = decide(study, high)
    assert (decision, truths["i7_4"], truths["e3_3"]) == (Decision.NOT_ELIGIBLE, Truth.FALSE, Truth.FALSE)


def test_age_and_sex_come_from_the_fields_where_the_text_is_silent() -> None:
    text = "Inclusion Criteria:\n\n* Signed consent"
    fields = {"minimumAge": "6 Months", "maximumAge": "65 Years", "sex": "FEMALE"}
    study = draft_of({"eligibilityCriteria": text, **fields})
    rules = {c.id: c.rule for c in study.eligibility.criteria}
    assert rules["age_field"] == "age >= 6 months and age <= 65 years"
    assert rules["sex_field"] == "sex = female"
    assert "Minimum age: 6 Months" in {c.text.split(";")[0] for c in study.eligibility.criteria}
    assert {"age", "sex"} <= set(study_catalogue(study).variables)


def test_a_text_that_sets_an_age_is_not_doubled_by_the_fields() -> None:
    text = "Inclusion Criteria:\n\n* Age 18 years or older"
    study = draft_of({"eligibilityCriteria": text, "minimumAge": "18 Years", "sex": "ALL"})
    assert [c.id for c in study.eligibility.criteria] == ["i1"]


def test_an_empty_or_missing_eligibility_section_gives_no_criteria() -> None:
    for eligibility in ({}, {"eligibilityCriteria": ""}, {"eligibilityCriteria": 7}, {"minimumAge": "N/A"}):
        assert draft_of(eligibility).eligibility.criteria == ()


def test_an_edited_draft_is_judged_by_its_own_rules() -> None:
    """Once a person has written one rule, the file's criteria count, not the record's words."""
    draft = derive_draft(read_one(SEED))
    rows = draft.mapping["eligibility"]["criteria"]
    creatinine = next(row for row in rows if row["id"] == "e3_1")
    creatinine.update(rule="creatinine >= 2.5 mg/dL")
    creatinine.pop("status")
    gaps = [f.message for f in check_study(draft.study()) if f.code == "TW-ELI-001"]
    assert len(gaps) == 3
    assert not [words for words in gaps if "creatinine" in words]
