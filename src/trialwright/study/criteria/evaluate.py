"""A rule against the values on record: true, false or unknown, and for every leaf the reason.

Arithmetic is exact; nothing is rounded before it is compared. Source: eligibility reference of the project,
sections 1 (three-valued logic), 2 (comparators), 3 (units) and 8 (windows).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from ..units import normalise_unit
from .ast import (
    And,
    Attested,
    Compare,
    Flag,
    Implies,
    Known,
    Leaf,
    Limit,
    LimitKind,
    Member,
    Not,
    Op,
    Or,
    Range,
    Rule,
)
from .intervals import EVERYTHING, IntervalSet, half_line, point, points
from .kleene import Truth, conjoin, disjoin, imply, negate
from .values import Value, Values, Why, Window, records_of, select_value
from .variables import Catalogue, Kind, Variable, builtin_catalogue, to_decimal


@dataclass(frozen=True, slots=True)
class ShownLimit:
    """A limit as it was applied: in the unit of the result and in the canonical unit (28 digits)."""

    op: Op
    number: Decimal
    unit: str
    canonical: Decimal | None
    canonical_unit: str


@dataclass(frozen=True, slots=True)
class LeafReason:
    """How one leaf came out: the record used, the limits it met, or why it could not be decided."""

    leaf: Leaf
    truth: Truth
    value: Value | None = None
    canonical: Decimal | None = None
    limits: tuple[ShownLimit, ...] = ()
    why: Why | None = None

    @property
    def variable(self) -> str:
        """The variable that the leaf asks for."""
        return self.leaf.variable


@dataclass(frozen=True, slots=True)
class Verdict:
    """The truth of a rule and the reason of every leaf, in the order of the rule."""

    rule: Rule
    truth: Truth
    reasons: tuple[LeafReason, ...]

    @property
    def unknown(self) -> tuple[LeafReason, ...]:
        """The leaves that could not be decided."""
        return tuple(reason for reason in self.reasons if reason.truth is Truth.UNKNOWN)


@dataclass(frozen=True, slots=True)
class Circumstances:
    """Under what values count: the anchor, a window per variable, the catalogue and the policy."""

    anchor_on: date | None
    windows: Mapping[str, Window]
    catalogue: Catalogue
    open_query_is_unknown: bool

    def pick(self, values: Values, variable: str) -> tuple[Value | None, Why | None]:
        """The record of ``variable`` that counts, or why none does."""
        window = self.windows.get(variable) or next(
            (w for name, w in self.windows.items() if name.casefold() == variable.casefold()), None
        )
        value, why = select_value(records_of(values, variable), self.anchor_on, window)
        if value is not None and value.query_open and self.open_query_is_unknown:
            return value, Why.QUERY_OPEN
        return value, why


def evaluate(
    rule: Rule,
    values: Values,
    anchor_on: date | None = None,
    windows: Mapping[str, Window] | None = None,
    *,
    variables: Catalogue | None = None,
    open_query_is_unknown: bool = True,
) -> Verdict:
    """The verdict of ``rule`` over ``values`` (by variable name: one record or several).

    ``anchor_on`` is the day to which windows are measured (randomisation, collection, first dose);
    ``windows`` says per variable how old a result may be. Missing, undated, out-of-window, unconvertible,
    censored across the limit, queried and unsigned inputs make their leaf UNKNOWN, never FALSE.
    """
    circumstances = Circumstances(
        anchor_on, windows or {}, variables or builtin_catalogue(), open_query_is_unknown
    )
    reasons: list[LeafReason] = []

    def decide_leaf(leaf: Leaf) -> Truth:
        reasons.append(_judge(leaf, values, circumstances))
        return reasons[-1].truth

    truth = fold(rule, decide_leaf)
    return Verdict(rule, truth, tuple(reasons))


def fold(rule: Rule, leaf_truth: Callable[[Leaf], Truth]) -> Truth:
    """The truth of a rule from the truth of its leaves, each asked once, from left to right."""
    match rule:
        case Not(part):
            return negate(fold(part, leaf_truth))
        case And(parts):
            return conjoin([fold(part, leaf_truth) for part in parts])
        case Or(parts):
            return disjoin([fold(part, leaf_truth) for part in parts])
        case Implies(condition, consequence):
            first = fold(condition, leaf_truth)
            return imply(first, fold(consequence, leaf_truth))
        case _:
            return leaf_truth(rule)


def _judge(leaf: Leaf, values: Values, circumstances: Circumstances) -> LeafReason:
    value, why = circumstances.pick(values, leaf.variable)
    if isinstance(leaf, Known):
        return LeafReason(leaf, Truth.FALSE if value is None else Truth.TRUE, value)
    if value is None or why is not None:
        return LeafReason(leaf, Truth.UNKNOWN, value, why=why)
    variable = circumstances.catalogue.find(leaf.variable) or Variable(leaf.variable)
    match leaf:
        case Compare() | Range():
            return _judge_limits(leaf, value, variable)
        case Member():
            return _judge_member(leaf, value, variable)
        case Flag():
            return _judge_flag(leaf, value)
        case Attested():
            return _judge_flag(leaf, value) if value.signed else _unknown(leaf, value, Why.NOT_SIGNED)


def _unknown(leaf: Leaf, value: Value, why: Why) -> LeafReason:
    return LeafReason(leaf, Truth.UNKNOWN, value, why=why)


def _judge_flag(leaf: Leaf, value: Value) -> LeafReason:
    if value.flag is None:
        return _unknown(leaf, value, Why.MISSING)
    return LeafReason(leaf, Truth.TRUE if value.flag else Truth.FALSE, value)


def _judge_limits(leaf: Compare | Range, value: Value, variable: Variable) -> LeafReason:
    comparisons = (leaf,) if isinstance(leaf, Compare) else leaf.comparisons()
    allowed, shown = EVERYTHING, list[ShownLimit]()
    for comparison in comparisons:
        limit = _limit_in_unit_of(value, comparison.limit, variable)
        if isinstance(limit, Why):
            return _unknown(leaf, value, limit)
        allowed = allowed.intersection(half_line(comparison.op, limit))
        shown.append(_show(comparison.op, limit, value.unit, variable))
    truth = _place(value, allowed)
    why = Why.CENSORED if truth is Truth.UNKNOWN else None
    return LeafReason(leaf, truth, value, _canonical(value, variable), tuple(shown), why)


def _limit_in_unit_of(value: Value, limit: Limit, variable: Variable) -> Fraction | Why:
    """The limit in the unit of the value, exactly, or why the two cannot be compared."""
    if value.number is None:
        return Why.NOT_A_NUMBER
    if limit.kind is not LimitKind.ABSOLUTE:
        reference, why = {
            LimitKind.ULN: (value.uln, Why.ULN_MISSING),
            LimitKind.LLN: (value.lln, Why.LLN_MISSING),
            LimitKind.BASELINE: (value.baseline, Why.BASELINE_MISSING),
        }[limit.kind]
        return why if reference is None else Fraction(limit.number) * Fraction(reference)
    if not value.unit and not limit.unit:
        return Fraction(limit.number)
    if not value.unit and variable.unit != "":
        return Why.UNIT_MISSING
    exact = variable.convert(Fraction(limit.number), limit.unit or "1", value.unit or "1")
    return Why.UNIT_NOT_CONVERTIBLE if exact is None else exact


def _place(value: Value, allowed: IntervalSet) -> Truth:
    """Where the value lies: inside, outside, or (for a censored result) possibly either."""
    number = Fraction(value.number or 0)
    possible = point(number) if value.censored is None else half_line(value.censored, number)
    if possible.is_within(allowed):
        return Truth.TRUE
    return Truth.FALSE if possible.intersection(allowed).is_empty else Truth.UNKNOWN


def _judge_member(leaf: Member, value: Value, variable: Variable) -> LeafReason:
    numbers = tuple(Fraction(item) for item in leaf.items if isinstance(item, Decimal))
    if numbers and value.number is not None:
        if value.unit and not Variable(leaf.variable, unit="").accepts_unit(value.unit):
            return _unknown(leaf, value, Why.UNIT_NOT_CONVERTIBLE)
        truth = _place(value, points(numbers))
        why = Why.CENSORED if truth is Truth.UNKNOWN else None
        return LeafReason(leaf, truth, value, value.number, why=why)
    if value.code is None:
        return _unknown(leaf, value, Why.NOT_A_NUMBER if numbers else Why.MISSING)
    if numbers and variable.kind is not Kind.CODE:
        return _unknown(leaf, value, Why.NOT_A_NUMBER)
    held = value.code.casefold() in {str(item).casefold() for item in leaf.items}
    return LeafReason(leaf, Truth.TRUE if held else Truth.FALSE, value)


def _show(op: Op, limit: Fraction, unit: str, variable: Variable) -> ShownLimit:
    canonical = _to_canonical(limit, unit, variable)
    return ShownLimit(op, to_decimal(limit), unit, canonical, variable.unit or "")


def _canonical(value: Value, variable: Variable) -> Decimal | None:
    return None if value.number is None else _to_canonical(Fraction(value.number), value.unit, variable)


def _to_canonical(number: Fraction, unit: str, variable: Variable) -> Decimal | None:
    if not variable.unit:
        return to_decimal(number)
    code = normalise_unit(unit) if unit else None
    exact = variable.convert(number, code, variable.unit) if code else None
    return None if exact is None else to_decimal(exact)
