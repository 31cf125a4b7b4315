"""What follows from an allocation: cells, visits, events of the disease, the end of treatment and follow-up."""

from __future__ import annotations

from datetime import timedelta

from trialwright import actions
from trialwright.rehearsal.agenda import Process
from trialwright.rehearsal.capture import save_log_form
from trialwright.rehearsal.cells import plan_cells
from trialwright.rehearsal.course import draw_course
from trialwright.rehearsal.disease import end_treatment, find_form, plan_event
from trialwright.rehearsal.documents import by_concept, write_document
from trialwright.rehearsal.dose_days import dose_date
from trialwright.rehearsal.draws import Draws
from trialwright.rehearsal.events import draw_events_of_disease
from trialwright.rehearsal.hours import working_day
from trialwright.rehearsal.patient import Patient
from trialwright.rehearsal.review import lock_forms
from trialwright.rehearsal.stage import Stage
from trialwright.rehearsal.visits import plan_visits
from trialwright.study.schedule import VisitInstance
from trialwright.trial.cells.dosing import planned_doses
from trialwright.trial.disposition import EndFollowUp
from trialwright.trial.enrolment import WithdrawConsent
from trialwright.trial.protocol import LOG, protocol_of

LOCKED_AFTER_DAYS = 75


def begin_conduct(stage: Stage, patient: Patient) -> None:
    """Draws the subject's course under the allocated arm and puts everything that follows on the agenda."""
    experimental = patient.arm == stage.experimental_arm
    course = draw_course(stage.scenario, experimental, stage.seed, patient.index)
    patient.lay_out(course, stage.rehearsal, stage.seed)
    plan_cells(stage, patient)
    plan_visits(stage, patient, _visits_of_their_own(stage, patient))
    for event in draw_events_of_disease(stage.rehearsal, stage.seed, patient.index):
        plan_event(stage, patient, event, "disease", patient.day_one)
    _plan_treatment_end(stage, patient)
    delay = Draws(stage.seed, "leaving", patient.index).whole(1, 8)
    told_on = working_day(patient.ends_on + timedelta(days=0 if _said_in_person(patient) else delay))
    stage.agenda.plan(stage.at(patient.site, told_on, 14.0), leave(stage, patient))


def _said_in_person(patient: Patient) -> bool:
    return patient.end_reason == "withdrawal"


def _visits_of_their_own(stage: Stage, patient: Patient) -> list[VisitInstance]:
    """The visits after allocation that do not belong to a dose or a collection."""
    doses = {day for _, _, day in planned_doses(stage.study, patient.arm)}
    products = stage.study.products_of(patient.arm)
    collections = {product.collection.visit for product in products if product.collection is not None}
    return [
        visit
        for visit in protocol_of(stage.study).visits.values()
        if visit.day >= 1
        and visit.id not in collections
        and not (visit.visit.track == "treatment" and visit.day in doses)
    ]


def _plan_treatment_end(stage: Stage, patient: Patient) -> None:
    doses = planned_doses(stage.study, patient.arm)
    if doses:
        last = max(dose_date(stage, patient, day) for _, _, day in doses)
        on = working_day(last + timedelta(days=3))
        stage.agenda.plan(stage.at(patient.site, on, 11.0), _finish_treatment(stage, patient))


def _finish_treatment(stage: Stage, patient: Patient) -> Process:
    if patient.is_treated_on(stage.today(patient.site)):
        given = stage.state(patient.subject).administrations
        end_treatment(stage, patient, "completed" if given else "manufacturing_failure")
    yield from ()


def leave(stage: Stage, patient: Patient) -> Process:
    """The end of follow-up: by death, loss, withdrawal, or because its time has come; later, forms locked."""
    patient.treatment_over = True
    actor = stage.cast.who("enter_data", patient.site, "correct_data")
    on = patient.ends_on.isoformat()
    if patient.end_reason == "death":
        _record_death(stage, patient)
    elif patient.end_reason == "withdrawal":
        words = "Wishes no further visits."
        command = WithdrawConsent(patient.subject, "follow_up", on, words)
        stage.do(actions.withdraw_consent, stage.cast.who("record_consent", patient.site), command)
    stage.do(actions.end_follow_up, actor, EndFollowUp(patient.subject, patient.end_reason, on))
    stage.tally.left += 1
    stage.tell(f"{patient.subject} left: {patient.end_reason}")
    yield stage.at(patient.site, working_day(patient.ends_on + timedelta(days=LOCKED_AFTER_DAYS)), 15.0)
    lock_forms(stage, patient)


def _record_death(stage: Stage, patient: Patient) -> None:
    form = find_form(stage, "death")
    if form is None:
        return
    given = by_concept(form, {"died_on": patient.ends_on.isoformat()})
    document = write_document(stage, patient, f"{LOG}_{form.id}", form, patient.ends_on, given)
    if document is not None:
        save_log_form(stage, patient, form, document)
