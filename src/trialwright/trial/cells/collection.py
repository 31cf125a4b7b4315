"""Taking starting material from a subject, and its way to manufacture."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from trialwright.study.findings import Finding
from trialwright.study.model.study import Study
from trialwright.trial.cells.chain import check_new_identifiers, check_scan, is_din, make_coi
from trialwright.trial.cells.mismatch import refuse_scan
from trialwright.trial.cells.records import Collection
from trialwright.trial.cells.states import Transition, find_transition, is_expired, state_at
from trialwright.trial.cells.timing import last_step_at, read_instant
from trialwright.trial.dates import instant_text, local_date, parse_instant
from trialwright.trial.enrolment import check_consent_in_force
from trialwright.trial.events import Actor, Decision, Event, Kind
from trialwright.trial.refusals import refusal, refuse
from trialwright.trial.rights import may
from trialwright.trial.study_state import StudyState
from trialwright.trial.subject import SubjectState

SCANNED = ("RECEIVED_AT_MFG", "ACCEPTED")
"""States of material that are entered by scanning the label."""


@dataclass(frozen=True, slots=True)
class RecordCollection:
    """Starting material was taken. ``second`` checked the two identifiers with the actor, at the bedside."""

    subject: str
    material: str
    din: str
    second: Actor
    collected_at: str = ""
    volume: str = ""
    volume_unit: str = ""
    expires_at: str = ""


@dataclass(frozen=True, slots=True)
class MoveMaterial:
    """One step of the material: shipped, received, accepted, quarantined, rejected, destroyed."""

    subject: str
    collection: str
    to: str
    scanned_coi: str = ""
    at: str = ""
    note: str = ""
    second: Actor | None = None


def decide_collection(
    study: Study,
    conduct: StudyState,
    state: SubjectState,
    command: RecordCollection,
    actor: Actor,
    now: datetime,
    random_bytes: bytes,
) -> Decision:
    """Records a collection; the first one gives the subject its chain-of-identity id, made of
    ``random_bytes``.

    Refuses without consent in force, before allocation where the study collects after it, without a
    second person, a malformed or used donation number, and a material that no product is made from.
    """
    coi = state.coi or make_coi(random_bytes)
    at, problems = read_instant(command.collected_at, now, "collected_at")
    problems += [*check_consent_in_force(state), *_check_material(study, state, command)]
    problems += check_second_person(study, state, actor, command.second, ("collect_material", "administer"))
    if not is_din(command.din):
        remedy = "Scan it again: 13 characters, without flags and check character."
        problems.append(refusal("CEL-014", "This is not a donation number.", remedy, "din"))
    problems += check_new_identifiers(conduct, state, coi, command.din)
    problems += _check_expiry(command, at)
    if problems:
        return Decision(refusals=tuple(problems))
    payload = {
        "collection": f"{state.subject}-C{len(state.collections) + 1}",
        "coi": coi,
        "din": command.din,
        "material": command.material,
        "collected_at": at,
        "second": command.second.user,
        "volume": command.volume,
        "volume_unit": command.volume_unit,
        "expires_at": _written(command.expires_at),
    }
    on = local_date(study, state.site, now).isoformat()
    return Decision((Event(Kind.COLLECTION_RECORDED, payload, state.subject, on),))


def _written(instant: str) -> str:
    at = parse_instant(instant) if instant else None
    return instant_text(at) if at is not None else ""


def _check_material(study: Study, state: SubjectState, command: RecordCollection) -> list[Finding]:
    collections = [product.collection for product in study.products if product.collection is not None]
    wanted = [collection for collection in collections if collection.material == command.material]
    if not wanted:
        remedy = "Choose a material of the study file."
        return [refusal("CEL-015", "No product is made from this material.", remedy, "material")]
    if state.allocation is None and all(collection.day >= 1 for collection in wanted):
        return [refusal("CEL-016", "The material is collected after allocation.", "Allocate first.")]
    if state.screen_failure is not None or state.follow_up_end is not None:
        return [refusal("SUB-006", "The subject has left the study.", "Nothing may be collected.")]
    return []


def _check_expiry(command: RecordCollection, at: str) -> list[Finding]:
    expiry = parse_instant(command.expires_at) if command.expires_at else None
    collected = parse_instant(at) if at else None
    if not command.expires_at or (expiry is not None and collected is not None and expiry > collected):
        return []
    remedy = "Write an instant after the collection, with its zone."
    return [
        refusal("CEL-017", "The expiry of the material is not an instant after it.", remedy, "expires_at")
    ]


def check_second_person(
    study: Study, state: SubjectState, actor: Actor, second: Actor | None, rights: tuple[str, ...]
) -> list[Finding]:
    """Findings unless ``second`` is another person with one of ``rights`` at the subject's site."""
    if second is not None and second.user != actor.user and has_any(study, second, rights, state.site):
        return []
    remedy = "Two different people, each with the right to do this, must take part."
    return [refusal("CEL-018", "A second person is missing.", remedy, "second")]


def has_any(study: Study, actor: Actor, rights: tuple[str, ...], site: str) -> bool:
    """Whether the actor holds one of the rights at the site."""
    role = study.role(actor.role)
    return role is not None and any(may(study, actor, held, site) for held in role.rights if held in rights)


def decide_material_move(
    study: Study, state: SubjectState, command: MoveMaterial, actor: Actor, now: datetime
) -> Decision:
    """Moves material along the table. Expired material can only be destroyed.

    Refuses a move that is not in the table or not this role's, a scan that is not this subject's,
    destruction by one person, quarantine or rejection without a note.
    """
    material = state.collections.get(command.collection)
    if material is None:
        return refuse("CEL-019", "There is no such collection.", "Choose one of this subject.", "collection")
    current = state_at(material, now)
    move = find_transition(current, command.to)
    if move is None or command.to in ("EXPIRED", "IN_MANUFACTURE"):
        return refuse_move(current, command.to)
    at, problems = read_instant(command.at, now, "at", after=last_step_at(material))
    problems += check_mover(study, state, move, actor)
    problems += check_scan(state, command.scanned_coi) if command.to in SCANNED else []
    problems += check_note_and_second(study, state, command, actor)
    if problems:
        return refuse_scan(state, problems, material.id, local_date(study, state.site, now).isoformat())
    payload = {
        "collection": material.id,
        "from": current,
        "to": command.to,
        "at": at,
        "note": command.note,
        "second": command.second.user if command.second else "",
    }
    return Decision(
        (*_expiry_first(material, state, now), Event(Kind.MATERIAL_MOVED, payload, state.subject))
    )


def _expiry_first(material: Collection, state: SubjectState, now: datetime) -> tuple[Event, ...]:
    if not is_expired(material, now):
        return ()
    payload = {
        "collection": material.id,
        "from": material.state,
        "to": "EXPIRED",
        "at": material.expires_at,
        "note": "clock passed expiry",
    }
    return (Event(Kind.MATERIAL_MOVED, payload, state.subject),)


def refuse_move(current: str, target: str) -> Decision:
    """Refuses a move that the table does not have."""
    message = f"A product in state {current} cannot become {target}."
    return refuse("CEL-020", message, "Choose a step that follows the present state.", "to")


def check_mover(study: Study, state: SubjectState, move: Transition, actor: Actor) -> list[Finding]:
    """Findings unless the actor's role may make this move."""
    if has_any(study, actor, move.rights, state.site):
        return []
    message = f"Your role may not bring a product from {move.source} to {move.target}."
    return [refusal("ACT-403", message, f"This is done by: {move.function.replace('_', ' ')}.")]


def check_note_and_second(
    study: Study, state: SubjectState, command: MoveMaterial, actor: Actor
) -> list[Finding]:
    """Findings where a step needs words or a second person and has none."""
    if command.to == "DESTROYED":
        rights = ("release_batch", "manufacture")
        return check_second_person(study, state, actor, command.second, rights)
    if (
        command.to in ("QUARANTINED", "MATERIAL_QUARANTINED", "REJECTED", "RETURNED")
        and not command.note.strip()
    ):
        return [refusal("CEL-021", "This step needs a note.", "Say what was found.", "note")]
    return []
