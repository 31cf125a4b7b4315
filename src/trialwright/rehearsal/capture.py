"""Entering forms: one save with the slips that happen, corrections later, several forms in one sitting."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from trialwright import actions
from trialwright.rehearsal.agenda import Process
from trialwright.rehearsal.answers import Document, find_misreading, find_slip
from trialwright.rehearsal.draws import Draws
from trialwright.rehearsal.hours import working_day
from trialwright.rehearsal.patient import Patient
from trialwright.rehearsal.queries import ask
from trialwright.rehearsal.stage import Stage
from trialwright.study.model.forms import Form
from trialwright.trial.forms import SaveForm
from trialwright.trial.protocol import LOG

OUT_OF_RANGE = "TW-DAT-036"
UNEXPECTED_VALUE = "TW-DAT-037"
ASKED_ABOUT_UNEXPECTED = 0.5
"""How often the data manager asks about a value outside the expected range."""
SCREENING_LEFT_ALONE_DAYS = 21
"""A pending query keeps a criterion undecided, so questions about screening forms wait until it is over."""
TRANSCRIPTION = "Transcription error found against the source."


def save_document(
    stage: Stage, patient: Patient, visit: str, form: Form, document: Document, repeat: int = 1
) -> None:
    """Saves a new form: a slip is refused first and mended at once; a misread number is corrected later."""
    actor = stage.cast.who("enter_data", patient.site, "correct_data")
    draws = Draws(stage.seed, "save", patient.index, visit, form.id, repeat)
    slips, misreads = draws.chance(stage.rehearsal.entry_slip), draws.chance(stage.rehearsal.correction)
    slip = find_slip(form, document, draws) if slips else None
    command = SaveForm(patient.subject, visit, form.id, document, repeat)
    if slip is not None:
        wrong = SaveForm(patient.subject, visit, form.id, {**document, slip[0]: slip[1]}, repeat)
        stage.do(actions.save_form, actor, wrong, OUT_OF_RANGE)
    misread = find_misreading(form, document, draws) if misreads else None
    if misread is not None:
        command = SaveForm(patient.subject, visit, form.id, {**document, misread[0]: misread[1]}, repeat)
        later = stage.today(patient.site) + timedelta(days=draws.whole(5, 40))
        right = {misread[0]: document[misread[0]]}
        correction = correct_document(stage, patient, visit, form, right, TRANSCRIPTION, repeat)
        stage.agenda.plan(stage.at(patient.site, working_day(later), 14.0), correction)
    outcome = stage.do(actions.save_form, actor, command)
    for finding in outcome.warnings:
        item = str(finding.place.path[0]) if finding.place.path else ""
        if finding.code == UNEXPECTED_VALUE and draws.chance(ASKED_ABOUT_UNEXPECTED):
            asker = stage.cast.who("open_query", "", "lock_data", "close_query")
            text = "The value lies outside the expected range. Please check it against the source."
            question = ask(stage, patient, asker, visit, form.id, item, repeat, text, finding.code)
            days = draws.whole(2, 9) + (0 if patient.arm else SCREENING_LEFT_ALONE_DAYS)
            asked_on = working_day(stage.today(patient.site) + timedelta(days=days))
            stage.agenda.plan(stage.at(patient.site, asked_on, 10.5), question)


def correct_document(
    stage: Stage,
    patient: Patient,
    visit: str,
    form: Form,
    answers: Mapping[str, Any],
    reason: str,
    repeat: int = 1,
) -> Process:
    """Corrects answers of a saved form with a reason, unless the form was locked meanwhile."""
    saved = stage.state(patient.subject).form(visit, form.id, repeat)
    if saved is None or saved.state == "locked":
        return
    document = {**saved.document, **answers}
    actor = stage.cast.who("enter_data", patient.site, "correct_data")
    command = SaveForm(patient.subject, visit, form.id, document, repeat, saved.version, True, reason)
    stage.do(actions.save_form, actor, command)
    yield from ()


def save_log_form(stage: Stage, patient: Patient, form: Form, document: Document) -> int:
    """Saves a form outside the schedule; answers its repeat."""
    forms = stage.state(patient.subject).forms.values()
    repeat = 1 + sum(saved.visit == LOG and saved.form == form.id for saved in forms)
    save_document(stage, patient, LOG, form, document, repeat)
    return repeat


def entry_day(stage: Stage, patient: Patient, visit: str, on: date) -> date:
    """When a visit is entered: the same day, or some working days later."""
    draws = Draws(stage.seed, "entry", patient.index, visit)
    late = draws.chance(stage.rehearsal.late_entry)
    return working_day(on + timedelta(days=draws.whole(1, 9))) if late else on
