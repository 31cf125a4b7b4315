"""Moving containers: storage, shipment, receipt, preparation, quarantine, return, destruction."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from trialwright.study.findings import Finding
from trialwright.study.model.study import Study
from trialwright.trial.cells.chain import check_scan
from trialwright.trial.cells.collection import (
    check_mover,
    check_second_person,
    refuse_move,
)
from trialwright.trial.cells.mismatch import refuse_scan
from trialwright.trial.cells.records import Container
from trialwright.trial.cells.states import GIVEN, RELEASED, find_transition, is_expired, state_at
from trialwright.trial.cells.timing import check_holds, last_step_at, read_instant
from trialwright.trial.dates import local_date
from trialwright.trial.events import Actor, Decision, Event, Kind
from trialwright.trial.refusals import refusal, refuse
from trialwright.trial.study_state import StudyState
from trialwright.trial.subject import SubjectState

ELSEWHERE = (*RELEASED, *GIVEN, "BEDSIDE_VERIFIED", "INFUSION_STARTED", "EXPIRED", "OOS")
"""States that have an action of their own, or follow from a test or the clock."""

SCANNED = ("RECEIVED_AT_SITE", "PREPARED")
NOTED = ("QUARANTINED", "REJECTED", "RETURNED")


@dataclass(frozen=True, slots=True)
class MoveContainer:
    """One step of a container. ``scanned_coi`` is read from the label where the step is a receipt or
    preparation.
    """

    subject: str
    container: str
    to: str
    scanned_coi: str = ""
    at: str = ""
    note: str = ""
    second: Actor | None = None


def decide_container_move(
    study: Study,
    conduct: StudyState,
    state: SubjectState,
    command: MoveContainer,
    actor: Actor,
    now: datetime,
) -> Decision:
    """Moves a container along the table. What has expired can only be destroyed, by two people.

    Refuses a move that is not in the table, not this role's, or made by another action; a scan that is
    not this subject's; preparation under a hold (I16); return from quarantine without a release that
    holds; destruction by one person; quarantine, rejection and return without a note.
    """
    container = state.containers.get(command.container)
    if container is None:
        return refuse(
            "CEL-060", "There is no such container.", "Scan a container of this subject.", "container"
        )
    current = state_at(container, now)
    move = find_transition(current, command.to)
    back = current == "BEDSIDE_VERIFIED" and command.to == "PREPARED"
    if move is None or command.to in ELSEWHERE:
        return refuse_move(current, command.to)
    at, problems = read_instant(command.at, now, "at", after=last_step_at(container))
    problems += check_mover(study, state, move, actor)
    problems += check_scan(state, command.scanned_coi) if command.to in SCANNED and not back else []
    problems += (
        check_holds(conduct, state, container.product) if command.to == "PREPARED" and not back else []
    )
    problems += _check_step(study, state, command, container, actor)
    if problems:
        return refuse_scan(state, problems, container.id, local_date(study, state.site, now).isoformat())
    second = command.second.user if command.second else ""
    moved = move_event(state, container, current, command.to, at, note=command.note, second=second)
    return Decision((*expiry_first(state, container, now), moved))


def _check_step(
    study: Study, state: SubjectState, command: MoveContainer, container: Container, actor: Actor
) -> list[Finding]:
    if command.to == "DESTROYED":
        rights = ("release_batch", "manufacture")
        return check_second_person(study, state, actor, command.second, rights)
    if command.to in NOTED and not command.note.strip():
        return [refusal("CEL-021", "This step needs a note.", "Say what was found.", "note")]
    failed = any(result.passed is False for result in container.tests.values())
    exceptional = container.release is not None and container.release.kind == "RELEASED_EXCEPTIONAL"
    if container.state == "QUARANTINED" and command.to in ("STORED", "RECEIVED_AT_SITE"):
        if container.release is None or (failed and not exceptional):
            remedy = "Reject it, or leave it in quarantine."
            return [refusal("CEL-061", "The container has no release that holds.", remedy)]
        if not command.note.strip():
            return [refusal("CEL-021", "This step needs a note.", "Give the signed disposition.", "note")]
    return []


def move_event(
    state: SubjectState,
    container: Container,
    source: str,
    to: str,
    at: str,
    *,
    note: str = "",
    second: str = "",
) -> Event:
    """The event of one container's move."""
    payload = {
        "containers": [container.id],
        "from": source,
        "to": to,
        "at": at,
        "note": note,
        "second": second,
    }
    return Event(Kind.CONTAINER_MOVED, payload, state.subject)


def expiry_first(state: SubjectState, container: Container, now: datetime) -> tuple[Event, ...]:
    """The expiry as a step of its own, where the clock has passed it and nobody wrote it down yet."""
    if not is_expired(container, now):
        return ()
    note = "clock passed expiry"
    return (move_event(state, container, container.state, "EXPIRED", container.expires_at, note=note),)
