"""What interval arithmetic finds between the lists: gaps, contradictions, impossible rules, mixed units."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import combinations

from ..criteria import (
    Comparison,
    IntervalSet,
    LimitKind,
    Variable,
    compare_lists,
    plausible_region,
    variables_of,
)
from ..criteria.intervals import Cut
from ..findings import Finding
from ..units import typeset_unit
from .protocol import ListedRule, Protocol
from .region_words import label_of, render_region, render_region_in_units
from .rule_units import units_of
from .rulebook import find


def check_eligibility_regions(protocol: Protocol) -> Iterator[Finding]:
    """TW-ELI-001 gap, -002 contradiction, -004 nobody, -005 implausible, -007 units."""
    for comparison in compute_comparisons(protocol):
        yield from _compare(protocol, comparison)
    yield from _impossible(protocol)
    yield from _units(protocol)


def compute_comparisons(protocol: Protocol) -> list[Comparison]:
    """Inclusion against exclusion for every variable that both lists limit."""
    lists = [protocol.rules_of(section) for section in ("inclusion", "exclusion")]
    named = [{name for rule in rules.values() for name in variables_of(rule)} for rules in lists]
    shared = named[0] & named[1]
    inclusion, exclusion = (
        {one: rule for one, rule in rules.items() if shared.intersection(variables_of(rule))}
        for rules in lists
    )
    return compare_lists(inclusion, exclusion, protocol.catalogue)


def _compare(protocol: Protocol, comparison: Comparison) -> Iterator[Finding]:
    variable = protocol.variable(comparison.variable)
    named = (*comparison.inclusion, *comparison.exclusion)
    path = protocol.listed(comparison.inclusion[0]).path
    gap = gap_between(comparison)
    if comparison.axis is LimitKind.ABSOLUTE:
        gap = gap.intersection(plausible_region(variable))
    if not gap.is_empty:
        where = _words(protocol, gap, comparison.axis, variable)
        message = f"{label_of(variable)} {where} is neither included nor excluded."
        yield find("TW-ELI-001", path, message, protocol.evidence(named))
    clash = _adjacent(comparison.both, _inclusion(protocol, comparison))
    if not clash.is_empty:
        where = _words(protocol, clash, comparison.axis, variable)
        message = f"{label_of(variable)} {where} is accepted by the inclusion list and refused by the exclusion list."
        yield find("TW-ELI-002", path, message, protocol.evidence(named))


def _inclusion(protocol: Protocol, comparison: Comparison) -> IntervalSet:
    """The numbers that every inclusion rule accepts, whatever else holds."""
    held = IntervalSet().complement()
    for name in comparison.inclusion:
        region = protocol.region(protocol.listed(name), comparison.variable, comparison.axis)
        held = held.intersection(region.certain) if region else held
    return held


def _impossible(protocol: Protocol) -> Iterator[Finding]:
    for listed in protocol.rules:
        for name in variables_of(listed.rule):
            variable = protocol.variable(name)
            region = protocol.region(listed, name, LimitKind.ABSOLUTE)
            if region is None or not variable.is_numeric:
                continue
            if region.possible.is_empty and listed.written:
                message = f"No value of {label_of(variable, False)} can meet `{listed.id}`."
                yield find("TW-ELI-004", listed.path, message, listed.text)
            elif region.possible.intersection(plausible_region(variable)).is_empty:
                message = (
                    f"No value of {label_of(variable, False)} that a patient can have meets `{listed.id}`."
                )
                yield find("TW-ELI-005", listed.path, message, listed.text)
    yield from _nobody(protocol)


def _nobody(protocol: Protocol) -> Iterator[Finding]:
    """Written rules of the inclusion list that no value can meet together."""
    written = [one for one in protocol.rules if one.section == "inclusion" and one.written]
    for one, other in combinations(written, 2):
        for name in set(variables_of(one.rule)) & set(variables_of(other.rule)):
            for axis in (LimitKind.ABSOLUTE, LimitKind.ULN):
                here, there = (protocol.region(listed, name, axis) for listed in (one, other))
                if here is None or there is None or here.possible.is_empty or there.possible.is_empty:
                    continue
                if here.possible.intersection(there.possible).is_empty:
                    label = label_of(protocol.variable(name), False)
                    message = f"No value of {label} can meet both `{one.id}` and `{other.id}`."
                    yield find("TW-ELI-004", other.path, message, f"{one.text} / {other.text}")


def _units(protocol: Protocol) -> Iterator[Finding]:
    """Ages are left out: infants are counted in months and adults in years, and no site mixes them up."""
    found: dict[str, dict[str, ListedRule]] = {}
    for listed in protocol.rules:
        for name, unit in units_of(listed.rule):
            found.setdefault(name, {}).setdefault(unit, listed)
    for name, units in found.items():
        texts = list(dict.fromkeys(one.text for one in units.values()))
        if len(units) > 1 and len(texts) > 1 and name != "age":
            label, last = label_of(protocol.variable(name)), list(units.values())[-1]
            message = f"{label} is limited in {' and in '.join(map(typeset_unit, units))}."
            yield find("TW-ELI-007", last.path, message, " / ".join(texts))


def _words(protocol: Protocol, region: IntervalSet, axis: LimitKind, variable: Variable) -> str:
    if axis is not LimitKind.ABSOLUTE:
        return render_region(region, axis, "")
    units = [
        unit for listed in protocol.rules for name, unit in units_of(listed.rule) if name == variable.name
    ]
    return render_region_in_units(region, variable, dict.fromkeys(units) or [variable.unit or ""])


def gap_between(comparison: Comparison) -> IntervalSet:
    """What lies in neither list with a limit on either side: a side on which no exclusion stands is no gap."""
    kept = IntervalSet()
    cuts = comparison.neither.cuts
    for low, high in zip(cuts[::2], cuts[1::2], strict=True):
        if isinstance(low[0], Fraction) and isinstance(high[0], Fraction) and not _is_rounding(low, high):
            kept = kept.union(IntervalSet((low, high)))
    return kept


def _is_rounding(low: Cut, high: Cut) -> bool:
    """Whether the gap only lies between two neighbouring written numbers: `up to 24.9` and `from 25`."""
    (first, after), (last, before) = low, high
    if not (isinstance(first, Fraction) and isinstance(last, Fraction)) or (after, before) != (1, 0):
        return False
    whole = first.denominator == last.denominator == 1
    return last - first <= (1 if whole else Fraction(1, 10))


def _adjacent(both: IntervalSet, included: IntervalSet) -> IntervalSet:
    """The pieces of an overlap that touch a limit of the inclusion list.

    An exclusion that cuts off the far side of an open range narrows it on purpose; one that moves the very
    limit that the inclusion list sets contradicts it.
    """
    ends = {end for piece in included.intervals for end in (piece.low, piece.high) if end is not None}
    kept = IntervalSet()
    for low, high in zip(both.cuts[::2], both.cuts[1::2], strict=True):
        if low[0] in ends or high[0] in ends:
            kept = kept.union(IntervalSet((low, high)))
    return kept
