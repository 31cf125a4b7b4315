"""Duties by law and journal, with dates worked by hand."""

from __future__ import annotations

from datetime import date

import pytest
from tests.standards.clinicaltrials_gov.samples import SEED, read_one, study_of

from trialwright.standards.clinicaltrials_gov import RecordFacts, State, compute_deadlines
from trialwright.standards.clinicaltrials_gov.act import compute_applicability

TODAY = date(2026, 11, 22)


def study(**status) -> dict:
    """A trial of a drug at a United States site under the final rule: an applicable clinical trial."""
    return {
        "protocolSection": {
            "statusModule": status,
            "oversightModule": {"isFdaRegulatedDrug": True, "isFdaRegulatedDevice": False},
            "designModule": {
                "studyType": "INTERVENTIONAL",
                "phases": ["PHASE2"],
                "enrollmentInfo": {"count": 40, "type": "ESTIMATED"},
            },
            "contactsLocationsModule": {"locations": [{"country": "United States"}]},
            "sponsorCollaboratorsModule": {"leadSponsor": {"name": "X", "class": "OTHER"}},
        }
    }


def duties(
    record: dict, on: date = TODAY, facts: RecordFacts | None = None, under_ind: bool | None = None
) -> dict:
    return {duty.code: duty for duty in compute_deadlines(record, on, facts, under_ind)}


def actual(day: str) -> dict:
    return {"date": day, "type": "ACTUAL"}


def estimated(day: str) -> dict:
    return {"date": day, "type": "ESTIMATED"}


def test_registration_within_21_days() -> None:
    start = actual("2020-03-10")
    in_time = duties(study(startDateStruct=start, studyFirstSubmitDate="2020-03-31"))["register"]
    late = duties(study(startDateStruct=start, studyFirstSubmitDate="2020-04-01"))["register"]
    assert (in_time.state, in_time.due_on, in_time.owed) == (State.MET, date(2020, 3, 31), True)
    assert (late.state, late.days_late) == (State.LATE, 1)
    missing = duties(study(startDateStruct=start))["register"]
    assert missing.is_overdue and missing.days_late == (TODAY - date(2020, 3, 31)).days


def test_a_start_without_a_day_leaves_its_month_undecided() -> None:
    journals = duties(study(startDateStruct=actual("2020-03"), studyFirstSubmitDate="2020-03-20"))
    assert journals["register_icmje"].state is State.UNDECIDED
    after = duties(study(startDateStruct=actual("2020-03"), studyFirstSubmitDate="2020-04-02"))
    assert (after["register_icmje"].state, after["register_icmje"].days_late) == (State.LATE, 2)


def test_verification_every_twelve_months() -> None:
    record = study(overallStatus="RECRUITING", statusVerifiedDate="2025-11")
    assert duties(record, date(2026, 10, 31))["verify"].state is State.DUE
    assert duties(record, date(2026, 11, 22))["verify"].state is State.UNDECIDED
    late = duties(record, date(2026, 12, 1))["verify"]
    assert (late.state, late.days_late, late.due_on) == (State.OVERDUE, 1, date(2026, 11, 30))
    done = study(overallStatus="COMPLETED", statusVerifiedDate="2020-01", resultsFirstSubmitDate="2020-01-02")
    assert "verify" not in duties(done)
    reviewed = duties(record, date(2026, 12, 1), RecordFacts(record_reviewed_on=date(2026, 6, 1)))
    assert reviewed["verify"].state is State.DUE


def test_dates_become_actual_within_30_days() -> None:
    record = study(primaryCompletionDateStruct=estimated("2026-10-01"), overallStatus="RECRUITING")
    assert duties(record, date(2026, 10, 31))["primary_completion_actual"].state is State.DUE
    assert duties(record, date(2026, 11, 1))["primary_completion_actual"].is_overdue
    stated = study(primaryCompletionDateStruct=actual("2026-10-01"))
    assert duties(stated)["primary_completion_actual"].state is State.MET
    facts = RecordFacts(primary_completion_on=date(2026, 9, 1))
    assert duties(stated, TODAY, facts)["primary_completion_actual"].is_overdue
    assert "start_actual" not in duties(study(startDateStruct={"date": "2010-01"}))


def test_the_status_follows_the_trial() -> None:
    record = study(overallStatus="RECRUITING", completionDateStruct=estimated("2026-01-10"))
    assert duties(record)["status"].days_late == (TODAY - date(2026, 2, 9)).days
    facts = RecordFacts(overall_status="ACTIVE_NOT_RECRUITING", status_changed_on=date(2026, 11, 1))
    assert duties(record, TODAY, facts)["status"].state is State.DUE
    same = RecordFacts(overall_status="RECRUITING", status_changed_on=date(2020, 11, 1))
    assert duties(record, TODAY, same)["status"].state is State.MET


def test_enrolment_and_reason_for_stopping() -> None:
    record = study(overallStatus="TERMINATED", primaryCompletionDateStruct=actual("2026-01-10"))
    found = duties(record)
    assert found["enrolment_actual"].is_overdue and found["why_stopped"].is_overdue
    record["protocolSection"]["statusModule"]["whyStopped"] = "Slow accrual"
    record["protocolSection"]["designModule"]["enrollmentInfo"]["type"] = "ACTUAL"
    found = duties(record)
    assert found["enrolment_actual"].state is State.MET and found["why_stopped"].state is State.MET


@pytest.mark.parametrize(
    ("completion", "due"),
    [("2020-02-29", date(2021, 2, 28)), ("2020-02", date(2021, 2, 28)), ("2021-06-15", date(2022, 6, 15))],
)
def test_results_one_year_after_primary_completion(completion: str, due: date) -> None:
    found = duties(study(primaryCompletionDateStruct=actual(completion)))["results"]
    assert found.due_on == due and found.is_overdue


def test_a_certified_delay_gives_two_years_from_the_certificate() -> None:
    record = study(primaryCompletionDateStruct=actual("2020-06-15"), dispFirstSubmitDate="2021-06-01")
    found = duties(record, date(2023, 6, 1))["results"]
    assert (found.due_on, found.state) == (date(2023, 6, 1), State.DUE)
    record["protocolSection"]["statusModule"]["dispFirstSubmitDate"] = "2021-07-01"
    assert duties(record, date(2023, 6, 1))["results"].due_on == date(2021, 6, 15)


def test_results_of_an_estimated_completion_are_never_called_overdue() -> None:
    assert (
        duties(study(primaryCompletionDateStruct=estimated("2020-06-15")))["results"].state is State.UNDECIDED
    )


def test_the_nih_asks_of_every_phase() -> None:
    record = study(startDateStruct=actual("2020-03-10"), studyFirstSubmitDate="2020-05-01")
    assert "register_nih" not in duties(record)
    record["protocolSection"]["sponsorCollaboratorsModule"]["collaborators"] = [{"name": "N", "class": "NIH"}]
    record["protocolSection"]["designModule"]["phases"] = ["PHASE1"]
    found = duties(record)
    assert found["register_nih"].state is State.LATE and found["register_nih"].owed is True
    assert found["register"].owed is False


@pytest.mark.parametrize(
    ("change", "applicable"),
    [
        ({}, True),
        ({"studyType": "OBSERVATIONAL"}, False),
        ({"phases": ["PHASE1"]}, False),
        ({"phases": ["EARLY_PHASE1"]}, False),
        ({"phases": ["PHASE1", "PHASE2"]}, True),
        ({"phases": ["NA"]}, True),
        ({"phases": []}, True),
        ({"studyType": None}, None),
    ],
)
def test_applicability_by_design(change: dict, applicable: bool | None) -> None:
    record = study(startDateStruct=actual("2020-01-01"))
    record["protocolSection"]["designModule"].update(change)
    assert compute_applicability(record).applicable is applicable


def test_applicability_by_place_and_unpublished_ind() -> None:
    record = study(startDateStruct=actual("2020-01-01"))
    record["protocolSection"]["contactsLocationsModule"]["locations"] = [{"country": "China"}]
    assert compute_applicability(record).applicable is None
    assert compute_applicability(record, under_ind=True).applicable is True
    record["protocolSection"]["oversightModule"]["isUsExport"] = False
    assert compute_applicability(record, under_ind=False).applicable is False
    record["protocolSection"]["oversightModule"] = {}
    assert compute_applicability(record, under_ind=True).applicable is None


def test_applicability_before_the_final_rule_goes_by_the_interventions() -> None:
    record = study(startDateStruct=actual("2015-01"))
    record["protocolSection"]["oversightModule"] = {}
    arms = {"interventions": [{"type": "BEHAVIORAL", "name": "x"}]}
    record["protocolSection"]["armsInterventionsModule"] = arms
    assert compute_applicability(record).applicable is False
    arms["interventions"][0]["type"] = "BIOLOGICAL"
    assert compute_applicability(record).applicable is True


def test_a_device_counts_unless_it_is_a_feasibility_study() -> None:
    record = study(startDateStruct=actual("2020-01"))
    record["protocolSection"]["oversightModule"] = {"isFdaRegulatedDrug": False, "isFdaRegulatedDevice": True}
    assert compute_applicability(record).applicable is True
    record["protocolSection"]["designModule"]["designInfo"] = {"primaryPurpose": "DEVICE_FEASIBILITY"}
    assert compute_applicability(record).applicable is False


def test_the_seed() -> None:
    found = duties(read_one(SEED).study)
    overdue = {code for code, duty in found.items() if duty.is_overdue}
    assert overdue == {"verify", "primary_completion_actual", "completion_actual", "status"}
    assert found["register_icmje"].state is State.LATE
    assert found["results"].state is State.UNDECIDED
    assert found["verify"].owed is None
    assert all(duty.as_json()["source"] for duty in found.values())


@pytest.mark.parametrize(
    ("fact", "code", "due"),
    [
        ("amendment_approved_on", "amendment", date(2026, 11, 30)),
        ("device_status_changed_on", "device_status", date(2026, 11, 15)),
        ("registration_comments_on", "registration_comments", date(2026, 11, 15)),
        ("results_comments_on", "results_comments", date(2026, 11, 25)),
        ("notice_on", "notice", date(2026, 11, 30)),
    ],
)
def test_duties_after_events(fact: str, code: str, due: date) -> None:
    facts = RecordFacts(**{fact: date(2026, 10, 31)})
    found = duties(study(startDateStruct=actual("2020-01-01")), TODAY, facts)[code]
    assert found.due_on == due
    assert found.state is (State.OVERDUE if due < TODAY else State.DUE)
    assert code not in duties(study(startDateStruct=actual("2020-01-01")))


def test_the_consent_form_of_a_federally_funded_trial() -> None:
    facts = RecordFacts(last_visit_on=date(2026, 9, 1), federally_funded=True)
    found = duties(study(), TODAY, facts)["consent_form"]
    assert (found.due_on, found.owed, found.is_overdue) == (date(2026, 10, 31), True, True)
    assert "consent_form" not in duties(study(), TODAY, RecordFacts(last_visit_on=date(2026, 9, 1)))


def test_secondary_outcomes_examined_later_have_their_own_year() -> None:
    record = study(primaryCompletionDateStruct=actual("2025-03-01"))
    late = RecordFacts(secondary_examined_on=date(2025, 9, 30))
    assert duties(record, TODAY, late)["results_secondary"].due_on == date(2026, 9, 30)
    early = RecordFacts(secondary_examined_on=date(2025, 2, 1))
    assert "results_secondary" not in duties(record, TODAY, early)


def test_posted_results_of_a_study_that_goes_on_are_renewed() -> None:
    record = study(
        overallStatus="ACTIVE_NOT_RECRUITING",
        resultsFirstSubmitDate="2025-01-01",
        lastUpdateSubmitDate="2025-06-01",
    )
    assert duties(record)["results_update"].days_late == (TODAY - date(2026, 6, 1)).days
    record["protocolSection"]["statusModule"]["overallStatus"] = "COMPLETED"
    assert "results_update" not in duties(record)


def test_a_duty_that_was_done_is_met_or_late() -> None:
    record = study(primaryCompletionDateStruct=actual("2025-03-01"))
    in_time = RecordFacts(fulfilled={"results": date(2026, 2, 1)})
    assert duties(record, TODAY, in_time)["results"].state is State.MET
    late = duties(record, TODAY, RecordFacts(fulfilled={"results": date(2026, 3, 11)}))["results"]
    assert (late.state, late.days_late) == (State.LATE, 10)
    ahead = RecordFacts(fulfilled={"results": date(2027, 1, 1)})
    assert duties(record, TODAY, ahead)["results"].is_overdue


def test_a_withdrawn_sample_owes_no_results() -> None:
    assert "results" not in duties(study_of("NCT06332300"))
