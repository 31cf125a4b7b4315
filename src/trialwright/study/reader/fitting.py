"""Whether a number with its unit can be a limit of a variable."""

from __future__ import annotations

import re
from dataclasses import replace
from fractions import Fraction
from functools import cache

from ..criteria.variables import Catalogue, Variable
from .constraints import Limits
from .data import read_yaml
from .lexicon import Term
from .quantities import Quantity


def with_unit(quantity: Quantity, units: tuple[str, ...], relative: str) -> Quantity:
    """The quantity, with this unit where it has none of its own."""
    if quantity.units or quantity.relative:
        return quantity
    return Quantity(
        quantity.number, units, relative, quantity.start, quantity.end, quantity.number_end, quantity.raw
    )


def without_unit(quantity: Quantity | None) -> Quantity | None:
    """The bare number."""
    return None if quantity is None else replace(quantity, units=())


_BELOW_ZERO = frozenset(
    (
        "bone_mineral_density_t", "spherical_equivalent", "rass", "cylinder", "height_for_age_z", "weight_for_height_z",
        "bmi_z", "global_longitudinal_strain",
    )
)  # fmt: skip


def signed_limits(
    term: Term, low: Quantity | None, high: Quantity | None, text: str
) -> tuple[Quantity | None, Quantity | None]:
    """The limits with a minus where the variable can lie below zero and a hyphen is glued to the number."""
    if term.variable not in _BELOW_ZERO:
        return low, high
    signed = [q if q is None or not _is_minus(q, text) else replace(q, number=-q.number) for q in (low, high)]
    first, second = signed
    return (second, first) if first and second and first.number > second.number else (first, second)


_MINUS = re.compile(r"(?:[<>≥≤=]|\b(?:than|above|below|over|under|equal to|least|most))\s*-\s?$")


def _is_minus(quantity: Quantity, text: str) -> bool:
    return text[quantity.start - 1] == "-" or _MINUS.search(text[: quantity.start][-16:]) is not None


def has_lost_sign(term: Term, low: Quantity | None, text: str) -> bool:
    """Whether a minus stands before a number of a variable that cannot lie below zero."""
    if low is None or term.variable in _BELOW_ZERO:
        return False
    return _MINUS.search(text[: low.start][-16:]) is not None


def tells_unit(limits: Limits) -> bool:
    """Whether the limit says what it is measured in."""
    quantity = limits.quantity
    return limits.normal or (quantity is not None and (bool(quantity.relative) or bool(quantity.units)))


_GRADED = frozenset({"levels", "letters", "child_pugh", "grade", "ordinal"})


def fits(term: Term, quantity: Quantity, catalogue: Catalogue) -> bool:
    """Whether a number with this unit can be a limit of the term."""
    if quantity.relative:
        return term.kind in {"lab", "cardiac", "physiology", "biomarker"}
    if term.pair or term.flag or term.scale in _GRADED:
        return False
    variable = catalogue.find(term.variable)
    if term.variable in ACUITIES:
        return _fits_acuity(term, quantity)
    if term.scale == "percent" and 0 < quantity.number < 10:
        return False
    if not quantity.units:
        return _fits_unitless(term, quantity, variable)
    return unit_of(term, quantity, variable) is not None


ACUITIES = {"bcva_letters": "{letters}", "visual_acuity": "{snellen}", "visual_acuity_logmar": "{logmar}"}


def acuity_of(term: Term, quantity: Quantity | None) -> str:
    """The variable that a visual acuity is told in: letters, a fraction or logMAR."""
    unit = quantity.unit if quantity is not None else ""
    if quantity is not None and not unit and term.variable == "bcva_letters" and quantity.number <= 2:
        return "visual_acuity"
    return next((name for name, known in ACUITIES.items() if known == unit), term.variable)


def _fits_acuity(term: Term, quantity: Quantity) -> bool:
    """A bare number is letters from 5 to 100, logMAR or decimal only where the name says so."""
    if quantity.units:
        return quantity.unit in ACUITIES.values()
    if term.variable == "bcva_letters":
        return quantity.number <= 2 or 5 <= quantity.number <= 100
    return quantity.number <= 3


def _fits_unitless(term: Term, quantity: Quantity, variable: Variable | None) -> bool:
    if variable is None or not variable.unit:
        return variable is None or variable.is_plausible(Fraction(quantity.number), "")
    if term.assume:
        return variable.is_plausible(Fraction(quantity.number), term.assume)
    return term.kind in {"lab", "vital", "cardiac", "physiology", "biomarker", "lesion_size"}


@cache
def _also() -> dict[str, frozenset[str]]:
    return {name: frozenset(units) for name, units in read_yaml("eligibility_units")["also"].items()}


def unit_of(term: Term, quantity: Quantity, variable: Variable | None) -> str | None:
    """The reading of the quantity's unit that the term can have; None where none fits."""
    if "?" in quantity.units:
        return None
    if term.scale == "percent" and quantity.units == ("%",):
        return ""
    for unit in quantity.units:
        if variable is not None and variable.unit is not None and variable.accepts_unit(unit):
            return unit
        if unit in _also().get(term.variable, ()):
            return unit
    if term.kind == "score" and quantity.units in {("%",), ("mm",), ("cm",)}:
        return quantity.units[0] if term.variable == "vas_pain" else None
    return None
