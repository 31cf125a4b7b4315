"""Stopping rules and dose finding against published and independently computed numbers."""

from __future__ import annotations

import json
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from trialwright.outcomes.dose_finding import (
    BoinDesign,
    Move,
    compute_boin_move,
    compute_boin_row,
    compute_escalation_probability,
    compute_three_plus_three,
)
from trialwright.outcomes.toxicity_stopping import (
    StoppingRule,
    compute_boundary,
    compute_operating_characteristics,
    compute_posterior,
    compute_stopping_state,
)

REFERENCE = json.loads((Path(__file__).parents[1] / "data/domain/safety.json").read_text())


def rule(name: str, first_look: int = 1) -> StoppingRule:
    (given,) = [r for r in REFERENCE["stopping_rules"] if r["id"] == name]
    return StoppingRule(*given["prior"], given["max_rate"], given["posterior_cut"], first_look)


@pytest.mark.parametrize("given", REFERENCE["stopping_rules"], ids=lambda r: r["id"])
def test_boundaries(given: dict[str, Any]) -> None:
    expected = list(given["min_events_to_stop_by_n"].values())
    assert compute_boundary(rule(given["id"]), len(expected)) == expected


@pytest.mark.parametrize(
    ("name", "events", "evaluable", "posterior"),
    [
        ("A", 2, 3, 0.869136),
        ("A", 4, 6, 0.956898),
        ("A", 6, 10, 0.968618),
        ("A", 10, 20, 0.964132),
        ("B", 3, 6, 0.873964),
        ("B", 9, 20, 0.932427),
    ],
)
def test_posteriors(name: str, events: int, evaluable: int, posterior: float) -> None:
    assert compute_posterior(rule(name), events, evaluable) == pytest.approx(posterior, abs=5e-7)


STOP_PROBABILITIES = {
    "A": (0.0044, 0.0412, 0.1685, 0.4267, 0.7288, 0.9257),
    "B": (0.0327, 0.1510, 0.3807, 0.6669, 0.8836, 0.9775),
    "C": (0.0058, 0.0619, 0.2460, 0.5533, 0.8305, 0.9650),
    "D": (0.0402, 0.2131, 0.5211, 0.8060, 0.9524, 0.9939),
}


@pytest.mark.parametrize("name", STOP_PROBABILITIES)
def test_exact_stopping_probabilities(name: str) -> None:
    rates = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6)
    found = [compute_operating_characteristics(rule(name, 3), p, 20).stop_probability for p in rates]
    assert found == pytest.approx(STOP_PROBABILITIES[name], abs=5.1e-5)


def test_expected_number_of_subjects() -> None:
    rates = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6)
    found = [compute_operating_characteristics(rule("A", 3), p, 20).expected_evaluable for p in rates]
    assert found == pytest.approx((19.93, 19.41, 17.87, 15.02, 11.35, 7.94), abs=5.1e-3)


def test_operating_characteristics_against_every_sequence_of_outcomes() -> None:
    """The slow twin goes through all 2**10 histories one by one."""
    chosen = rule("B", 3)
    boundary, p = compute_boundary(chosen, 10), 0.35
    stopped = expected = 0.0
    for history in product((0, 1), repeat=10):
        weight = 1.0
        for outcome in history:
            weight *= p if outcome else 1 - p
        halted_at = next(
            (n for n in range(1, 11) if boundary[n - 1] is not None and sum(history[:n]) >= boundary[n - 1]),
            None,
        )
        stopped += weight * (halted_at is not None)
        expected += weight * (halted_at or 10)
    found = compute_operating_characteristics(chosen, p, 10)
    assert found.stop_probability == pytest.approx(stopped, abs=1e-12)
    assert found.expected_evaluable == pytest.approx(expected, abs=1e-12)


def test_state_at_the_current_counts() -> None:
    state = compute_stopping_state(rule("A"), 4, 6)
    assert (state.stops_at, state.stopped) == (4, True)
    assert not compute_stopping_state(rule("A"), 3, 6).stopped
    assert not compute_stopping_state(rule("B", first_look=3), 1, 1).stopped
    assert compute_stopping_state(rule("B"), 0, 0).stops_at is None
    with pytest.raises(ValueError, match="between 0 and"):
        compute_posterior(rule("A"), 4, 3)


@pytest.mark.parametrize("row", REFERENCE["boin"], ids=lambda r: f"{r['target']}-{r['n']}")
def test_boin_tables(row: dict[str, Any]) -> None:
    found = compute_boin_row(BoinDesign(row["target"]), row["n"])
    assert found.escalate_max == row["escalate_max"]
    assert found.de_escalate_min == row["deescalate_min"]
    assert found.eliminate_min == row["eliminate_min"]


@pytest.mark.parametrize(
    ("target", "escalate", "de_escalate", "eliminate"),
    [
        (0.30, "0 1 2 2 3 4 4 5 6 7", "2 3 4 5 6 7 8 9 10 11", "3 4 5 7 8 9 10 11 12 14"),
        (0.25, "0 1 1 2 2 3 4 4 5 5", "1 2 3 4 5 6 7 8 9 9", "3 4 5 6 7 8 9 10 11 12"),
        (0.20, "0 0 1 1 2 2 3 3 4 4", "1 2 3 3 4 5 6 6 7 8", "2 3 4 5 6 7 8 8 9 10"),
    ],
)
def test_boin_tables_up_to_30(target: float, escalate: str, de_escalate: str, eliminate: str) -> None:
    rows = [compute_boin_row(BoinDesign(target), n) for n in range(3, 31, 3)]
    assert [r.escalate_max for r in rows] == [int(x) for x in escalate.split()]
    assert [r.de_escalate_min for r in rows] == [int(x) for x in de_escalate.split()]
    assert [r.eliminate_min for r in rows] == [int(x) for x in eliminate.split()]


@pytest.mark.parametrize(
    ("target", "low", "high"),
    [
        (0.20, 0.157242, 0.238462),
        (0.25, 0.196801, 0.298392),
        (0.30, 0.236491, 0.358519),
        (0.33, 0.260377, 0.394716),
        (0.40, 0.316360, 0.479650),
    ],
)
def test_boin_limits(target: float, low: float, high: float) -> None:
    design = BoinDesign(target)
    assert design.limits == pytest.approx((low, high), abs=5e-7)


def test_boin_moves() -> None:
    design = BoinDesign(0.30)
    moves = [compute_boin_move(design, x, 6) for x in range(5)]
    assert moves == [Move.ESCALATE, Move.ESCALATE, Move.STAY, Move.DE_ESCALATE, Move.ELIMINATE]


@pytest.mark.parametrize(
    ("true_rate", "probability"),
    [
        (0.05, 0.9734),
        (0.10, 0.9061),
        (0.20, 0.7086),
        (0.30, 0.4943),
        (0.33, 0.4344),
        (0.40, 0.3093),
        (0.50, 0.1719),
    ],
)
def test_three_plus_three_escalation(true_rate: float, probability: float) -> None:
    assert compute_escalation_probability(true_rate) == pytest.approx(probability, abs=5.1e-5)


def test_three_plus_three_moves() -> None:
    assert [compute_three_plus_three(x, 3) for x in range(3)] == [Move.ESCALATE, Move.STAY, Move.DE_ESCALATE]
    assert [compute_three_plus_three(x, 6) for x in (1, 2)] == [Move.ESCALATE, Move.DE_ESCALATE]
    with pytest.raises(ValueError, match="3 or 6"):
        compute_three_plus_three(1, 4)
