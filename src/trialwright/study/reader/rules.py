"""The rule of an entry, as text of the criterion language."""

from __future__ import annotations

import re
from decimal import Decimal

from ..criteria.ast import (
    Attested,
    Compare,
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
from ..criteria.render import render_rule
from ..criteria.variables import Variable
from .attesting import name_of
from .entry import Number, Scalar, Sense

_OPS = {"<": Op.LT, "<=": Op.LE, ">": Op.GT, ">=": Op.GE, "==": Op.EQ}
_KINDS = {"ULN": LimitKind.ULN, "LLN": LimitKind.LLN, "baseline": LimitKind.BASELINE}


_EXEMPT = re.compile(
    r"(?:unless|except(?:ing|ion(?:s)?)?|with the exception of|other than|apart from)\s(?:for|in|if|when|of|that)?\s?",
    re.IGNORECASE,
)


def rule_of(
    variable: Variable,
    operator: str,
    value: Number | None,
    value2: Scalar | None,
    unit: str,
    condition: str,
    sense: Sense,
) -> str | None:
    """The canonical text of one rule, or None where the language cannot say it.

    ``unit`` is a UCUM code, or ULN, LLN, baseline. What a condition asks for is attested, except the sex.
    """
    try:
        return render_rule(_under(condition, _leaf(variable, operator, value, value2, unit), sense))
    except ValueError:
        return None


_STAGES = ("0", "I", "II", "III", "IV", "V")
_PARTS = ("", "A", "B", "C")
_LEVELS = tuple(stage + part for stage in _STAGES for part in (_PARTS if stage != "0" else ("",)))
_FIGURES = {"1": "I", "2": "II", "3": "III", "4": "IV", "5": "V"}


def _stages(operator: str, value: Number, value2: Scalar | None) -> tuple[str, ...]:
    """Every stage and part of one that the words mean: stage III holds IIIA, IIIB and IIIC."""
    items = value if isinstance(value, tuple) else (value,)
    spans = [_span(str(item)) for item in items]
    first, last = spans[0]
    if operator in {"in", "=="}:
        return tuple(sorted({level for low, high in spans for level in _LEVELS[low : high + 1]}))
    if operator == "between":
        last = _span(str(value2))[1]
    elif operator in {">", ">="}:
        first, last = (first if operator == ">=" else last + 1), len(_LEVELS) - 1
    else:
        first, last = 0, (last if operator == "<=" else first - 1)
    return tuple(sorted(_LEVELS[first : last + 1]))


def _codes(operator: str, value: str, value2: Scalar | None) -> tuple[str, ...]:
    """One code, or every whole figure from one to another; a half-open span of codes cannot be said."""
    if operator == "==":
        return (value,)
    if operator == "between" and value.isdigit() and isinstance(value2, str) and value2.isdigit():
        return tuple(str(n) for n in range(int(value), int(value2) + 1))
    raise ValueError("codes have no order")


def _span(level: str) -> tuple[int, int]:
    named = _FIGURES.get(level[:1], "") + level[1:] if level[:1] in _FIGURES else level
    stem = named.rstrip("0123456789") or named
    if stem not in _LEVELS:
        return 0, -1
    place = _LEVELS.index(stem)
    return place, place + 3 if stem in _STAGES[1:] else place


def _leaf(variable: Variable, operator: str, value: Number | None, value2: Scalar | None, unit: str) -> Rule:
    name = variable.name
    if name == "stage" and value is not None:
        return Member(name, _stages(operator, value, value2))
    if operator == "known":
        return Known(name)
    if operator == "in" and isinstance(value, tuple):
        numbers = [item for item in value if isinstance(item, Decimal)]
        codes = [item for item in value if isinstance(item, str)]
        return Member(name, tuple(sorted(set(numbers))) if numbers else tuple(sorted(set(codes))))
    if isinstance(value, str):
        return Member(name, _codes(operator, value, value2))
    if not isinstance(value, Decimal) or operator not in {*_OPS, "between"}:
        raise ValueError("the language has no such comparison")
    if operator == "between" and isinstance(value2, Decimal):
        return _range(variable, value, value2, unit)
    return Compare(name, _OPS[operator], _limit(value, unit))


def _range(variable: Variable, low: Decimal, high: Decimal, unit: str) -> Rule:
    if unit == "LLN..ULN":
        return Range(variable.name, _limit(low, "LLN"), Op.LE, _limit(high, "ULN"), Op.LE)
    if not unit and low == int(low) and high == int(high) and high - low <= 10:
        return Member(variable.name, tuple(Decimal(n) for n in range(int(low), int(high) + 1)))
    return Range(variable.name, _limit(low, unit), Op.LE, _limit(high, unit), Op.LE)


def _limit(number: Decimal, unit: str) -> Limit:
    kind = _KINDS.get(unit)
    return Limit(number, "", kind) if kind else Limit(number, unit)


def _under(condition: str, rule: Rule, sense: Sense) -> Rule:
    if not condition:
        return rule
    exempt = _EXEMPT.match(condition)
    if exempt is not None:
        free = condition_rule(condition[exempt.end() :])
        return any_of(free, rule) if sense is Sense.ELIGIBLE_IF else all_of(Not(free), rule)
    asked = condition_rule(condition)
    return Implies(asked, rule) if sense is Sense.ELIGIBLE_IF else all_of(asked, rule)


def condition_rule(condition: str) -> Rule:
    """What must hold for a condition: the sex where it names one, an attestation of its words otherwise."""
    folded = condition.casefold()
    if len(folded) <= 20:
        if re.search(r"\b(?:women|woman|females?)\b", folded):
            return Member("sex", ("female",))
        if re.search(r"\b(?:men|man|males?)\b", folded):
            return Member("sex", ("male",))
    return Attested(name_of(condition))
