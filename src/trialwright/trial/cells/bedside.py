"""At the bedside: the check by two people, the start of the infusion, and what was given.

Order of the bedside check: two distinct people, the subject's chain of identity, the container scanned,
the product of the allocated arm and of this day, not expired, released, no hold. Any "no" stops it.
Subcutaneous doses go the same way; "infusion" is the table's word.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from trialwright.study.findings import Finding
from trialwright.study.model.study import Study
from trialwright.trial.cells.chain import check_scan
from trialwright.trial.cells.collection import check_second_person, refuse_move
from trialwright.trial.cells.custody import move_event
from trialwright.trial.cells.dosing import (
    check_dose_day,
    check_dose_order,
    check_not_given,
    given_dose,
    is_outside_dose,
)
from trialwright.trial.cells.manufacture import parse_positive
from trialwright.trial.cells.mismatch import refuse_scan
from trialwright.trial.cells.records import Container
from trialwright.trial.cells.states import RELEASED, find_transition, state_at
from trialwright.trial.cells.timing import check_holds, last_step_at, read_instant
from trialwright.trial.dates import local_date, parse_instant
from trialwright.trial.disposition import deviation_event
from trialwright.trial.enrolment import check_consent_in_force
from trialwright.trial.events import Actor, Decision, Event, Kind
from trialwright.trial.refusals import refusal, refuse
from trialwright.trial.study_state import StudyState
from trialwright.trial.subject import SubjectState

VERIFICATION_MINUTES = 30
"""How long a bedside check holds."""


@dataclass(frozen=True, slots=True)
class VerifyAtBedside:
    """Both people confirm subject, product and order; both codes were scanned from label and wristband."""

    subject: str
    container: str
    scanned_container: str
    scanned_coi: str
    second: Actor
    at: str = ""


@dataclass(frozen=True, slots=True)
class StartInfusion:
    """The container is connected. ``waived`` says why an earlier dose of the cycle was left out, where it
    was.
    """

    subject: str
    container: str
    scanned_container: str
    scanned_coi: str
    at: str = ""
    waived: str = ""


@dataclass(frozen=True, slots=True)
class Administer:
    """The end of the infusion: ``volume`` given in the label's unit; ``partial`` with the reason in
    ``words``.
    """

    subject: str
    container: str
    volume: str
    ended_at: str = ""
    partial: bool = False
    words: str = ""


def decide_bedside_check(
    study: Study,
    conduct: StudyState,
    state: SubjectState,
    command: VerifyAtBedside,
    actor: Actor,
    now: datetime,
) -> Decision:
    """Records the check of a prepared container by the actor and a second person."""
    container = state.containers.get(command.container)
    if container is None:
        return _no_container()
    current = state_at(container, now)
    if find_transition(current, "BEDSIDE_VERIFIED") is None:
        return refuse_move(current, "BEDSIDE_VERIFIED")
    at, problems = read_instant(command.at, now, "at", after=last_step_at(container))
    problems += check_second_person(study, state, actor, command.second, ("administer",))
    problems += _check_scans(state, container, command)
    problems += _check_may_be_given(study, conduct, state, container)
    on = local_date(study, state.site, now)
    found = check_dose_day(study, state, container, on)
    if problems:
        return refuse_scan(state, problems, container.id, on.isoformat(), tuple(found))
    payload = {
        "containers": [container.id],
        "from": current,
        "to": "BEDSIDE_VERIFIED",
        "at": at,
        "verifiers": [actor.user, command.second.user],
        "second": command.second.user,
    }
    return Decision((Event(Kind.CONTAINER_MOVED, payload, state.subject),), warnings=tuple(found))


def _no_container() -> Decision:
    return refuse("CEL-060", "There is no such container.", "Scan a container of this subject.", "container")


def _check_scans(
    state: SubjectState, container: Container, command: VerifyAtBedside | StartInfusion
) -> list[Finding]:
    found = check_scan(state, command.scanned_coi)
    if command.scanned_container != container.id:
        remedy = "Stop. This is not the container that was ordered."
        found.append(refusal("CEL-070", "The scanned container is another one.", remedy, "scanned_container"))
    if container.coi != state.coi:
        remedy = "Stop and call quality."
        found.append(refusal("CEL-011", "The container is of another chain of identity.", remedy))
    return found


def _check_may_be_given(
    study: Study, conduct: StudyState, state: SubjectState, container: Container
) -> list[Finding]:
    """Consent, arm, release and holds, read again at every step (invariants I1, I4, I7, I8, I16)."""
    found = [*check_consent_in_force(state), *check_holds(conduct, state, container.product)]
    arm = state.allocation.arm if state.allocation else ""
    if container.product not in {product.id for product in study.products_of(arm)}:
        remedy = "Stop and call quality."
        found.append(refusal("CEL-032", "The product is not one of the allocated arm.", remedy))
    if container.release is None or container.release.kind not in RELEASED:
        found.append(refusal("CEL-061", "The container has no release that holds.", "Ask quality."))
    if state.treatment_end is not None or state.follow_up_end is not None:
        remedy = "Nothing may be given any more."
        found.append(refusal("CEL-030", "The subject's treatment has ended.", remedy))
    return found


def decide_infusion_start(
    study: Study,
    conduct: StudyState,
    state: SubjectState,
    command: StartInfusion,
    actor: Actor,
    now: datetime,
) -> Decision:
    """Starts giving a verified container.

    Refuses everything that the bedside check refuses, one that has lapsed, an actor who did not take part
    in it, a planned day that was given already (I9), and an earlier dose of the cycle that was neither
    given nor waived (I15). A waiver and a dose outside its window become deviations.
    """
    container = state.containers.get(command.container)
    if container is None:
        return _no_container()
    current = state_at(container, now)
    if find_transition(current, "INFUSION_STARTED") is None:
        return refuse_move(current, "INFUSION_STARTED")
    at, problems = read_instant(command.at, now, "at", after=last_step_at(container))
    problems += _check_verification(container, actor, at)
    problems += _check_scans(state, container, command)
    problems += [*_check_may_be_given(study, conduct, state, container), *check_not_given(state, container)]
    skipped = check_dose_order(study, state, container)
    problems += [] if command.waived.strip() else skipped
    on = local_date(study, state.site, now)
    if problems:
        return refuse_scan(state, problems, container.id, on.isoformat())
    late = check_dose_day(study, state, container, on)
    texts = [("dose", f"Earlier dose left out: {command.waived.strip()}")] if skipped else []
    texts += [("dose_timing", finding.message) for finding in late]
    noted = [
        deviation_event(state, category, "minor", text, on.isoformat(), about=container.id, after=after)
        for after, (category, text) in enumerate(texts)
    ]
    return Decision(
        (move_event(state, container, current, "INFUSION_STARTED", at), *noted), warnings=tuple(late)
    )


def _check_verification(container: Container, actor: Actor, at: str) -> list[Finding]:
    verified, start = parse_instant(container.verified_at), parse_instant(at) if at else None
    found: list[Finding] = []
    if verified is None or start is None or start > verified + timedelta(minutes=VERIFICATION_MINUTES):
        remedy = "Bring the container back to PREPARED and check again."
        message = f"The bedside check is older than {VERIFICATION_MINUTES} minutes."
        found.append(refusal("CEL-071", message, remedy))
    if actor.user not in container.verified_by:
        remedy = "One of the two people who checked starts it."
        found.append(refusal("CEL-072", "You took no part in the bedside check.", remedy))
    return found


def decide_administration(
    study: Study, state: SubjectState, command: Administer, actor: Actor, now: datetime
) -> Decision:
    """Records what was given of a started container.

    Refuses a container that was not started, a volume that is no number above zero or more than the label
    says (I9), and a partial dose without words. A dose outside the protocol's limits becomes a deviation
    (I13).
    """
    container = state.containers.get(command.container)
    if container is None:
        return _no_container()
    target = "INFUSED_PARTIAL" if command.partial else "INFUSED"
    if find_transition(container.state, target) is None:
        return refuse_move(container.state, target)
    ended, problems = read_instant(command.ended_at, now, "ended_at", after=container.started_at)
    problems += _check_volume(container, command)
    if problems:
        return Decision(refusals=tuple(problems))
    started = parse_instant(container.started_at) or now
    on = local_date(study, state.site, started)
    event = _given_event(state, container, command, actor, on, ended)
    noted = _note_dose(study, state, container, event.payload["dose"], on)
    return Decision((event, *noted))


def _check_volume(container: Container, command: Administer) -> list[Finding]:
    given, label = parse_positive(command.volume), parse_positive(container.volume)
    found: list[Finding] = []
    if given is None or label is None or given > label:
        remedy = f"Enter a number above 0 and up to the label's volume, in {container.volume_unit}."
        found.append(refusal("CEL-073", "The volume given is not possible.", remedy, "volume"))
    elif (given < label) != command.partial:
        remedy = "Mark the dose as partial exactly when less than the label's volume was given."
        found.append(refusal("CEL-074", "Volume and completeness do not agree.", remedy, "partial"))
    if command.partial and not command.words.strip():
        found.append(refusal("CEL-075", "A partial dose needs its reason.", "Say why.", "words"))
    return found


def _given_event(
    state: SubjectState, container: Container, command: Administer, actor: Actor, on: date, ended: str
) -> Event:
    witness = next((name for name in container.verified_by if name != actor.user), "")
    payload = {
        "container": container.id,
        "batch": container.batch,
        "product": container.product,
        "coi": container.coi,
        "cycle": container.cycle,
        "planned_day": container.planned_day,
        "given_at": container.started_at,
        "ended_at": ended,
        "dose": given_dose(container, command.volume),
        "dose_unit": container.dose_unit,
        "volume": command.volume,
        "volume_unit": container.volume_unit,
        "witness": witness,
        "partial": command.partial,
        "words": command.words,
    }
    return Event(Kind.ADMINISTRATION_RECORDED, payload, state.subject, on.isoformat())


def _note_dose(
    study: Study, state: SubjectState, container: Container, dose: str, on: date
) -> tuple[Event, ...]:
    product = study.product(container.product)
    if product is None or not is_outside_dose(product, dose):
        return ()
    text = f"The dose of container {container.id} lies outside the protocol's limits."
    return (deviation_event(state, "dose", "major", text, on.isoformat(), about=container.id),)
