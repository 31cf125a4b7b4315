"""The limits of one sentence as rules that stand alone: alternatives, conditions and both ends put together.

An entry speaks of one variable. A criterion that is screened against must hold the whole thought: a limit with its
exception, alternatives in one rule. Where the words allow several such rules none is made.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ..criteria.ast import And, Compare, Implies, Not, Op, Or, Range, Rule, all_of, any_of
from .entry import Entry, Sense

_AND = re.compile(r"\band\b(?!\s?/\s?or)|&|\baccompanied\b|\bcombined\b", re.IGNORECASE)
_UP, _DOWN = frozenset({Op.GE, Op.GT}), frozenset({Op.LE, Op.LT})


@dataclass(frozen=True, slots=True)
class Part:
    """An entry with its parsed rule, taken apart into condition and limit."""

    entry: Entry
    condition: Rule | None
    limit: Rule
    exempts: bool
    """Whether the limit already says whom it spares."""


@dataclass(frozen=True, slots=True)
class Grouped:
    """Entries that make one criterion, and its rule; None where the words can be read in several ways."""

    entries: tuple[Entry, ...]
    rule: Rule | None


def group_entries(sentence: Sequence[tuple[Entry, Rule]]) -> list[Grouped]:
    """The criteria of one sentence, whose entries are all computed, in their order."""
    found: list[Grouped] = []
    for sense in Sense:
        parts = [_part(entry, rule) for entry, rule in sentence if entry.sense is sense]
        sets = _linked(parts)
        if sense is Sense.EXCLUDED_IF and len(sets) > 1 and may_mean_all([part.entry for part in parts]):
            found.append(Grouped(tuple(part.entry for part in parts), None))
            continue
        found += [Grouped(tuple(part.entry for part in one), _rule_of(one, sense)) for one in sets]
    return found


def _part(entry: Entry, rule: Rule) -> Part:
    match rule:
        case Implies(condition, limit) if entry.condition:
            return Part(entry, condition, limit, False)
        case And((condition, limit)) if entry.condition and not isinstance(condition, Not):
            return Part(entry, condition, limit, False)
        case _:
            return Part(entry, None, rule, bool(entry.condition))


def _linked(parts: list[Part]) -> list[list[Part]]:
    """The parts by variable, variables that are alternatives of one another together."""
    sets: list[list[Part]] = []
    for part in parts:
        home = next((one for one in sets if any(_belongs(part, other, parts) for other in one)), None)
        if home is None:
            sets.append([part])
            continue
        home.append(part)
        for other in [one for one in sets if one is not home]:
            if any(_belongs(part, member, parts) for member in other):
                home.extend(other)
                sets.remove(other)
    return sets


def _belongs(one: Part, other: Part, parts: list[Part]) -> bool:
    first, second = one.entry, other.entry
    if first.variable == second.variable:
        return True
    if not first.alt_group or first.alt_group != second.alt_group:
        return False
    # `ALT and AST <= 3 ULN, or <= 5 ULN if ...`: the `or` joins two limits of each, not ALT with AST.
    return first.condition == second.condition or not (_has_mate(first, parts) or _has_mate(second, parts))


def _has_mate(entry: Entry, parts: list[Part]) -> bool:
    return any(
        part.entry.variable == entry.variable and part.entry.condition != entry.condition for part in parts
    )


def may_mean_all(entries: Sequence[Entry]) -> bool:
    """Whether exclusions of one sentence, joined by `and`, may exclude only together.

    One limit that a list shares (`AST and ALT > 3 x ULN`) does not.
    """
    limits = {(e.operator, str(e.value), str(e.value2), e.unit, e.condition) for e in entries}
    return len(limits) > 1 and _AND.search(entries[0].text) is not None


def _rule_of(parts: list[Part], sense: Sense) -> Rule | None:
    conditions = {part.entry.condition for part in parts}
    named = dict.fromkeys(part.entry.variable for part in parts)
    groups = [[part for part in parts if part.entry.variable == name] for name in named]
    if len(groups) == 1:
        return _of_variable(groups[0], sense)
    # `no EGFR, ALK or ROS1 alteration` asks for three negative markers, although it says or.
    denied = all(part.entry.value == "negative" for part in parts) and sense is Sense.ELIGIBLE_IF
    joined = all_of if denied else any_of
    shared = parts[0].condition
    if len(conditions) == 1 and shared is not None:
        limits = [_base(group, sense) for group in groups]
        held = [limit for limit in limits if limit is not None]
        return _under(shared, joined(*held), sense) if len(held) == len(limits) else None
    rules = [_alternative(group, sense) for group in groups]
    whole = [rule for rule in rules if rule is not None]
    return joined(*whole) if len(whole) == len(rules) else None


def _alternative(parts: list[Part], sense: Sense) -> Rule | None:
    """One of several ways in: what only counts under a condition is a way in only where that holds."""
    if sense is Sense.EXCLUDED_IF or not all(part.condition for part in parts):
        return _of_variable(parts, sense)
    return any_of(*(all_of(part.condition, part.limit) for part in parts if part.condition))


def _of_variable(parts: list[Part], sense: Sense) -> Rule | None:
    """All that a sentence asks of one variable: the general limit counts where no special one does."""
    special = [(part.condition, part.limit) for part in parts if part.condition is not None]
    general = [part for part in parts if part.condition is None and not part.exempts]
    rules: list[Rule] = [_under(condition, limit, sense) for condition, limit in special]
    rules += [part.limit for part in parts if part.exempts]
    if general:
        base = _base(general, sense)
        if base is None:
            return None
        asked = list(dict.fromkeys(condition for condition, _ in special))
        rules.append(_under(Not(any_of(*asked)), base, sense) if asked else base)
    return all_of(*rules) if sense is Sense.ELIGIBLE_IF else any_of(*rules)


def _under(condition: Rule, limit: Rule, sense: Sense) -> Rule:
    return Implies(condition, limit) if sense is Sense.ELIGIBLE_IF else all_of(condition, limit)


def _base(parts: list[Part], sense: Sense) -> Rule | None:
    """Limits on one variable under one condition: a set of levels, or both ends; None where they clash."""
    limits = list(dict.fromkeys(part.limit for part in parts))
    if len(limits) == 1:
        return limits[0]
    joined = len({part.entry.alt_group for part in parts}) == 1 and parts[0].entry.alt_group
    ways = {_direction(limit) for limit in limits}
    if ways == {""}:
        return any_of(*limits) if joined or sense is Sense.EXCLUDED_IF else None
    if len(limits) == 2 and ways == {"up", "down"}:
        if sense is Sense.EXCLUDED_IF:
            return any_of(*limits)
        return None if joined else all_of(*limits)
    return None


def _direction(limit: Rule) -> str:
    """Which side of a limit is meant; empty for levels, codes and markers."""
    match limit:
        case Compare(_, op, _):
            return "up" if op in _UP else "down" if op in _DOWN else ""
        case Range() | Or() | And():
            return "both"
        case _:
            return ""
