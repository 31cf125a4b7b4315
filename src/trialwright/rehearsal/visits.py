"""Visits: when each takes place within its window, which are missed, and the forms filled at them."""

from __future__ import annotations

from datetime import date, timedelta

from trialwright import actions
from trialwright.rehearsal.agenda import Process
from trialwright.rehearsal.answers import Document
from trialwright.rehearsal.capture import entry_day, save_document
from trialwright.rehearsal.disease import follow_progression
from trialwright.rehearsal.documents import write_document
from trialwright.rehearsal.draws import Draws
from trialwright.rehearsal.hours import working_day
from trialwright.rehearsal.patient import Patient
from trialwright.rehearsal.stage import Stage
from trialwright.study.model.forms import Form
from trialwright.study.schedule import VisitInstance, date_of_day
from trialwright.trial.disposition import RecordDeviation

Sheet = tuple[Form, Document]
SPREAD_SHARE = 0.35
"""Standard deviation of the day of a visit, as a share of its window's half."""


def visit_date(stage: Stage, patient: Patient, visit: VisitInstance) -> date:
    """The day on which the subject comes: about the planned day, within the window and the follow-up.

    A weekend is put off to Monday where the window allows it.
    """
    draws = Draws(stage.seed, "visit", patient.index, visit.id)
    planned = date_of_day(patient.day_one, visit.day)
    normal, window = draws.normal(), visit.visit.window
    half = window.before_days if normal < 0 else window.after_days
    days = round(max(-half, min(half, normal * SPREAD_SHARE * half)))
    last = patient.day_one + timedelta(days=stage.rehearsal.follow_up_days - 1)
    wanted = planned + timedelta(days=days)
    monday, latest = working_day(wanted), planned + timedelta(days=window.after_days)
    return min(monday if monday <= latest else wanted, max(last, patient.day_one))


def plan_visits(stage: Stage, patient: Patient, visits: list[VisitInstance]) -> None:
    """Puts the visits of an allocated subject on the agenda."""
    for visit in visits:
        on = visit_date(stage, patient, visit)
        hour = 9.0 + Draws(stage.seed, "hour", patient.index, visit.id).between(0.0, 5.0)
        stage.agenda.plan(stage.at(patient.site, on, hour), come(stage, patient, visit, on))


def come(stage: Stage, patient: Patient, visit: VisitInstance, on: date) -> Process:
    """One visit: what is found on the day, entered then or late; progression found here has consequences."""
    if not patient.is_seen_on(on) or (visit.visit.until_progression and patient.progressed_on is not None):
        return
    if visit.visit.track == "treatment" and not patient.is_treated_on(on):
        return
    draws = Draws(stage.seed, "come", patient.index, visit.id)
    if draws.chance(stage.rehearsal.missed_visit):
        yield stage.at(patient.site, working_day(on + timedelta(days=draws.whole(8, 20))), 15.5)
        note_missed(stage, patient, visit, on)
        return
    knew = patient.progressed_on
    sheets = find_at_visit(stage, patient, visit, on)
    if patient.progressed_on is not None and knew is None:
        stage.agenda.plan(stage.at(patient.site, on, 16.0), follow_progression(stage, patient))
    entered_on = entry_day(stage, patient, visit.id, on)
    if entered_on != on:
        yield stage.at(patient.site, entered_on, 13.5)
    enter(stage, patient, visit.id, sheets)


def find_at_visit(stage: Stage, patient: Patient, visit: VisitInstance, on: date) -> list[Sheet]:
    """The documents of a visit's forms as found on that day."""
    sheets: list[Sheet] = []
    for name in visit.forms:
        form = stage.study.form(name)
        document = write_document(stage, patient, visit.id, form, on) if form is not None else None
        if form is not None and document is not None:
            sheets.append((form, document))
    return sheets


def enter(stage: Stage, patient: Patient, visit: str, sheets: list[Sheet]) -> None:
    """Saves the forms of a visit in one sitting."""
    with stage.sitting():
        for form, document in sheets:
            save_document(stage, patient, visit, form, document)


def note_missed(stage: Stage, patient: Patient, visit: VisitInstance, on: date) -> None:
    """Records that a visit did not take place."""
    actor = stage.cast.who("enter_data", patient.site, "correct_data")
    text = "The visit did not take place: the subject could not come within the window."
    command = RecordDeviation(patient.subject, "visit_window", "minor", text, on.isoformat(), visit.id)
    stage.do(actions.record_deviation, actor, command)
