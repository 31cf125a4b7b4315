"""A duty of the record and how it is judged against a day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from .dates import Span, add_days, date_of, on_day, parse_span
from .facts import RecordFacts
from .shape import Json, text_of


class State(StrEnum):
    """How a duty stands at the date of judgement."""

    MET = "met"
    LATE = "met_late"
    DUE = "due"
    OVERDUE = "overdue"
    UNDECIDED = "undecided"


@dataclass(frozen=True, slots=True)
class Duty:
    """One duty: by when, how it stands, how many days late (at least, where a date has no day).

    ``owed`` says whether the rule binds this study: duties of 42 CFR 11 bind applicable clinical trials, and
    whether a study is one may be undecidable (None).
    """

    code: str
    what: str
    due_on: date | None
    state: State
    days_late: int
    owed: bool | None
    source: str
    reason: str

    @property
    def is_overdue(self) -> bool:
        """Open past its day, and not known to bind other studies only."""
        return self.state is State.OVERDUE and self.owed is not False

    def as_json(self) -> dict[str, object]:
        """A JSON-ready mapping."""
        return {
            "code": self.code,
            "what": self.what,
            "due_on": self.due_on.isoformat() if self.due_on else None,
            "state": self.state.value,
            "days_late": self.days_late,
            "owed": self.owed,
            "overdue": self.is_overdue,
            "source": self.source,
            "reason": self.reason,
        }


@dataclass(frozen=True, slots=True)
class Case:
    """What the judgement of a record starts from."""

    study: Json
    status: Json
    facts: RecordFacts
    owed: bool | None
    on: date

    @property
    def last_status(self) -> str | None:
        """The status the sponsor last gave, also where the registry shows ``UNKNOWN``."""
        overall = text_of(self.status, "overallStatus")
        return text_of(self.status, "lastKnownStatus") if overall == "UNKNOWN" else overall

    @property
    def owed_words(self) -> str:
        """The applicability of 42 CFR 11 in words."""
        return {
            True: "an applicable clinical trial",
            False: "not an applicable clinical trial",
            None: "the public record does not decide whether this is an applicable clinical trial",
        }[self.owed]

    def started(self) -> Span | None:
        """First enrolment, or the start date unless it is an estimate."""
        if self.facts.first_enrolled_on is not None:
            return on_day(self.facts.first_enrolled_on)
        start, kind = date_of(self.status, "startDateStruct")
        return None if kind == "ESTIMATED" else start

    def primary_completion(self) -> tuple[Span | None, bool]:
        """Primary completion and whether it is actual."""
        if self.facts.primary_completion_on is not None:
            return on_day(self.facts.primary_completion_on), True
        span, kind = date_of(self.status, "primaryCompletionDateStruct")
        return span, kind == "ACTUAL"

    def submitted(self, submit_key: str, post_key: str) -> Span | None:
        """When something was submitted.

        Where only the posting is known it was some day of the 30 before: the agency posts within 30 days of
        submission (42 CFR 11.35, 11.52).
        """
        found = parse_span(self.status.get(submit_key))
        if found is not None:
            return found
        shown, _ = date_of(self.status, post_key)
        return Span(add_days(shown.first, -30), shown.last) if shown is not None else None


def days_after(event: Span, days: int) -> Span:
    """The possible due days, so many days after an event."""
    return Span(add_days(event.first, days), add_days(event.last, days))


def judge(due: Span, done: Span | None, on: date) -> tuple[State, int]:
    """State and days late. ``due`` is the span of possible due days, ``done`` that of the deed."""
    if done is None:
        if on > due.last:
            return State.OVERDUE, (on - due.last).days
        return (State.UNDECIDED if on > due.first else State.DUE), 0
    if done.last <= due.first:
        return State.MET, 0
    if done.first > due.last:
        return State.LATE, (done.first - due.last).days
    return State.UNDECIDED, 0
