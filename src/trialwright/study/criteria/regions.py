"""Which numbers of a variable a rule allows: the arithmetic behind gaps, overlaps and contradictions.

A rule may speak of other variables too, and of the same one on another axis (``ALT < 3 ULN or ALT < 100
U/L``). So a region has two sides: ``possible``, where the rule can still be true, and ``certain``, where it
is true whatever else holds. For a rule about one variable on one axis the two are equal. Other leaves are
taken as independent, so ``possible`` is never too small and ``certain`` never too large.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from .ast import And, Compare, Implies, Leaf, LimitKind, Member, Not, Or, Range, Rule, leaves, limits_of
from .intervals import EVERYTHING, NOTHING, IntervalSet, half_line, points
from .variables import Catalogue, Kind, Variable, builtin_catalogue


@dataclass(frozen=True, slots=True)
class Region:
    """The numbers of ``variable`` that a rule allows, on one axis.

    On the absolute axis they stand in ``unit`` (the canonical unit of the variable, "" where it has none); on
    the axes ULN, LLN and baseline they are multiples, and ``unit`` is "".
    """

    variable: str
    axis: LimitKind
    unit: str
    possible: IntervalSet
    certain: IntervalSet


@dataclass(frozen=True, slots=True)
class Comparison:
    """Inclusion against exclusion for one variable on one axis.

    ``neither``: numbers that no longer can be included and are not excluded either (the subject is not
    eligible, though no exclusion says so). ``both``: numbers that every inclusion rule accepts, whatever else
    holds, and that some exclusion rule refuses, whatever else holds. ``inclusion`` and ``exclusion`` name the
    rules that speak of it. ``included`` are the numbers with which inclusion is still possible, ``excluded``
    those that some exclusion rule surely refuses.
    """

    variable: str
    axis: LimitKind
    unit: str
    neither: IntervalSet
    both: IntervalSet
    inclusion: tuple[str, ...]
    exclusion: tuple[str, ...]
    included: IntervalSet
    excluded: IntervalSet


def regions(rule: Rule, variable: str, variables: Catalogue | None = None) -> dict[LimitKind, Region]:
    """The region of ``variable`` in ``rule`` on every axis that the rule uses for it.

    Exact: limits are converted as fractions. Whole-number variables have whole-number ends. A limit whose
    unit cannot be converted to the canonical one counts as an unknown leaf. Codes, flags, ``is known`` and
    attestations have no place on a number line and count as unknown leaves too.
    """
    known = (variables or builtin_catalogue()).find(variable) or Variable(variable)
    own = [leaf for leaf in leaves(rule) if leaf.variable == known.name]
    unit = _axis_unit(own, known)
    axes = dict.fromkeys(limit_kind for leaf in own for limit_kind in _axes_of(leaf))
    return {axis: _region(rule, known, axis, unit) for axis in axes}


def compare_lists(
    inclusion: Mapping[str, Rule], exclusion: Mapping[str, Rule], variables: Catalogue | None = None
) -> list[Comparison]:
    """What falls between the lists and what falls in both, a variable and axis that both speak of."""
    catalogue = variables or builtin_catalogue()
    named = dict.fromkeys(leaf.variable for rule in inclusion.values() for leaf in leaves(rule))
    found = [
        _compare(variable, axis, inclusion, exclusion, catalogue) for variable in named for axis in LimitKind
    ]
    return [comparison for comparison in found if comparison is not None]


def plausible_region(variable: Variable) -> IntervalSet:
    """The numbers a real result can have, in the canonical unit; every number where no range is known."""
    for unit, low, high in variable.plausible:
        if unit == variable.unit:
            return _closed(low, high)
    return EVERYTHING


def _compare(
    variable: str,
    axis: LimitKind,
    inclusion: Mapping[str, Rule],
    exclusion: Mapping[str, Rule],
    catalogue: Catalogue,
) -> Comparison | None:
    including = _on_axis(variable, axis, inclusion, catalogue)
    excluding = _on_axis(variable, axis, exclusion, catalogue)
    if not including or not excluding:
        return None
    can_be_in, is_in, is_out = EVERYTHING, EVERYTHING, NOTHING
    for region in including.values():
        can_be_in, is_in = can_be_in.intersection(region.possible), is_in.intersection(region.certain)
    for region in excluding.values():
        is_out = is_out.union(region.certain)
    unit = next(iter(including.values())).unit
    neither, both = can_be_in.union(is_out).complement(), is_in.intersection(is_out)
    known = catalogue.find(variable)
    sets = (neither, both, can_be_in, is_out)
    if known is not None and known.kind is Kind.INTEGER and axis is LimitKind.ABSOLUTE:
        neither, both, can_be_in, is_out = (one.on_whole_numbers() for one in sets)
    named = (tuple(including), tuple(excluding))
    return Comparison(variable, axis, unit, neither, both, *named, can_be_in, is_out)


def _on_axis(
    variable: str, axis: LimitKind, rules: Mapping[str, Rule], catalogue: Catalogue
) -> dict[str, Region]:
    found = {name: regions(rule, variable, catalogue).get(axis) for name, rule in rules.items()}
    return {name: region for name, region in found.items() if region is not None}


def _axes_of(leaf: Leaf) -> tuple[LimitKind, ...]:
    if isinstance(leaf, Member) and isinstance(leaf.items[0], Decimal):
        return (LimitKind.ABSOLUTE,)
    return tuple(limit.kind for limit in limits_of(leaf))


def _axis_unit(own: list[Leaf], variable: Variable) -> str:
    """The unit of the absolute axis: the canonical one, or the first that the rule uses."""
    if variable.unit is not None:
        return variable.unit
    return next((limit.unit for leaf in own for limit in limits_of(leaf) if limit.unit), "")


def _region(rule: Rule, variable: Variable, axis: LimitKind, unit: str) -> Region:
    possible, certain = _sides(rule, variable, axis, unit)
    if variable.kind is Kind.INTEGER and axis is LimitKind.ABSOLUTE:
        possible, certain = possible.on_whole_numbers(), certain.on_whole_numbers()
    return Region(variable.name, axis, unit if axis is LimitKind.ABSOLUTE else "", possible, certain)


def _sides(rule: Rule, variable: Variable, axis: LimitKind, unit: str) -> tuple[IntervalSet, IntervalSet]:
    """The possible and the certain side of a rule, from those of its parts."""
    match rule:
        case Not(part):
            possible, certain = _sides(part, variable, axis, unit)
            return certain.complement(), possible.complement()
        case And(parts):
            possible, certain = EVERYTHING, EVERYTHING
            for part in parts:
                here = _sides(part, variable, axis, unit)
                possible, certain = possible.intersection(here[0]), certain.intersection(here[1])
            return possible, certain
        case Or(parts):
            possible, certain = NOTHING, NOTHING
            for part in parts:
                here = _sides(part, variable, axis, unit)
                possible, certain = possible.union(here[0]), certain.union(here[1])
            return possible, certain
        case Implies(condition, consequence):
            denied = _sides(Not(condition), variable, axis, unit)
            then = _sides(consequence, variable, axis, unit)
            return denied[0].union(then[0]), denied[1].union(then[1])
        case _:
            return _leaf_sides(rule, variable, axis, unit)


def _leaf_sides(
    leaf: Leaf, variable: Variable, axis: LimitKind, unit: str
) -> tuple[IntervalSet, IntervalSet]:
    if leaf.variable != variable.name:
        return EVERYTHING, NOTHING
    match leaf:
        case Compare():
            return _compare_sides(leaf, variable, axis, unit)
        case Range():
            sides = [_compare_sides(part, variable, axis, unit) for part in leaf.comparisons()]
            return sides[0][0].intersection(sides[1][0]), sides[0][1].intersection(sides[1][1])
        case Member() if axis is LimitKind.ABSOLUTE:
            numbers = tuple(Fraction(item) for item in leaf.items if isinstance(item, Decimal))
            held = points(numbers)
            return (held, held) if numbers else (EVERYTHING, NOTHING)
        case _:
            return EVERYTHING, NOTHING


def _compare_sides(
    leaf: Compare, variable: Variable, axis: LimitKind, unit: str
) -> tuple[IntervalSet, IntervalSet]:
    if leaf.limit.kind is not axis:
        return EVERYTHING, NOTHING
    number: Fraction | None = Fraction(leaf.limit.number)
    if axis is LimitKind.ABSOLUTE and leaf.limit.unit != unit:
        number = variable.convert(Fraction(leaf.limit.number), leaf.limit.unit or "1", unit or "1")
    if number is None:
        return EVERYTHING, NOTHING
    held = half_line(leaf.op, number)
    return held, held


def _closed(low: Fraction, high: Fraction) -> IntervalSet:
    return IntervalSet(((low, 0), (high, 1)))
