"""The table of a cell product's states: as the domain gives it, and what no path through it allows."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from trialwright.trial.cells.states import RELEASED, RIGHTS, find_transition, transition_table

DOMAIN = json.loads(
    (Path(__file__).parent.parent / "data/domain/cell_product.json").read_text(encoding="utf-8")
)
TABLE = transition_table()


def reach(start: str, without: tuple[str, ...] = ()) -> set[str]:
    """Every state that can be reached from ``start`` without entering any of ``without``."""
    reached, edge = {start}, [start]
    while edge:
        source = edge.pop()
        for one, target in TABLE.moves:
            if one == source and target not in reached and target not in without:
                reached.add(target)
                edge.append(target)
    return reached


def test_the_table_is_the_domains() -> None:
    assert list(TABLE.states) == DOMAIN["states"]
    assert list(TABLE.terminal) == DOMAIN["terminal"]
    moves = {(row["from"], row["to"]): (row["role"], row["guard"]) for row in DOMAIN["transitions"]}
    assert {pair: (move.function, move.guard) for pair, move in TABLE.moves.items()} == moves
    assert {move.function for move in TABLE.moves.values()} == set(RIGHTS)


@pytest.mark.parametrize(("source", "target"), DOMAIN["forbidden_examples"])
def test_forbidden_moves(source: str, target: str) -> None:
    assert find_transition(source, target) is None


def test_every_state_is_reached_and_comes_to_an_end() -> None:
    assert reach("PLANNED") == set(TABLE.states)
    assert all(reach(state) & set(TABLE.terminal) for state in TABLE.states)
    assert all(source not in TABLE.terminal for source, _ in TABLE.moves)


@pytest.mark.requirement("TW-R-034", "TW-R-035")
def test_no_infusion_without_bedside_check_or_release() -> None:
    assert "INFUSION_STARTED" not in reach("PLANNED", without=("BEDSIDE_VERIFIED",))
    assert "INFUSION_STARTED" not in reach("PLANNED", without=RELEASED)


@pytest.mark.parametrize("lost", ["EXPIRED", "REJECTED", "MFG_FAILED", "RETURNED"])
@pytest.mark.requirement("TW-R-036")
def test_no_infusion_of_what_is_lost(lost: str) -> None:
    assert "INFUSION_STARTED" not in reach(lost)
