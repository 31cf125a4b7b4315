"""Random rules and values for property tests."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import strategies as st

from trialwright.study.criteria import (
    Attested,
    Compare,
    Flag,
    Implies,
    Known,
    Limit,
    LimitKind,
    Member,
    Not,
    Op,
    Range,
    Rule,
    all_of,
    any_of,
)

ORDERS = (Op.LT, Op.LE, Op.GT, Op.GE)
QUARTERS = st.integers(0, 24).map(lambda n: Decimal(n) / 4)
"""Few numbers, so that limits meet each other and the values."""


def creatinine_limits() -> st.SearchStrategy[Limit]:
    """Limits in either unit; 88.42 umol/L make 1 mg/dL, so both units meet at the same points."""
    milligrams = QUARTERS.map(lambda n: Limit(n, "mg/dL"))
    micromoles = QUARTERS.map(lambda n: Limit(n * Decimal("88.42"), "umol/L"))
    return st.one_of(milligrams, micromoles)


def relative_limits() -> st.SearchStrategy[Limit]:
    return QUARTERS.map(lambda n: Limit(n, "", LimitKind.ULN))


def number_leaves(variable: str, limits: st.SearchStrategy[Limit]) -> st.SearchStrategy[Rule]:
    compare = st.builds(Compare, st.just(variable), st.sampled_from(list(Op)), limits)
    return st.one_of(compare, _ranges(variable, limits))


@st.composite
def _ranges(draw: st.DrawFn, variable: str, limits: st.SearchStrategy[Limit]) -> Rule:
    one, two = draw(limits), draw(limits)
    two = Limit(two.number, one.unit, one.kind)
    low, high = sorted((one, two), key=lambda limit: limit.number)
    high = Limit(high.number + 1, high.unit, high.kind)
    ops = st.sampled_from((Op.LT, Op.LE))
    return Range(variable, low, draw(ops), high, draw(ops))


def other_leaves() -> st.SearchStrategy[Rule]:
    numbers = st.sets(st.integers(0, 5), min_size=1).map(lambda s: tuple(sorted(Decimal(n) for n in s)))
    codes = st.sets(st.sampled_from(["a", "b", "not", "III B", "4"]), min_size=1).map(
        lambda s: tuple(sorted(s))
    )
    return st.one_of(
        st.builds(Member, st.just("ecog"), numbers),
        st.builds(Member, st.just("stage"), codes),
        st.sampled_from([Flag("fertile"), Known("creatinine"), Attested("informed_consent")]),
    )


def rules(leaf: st.SearchStrategy[Rule]) -> st.SearchStrategy[Rule]:
    """Rules over these leaves, nested a few levels."""
    return st.recursive(
        leaf,
        lambda part: st.one_of(
            st.builds(Not, part),
            st.lists(part, min_size=2, max_size=3).map(lambda parts: all_of(*parts)),
            st.lists(part, min_size=2, max_size=3).map(lambda parts: any_of(*parts)),
            st.builds(Implies, part, part),
        ),
        max_leaves=8,
    )


def any_rules() -> st.SearchStrategy[Rule]:
    return rules(
        st.one_of(
            number_leaves("creatinine", creatinine_limits()),
            number_leaves("alt", relative_limits()),
            other_leaves(),
        )
    )
