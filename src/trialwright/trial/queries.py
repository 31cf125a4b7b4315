"""Queries: questions about captured data, from opening to closing.

States: open -> answered -> closed; answered -> reopened -> answered; open or reopened -> cancelled;
closed -> reopened. A person at the site answers and never closes: the rights of the roles see to that.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from trialwright.study.model.study import Study
from trialwright.trial.capture import QUERY_AFTER
from trialwright.trial.events import Actor, Decision, Event, Kind
from trialwright.trial.records import QueryStatus
from trialwright.trial.refusals import refuse
from trialwright.trial.subject import SubjectState

TRANSITIONS: MappingProxyType[QueryStatus, tuple[QueryStatus, ...]] = MappingProxyType(
    {
        "open": ("answered", "cancelled"),
        "answered": ("closed", "reopened"),
        "reopened": ("answered", "cancelled"),
        "closed": ("reopened",),
        "cancelled": (),
    }
)


@dataclass(frozen=True, slots=True)
class OpenQuery:
    """Ask about one item of a saved form, or with an empty ``item`` about the whole form.

    ``rule`` names the check that asks, where a check and not a person does.
    """

    subject: str
    visit: str
    form: str
    text: str
    item: str = ""
    repeat: int = 1
    rule: str = ""


@dataclass(frozen=True, slots=True)
class AnswerQuery:
    """Answer an open query in words (a correction of the value is saved by itself)."""

    subject: str
    query: str
    text: str


@dataclass(frozen=True, slots=True)
class CloseQuery:
    """Accept the answer of a query."""

    subject: str
    query: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class ReopenQuery:
    """Ask again after an answer, or after closing."""

    subject: str
    query: str
    text: str


@dataclass(frozen=True, slots=True)
class CancelQuery:
    """Take back a query that was never needed."""

    subject: str
    query: str
    text: str


def decide_query_opening(
    study: Study, state: SubjectState, command: OpenQuery, _actor: Actor, _now: datetime
) -> Decision:
    """Opens a query about a form that was saved. Refuses an unknown form or item, and an empty question."""
    form = study.form(command.form)
    if form is None or state.form(command.visit, command.form, command.repeat) is None:
        return refuse("QRY-001", "There is no such form of this subject.", "Open the form first.", "form")
    if command.item and form.item(command.item.split(".")[0]) is None:
        return refuse("QRY-002", "The form has no such item.", "Choose an item of the form.", "item")
    if not command.text.strip():
        return refuse("QRY-003", "The question is missing.", "Write what has to be answered.", "text")
    payload = {
        "query": f"Q{len(state.queries) + 1:04d}",
        "visit": command.visit,
        "form": command.form,
        "repeat": command.repeat,
        "item": command.item,
        "text": command.text,
        "rule": command.rule,
    }
    return Decision((Event(Kind.QUERY_OPENED, payload, state.subject),))


def decide_query_answer(
    _study: Study, state: SubjectState, command: AnswerQuery, _actor: Actor, _now: datetime
) -> Decision:
    """Answers a query that is open or reopened. Refuses an empty answer."""
    if not command.text.strip():
        return refuse("QRY-004", "The answer is missing.", "Write the answer, or correct the value.", "text")
    return _step(state, command, Kind.QUERY_ANSWERED)


def decide_query_closing(
    _study: Study, state: SubjectState, command: CloseQuery, _actor: Actor, _now: datetime
) -> Decision:
    """Closes an answered query."""
    return _step(state, command, Kind.QUERY_CLOSED)


def decide_query_reopening(
    _study: Study, state: SubjectState, command: ReopenQuery, _actor: Actor, _now: datetime
) -> Decision:
    """Reopens an answered or closed query. Refuses an empty reason."""
    if not command.text.strip():
        return refuse("QRY-005", "The reason is missing.", "Say what is still open.", "text")
    return _step(state, command, Kind.QUERY_REOPENED)


def decide_query_cancelling(
    _study: Study, state: SubjectState, command: CancelQuery, _actor: Actor, _now: datetime
) -> Decision:
    """Cancels a query that waits for its answer. Refuses an empty reason."""
    if not command.text.strip():
        return refuse("QRY-005", "The reason is missing.", "Say why the query is not needed.", "text")
    return _step(state, command, Kind.QUERY_CANCELLED)


def _step(
    state: SubjectState, command: AnswerQuery | CloseQuery | ReopenQuery | CancelQuery, kind: Kind
) -> Decision:
    query = state.queries.get(command.query)
    if query is None:
        return refuse("QRY-006", "There is no such query.", "Choose a query of this subject.", "query")
    if QUERY_AFTER[kind] not in TRANSITIONS[query.state]:
        wanted = QUERY_AFTER[kind]
        message = f"A query that is {query.state} cannot be {wanted}."
        return refuse("QRY-007", message, "Reload: somebody else may have acted on it.", "query")
    return Decision((Event(kind, {"query": query.id, "text": command.text}, state.subject),))
