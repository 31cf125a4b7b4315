"""Expectedness: whether a reaction is in the reference safety information, by agent, term and grade.

A reaction that is graver than the reference says is not expected (ICH E2A, section II.B; house safety
reference, section 3). The reference itself is the study's: nothing is built in.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ReferenceLine:
    """One line of the reference safety information: the agent, the term and the greatest grade listed."""

    agent: str
    term: str
    greatest_grade: int


def compute_expected(
    term: str, grade: int | None, agents: Collection[str], reference: Iterable[ReferenceLine]
) -> bool | None:
    """Whether the reaction is expected of every agent it may be due to; ``None`` where it cannot be judged.

    Unexpected of one suspected agent is unexpected: a report errs on the side of being sent. Without a grade,
    without a suspected agent or without any reference there is no judgement.
    """
    lines = list(reference)
    if grade is None or not agents or not lines:
        return None
    listed = {line.agent for line in lines if line.term == term and grade <= line.greatest_grade}
    return set(agents) <= listed
