"""The exported record: the study file, changed by what has happened."""

from __future__ import annotations

from datetime import date

import pytest
from tests.standards.clinicaltrials_gov.samples import SEED, read_one

from trialwright.standards.clinicaltrials_gov import (
    RecordFacts,
    check_record,
    check_schema,
    derive_draft,
    export_record,
)
from trialwright.study.findings import Severity
from trialwright.study.model.study import Study

AS_OF = date(2018, 1, 31)


def _study() -> Study:
    return derive_draft(read_one(SEED)).study()


@pytest.mark.requirement("TW-R-043")
def test_without_facts_the_record_is_the_study_file() -> None:
    record = export_record(_study(), AS_OF)
    assert record["protocolSection"] == read_one(SEED).protocol
    assert record["derivedSection"]["miscInfoModule"]["versionHolder"] == "2018-01-31"
    assert check_schema(record) == ()


@pytest.mark.requirement("TW-R-043")
def test_facts_make_the_record_actual() -> None:
    facts = RecordFacts(
        first_enrolled_on=date(2015, 9, 14),
        enrolled=39,
        primary_completion_on=date(2017, 9, 20),
        completion_on=date(2017, 12, 1),
        overall_status="COMPLETED",
        record_reviewed_on=date(2018, 1, 15),
    )
    record = export_record(_study(), AS_OF, facts)
    status = record["protocolSection"]["statusModule"]
    assert status["overallStatus"] == "COMPLETED" and "lastKnownStatus" not in status
    assert status["statusVerifiedDate"] == "2018-01"
    assert status["startDateStruct"] == {"date": "2015-09-14", "type": "ACTUAL"}
    assert record["protocolSection"]["designModule"]["enrollmentInfo"] == {"count": 39, "type": "ACTUAL"}
    assert check_schema(record) == ()
    assert not [finding for finding in check_record(record, AS_OF) if finding.severity is Severity.ERROR]


def test_the_plan_stays_until_primary_completion() -> None:
    record = export_record(_study(), AS_OF, RecordFacts(first_enrolled_on=date(2015, 9, 14), enrolled=12))
    assert record["protocolSection"]["designModule"]["enrollmentInfo"] == {"count": 40, "type": "ESTIMATED"}


def test_a_withdrawn_study_enrolled_nobody_and_says_why() -> None:
    facts = RecordFacts(overall_status="WITHDRAWN", why_stopped="No funding")
    protocol = export_record(_study(), AS_OF, facts)["protocolSection"]
    assert protocol["designModule"]["enrollmentInfo"] == {"count": 0, "type": "ACTUAL"}
    assert protocol["statusModule"]["whyStopped"] == "No funding"


def test_what_the_registry_asks_but_never_publishes_is_not_exported() -> None:
    study = _study()
    oversight = study.registry.oversight.model_copy(update={"under_ind": True, "has_dmc": True})
    study = study.model_copy(update={"registry": study.registry.model_copy(update={"oversight": oversight})})
    assert export_record(study, AS_OF)["protocolSection"]["oversightModule"] == {"oversightHasDmc": True}


def test_a_schema_violation_is_named_by_its_path() -> None:
    record = export_record(_study(), AS_OF)
    record["protocolSection"]["designModule"]["phases"] = ["PHASE9"]
    record["protocolSection"]["statusModule"]["studyFirstSubmitDate"] = "12 May"
    found = check_schema(record, "record.json")
    assert {str(finding.place) for finding in found} == {
        "record.json: protocolSection.designModule.phases.0",
        "record.json: protocolSection.statusModule.studyFirstSubmitDate",
    }
