"""Whether a limit keeps the healthy or the ill: what a `no` before it can deny, and what it cannot."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from functools import cache
from operator import ge, gt, le, lt

from ..criteria.variables import Catalogue
from .lexicon import Term
from .quantities import Quantity
from .scan import Draft

GOOD, BAD = "good", "bad"
_TESTS: dict[str, Callable[[Fraction, Fraction], bool]] = {">=": ge, ">": gt, "<=": le, "<": lt}


def direction_of(draft: Draft, catalogue: Catalogue) -> str:
    """`good` where a healthy adult meets the limit, `bad` where not; empty where that cannot be said."""
    if draft.operator == "within":
        return GOOD
    if draft.status:
        return ""
    if draft.low is not None and draft.low.relative:
        return _of_multiple(draft.operator, draft.low)
    known = _of_typical(draft, catalogue)
    return known or side_of(draft.operator, draft.term.good or ("low" if draft.term.kind == "score" else ""))


def side_of(operator: str, good: str) -> str:
    """The same by the operator alone, where more (`high`) or less (`low`) of the variable is better."""
    if not good:
        return ""
    if operator in {">=", ">"}:
        return GOOD if good == "high" else BAD
    if operator in {"<=", "<"}:
        return GOOD if good == "low" else BAD
    return ""


def _of_multiple(operator: str, low: Quantity) -> str:
    if low.relative == "ULN":
        return GOOD if operator in {"<", "<="} else BAD if operator in {">", ">="} else ""
    if low.relative == "LLN":
        return BAD if operator in {"<", "<="} else GOOD if operator in {">", ">="} else ""
    return ""


def _of_typical(draft: Draft, catalogue: Catalogue) -> str:
    typical = _typical(draft.term.typical)
    if typical is None:
        return ""
    value, unit = typical
    if draft.grade is not None or draft.items:
        return _of_levels(draft, value)
    if draft.low is None:
        return ""
    bounds = [_converted(draft.term, q, unit, catalogue) for q in (draft.low, draft.high) if q is not None]
    numbers = [number for number in bounds if number is not None]
    if len(numbers) != len(bounds):
        return ""
    if draft.operator == "between" and len(numbers) == 2:
        return GOOD if numbers[0] <= value <= numbers[1] else BAD
    test = _TESTS.get(draft.operator)
    return "" if test is None else GOOD if test(value, numbers[0]) else BAD


def _of_levels(draft: Draft, value: Fraction) -> str:
    """Of a grade, class or list of scores; letters have no side."""
    listed = draft.grade.items if draft.grade is not None else tuple(str(item.number) for item in draft.items)
    if any(item.isalpha() for item in listed):
        return "" if draft.term.scale != "child_pugh" else GOOD if "A" in listed else BAD
    try:
        numbers = [Fraction(Decimal(item)) for item in listed]
    except ArithmeticError:
        return ""
    if draft.operator == "between" and len(numbers) == 2:
        return GOOD if numbers[0] <= value <= numbers[1] else BAD
    test = _TESTS.get(draft.operator)
    if test is not None:
        return GOOD if test(value, numbers[0]) else BAD
    return GOOD if value in numbers else BAD


@cache
def _typical(words: str) -> tuple[Fraction, str] | None:
    """The healthy value of the lexicon, `90 mL/min`, as number and unit."""
    if not words:
        return None
    number, _, unit = words.partition(" ")
    return Fraction(number), unit


def _converted(term: Term, quantity: Quantity, unit: str, catalogue: Catalogue) -> Fraction | None:
    """The number in the unit of the healthy value; None where it has none or another dimension."""
    number = Fraction(quantity.number)
    if not unit or (not quantity.units and term.assume == unit):
        return number
    variable = catalogue.find(term.variable)
    if variable is None:
        return None
    for written in quantity.units or ((term.assume,) if term.assume else ()):
        converted = variable.convert(number, written, unit)
        if converted is not None:
            return converted
    return None
