"""From verdicts to eligibility: eligible, not eligible or incomplete, and what is missing to decide.

Source: eligibility reference of the project, section 1. Unknown is never eligible, and "not mentioned" is
never "absent": no default turns an unknown exclusion into a false one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction

from .ast import Leaf, Rule
from .evaluate import Verdict, evaluate, fold
from .kleene import Truth, conjoin, disjoin
from .values import Values, Why, Window
from .variables import Catalogue


class Decision(StrEnum):
    """The outcome of screening."""

    ELIGIBLE = "ELIGIBLE"
    NOT_ELIGIBLE = "NOT_ELIGIBLE"
    INCOMPLETE = "INCOMPLETE"


@dataclass(frozen=True, slots=True)
class Missing:
    """One input that is wanting: what would settle it, and how much it would settle.

    ``settles`` is the expected number of open criteria that knowing this input alone would decide, counting
    each of its two outcomes as half; ``criteria`` are the open criteria that ask for it.
    """

    variable: str
    why: tuple[Why, ...]
    criteria: tuple[str, ...]
    settles: Fraction


@dataclass(frozen=True, slots=True)
class Eligibility:
    """The decision, its two halves, the criteria that stand in the way, and what is missing to decide.

    ``missing`` is empty once the decision is made: nothing that is still unknown could change it.
    """

    decision: Decision
    inclusion: Truth
    exclusion: Truth
    not_true_inclusion: tuple[str, ...]
    not_false_exclusion: tuple[str, ...]
    missing: tuple[Missing, ...]


def evaluate_criteria(
    rules: Mapping[str, Rule],
    values: Values,
    anchor_on: date | None = None,
    windows: Mapping[str, Window] | None = None,
    *,
    variables: Catalogue | None = None,
    open_query_is_unknown: bool = True,
) -> dict[str, Verdict]:
    """The verdict of every rule, by criterion id in the given order (see :func:`evaluate`)."""
    return {
        name: evaluate(
            rule, values, anchor_on, windows, variables=variables, open_query_is_unknown=open_query_is_unknown
        )
        for name, rule in rules.items()
    }


def decide_eligibility(inclusion: Mapping[str, Verdict], exclusion: Mapping[str, Verdict]) -> Eligibility:
    """Whether a subject is eligible, from the verdicts of the inclusion and the exclusion criteria by id.

    ELIGIBLE only if every inclusion is TRUE and every exclusion FALSE; NOT_ELIGIBLE as soon as one inclusion
    is FALSE or one exclusion TRUE, whatever else is unknown; INCOMPLETE otherwise, which never randomises.
    """
    included = conjoin(verdict.truth for verdict in inclusion.values())
    excluded = disjoin(verdict.truth for verdict in exclusion.values())
    decision = Decision.INCOMPLETE
    if included is Truth.TRUE and excluded is Truth.FALSE:
        decision = Decision.ELIGIBLE
    elif included is Truth.FALSE or excluded is Truth.TRUE:
        decision = Decision.NOT_ELIGIBLE
    return Eligibility(
        decision,
        included,
        excluded,
        tuple(name for name, verdict in inclusion.items() if verdict.truth is not Truth.TRUE),
        tuple(name for name, verdict in exclusion.items() if verdict.truth is not Truth.FALSE),
        rank_missing({**inclusion, **exclusion}) if decision is Decision.INCOMPLETE else (),
    )


def rank_missing(verdicts: Mapping[str, Verdict]) -> tuple[Missing, ...]:
    """What is missing to decide the open criteria, the input that would settle most first.

    Ties go to the input that more criteria ask for, then to the order of the criteria.
    """
    open_ones = {name: verdict for name, verdict in verdicts.items() if verdict.truth is Truth.UNKNOWN}
    wanted = dict.fromkeys(reason.variable for verdict in open_ones.values() for reason in verdict.unknown)
    found = [_missing(variable, open_ones) for variable in wanted]
    return tuple(sorted(found, key=lambda missing: (-missing.settles, -len(missing.criteria))))


def _missing(variable: str, open_ones: Mapping[str, Verdict]) -> Missing:
    asking = {
        name: verdict
        for name, verdict in open_ones.items()
        if any(reason.variable == variable for reason in verdict.unknown)
    }
    whys = (r.why for v in asking.values() for r in v.unknown if r.variable == variable and r.why is not None)
    settles = sum((_settles(variable, verdict) for verdict in asking.values()), Fraction(0))
    return Missing(variable, tuple(dict.fromkeys(whys)), tuple(asking), settles)


def _settles(variable: str, verdict: Verdict) -> Fraction:
    """The share of the two outcomes of ``variable`` (its open leaves true, or false) that decide the rule."""
    decided = [
        outcome
        for outcome in (Truth.TRUE, Truth.FALSE)
        if _with(variable, outcome, verdict) is not Truth.UNKNOWN
    ]
    return Fraction(len(decided), 2)


def _with(variable: str, outcome: Truth, verdict: Verdict) -> Truth:
    reasons = iter(verdict.reasons)

    def known(_leaf: Leaf) -> Truth:
        reason = next(reasons)
        assumed = reason.truth is Truth.UNKNOWN and reason.variable == variable
        return outcome if assumed else reason.truth

    return fold(verdict.rule, known)
