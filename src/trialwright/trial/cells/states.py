"""The states of a cell product and the moves between them: a table, and nothing that is not in the table.

The table (``transitions.json``) gives for every move who makes it and under which guard. Properties
proved on it by graph search in the tests: an infusion cannot start without the bedside check, nor without
one of the three release states, nor from an expired, rejected, failed or returned product.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib.resources import files
from types import MappingProxyType

from trialwright.study.model.people import Right
from trialwright.trial.cells.records import Collection, Container
from trialwright.trial.dates import instant_text

RIGHTS: Mapping[str, tuple[Right, ...]] = MappingProxyType(
    {
        "coordinator": ("collect_material",),
        "apheresis_nurse": ("collect_material",),
        "mfg_receiver": ("manufacture",),
        "mfg_operator": ("manufacture",),
        "mfg_qa": ("release_batch",),
        "qa_release": ("release_batch",),
        "logistics": ("manufacture",),
        "site_cell_lab": ("manufacture", "administer"),
        "two_bedside_staff": ("administer",),
        "bedside_nurse": ("administer",),
        "system": (),
    }
)
"""Which rights of a study's roles stand for each function of the table; any one of them will do."""

RELEASED = ("RELEASED", "RELEASED_CONDITIONAL", "RELEASED_EXCEPTIONAL")
GIVEN = ("INFUSED", "INFUSED_PARTIAL")


@dataclass(frozen=True, slots=True)
class Transition:
    """One move of the table. ``function`` is who makes it; ``guard`` is what must hold, in words."""

    source: str
    target: str
    function: str
    guard: str

    @property
    def rights(self) -> tuple[Right, ...]:
        """Rights of which the actor needs one; none for a move that only the clock makes."""
        return RIGHTS[self.function]


@dataclass(frozen=True, slots=True)
class Table:
    """States, terminal states and moves by (source, target)."""

    states: tuple[str, ...]
    terminal: tuple[str, ...]
    moves: Mapping[tuple[str, str], Transition]


@cache
def transition_table() -> Table:
    """The table as shipped."""
    text = files("trialwright.trial.cells").joinpath("transitions.json").read_text(encoding="utf-8")
    read = json.loads(text)
    moves = {
        (row["from"], row["to"]): Transition(row["from"], row["to"], row["role"], row["guard"])
        for row in read["transitions"]
    }
    return Table(tuple(read["states"]), tuple(read["terminal"]), MappingProxyType(moves))


def find_transition(source: str, target: str) -> Transition | None:
    """The move from one state to another, or None where the table has none."""
    return transition_table().moves.get((source, target))


def is_expired(thing: Container | Collection, now: datetime) -> bool:
    """Whether the instant of expiry is reached, in a state in which the clock can still take the product
    away.
    """
    ticking = (thing.state, "EXPIRED") in transition_table().moves
    return bool(thing.expires_at) and ticking and instant_text(now) >= thing.expires_at


def state_at(thing: Container | Collection, now: datetime) -> str:
    """The state with expiry applied at every reading, so that no stopped clock lets an expired bag pass."""
    return "EXPIRED" if is_expired(thing, now) else thing.state
