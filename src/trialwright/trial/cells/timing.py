"""Instants in the record of a product: not in the future, never backwards, holds and expiry respected."""

from __future__ import annotations

from datetime import datetime

from trialwright.study.findings import Finding
from trialwright.trial.cells.records import Collection, Container
from trialwright.trial.dates import instant_text, parse_instant
from trialwright.trial.refusals import refusal
from trialwright.trial.study_state import StudyState
from trialwright.trial.subject import SubjectState


def read_instant(text: str, now: datetime, path: str, *, after: str = "") -> tuple[str, list[Finding]]:
    """The instant of a command as the record writes it (now when empty), and findings.

    Refuses what is no instant, what lies in the future, and what lies before ``after`` (invariant I11).
    """
    at = parse_instant(text) if text else now
    if at is None:
        remedy = "Write it with its zone, such as 2026-11-22T08:15:00Z."
        return "", [refusal("CEL-001", "This is not an instant with a time zone.", remedy, path)]
    if at > now:
        remedy = "Record it when it has happened."
        return "", [refusal("CEL-002", "The time lies in the future.", remedy, path)]
    written = instant_text(at)
    if after and written < after:
        remedy = "Check both times; steps are recorded in their order."
        return written, [refusal("CEL-003", "The time lies before the step before.", remedy, path)]
    return written, []


def last_step_at(thing: Container | Collection) -> str:
    """When the last step of the custody record happened."""
    return thing.custody[-1].at


def check_holds(conduct: StudyState, state: SubjectState, product: str) -> list[Finding]:
    """Findings where the study, site, arm or product is stopped (invariant I16)."""
    arm = state.allocation.arm if state.allocation else ""
    if conduct.holds_on(f"site:{state.site}", f"arm:{arm}", f"product:{product}"):
        return [refusal("CEL-004", "This product is on hold.", "Wait until the hold is lifted.")]
    return []
