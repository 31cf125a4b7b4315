"""What follows from progression, and adverse events from their start to their end."""

from __future__ import annotations

from datetime import date, timedelta

from trialwright import actions
from trialwright.rehearsal.agenda import Process
from trialwright.rehearsal.capture import correct_document, save_log_form
from trialwright.rehearsal.documents import by_concept, write_document
from trialwright.rehearsal.draws import Draws
from trialwright.rehearsal.events import SimulatedEvent
from trialwright.rehearsal.hours import working_day
from trialwright.rehearsal.patient import Patient
from trialwright.rehearsal.queries import ask
from trialwright.rehearsal.reporting import is_reportable, judge, report_event, stops_treatment
from trialwright.rehearsal.stage import Stage
from trialwright.study.model.forms import Form, Records
from trialwright.trial.disposition import EndTreatment
from trialwright.trial.protocol import LOG


def find_form(stage: Stage, records: Records) -> Form | None:
    """The form that records a kind of thing, or None where the study has none."""
    return next((form for form in stage.study.forms if form.records == records), None)


def follow_progression(stage: Stage, patient: Patient) -> Process:
    """Ends the treatment and, for some, begins another therapy."""
    end_treatment(stage, patient, "progression")
    draws = Draws(stage.seed, "therapy", patient.index)
    form = find_form(stage, "concomitant_therapy")
    if form is None or not draws.chance(stage.rehearsal.new_therapy_after_progression):
        return
    begun_on = stage.today(patient.site) + timedelta(days=draws.whole(7, 35))
    yield stage.at(patient.site, working_day(begun_on + timedelta(days=draws.whole(1, 7))), 10.5)
    if not patient.is_seen_on(begun_on):
        return
    given = by_concept(form, {"started_on": begun_on.isoformat()})
    document = write_document(stage, patient, f"{LOG}_{form.id}", form, begun_on, given)
    if document is not None:
        save_log_form(stage, patient, form, document)


def end_treatment(stage: Stage, patient: Patient, reason: str) -> None:
    """Records the end of treatment, once."""
    patient.treatment_over = True
    if stage.state(patient.subject).treatment_end is None:
        actor = stage.cast.who("enter_data", patient.site, "correct_data")
        stage.do(actions.end_treatment, actor, EndTreatment(patient.subject, reason))


def plan_event(stage: Stage, patient: Patient, event: SimulatedEvent, cause: str, begins: date) -> None:
    """Puts an adverse event on the agenda: it is entered some days after its start."""
    starts = begins + timedelta(days=event.starts_after_days)
    if not patient.is_seen_on(starts):
        return
    draws = Draws(stage.seed, "entered", patient.index, cause, event.term)
    entered = working_day(starts + timedelta(days=draws.whole(0, 6)))
    place = f"{LOG}_{cause}_{event.term}"
    stage.agenda.plan(
        stage.at(patient.site, entered, draws.between(9.0, 16.0)),
        suffer(stage, patient, event, place, starts),
    )


def suffer(stage: Stage, patient: Patient, event: SimulatedEvent, place: str, starts: date) -> Process:
    """One adverse event: entered, asked about where serious, and completed when it has ended."""
    form = find_form(stage, "adverse_event")
    if form is None:
        return
    ends = starts + timedelta(days=event.lasts_days)
    over = ends <= stage.today(patient.site) and patient.is_seen_on(ends)
    given = {**_settled(form, event), **_outcome(form, ends if over else None)}
    given |= by_concept(form, {"started_on": starts.isoformat()})
    aware_on = stage.today(patient.site)
    stopped = not patient.treatment_over and stops_treatment(stage, patient, event, starts)
    given |= judge(stage.study.safety, form, event, aware_on, stopped)
    document = write_document(stage, patient, place, form, starts, given)
    if document is None:
        return
    repeat = save_log_form(stage, patient, form, document)
    if stopped:
        end_treatment(stage, patient, "adverse_event")
    if is_reportable(stage.study.safety, event):
        report = report_event(stage, patient, form, event, aware_on, repeat)
        stage.agenda.plan(stage.now, report)
    if event.serious and stage.cast.has("review_safety", "open_query"):
        asker = stage.cast.who("review_safety", "", "open_query", "close_query")
        text = "Serious event: please give the reason for the stated causality."
        question = ask(stage, patient, asker, LOG, form.id, "", repeat, text)
        asked_on = working_day(stage.today(patient.site) + timedelta(days=1))
        stage.agenda.plan(stage.at(patient.site, asked_on, 9.5), question)
    if not over and patient.is_seen_on(ends):
        told_on = working_day(ends + timedelta(days=2))
        yield stage.at(patient.site, told_on, 12.0)
        answers = {k: a for k, a in _outcome(form, ends).items() if a is not None}
        yield from correct_document(stage, patient, LOG, form, answers, "The event has ended.", repeat)


def _settled(form: Form, event: SimulatedEvent) -> dict[str, object]:
    return by_concept(
        form,
        {
            "verbatim": event.words,
            "term": event.term,
            "grade": str(event.grade),
            "serious": "true" if event.serious else "false",
            **event.related,
        },
    )


def _outcome(form: Form, ended_on: date | None) -> dict[str, object]:
    if ended_on is not None:
        return by_concept(form, {"outcome": "recovered", "ended_on": ended_on.isoformat()})
    return by_concept(form, {"outcome": "ongoing"})
