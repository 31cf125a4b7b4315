"""Marks on a saved form: verified against its source, signed, locked, unlocked.

Verification is risk based, so a form may be signed before or without it; both marks hold for one version
only. Only a signed form is locked, and only two people together unlock it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from trialwright.study.findings import Finding
from trialwright.study.model.study import Study
from trialwright.trial.events import Actor, Decision, Event, Kind
from trialwright.trial.records import FormState
from trialwright.trial.refusals import refusal
from trialwright.trial.rights import may
from trialwright.trial.subject import SubjectState

MEANINGS = ("authorship", "review", "approval", "responsibility")
"""What a signature under a form can mean (21 CFR 11.50)."""


@dataclass(frozen=True, slots=True)
class VerifyForm:
    """Compared with the source: the version seen is right."""

    subject: str
    visit: str
    form: str
    version: int
    repeat: int = 1


@dataclass(frozen=True, slots=True)
class SignForm:
    """Sign the version seen. ``meaning`` is one of MEANINGS; the person was authenticated again for it."""

    subject: str
    visit: str
    form: str
    version: int
    meaning: str = "responsibility"
    repeat: int = 1


@dataclass(frozen=True, slots=True)
class LockForm:
    """No more changes to a signed form."""

    subject: str
    visit: str
    form: str
    version: int
    repeat: int = 1


@dataclass(frozen=True, slots=True)
class UnlockForm:
    """Open a locked form again, with a reason and a ``second`` person who may lock too."""

    subject: str
    visit: str
    form: str
    version: int
    second: Actor
    reason: str
    repeat: int = 1


Mark = VerifyForm | SignForm | LockForm | UnlockForm


def decide_verification(
    _study: Study, state: SubjectState, command: VerifyForm, actor: Actor, _now: datetime
) -> Decision:
    """Verifies a complete or signed form. Who saved or signed the version may not verify it."""
    form, problems = _find(state, command, ("complete", "signed"))
    if form is not None and actor.user in (form.saved_by, form.signed.by if form.signed else ""):
        remedy = "Somebody else must verify it."
        problems.append(refusal("DAT-053", "Who entered or signed a form must not verify it.", remedy))
    if form is not None and form.verification_holds:
        problems.append(refusal("DAT-054", "This version is verified already.", "Nothing is to be done."))
    return _marked(Kind.FORM_VERIFIED, state, command, problems, meaning="verification")


def decide_signature(
    _study: Study, state: SubjectState, command: SignForm, _actor: Actor, _now: datetime
) -> Decision:
    """Signs a complete or verified form. Refuses an unknown meaning and a version that is not the last."""
    _, problems = _find(state, command, ("complete", "verified"))
    if command.meaning not in MEANINGS:
        remedy = f"Choose one of: {', '.join(MEANINGS)}."
        problems.append(refusal("DAT-055", "The meaning of the signature is not known.", remedy, "meaning"))
    return _marked(Kind.FORM_SIGNED, state, command, problems, meaning=command.meaning)


def decide_locking(
    _study: Study, state: SubjectState, command: LockForm, _actor: Actor, _now: datetime
) -> Decision:
    """Locks a signed form without pending queries."""
    form, problems = _find(state, command, ("signed",))
    about = (command.visit, command.form, command.repeat)
    if form is not None and any(
        q.pending and (q.visit, q.form, q.repeat) == about for q in state.queries.values()
    ):
        remedy = "Close its queries first."
        problems.append(refusal("DAT-056", "A query about the form is not closed.", remedy))
    return _marked(Kind.FORM_LOCKED, state, command, problems)


def decide_unlocking(
    study: Study, state: SubjectState, command: UnlockForm, actor: Actor, _now: datetime
) -> Decision:
    """Unlocks a form. Needs a reason and a second, different person who holds the right to lock."""
    _, problems = _find(state, command, ("locked",))
    if not command.reason.strip():
        problems.append(refusal("DAT-009", "Unlocking needs a reason.", "Say why.", "reason"))
    same = command.second.user == actor.user
    if same or not may(study, command.second, "lock_data", state.site):
        remedy = "Ask a second person who may lock data."
        problems.append(refusal("DAT-057", "Unlocking needs two different people.", remedy, "second"))
    return _marked(
        Kind.FORM_UNLOCKED, state, command, problems, second=command.second.user, reason=command.reason
    )


def _find(
    state: SubjectState, command: Mark, allowed: tuple[str, ...]
) -> tuple[FormState | None, list[Finding]]:
    form = state.form(command.visit, command.form, command.repeat)
    if form is None:
        return None, [refusal("DAT-050", "The form was not saved yet.", "Save it first.")]
    if form.version != command.version:
        remedy = "Look at the version shown now, then act again."
        return form, [refusal("DAT-409", "The form was changed after you opened it.", remedy, "version")]
    if form.state not in allowed:
        message = f"The form is {form.state}; it must be {' or '.join(allowed)}."
        return form, [refusal("DAT-051", message, "Reload the form.")]
    return form, []


def _marked(
    kind: Kind,
    state: SubjectState,
    command: Mark,
    problems: list[Finding],
    reason: str = "",
    **more: str,
) -> Decision:
    if problems:
        return Decision(refusals=tuple(problems))
    payload = {
        "visit": command.visit,
        "form": command.form,
        "repeat": command.repeat,
        "version": command.version,
        **more,
    }
    return Decision((Event(kind, payload, state.subject, reason=reason),))
