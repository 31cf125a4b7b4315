"""Acts on a container: its way to the bedside, the check by two people, what was given. ``about`` is the container."""

from __future__ import annotations

from trialwright.trial.cells.bedside import Administer, StartInfusion, VerifyAtBedside
from trialwright.trial.cells.custody import ELSEWHERE, MoveContainer
from trialwright.trial.cells.records import Container
from trialwright.trial.cells.states import state_at
from trialwright.web.words import mark_of

from .cell_acts import instant_field, open_moves
from .kinds import Act, Field, Situation


def find_container(at: Situation) -> Container | None:
    """The container that the act is about."""
    return at.state.containers.get(at.about)


def _container_moves(at: Situation) -> list[tuple[str, str]]:
    container = find_container(at)
    return open_moves(at, container, (*ELSEWHERE, "DESTROYED")) if container else []


MOVE_CONTAINER = Act(
    "move_container",
    "Move the container on",
    "Record the step",
    ("manufacture", "release_batch", "administer"),
    lambda at, e: MoveContainer(at.state.subject, at.about, e["to"], e["scanned_coi"], e["at"], e["note"]),
    fields=lambda at: (
        Field("to", "Step", "choice", tuple(_container_moves(at)), required=True),
        Field(
            "scanned_coi",
            "Chain of identity, scanned from the label",
            "scan",
            help="Needed at receipt and preparation.",
        ),
        instant_field("at", "When"),
        Field("note", "Note", "long", help="Needed for quarantine, rejection and return."),
    ),
    closed=lambda at: "" if _container_moves(at) else "Your role has no step to make with it now.",
    back="container",
)


def _in_state(at: Situation, *states: str) -> str:
    container = find_container(at)
    current = state_at(container, at.now) if container else ""
    if current in states:
        return ""
    return f"The container is {mark_of('cell', current).word}; it must be {mark_of('cell', states[0]).word}."


DESTROY = Act(
    "destroy_container",
    "Destroy the container",
    "Record the destruction",
    ("manufacture", "release_batch"),
    lambda at, e: MoveContainer(at.state.subject, at.about, "DESTROYED", "", e["at"], e["note"], e.other),
    fields=lambda _: (instant_field("at", "When"), Field("note", "Note", "long")),
    closed=lambda at: _in_state(at, "EXPIRED", "REJECTED", "RETURNED"),
    second=("release_batch", "manufacture"),
    action="move_container",
    back="container",
)
_SCANS = (
    Field(
        "scanned_container", "Container", "scan", required=True, help="Scan the label of the bag or syringe."
    ),
    Field("scanned_coi", "Wristband", "scan", required=True, help="Scan the subject's chain of identity."),
)
VERIFY_BEDSIDE = Act(
    "verify_at_bedside",
    "Bedside check by two people",
    "Both confirm: right subject, right product",
    ("administer",),
    lambda at, e: VerifyAtBedside(
        at.state.subject, at.about, e["scanned_container"], e["scanned_coi"], e.other, e["at"]
    ),
    fields=lambda _: (*_SCANS, instant_field("at", "When")),
    words=lambda _: (
        "Read both labels aloud together. Any doubt stops it: put the container aside and call quality."
    ),
    closed=lambda at: _in_state(at, "PREPARED"),
    second=("administer",),
    back="container",
)
START = Act(
    "start_infusion",
    "Start giving",
    "Start now",
    ("administer",),
    lambda at, e: StartInfusion(
        at.state.subject, at.about, e["scanned_container"], e["scanned_coi"], e["at"], e["waived"]
    ),
    fields=lambda _: (
        *_SCANS,
        instant_field("at", "Started at"),
        Field("waived", "Why an earlier dose of the cycle is left out", help="Only where one was not given."),
    ),
    closed=lambda at: _in_state(at, "BEDSIDE_VERIFIED"),
    back="container",
)


def _give_fields(at: Situation) -> tuple[Field, ...]:
    container = find_container(at)
    unit, volume = (container.volume_unit, container.volume) if container else ("", "")
    return (
        Field("volume", "Volume given", "number", required=True, unit=unit, initial=volume),
        Field("partial", "Less than the whole was given", "check"),
        Field("words", "Why", "long", help="Needed where less was given."),
        instant_field("ended_at", "Ended at"),
    )


GIVE = Act(
    "administer",
    "End of giving",
    "Record what was given",
    ("administer",),
    lambda at, e: Administer(
        at.state.subject, at.about, e["volume"], e["ended_at"], e.ticked("partial"), e["words"]
    ),
    fields=_give_fields,
    closed=lambda at: _in_state(at, "INFUSION_STARTED"),
    back="container",
)
CONTAINER_ACTS = (MOVE_CONTAINER, VERIFY_BEDSIDE, START, GIVE, DESTROY)
