"""A subject's way out: end of treatment, end of follow-up, and departures from the protocol."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from trialwright.study.findings import Finding
from trialwright.study.model.study import Study
from trialwright.trial.dates import local_date
from trialwright.trial.enrolment import check_past_date
from trialwright.trial.events import Actor, Decision, Event, Kind
from trialwright.trial.refusals import refusal
from trialwright.trial.subject import SubjectState

TREATMENT_END_REASONS = (
    "completed",
    "progression",
    "adverse_event",
    "withdrawal",
    "manufacturing_failure",
    "physician_decision",
    "death",
    "lost",
    "other",
)
FOLLOW_UP_END_REASONS = ("completed", "death", "withdrawal", "lost", "sponsor_decision", "other")
IDENTITY = "identity"
"""A code was scanned that belongs to something or somebody else."""
DEVIATION_CATEGORIES = (
    "eligibility",
    "consent",
    "allocation",
    "dose",
    "dose_timing",
    "visit_window",
    "assessment",
    "product",
    IDENTITY,
    "other",
)


@dataclass(frozen=True, slots=True)
class EndTreatment:
    """Treatment ended on ``ended_on`` (local date; empty means today) for one of TREATMENT_END_REASONS."""

    subject: str
    reason: str
    ended_on: str = ""
    words: str = ""


@dataclass(frozen=True, slots=True)
class EndFollowUp:
    """Follow-up ended on ``ended_on`` for one of FOLLOW_UP_END_REASONS; for a death, the date of death."""

    subject: str
    reason: str
    ended_on: str = ""
    words: str = ""


@dataclass(frozen=True, slots=True)
class RecordDeviation:
    """A departure from the protocol; ``about`` names a visit, form or container it concerns."""

    subject: str
    category: str
    severity: Literal["minor", "major"]
    text: str
    occurred_on: str = ""
    about: str = ""


def decide_treatment_end(
    study: Study, state: SubjectState, command: EndTreatment, _actor: Actor, now: datetime
) -> Decision:
    """Ends treatment once, of an allocated subject, not before the last administration."""
    today = local_date(study, state.site, now).isoformat()
    on = command.ended_on or today
    problems = _check_ending(command, on, today, TREATMENT_END_REASONS)
    if state.allocation is None:
        problems.append(
            refusal("SUB-020", "The subject was not allocated.", "Record a screen failure instead.")
        )
    elif on < state.allocation.allocated_on:
        problems.append(_before("the allocation"))
    if state.treatment_end is not None:
        problems.append(
            refusal("SUB-021", "The end of treatment is recorded already.", "Nothing is to be done.")
        )
    if state.administrations and on < state.administrations[-1].given_on:
        problems.append(_before("the last administration"))
    return _ended(Kind.TREATMENT_ENDED, state, command, on, problems)


def decide_follow_up_end(
    study: Study, state: SubjectState, command: EndFollowUp, _actor: Actor, now: datetime
) -> Decision:
    """Ends follow-up once, of an allocated subject; ends treatment with it when that was still open."""
    today = local_date(study, state.site, now).isoformat()
    on = command.ended_on or today
    problems = _check_ending(command, on, today, FOLLOW_UP_END_REASONS)
    if state.allocation is None:
        problems.append(
            refusal("SUB-020", "The subject was not allocated.", "Record a screen failure instead.")
        )
    elif on < state.allocation.allocated_on:
        problems.append(_before("the allocation"))
    if state.follow_up_end is not None:
        problems.append(
            refusal("SUB-022", "The end of follow-up is recorded already.", "Nothing is to be done.")
        )
    if state.administrations and on < state.administrations[-1].given_on:
        problems.append(_before("the last administration"))
    decision = _ended(Kind.FOLLOW_UP_ENDED, state, command, on, problems)
    if problems or state.treatment_end is not None:
        return decision
    reason = command.reason if command.reason in TREATMENT_END_REASONS else "other"
    payload = {"reason": reason, "words": command.words}
    return Decision((Event(Kind.TREATMENT_ENDED, payload, state.subject, on), *decision.events))


def decide_deviation(
    study: Study, state: SubjectState, command: RecordDeviation, _actor: Actor, now: datetime
) -> Decision:
    """Records a deviation. Refuses an unknown category, an empty text, a date in the future."""
    today = local_date(study, state.site, now).isoformat()
    on = command.occurred_on or today
    problems = check_past_date(on, today, "SUB-003", "occurred_on")
    if command.category not in DEVIATION_CATEGORIES:
        remedy = f"Choose one of: {', '.join(DEVIATION_CATEGORIES)}."
        problems.append(refusal("SUB-030", "The category is not known.", remedy, "category"))
    if command.severity not in ("minor", "major"):
        remedy = "Choose minor or major."
        problems.append(refusal("SUB-031", "The severity is not known.", remedy, "severity"))
    if not command.text.strip():
        problems.append(refusal("SUB-032", "The description is missing.", "Say what happened.", "text"))
    if problems:
        return Decision(refusals=tuple(problems))
    made = deviation_event(state, command.category, command.severity, command.text, on, about=command.about)
    return Decision((made,))


def deviation_event(
    state: SubjectState,
    category: str,
    severity: Literal["minor", "major"],
    text: str,
    occurred_on: str,
    *,
    about: str = "",
    after: int = 0,
) -> Event:
    """The event of the next deviation of the subject; ``after`` counts those decided in the same act."""
    number = len(state.deviations) + 1 + after
    payload = {
        "deviation": f"D{number:03d}",
        "category": category,
        "severity": severity,
        "text": text,
        "about": about,
    }
    return Event(Kind.DEVIATION_RECORDED, payload, state.subject, occurred_on)


def _check_ending(
    command: EndTreatment | EndFollowUp, on: str, today: str, reasons: tuple[str, ...]
) -> list[Finding]:
    problems = check_past_date(on, today, "SUB-003", "ended_on")
    if command.reason not in reasons:
        remedy = f"Choose one of: {', '.join(reasons)}."
        problems.append(refusal("SUB-023", "The reason is not known.", remedy, "reason"))
    if command.reason == "other" and not command.words.strip():
        problems.append(refusal("SUB-024", "The reason `other` needs words.", "Say why.", "words"))
    return problems


def _before(what: str) -> Finding:
    return refusal("SUB-025", f"The date is before {what}.", "Check both dates.", "ended_on")


def _ended(
    kind: Kind, state: SubjectState, command: EndTreatment | EndFollowUp, on: str, problems: list[Finding]
) -> Decision:
    payload = {"reason": command.reason, "words": command.words}
    event = Event(kind, payload, state.subject, on)
    return Decision(refusals=tuple(problems)) if problems else Decision((event,))
