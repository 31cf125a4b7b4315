"""What the form of an adverse event says besides the event: cause of seriousness, treatment, reports sent."""

from __future__ import annotations

from datetime import date, timedelta

from trialwright.outcomes.expectedness import ReferenceLine, compute_expected
from trialwright.rehearsal.agenda import Process
from trialwright.rehearsal.capture import correct_document
from trialwright.rehearsal.documents import by_concept
from trialwright.rehearsal.draws import Draws
from trialwright.rehearsal.events import SimulatedEvent
from trialwright.rehearsal.hours import working_day
from trialwright.rehearsal.patient import Patient
from trialwright.rehearsal.stage import Stage
from trialwright.study.model.forms import Form
from trialwright.study.model.safety import Safety
from trialwright.trial.protocol import LOG

GRAVE_GRADE = 4
JUDGED = ("action", "astct_grade", "seriousness", "aware_on", "reported_on", "report_completed_on")


def stops_treatment(stage: Stage, patient: Patient, event: SimulatedEvent, starts: date) -> bool:
    """Whether the investigator stops the treatment for good because of a serious related event."""
    draws = Draws(stage.seed, "stops", patient.index, event.term, starts.isoformat())
    related = event.serious and bool(suspected_agents(event))
    return related and draws.chance(stage.rehearsal.treatment_stopped)


def judge(
    safety: Safety, form: Form, event: SimulatedEvent, aware_on: date, stopped: bool
) -> dict[str, object]:
    """The judged items of the form, by item id: those that do not apply are settled as left empty."""
    graded = any(event.term in watched.terms for watched in safety.special_interest if watched.astct)
    texts = {"action": "stopped" if stopped else "none"}
    if graded:
        texts["astct_grade"] = str(event.grade)
    if event.serious:
        texts["seriousness"] = "life_threatening" if event.grade >= GRAVE_GRADE else "hospital"
        texts["aware_on"] = aware_on.isoformat()
    empty: dict[str, object] = {item.id: None for item in form.items if item.meaning in JUDGED}
    return {**empty, **by_concept(form, texts)}


def suspected_agents(event: SimulatedEvent) -> frozenset[str]:
    """The agents that are not ruled out as the cause."""
    return frozenset(
        concept.removeprefix("related.") for concept, answer in event.related.items() if answer != "no"
    )


def is_reportable(safety: Safety, event: SimulatedEvent) -> bool:
    """Whether the event is a suspected unexpected serious reaction."""
    lines = [ReferenceLine(line.agent, line.term, line.greatest_grade) for line in safety.expected]
    expected = compute_expected(event.term, event.grade, suspected_agents(event), lines)
    return event.serious and expected is False


def report_event(
    stage: Stage, patient: Patient, form: Form, event: SimulatedEvent, aware_on: date, repeat: int
) -> Process:
    """The first report within its limit (a few late), and for a grave event the complete one after it."""
    if not stage.study.safety.routes or form.item_meaning("reported_on") is None:
        return
    route = stage.study.safety.routes[0]
    draws = Draws(stage.seed, "report", patient.index, event.term, aware_on.isoformat())
    grave = event.grade >= GRAVE_GRADE
    limit = route.grave_days if grave else route.other_days
    late = draws.chance(stage.rehearsal.report_late)
    first_on = aware_on + timedelta(days=limit + draws.whole(1, 4) if late else draws.whole(1, limit))
    yield stage.at(patient.site, working_day(first_on), 16.0)
    sent_on = stage.today(patient.site)
    sent = {"reported_on": first_on.isoformat()}
    if not grave:
        sent["report_completed_on"] = sent["reported_on"]
    yield from _enter(stage, patient, form, sent, repeat)
    if grave:
        yield stage.at(patient.site, working_day(sent_on + timedelta(days=draws.whole(2, 8))), 16.0)
        complete = {"report_completed_on": stage.today(patient.site).isoformat()}
        yield from _enter(stage, patient, form, complete, repeat)


def _enter(stage: Stage, patient: Patient, form: Form, texts: dict[str, str], repeat: int) -> Process:
    answers = by_concept(form, texts)
    yield from correct_document(stage, patient, LOG, form, answers, "Report sent.", repeat)
