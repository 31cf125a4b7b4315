"""Expectedness by the reference safety information."""

from __future__ import annotations

import pytest

from trialwright.outcomes.expectedness import ReferenceLine, compute_expected
from trialwright.outcomes.toxicity_stopping import StoppingRule, compute_boundary

REFERENCE = (
    ReferenceLine("cells", "Fever", 3),
    ReferenceLine("cells", "Chills", 1),
    ReferenceLine("vaccine", "Fever", 2),
)


@pytest.mark.parametrize(
    ("term", "grade", "agents", "expected"),
    [
        ("Fever", 3, {"cells"}, True),
        ("Fever", 4, {"cells"}, False),
        ("Fever", 2, {"cells", "vaccine"}, True),
        ("Fever", 3, {"cells", "vaccine"}, False),
        ("Chills", 1, {"vaccine"}, False),
        ("Nausea", 1, {"cells"}, False),
        ("Fever", None, {"cells"}, None),
        ("Fever", 1, set(), None),
    ],
)
def test_a_reaction_is_expected_of_every_suspected_agent_up_to_its_grade(
    term: str, grade: int | None, agents: set[str], expected: bool | None
) -> None:
    assert compute_expected(term, grade, agents, REFERENCE) is expected


def test_without_a_reference_there_is_no_judgement() -> None:
    assert compute_expected("Fever", 1, {"cells"}, ()) is None


def test_between_looks_nothing_stops() -> None:
    every = StoppingRule(0.6, 1.4, 0.3, 0.9, first_look=3)
    third = StoppingRule(0.6, 1.4, 0.3, 0.9, first_look=3, look_every=3)
    assert compute_boundary(every, 9) == [None, None, 3, 3, 4, 4, 4, 5, 5]
    assert compute_boundary(third, 9) == [None, None, 3, None, None, 4, None, None, 5]
