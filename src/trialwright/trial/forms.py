"""Saving and correcting forms: whole documents, each version kept, nothing lost to a second writer.

A first save and the continuation of an incomplete form need no reason; any change of an answer that was
saved needs one (ICH E6(R3) 4.2.4). A change to a verified or signed form drops it to complete, because
both marks are bound to the version they were given on.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, cast

from trialwright.study.findings import Finding, Severity
from trialwright.study.model.forms import Form
from trialwright.study.model.study import Study
from trialwright.study.schedule import VisitInstance, date_of_day
from trialwright.trial.dates import earliest_date, local_date, parse_date
from trialwright.trial.documents import check_document, find_form_date
from trialwright.trial.events import Actor, Decision, Event, Kind
from trialwright.trial.protocol import LOG, Protocol, protocol_of
from trialwright.trial.records import FormState
from trialwright.trial.refusals import refusal, warning
from trialwright.trial.subject import SubjectState

STILL_RECORDED = ("adverse_event", "death", "survival_contact")
"""What a form may record after the subject left follow-up: safety and public records."""


@dataclass(frozen=True, slots=True)
class SaveForm:
    """Save a form's whole document.

    ``visit`` is the id of a visit instance, or ``log`` outside the schedule; ``repeat`` counts from 1.
    ``expected_version`` is the version the person saw (0 where there was none). With ``complete`` false,
    required items may stay open. ``reason`` is needed when an answer that was saved changes.
    """

    subject: str
    visit: str
    form: str
    document: Mapping[str, Any]
    repeat: int = 1
    expected_version: int = 0
    complete: bool = True
    reason: str = ""


def decide_save_form(
    study: Study, state: SubjectState, command: SaveForm, actor: Actor, now: datetime
) -> Decision:
    """Saves or corrects a form; ``study`` is the version that the form was opened under.

    Refused: a form that does not stand at the visit, a subject without consent or before allocation where
    the visit comes after it, a locked form, a version that somebody else changed meanwhile, answers that
    the form does not allow, a correction without a reason, a save that changes nothing. Warned: answers
    outside the expected range and dates outside the visit's window.
    """
    protocol = protocol_of(study)
    form = study.form(command.form)
    before = state.form(command.visit, command.form, command.repeat)
    problems = [*_check_place(protocol, state, command), *_check_consent(state, before)]
    if form is None or problems:
        return Decision(refusals=tuple(problems))
    problems = _check_version(command, before)
    if problems:
        return Decision(refusals=tuple(problems))
    today = local_date(study, state.site, now)
    on = find_form_date(form, command.document)
    found = check_document(protocol, form, command.document, today, complete=command.complete)
    found += [*_check_time(state, form, on), *_check_window(protocol, state, command, on)]
    found += _check_change(command, before, actor, study)
    errors = tuple(finding for finding in found if finding.severity is Severity.ERROR)
    warnings = tuple(finding for finding in found if finding.severity is not Severity.ERROR)
    if errors:
        return Decision(refusals=errors, warnings=warnings)
    return Decision((_saved(state, command, before, on, warnings),), warnings=warnings)


def _check_place(protocol: Protocol, state: SubjectState, command: SaveForm) -> list[Finding]:
    form = protocol.study.form(command.form)
    if form is None:
        return [refusal("DAT-001", "The study has no such form.", "Choose a form of the visit.", "form")]
    if command.visit == LOG:
        return _check_log(protocol, form, command) or _check_next_repeat(state, command)
    visit = protocol.visits.get(command.visit)
    if visit is None or form.id not in visit.forms:
        remedy = f"Choose a form of the visit, or record it outside the schedule (visit `{LOG}`)."
        return [refusal("DAT-002", "The form does not stand at this visit.", remedy, "visit")]
    if command.repeat != 1 and not form.repeats:
        return [
            refusal("DAT-003", "The form is filled once a visit.", "Open the one that is there.", "repeat")
        ]
    if visit.day >= 1 and state.allocation is None:
        remedy = "Allocate the subject first."
        return [refusal("DAT-004", "This visit comes after allocation.", remedy, "visit")]
    return _check_next_repeat(state, command)


def _check_log(protocol: Protocol, form: Form, command: SaveForm) -> list[Finding]:
    many = form.repeats or form.id in protocol.scheduled_forms
    if command.repeat > 1 and not many:
        return [refusal("DAT-003", "The form is filled once.", "Open the one that is there.", "repeat")]
    return []


def _check_next_repeat(state: SubjectState, command: SaveForm) -> list[Finding]:
    earlier = command.repeat == 1 or state.form(command.visit, command.form, command.repeat - 1) is not None
    if command.repeat >= 1 and earlier:
        return []
    return [
        refusal("DAT-005", "The repeats of a form are numbered without gaps.", "Take the next.", "repeat")
    ]


def _check_consent(state: SubjectState, before: FormState | None) -> list[Finding]:
    if state.consent is None:
        remedy = "Record the signed consent first."
        return [refusal("SUB-011", "No informed consent is on record.", remedy)]
    if state.consent.scope == "data" and before is None:
        remedy = "Only forms that exist may be corrected."
        return [refusal("DAT-006", "The subject withdrew the use of data.", remedy)]
    return []


def _check_version(command: SaveForm, before: FormState | None) -> list[Finding]:
    version = before.version if before else 0
    if before is not None and before.state == "locked":
        remedy = "Ask the data manager to unlock it."
        return [refusal("DAT-007", "The form is locked.", remedy)]
    if command.expected_version != version:
        remedy = "Compare your entries with the version shown now, then save again."
        message = "Somebody else saved this form after you opened it; your entries were not saved."
        return [refusal("DAT-409", message, remedy, "expected_version")]
    return []


def _check_time(state: SubjectState, form: Form, on: str) -> list[Finding]:
    """A date after death is impossible; one after leaving is possible for some forms only."""
    first = earliest_date(on)
    end, consent = state.follow_up_end, state.consent
    if first is None or form.records in STILL_RECORDED:
        return []
    if end is not None and end.reason == "death" and on > end.ended_on:
        return [refusal("DAT-010", "The date lies after the subject's death.", "Check both dates.")]
    if consent is not None and consent.scope == "follow_up" and on > consent.withdrawn_on:
        remedy = "Only adverse events, deaths and public records may follow."
        return [refusal("DAT-011", "The date lies after withdrawal from follow-up.", remedy)]
    return []


def _check_window(protocol: Protocol, state: SubjectState, command: SaveForm, on: str) -> list[Finding]:
    visit, whole = protocol.visits.get(command.visit), parse_date(on)
    if visit is None or whole is None or state.allocation is None:
        return []
    earliest, latest = visit_dates(visit, date.fromisoformat(state.allocation.allocated_on))
    if earliest <= whole <= latest:
        return []
    message = f"The date lies outside the visit's window ({earliest} to {latest})."
    return [warning("DAT-012", message, "Check the date; if it is right, record a deviation.", "visit")]


def visit_dates(visit: VisitInstance, day_one: date) -> tuple[date, date]:
    """First and last date of the visit's window, given the date of day 1."""
    return date_of_day(day_one, visit.earliest_day), date_of_day(day_one, visit.latest_day)


def find_changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[str, ...]:
    """Ids of the items whose saved answer changes or goes away; a new answer is no change."""
    return tuple(name for name, answer in before.items() if after.get(name) != answer)


def _check_change(command: SaveForm, before: FormState | None, actor: Actor, study: Study) -> list[Finding]:
    if before is None:
        return []
    same = _plain(command.document) == before.document and command.complete == (before.state != "incomplete")
    if same:
        return [refusal("DAT-008", "Nothing was changed.", "Change an answer, or leave the form.")]
    if not _is_correction(before, command):
        return []
    role = study.role(actor.role)
    if role is None or "correct_data" not in role.rights:
        remedy = "Ask somebody who may correct data."
        return [refusal("ACT-403", "Your role may not correct what was saved.", remedy)]
    if not command.reason.strip():
        remedy = "Say why the saved answer changes."
        return [refusal("DAT-009", "A correction needs a reason.", remedy, "reason")]
    return []


def _is_correction(before: FormState, command: SaveForm) -> bool:
    return before.state != "incomplete" or bool(find_changes(before.document, _plain(command.document)))


def _saved(
    state: SubjectState,
    command: SaveForm,
    before: FormState | None,
    on: str,
    warnings: tuple[Finding, ...],
) -> Event:
    kind = Kind.FORM_CORRECTED if before is not None and _is_correction(before, command) else Kind.FORM_SAVED
    payload = {
        "visit": command.visit,
        "form": command.form,
        "repeat": command.repeat,
        "version": (before.version if before else 0) + 1,
        "complete": command.complete,
        "document": _plain(command.document),
        "warned": sorted({".".join(map(str, finding.place.path)) for finding in warnings}),
    }
    reason = command.reason.strip() if kind is Kind.FORM_CORRECTED else ""
    return Event(kind, payload, state.subject, on, reason)


def _plain(document: Mapping[str, Any]) -> dict[str, Any]:
    """The document with the blanks around entered text taken off."""
    return {name: _trim(answer) for name, answer in document.items()}


def _trim(part: Any) -> Any:
    if isinstance(part, str):
        return part.strip()
    if isinstance(part, Mapping):
        return {name: _trim(inner) for name, inner in cast("Mapping[str, Any]", part).items()}
    if isinstance(part, (list, tuple)):
        return [_trim(inner) for inner in cast("list[Any]", part)]
    return part
