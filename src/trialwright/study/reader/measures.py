"""From a draft to operator, values and units, with the canonical ones beside them."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from ..criteria.variables import Catalogue, Kind, Variable, to_decimal
from ..units import show_unit
from .entry import Number, Scalar
from .fitting import unit_of
from .levels import number_of
from .quantities import Quantity
from .scan import Draft


@dataclass(frozen=True, slots=True)
class Measure:
    """What an entry states. ``rule_unit`` is None where no rule can be written."""

    of: Variable
    operator: str
    value: Number | None
    value2: Scalar | None = None
    unit: str = ""
    canonical: Scalar | None = None
    canonical2: Scalar | None = None
    canonical_unit: str = ""
    rule_unit: str | None = ""
    unsure: bool = False


def measure(draft: Draft, catalogue: Catalogue) -> Measure | None:
    """Operator, value and unit of a draft; None where it states nothing after all."""
    variable = catalogue.find(draft.term.variable) or Variable(draft.term.variable)
    if draft.status:
        value = None if draft.status == "known" else draft.status
        return Measure(variable, draft.operator, value, rule_unit="")
    if draft.grade is not None:
        return _graded(draft, variable)
    if draft.operator == "within":
        return _normal(draft, variable)
    if draft.items:
        items = tuple(q.number for q in draft.items)
        return Measure(variable, "in", items, rule_unit="")
    if draft.low is None:
        return None
    return _measured(draft, draft.low, variable)


def _graded(draft: Draft, variable: Variable) -> Measure | None:
    grade = draft.grade
    assert grade is not None
    lettered = draft.term.scale in {"child_pugh", "letters"} and grade.items[0].isalpha()
    if draft.term.scale == "letters" and not lettered:
        return None
    if draft.term.scale == "levels" or lettered:
        name = "child_pugh_class" if draft.term.scale == "child_pugh" else variable.name
        value: Number = grade.items if grade.operator == "in" else grade.items[0]
        high = grade.items[1] if grade.operator == "between" else None
        return Measure(Variable(name, Kind.CODE), grade.operator, value, high)
    numbers: list[Decimal] = []
    for item in grade.items:
        number = number_of(item)
        numbers.append(Decimal(item) if number is None else Decimal(number))
    if grade.operator == "in":
        return Measure(variable, "in", tuple(numbers))
    if grade.operator == "between":
        return Measure(variable, "between", numbers[0], numbers[1])
    return Measure(variable, grade.operator, numbers[0])


def _normal(draft: Draft, variable: Variable) -> Measure:
    one = Decimal(1)
    if draft.term.normal == "upper":
        return Measure(variable, "<=", one, unit="ULN", rule_unit="ULN")
    if draft.term.normal == "lower" or draft.term.good == "high":
        return Measure(variable, ">=", one, unit="LLN", rule_unit="LLN")
    return Measure(variable, "between", one, one, unit="LLN..ULN", rule_unit="LLN..ULN")


def _measured(draft: Draft, low: Quantity, variable: Variable) -> Measure:
    high = draft.high
    if low.relative:
        second = high.number if high else None
        return Measure(
            variable,
            draft.operator,
            low.number,
            second,
            low.relative,
            rule_unit=low.relative,
            unsure=draft.unsure,
        )
    unit = _unit(draft, low, variable)
    top_unit = _unit(draft, high, variable) if high else unit
    if unit is None:
        second = high.number if high else None
        return Measure(variable, draft.operator, low.number, second, low.unit, rule_unit=None)
    low_number, high_number = low.number, high.number if high else None
    if high_number is not None and top_unit != unit:
        converted = variable.convert(Fraction(low_number), unit, top_unit or "")
        if converted is None:
            return Measure(variable, draft.operator, low_number, high_number, unit, rule_unit=None)
        low_number, unit = to_decimal(converted), top_unit or ""
    canonical = _canonical(low_number, unit, variable)
    canonical2 = None if high_number is None else _canonical(high_number, unit, variable)
    shown = show_unit(unit) if unit else ""
    known = (variable.unit or "") if canonical is not None else ""
    accepted = variable.accepts_unit(unit) if unit else not variable.unit
    writable = variable.unit is None or accepted
    return Measure(
        variable, draft.operator, low_number, high_number, shown, canonical, canonical2, known,
        unit if writable else None, draft.unsure or _is_doubtful(low_number, unit, variable),
    )  # fmt: skip


def _is_doubtful(number: Decimal, unit: str, variable: Variable) -> bool:
    """Whether no patient can have such a value: the unit or an exponent was lost on the way."""
    return bool(unit) and number > 0 and not variable.is_plausible(Fraction(number), unit)


def _unit(draft: Draft, quantity: Quantity, variable: Variable) -> str | None:
    """The UCUM code of the quantity's unit; the assumed one where it has none; None where it does not fit."""
    if draft.term.variable == "urine_protein_24h" and quantity.units in {("g",), ("?",)}:
        return {"g": "g/d"}.get(quantity.units[0])
    if quantity.units:
        return unit_of(draft.term, quantity, variable)
    if draft.term.assume:
        return draft.term.assume
    return "" if not variable.unit else None


def _canonical(number: Decimal, unit: str, variable: Variable) -> Decimal | None:
    if not variable.unit:
        return number
    converted = variable.convert(Fraction(number), unit, variable.unit) if unit else None
    return None if converted is None else to_decimal(converted)
