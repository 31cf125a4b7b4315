"""Making a batch from one subject's material and filling its containers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from trialwright.study.findings import Finding
from trialwright.study.model.products import Product
from trialwright.study.model.study import Study
from trialwright.trial.answers import parse_number
from trialwright.trial.cells.collection import check_second_person
from trialwright.trial.cells.records import Batch
from trialwright.trial.cells.states import state_at
from trialwright.trial.cells.timing import check_holds, read_instant
from trialwright.trial.dates import instant_text, parse_instant
from trialwright.trial.enrolment import check_consent_in_force
from trialwright.trial.events import Actor, Decision, Event, Kind
from trialwright.trial.refusals import refusal, refuse
from trialwright.trial.study_state import StudyState
from trialwright.trial.subject import SubjectState

FAILURES = ("no_growth", "contamination", "equipment", "material", "identity", "not_needed", "other")
"""Reason classes of a failed manufacture."""

MOST_CONTAINERS = 100


@dataclass(frozen=True, slots=True)
class StartBatch:
    """Open a batch of ``product`` from ``collections``, meant for the study days ``days``."""

    subject: str
    product: str
    collections: tuple[str, ...]
    days: tuple[int, ...]
    started_at: str = ""


@dataclass(frozen=True, slots=True)
class FailBatch:
    """No product could be made. ``failure`` is one of FAILURES."""

    subject: str
    batch: str
    failure: str
    words: str = ""
    at: str = ""


@dataclass(frozen=True, slots=True)
class NewContainer:
    """A container as labelled: the day it is meant for, dose and volume as decimal strings with units."""

    planned_day: int
    dose: str
    dose_unit: str
    volume: str
    volume_unit: str


@dataclass(frozen=True, slots=True)
class FillContainers:
    """The batch was harvested into ``containers``; ``second`` verified every label."""

    subject: str
    batch: str
    containers: tuple[NewContainer, ...]
    second: Actor
    filled_at: str = ""


def decide_batch_start(
    study: Study, conduct: StudyState, state: SubjectState, command: StartBatch, _actor: Actor, now: datetime
) -> Decision:
    """Opens a batch.

    Refuses a product that is not of the allocated arm (I8), material that is not accepted or of another
    chain of identity (I3), days on which the product is not given, a hold, and consent that is not in
    force.
    """
    at, problems = read_instant(command.started_at, now, "started_at")
    problems += [*check_consent_in_force(state), *check_holds(conduct, state, command.product)]
    problems += _check_product(study, state, command)
    problems += _check_collections(state, command, now)
    if state.follow_up_end is not None or state.treatment_end is not None:
        problems.append(refusal("CEL-030", "The subject's treatment has ended.", "Nothing is to be made."))
    if problems:
        return Decision(refusals=tuple(problems))
    payload = {
        "batch": f"{state.subject}-B{len(state.batches) + 1:02d}",
        "coi": state.coi,
        "product": command.product,
        "collections": list(command.collections),
        "days": sorted(command.days),
        "started_at": at,
    }
    return Decision((Event(Kind.BATCH_STARTED, payload, state.subject),))


def _check_product(study: Study, state: SubjectState, command: StartBatch) -> list[Finding]:
    if state.allocation is None:
        remedy = "A product is made after allocation only."
        return [refusal("CEL-031", "The subject is not allocated.", remedy)]
    products = {product.id: product for product in study.products_of(state.allocation.arm)}
    product = products.get(command.product)
    if product is None:
        remedy = "Choose a product of the subject's arm."
        return [refusal("CEL-032", "The product is not one of the allocated arm.", remedy, "product")]
    if not command.days or not set(command.days) <= set(product.days):
        remedy = f"Choose from the days {', '.join(map(str, product.days))}."
        return [refusal("CEL-033", "The product is not given on these days.", remedy, "days")]
    return []


def _check_collections(state: SubjectState, command: StartBatch, now: datetime) -> list[Finding]:
    used = [state.collections.get(name) for name in command.collections]
    if not used or any(one is None for one in used):
        remedy = "Choose collections of this subject."
        return [refusal("CEL-019", "There is no such collection.", remedy, "collections")]
    found: list[Finding] = []
    if any(one is not None and one.coi != state.coi for one in used):
        remedy = "Stop and call quality."
        found.append(
            refusal("CEL-034", "The material is of another chain of identity.", remedy, "collections")
        )
    if any(one is not None and state_at(one, now) != "ACCEPTED" for one in used):
        remedy = "Receive and accept the material first."
        found.append(
            refusal("CEL-035", "The material is not accepted for manufacture.", remedy, "collections")
        )
    return found


def find_batch(state: SubjectState, batch_id: str, wanted: str) -> tuple[Batch | None, Decision]:
    """The batch when it is in the wanted state, else None and the refusal."""
    batch = state.batches.get(batch_id)
    if batch is None:
        return None, refuse("CEL-036", "There is no such batch.", "Choose a batch of this subject.", "batch")
    if batch.state != wanted:
        message = f"The batch is in state {batch.state}; it must be {wanted}."
        return None, refuse("CEL-037", message, "Reload the batch.", "batch")
    return batch, Decision()


def decide_batch_failure(
    _study: Study, state: SubjectState, command: FailBatch, _actor: Actor, now: datetime
) -> Decision:
    """Records a failed manufacture; the subject stays allocated."""
    batch, refused = find_batch(state, command.batch, "IN_MANUFACTURE")
    if batch is None:
        return refused
    at, problems = read_instant(command.at, now, "at", after=batch.started_at)
    if command.failure not in FAILURES:
        remedy = f"Choose one of: {', '.join(FAILURES)}."
        problems.append(refusal("CEL-038", "The class of the failure is not known.", remedy, "failure"))
    if problems:
        return Decision(refusals=tuple(problems))
    payload = {"batch": batch.id, "failure": command.failure, "words": command.words, "at": at}
    return Decision((Event(Kind.BATCH_FAILED, payload, state.subject),))


def decide_filling(
    study: Study, state: SubjectState, command: FillContainers, actor: Actor, now: datetime
) -> Decision:
    """Records the containers of a batch; their shelf life begins.

    Refuses one person alone, a label that is not a number with the product's unit, and days that the
    batch was not made for. A dose outside the protocol's is not refused here: the release test decides.
    """
    batch, refused = find_batch(state, command.batch, "IN_MANUFACTURE")
    product = study.product(batch.product) if batch is not None else None
    if batch is None or product is None:
        return refused
    at, problems = read_instant(command.filled_at, now, "filled_at", after=batch.started_at)
    problems += check_second_person(study, state, actor, command.second, ("manufacture", "release_batch"))
    if not 0 < len(command.containers) <= MOST_CONTAINERS:
        remedy = f"Enter between 1 and {MOST_CONTAINERS} containers."
        problems.append(refusal("CEL-039", "The number of containers is not possible.", remedy, "containers"))
    for index, one in enumerate(command.containers):
        problems += _check_label(product, batch, one, index)
    if problems:
        return Decision(refusals=tuple(problems))
    count = len(command.containers)
    filled = [_labelled(product, batch, one, n, count) for n, one in enumerate(command.containers, start=1)]
    payload = {
        "batch": batch.id,
        "product": batch.product,
        "coi": batch.coi,
        "filled_at": at,
        "expires_at": _expiry(product, at),
        "second": command.second.user,
        "containers": filled,
    }
    return Decision((Event(Kind.CONTAINERS_FILLED, payload, state.subject),))


def _expiry(product: Product, filled_at: str) -> str:
    filled = parse_instant(filled_at)
    if product.shelf_life is None or filled is None:
        return ""
    return instant_text(filled + timedelta(hours=product.shelf_life.hours))


def _labelled(product: Product, batch: Batch, one: NewContainer, number: int, count: int) -> dict[str, Any]:
    return {
        "container": f"{batch.id}-{number:02d}",
        "cycle": cycle_of(product, one.planned_day),
        "planned_day": one.planned_day,
        "number": number,
        "of": count,
        "dose": one.dose,
        "dose_unit": one.dose_unit,
        "volume": one.volume,
        "volume_unit": one.volume_unit,
    }


def cycle_of(product: Product, day: int) -> int:
    """The cycle, from 1, in which the product is given on that planned day."""
    return next(number for number, days in enumerate(product.cycles, start=1) if day in days)


def _check_label(product: Product, batch: Batch, one: NewContainer, index: int) -> list[Finding]:
    found: list[Finding] = []
    if one.planned_day not in batch.days:
        remedy = f"Choose from the days {', '.join(map(str, batch.days))}."
        found.append(refusal("CEL-040", "The batch was not made for this day.", remedy, "containers", index))
    volume_unit = product.volume.unit if product.volume else one.volume_unit
    for name, text, unit, wanted in (
        ("dose", one.dose, one.dose_unit, product.dose.unit),
        ("volume", one.volume, one.volume_unit, volume_unit),
    ):
        number = parse_positive(text)
        if number is None or unit != wanted:
            remedy = f"Enter a number above 0, in {wanted}."
            message = f"The {name} on the label is not readable."
            found.append(refusal("CEL-041", message, remedy, "containers", index, name))
    return found


def parse_positive(text: str) -> Decimal | None:
    """A number above zero, or None."""
    parsed = parse_number(text)
    return parsed[0] if parsed is not None and parsed[1] is None and parsed[0] > 0 else None
