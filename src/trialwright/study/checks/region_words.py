"""Regions of a number line in words: `exactly 2.5 mg/dL`, `from 3 to 5.85 mg/dL (51.3 to 100 umol/L)`."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

from ..criteria import Interval, IntervalSet, LimitKind, Variable
from ..units import typeset_unit


def render_region(region: IntervalSet, axis: LimitKind, unit: str) -> str:
    """The pieces of a set in words, joined by `and`; ends are shown with at most four significant digits."""
    return " and ".join(_piece(piece, axis, unit) for piece in region.intervals)


def render_region_in_units(region: IntervalSet, variable: Variable, units: Iterable[str]) -> str:
    """An absolute region in the first unit, and in brackets in the other units it converts to."""
    shown: list[str] = []
    for unit in units:
        converted = _converted(region, variable, unit)
        if converted is not None:
            shown.append(render_region(converted, LimitKind.ABSOLUTE, unit))
    first = shown[0] if shown else render_region(region, LimitKind.ABSOLUTE, variable.unit or "")
    return f"{first} ({'; '.join(shown[1:])})" if len(shown) > 1 else first


def render_limit(number: Fraction) -> str:
    """A number with at most four significant digits, and no more than it needs."""
    if number.denominator == 1:
        return str(number.numerator)
    return f"{float(number):.4g}"


def label_of(variable: Variable, first: bool = True) -> str:
    """The variable in words, with a capital where it begins a sentence."""
    words = variable.label or variable.name.replace("_", " ")
    if first:
        return words[0].upper() + words[1:]
    return words if words[:2].isupper() else words[0].lower() + words[1:]


def _converted(region: IntervalSet, variable: Variable, unit: str) -> IntervalSet | None:
    home = variable.unit or ""
    if unit == home:
        return region
    zero, one = (variable.convert(Fraction(n), home, unit) for n in (0, 1))
    if zero is None or one is None or one <= zero:
        return None
    return region.scaled(one - zero, zero)


def _piece(piece: Interval, axis: LimitKind, unit: str) -> str:
    name = f" {_axis(axis, unit)}".rstrip()
    if piece.low is None and piece.high is None:
        return "any value"
    if piece.low is None or piece.high is None:
        end = piece.high if piece.low is None else piece.low
        closed = piece.high_closed if piece.low is None else piece.low_closed
        words = (
            ("at most" if closed else "below") if piece.low is None else ("at least" if closed else "above")
        )
        return f"{words} {render_limit(end or Fraction(0))}{name}"
    if piece.is_point:
        return f"exactly {render_limit(piece.low)}{name}"
    low = render_limit(piece.low) if piece.low_closed else f"above {render_limit(piece.low)}"
    high = render_limit(piece.high) if piece.high_closed else f"below {render_limit(piece.high)}"
    return f"{low} to {high}{name}"


def _axis(axis: LimitKind, unit: str) -> str:
    words = {LimitKind.ULN: "× ULN", LimitKind.LLN: "× LLN", LimitKind.BASELINE: "× baseline"}
    return words.get(axis) or typeset_unit(unit)
