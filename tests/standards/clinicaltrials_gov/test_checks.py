"""Every check of the table: it holds on good records and speaks on a record broken for it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from tests.standards.clinicaltrials_gov.samples import V2, study_of

from trialwright.standards.clinicaltrials_gov import CHECKS, check_record, judge_record
from trialwright.standards.clinicaltrials_gov.check_book import check_book, record_with
from trialwright.standards.clinicaltrials_gov.check_case import Check
from trialwright.study.findings import Severity

ON = date(2026, 11, 22)
Json = dict[str, Any]


def _set(*steps: Any, value: Any) -> Callable[[Json], None]:
    def change(study: Json) -> None:
        node: Any = study
        for step in steps[:-1]:
            node = node[step]
        if value is None:
            node.pop(steps[-1], None)
        else:
            node[steps[-1]] = value

    return change


def _module(name: str, *steps: Any, value: Any) -> Callable[[Json], None]:
    return _set("protocolSection", name, *steps, value=value)


def _stat(*steps: Any, value: Any) -> Callable[[Json], None]:
    return _module("statusModule", *steps, value=value)


def _all(*changes: Callable[[Json], None]) -> Callable[[Json], None]:
    def change(study: Json) -> None:
        for one in changes:
            one(study)

    return change


MEASURE = ("resultsSection", "outcomeMeasuresModule", "outcomeMeasures", 0)
FLOW = ("resultsSection", "participantFlowModule", "periods", 0, "milestones")
BREAK: dict[str, tuple[str, Callable[[Json], None]]] = {
    "D1": ("NCT04265963", _stat("startDateStruct", "date", value="2025-01-01")),
    "D2": ("NCT04265963", _stat("startDateStruct", "date", value="2024-02-01")),
    "D3": ("NCT04265963", _stat("completionDateStruct", "date", value="2023-04-15")),
    "D4": ("NCT03608150", _stat("completionDateStruct", "type", value="ESTIMATED")),
    "D5": ("NCT03608150", _module("designModule", "enrollmentInfo", "type", value="ESTIMATED")),
    "D6": ("NCT06480136", _stat("startDateStruct", "type", value="ACTUAL")),
    "D7": ("NCT04265963", _stat("startDateStruct", "type", value="ESTIMATED")),
    "S1": ("NCT06332300", _stat("whyStopped", value=None)),
    "S2": ("NCT06332300", _module("designModule", "enrollmentInfo", "count", value=3)),
    "S3": ("NCT04265963", _module("contactsLocationsModule", "locations", 0, "status", value="COMPLETED")),
    "S4": (
        "NCT04265963",
        _all(
            _module("contactsLocationsModule", "centralContacts", value=None),
            _module("contactsLocationsModule", "locations", 0, "contacts", value=None),
        ),
    ),
    "S5": ("NCT04265963", _stat("statusVerifiedDate", value="2019-12")),
    "S6": ("NCT04402008", _stat("statusVerifiedDate", value="2010-12")),
    "A1": (
        "NCT04265963",
        _module("armsInterventionsModule", "armGroups", 0, "interventionNames", value=["Drug: x"]),
    ),
    "A2": ("NCT04265963", _module("designModule", "designInfo", "interventionModel", value="PARALLEL")),
    "A3": ("NCT04265963", _module("designModule", "designInfo", "allocation", value="RANDOMIZED")),
    "A4": ("NCT02745808", _module("designModule", "designInfo", "maskingInfo", "masking", value="DOUBLE")),
    "A5": (
        "NCT04265963",
        _module("identificationModule", "officialTitle", value="A Randomised Study of Something"),
    ),
    "O1": ("NCT04265963", _module("outcomesModule", "primaryOutcomes", value=None)),
    "O2": ("NCT04265963", _module("outcomesModule", "primaryOutcomes", 0, "timeFrame", value=None)),
    "E1": (
        "NCT04265963",
        _module("eligibilityModule", "eligibilityCriteria", value="Inclusion Criteria:\n\n* Any"),
    ),
    "T1": ("NCT05536349", _stat("studyFirstSubmitDate", value="2023-01-11")),
    "T2": ("NCT05536349", _stat("studyFirstSubmitDate", value="2022-12-21")),
    "F1": ("NCT03608150", _set(*FLOW, 0, "achievements", 0, "numSubjects", value="1")),
    "F2": ("NCT03608150", _module("designModule", "enrollmentInfo", "count", value=1)),
    "X1": (
        "NCT03608150",
        _set("resultsSection", "adverseEventsModule", "eventGroups", 0, "otherNumAffected", value=9999),
    ),
    "R1": ("NCT03608150", _module("outcomesModule", "primaryOutcomes", value=[{"measure": "a"}] * 9)),
    "R2": ("NCT03608150", _set("documentSection", value=None)),
    "R3": ("NCT03608150", _stat("resultsFirstSubmitDate", value="2031-01-01")),
    "P1": ("NCT03608150", _set(*MEASURE, "title", value="Percentage of Participants With Response")),
    "P2": ("NCT03608150", _set(*MEASURE, "unitOfMeasure", value="N/A")),
    "P3": (
        "NCT03608150",
        _all(_set(*MEASURE, "paramType", value="MEAN"), _set(*MEASURE, "dispersionType", value=None)),
    ),
    "P4": (
        "NCT03608150",
        _all(
            _set(*MEASURE, "populationDescription", value=None),
            _set(*MEASURE, "denoms", 0, "counts", 0, "value", value="0"),
        ),
    ),
}


def test_every_check_has_its_broken_record() -> None:
    assert [check.id for check in CHECKS] == list(BREAK)
    assert len({check.code for check in CHECKS}) == len(CHECKS)


@pytest.mark.parametrize("identifier", BREAK)
def test_a_broken_record_is_found(identifier: str) -> None:
    sample, change = BREAK[identifier]
    before = {judged.check.id: judged for judged in judge_record(study_of(sample), ON)}
    study = study_of(sample)
    change(study)
    after = {judged.check.id: judged for judged in judge_record(study, ON, "made")}
    if identifier != "R3":
        assert not before[identifier].findings
    assert after[identifier].applied
    assert after[identifier].findings
    for finding in after[identifier].findings:
        assert finding.place.path and finding.place.file == "made"


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.id)
def test_the_bad_example_breaks_the_check_and_the_good_one_keeps_it(check: Check) -> None:
    entry = check_book()[check.id]
    bad, good = (
        [f for f in check_record(record_with(part), ON) if f.code == check.code]
        for part in (entry.bad, entry.good)
    )
    assert bad and not good
    assert entry.why and entry.remedy == check.remedy
    assert all(finding.severity is check.severity and finding.message for finding in bad)


@pytest.mark.parametrize("path", V2, ids=lambda path: path.stem)
def test_no_error_on_a_real_record(path) -> None:
    found = check_record(study_of(path.stem), ON)
    assert not [finding for finding in found if finding.severity is Severity.ERROR]


def test_nothing_applies_to_an_empty_record() -> None:
    assert check_record({"protocolSection": {}}, ON) == ()


def test_records_of_any_shape_are_judged() -> None:
    study = study_of("NCT03608150")
    for name in list(study["protocolSection"]):
        study["protocolSection"][name] = ["not", {"a": "module"}]
    study["resultsSection"] = {"participantFlowModule": {"periods": [{"milestones": "none"}]}}
    check_record(study, ON)


def test_a_no_intervention_arm_names_none() -> None:
    study = study_of("NCT04265963")
    study["protocolSection"]["armsInterventionsModule"]["armGroups"][0]["type"] = "NO_INTERVENTION"
    assert "TW-REG-121" in {finding.code for finding in check_record(study, ON)}
