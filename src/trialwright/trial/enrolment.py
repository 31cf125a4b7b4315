"""A subject's way in up to screening: registration under a pseudonym, informed consent, its withdrawal."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from trialwright.study.findings import Finding
from trialwright.study.model.study import Study
from trialwright.trial.dates import local_date, parse_date
from trialwright.trial.events import Actor, Decision, Event, Kind
from trialwright.trial.records import WithdrawalScope
from trialwright.trial.refusals import refusal, refuse
from trialwright.trial.study_state import StudyState
from trialwright.trial.subject import SubjectState

SCOPES: tuple[WithdrawalScope, ...] = ("treatment", "follow_up", "data")


@dataclass(frozen=True, slots=True)
class RegisterSubject:
    """Give the next subject of ``site`` a pseudonym. ``registered_on`` is a local date; empty means
    today.
    """

    site: str
    registered_on: str = ""


@dataclass(frozen=True, slots=True)
class RecordConsent:
    """Consent to ``version`` of the information sheet, signed on ``given_on`` (local date; empty means
    today).
    """

    subject: str
    version: str
    given_on: str = ""
    language: str = ""


@dataclass(frozen=True, slots=True)
class WithdrawConsent:
    """Withdrawal from treatment, from follow-up too, or of the use of data; ``words`` in the subject's
    sense.
    """

    subject: str
    scope: WithdrawalScope
    withdrawn_on: str = ""
    words: str = ""


def subject_code(site_number: int, subject_number: int) -> str:
    """The pseudonym: ``S01-001`` is the first subject of site 1. It tells nothing about the person."""
    return f"S{site_number:02d}-{subject_number:03d}"


def check_past_date(text: str, today: str, code: str, path: str) -> list[Finding]:
    """Findings unless ``text`` is a whole ISO date not after ``today``."""
    if parse_date(text) is None:
        return [refusal(code, "This is not a date.", "Write year-month-day, such as 2026-11-22.", path)]
    if text > today:
        return [refusal(code, "The date lies in the future.", "Enter the day on which it happened.", path)]
    return []


def decide_registration(
    study: Study, conduct: StudyState, command: RegisterSubject, _actor: Actor, now: datetime
) -> Decision:
    """Registers the next subject of an open site. Refuses a site that is not open and a date in the
    future.
    """
    site = conduct.sites.get(command.site)
    if site is None or not site.open:
        remedy = "Ask the sponsor to open the site, or register at an open one."
        return refuse("SUB-001", "The site is not open for registration.", remedy, "site")
    today = local_date(study, command.site, now).isoformat()
    on = command.registered_on or today
    problems = check_past_date(on, today, "SUB-002", "registered_on")
    if problems:
        return Decision(refusals=tuple(problems))
    number = site.subjects + 1
    payload = {"site": command.site, "number": number}
    code = subject_code(site.number, number)
    return Decision((Event(Kind.SUBJECT_REGISTERED, payload, code, on),))


def decide_consent(
    study: Study, state: SubjectState, command: RecordConsent, _actor: Actor, now: datetime
) -> Decision:
    """Records consent, or consent to a further version.

    Refuses a missing version, a date in the future or before the consent on record, and a subject who has
    left.
    """
    today = local_date(study, state.site, now).isoformat()
    on = command.given_on or today
    problems = check_past_date(on, today, "SUB-003", "given_on")
    if not command.version.strip():
        remedy = "Enter the version printed on the signed sheet."
        problems.append(refusal("SUB-004", "The version of the consent form is missing.", remedy, "version"))
    if state.consent is not None and on < state.consent.given_on:
        remedy = "A later version is signed on the same day or later."
        problems.append(
            refusal("SUB-005", "The date is before the consent that is on record.", remedy, "given_on")
        )
    if state.follow_up_end is not None or state.screen_failure is not None:
        remedy = "Screening again needs a new registration."
        problems.append(refusal("SUB-006", "The subject has left the study.", remedy))
    payload = {"version": command.version, "language": command.language, "again": state.consent is not None}
    event = Event(Kind.CONSENT_GIVEN, payload, state.subject, on)
    return Decision(refusals=tuple(problems)) if problems else Decision((event,))


def decide_consent_withdrawal(
    study: Study, state: SubjectState, command: WithdrawConsent, _actor: Actor, now: datetime
) -> Decision:
    """Records a withdrawal. A wider scope may follow a narrower one; the same or a narrower one is
    refused.
    """
    today = local_date(study, state.site, now).isoformat()
    on = command.withdrawn_on or today
    consent = state.consent
    if consent is None:
        return refuse("SUB-007", "There is no consent to withdraw.", "Check the subject code.")
    problems = check_past_date(on, today, "SUB-003", "withdrawn_on")
    if on < consent.given_on:
        remedy = "Check both dates."
        problems.append(refusal("SUB-008", "The date is before the consent.", remedy, "withdrawn_on"))
    if command.scope not in SCOPES:
        remedy = f"Choose one of: {', '.join(SCOPES)}."
        problems.append(refusal("SUB-009", "The scope of the withdrawal is not known.", remedy, "scope"))
    elif consent.scope and SCOPES.index(command.scope) <= SCOPES.index(consent.scope):
        message = "This, or more, was withdrawn already."
        problems.append(refusal("SUB-010", message, "Choose a wider scope, or leave it as it is.", "scope"))
    payload = {"scope": command.scope, "words": command.words}
    event = Event(Kind.CONSENT_WITHDRAWN, payload, state.subject, on, command.words)
    return Decision(refusals=tuple(problems)) if problems else Decision((event,))


def check_consent_in_force(state: SubjectState) -> list[Finding]:
    """Findings unless a consent was given and nothing of it withdrawn."""
    if state.consent is None:
        remedy = "Record the signed consent first."
        return [refusal("SUB-011", "No informed consent is on record.", remedy)]
    if not state.consent.in_force:
        remedy = "Nothing may be done with this subject that the withdrawal covers."
        return [refusal("SUB-012", "Consent was withdrawn.", remedy)]
    return []
