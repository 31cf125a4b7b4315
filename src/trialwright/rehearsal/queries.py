"""Queries: opened by somebody who reviews, answered at the site, closed by who asked."""

from __future__ import annotations

from datetime import timedelta

from trialwright import actions
from trialwright.rehearsal.agenda import Process
from trialwright.rehearsal.draws import Draws
from trialwright.rehearsal.hours import working_day
from trialwright.rehearsal.patient import Patient
from trialwright.rehearsal.stage import Stage
from trialwright.trial.events import Actor
from trialwright.trial.queries import AnswerQuery, CloseQuery, OpenQuery, ReopenQuery

REOPENED_SHARE = 0.05
ANSWERS = (
    "Checked against the source: the entry is right.",
    "Confirmed with the patient file.",
    "The source shows the same value.",
)


def ask(
    stage: Stage,
    patient: Patient,
    asker: Actor,
    visit: str,
    form: str,
    item: str,
    repeat: int,
    text: str,
    rule: str = "",
) -> Process:
    """One query from its opening to its closing; a few are asked again once."""
    opened = stage.do(
        actions.open_query, asker, OpenQuery(patient.subject, visit, form, text, item, repeat, rule)
    )
    query = opened.recorded[0].payload["query"]
    draws = Draws(stage.seed, "query", patient.index, query)
    closer = asker if _may_close(stage, asker) else stage.cast.who("close_query")
    yield _later(stage, patient, draws.whole(1, 10), 14.5)
    _answer(stage, patient, query, draws.pick(ANSWERS))
    yield _later(stage, patient, draws.whole(1, 12), 11.0)
    if draws.chance(REOPENED_SHARE):
        again = ReopenQuery(patient.subject, query, "Please name the source document.")
        stage.do(actions.reopen_query, closer, again)
        yield _later(stage, patient, draws.whole(1, 6), 15.0)
        _answer(stage, patient, query, "Hospital record of that day.")
        yield _later(stage, patient, draws.whole(1, 6), 11.5)
    stage.do(actions.close_query, closer, CloseQuery(patient.subject, query, "Accepted."))


def _answer(stage: Stage, patient: Patient, query: str, text: str) -> None:
    who = stage.cast.who("answer_query", patient.site, "enter_data")
    stage.do(actions.answer_query, who, AnswerQuery(patient.subject, query, text))


def _may_close(stage: Stage, asker: Actor) -> bool:
    role = stage.study.role(asker.role)
    return role is not None and "close_query" in role.rights


def _later(stage: Stage, patient: Patient, days: int, hour: float):
    on = working_day(stage.today(patient.site) + timedelta(days=days))
    return stage.at(patient.site, on, hour)
