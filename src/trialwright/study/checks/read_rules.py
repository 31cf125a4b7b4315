"""The rules that the reader computes from a record's own words, as far as interval arithmetic may use them.

A variable that one list limits under a condition, in alternatives or in doubt is left out for that list: a gap
claimed there could be closed by words that were not understood.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from ..criteria import Compare, Limit, LimitKind, Member, Not, Op, Range, Rule, variables_of
from ..reader import Entry, Sense, Status, read_criteria
from ..reader.groups import may_mean_all
from ..units import normalise_unit

_OPS = {">=": Op.GE, ">": Op.GT, "<=": Op.LE, "<": Op.LT, "==": Op.EQ}
_RELATIVE = {"ULN": LimitKind.ULN, "LLN": LimitKind.LLN, "baseline": LimitKind.BASELINE}


def compute_read_rules(text: str) -> tuple[tuple[str, str, str, Rule], ...]:
    """Id, list, words and rule of every criterion of an eligibility text that can be computed without doubt."""
    entries = [entry for entry in read_criteria(text) if entry.variable]
    doubtful = {
        (_list_of(entry), entry.variable)
        for entry in entries
        if entry.condition or entry.alt_group or entry.status is Status.AMBIGUOUS
    } | _joined(entries)
    found: list[tuple[str, str, str, Rule]] = []
    for entry in entries:
        rule = _rule(entry)
        if rule is not None and (_list_of(entry), entry.variable) not in doubtful:
            found.append((entry.id, _list_of(entry), entry.text, rule))
    return tuple(found)


def _joined(entries: Sequence[Entry]) -> set[tuple[str, str]]:
    """Variables of exclusions that one sentence may mean only together: `MUAC < 110 mm and older than 6 months`."""
    sentences: dict[tuple[int, str], list[Entry]] = {}
    for entry in entries:
        if entry.sense is Sense.EXCLUDED_IF:
            sentences.setdefault((entry.start, entry.text), []).append(entry)
    return {
        (_list_of(entry), entry.variable)
        for held in sentences.values()
        if len(held) > 1 and may_mean_all(held)
        for entry in held
    }


def keep_plain(rules: Sequence[tuple[str, str, Rule]]) -> frozenset[str]:
    """The ids of rules that limit one variable without condition or alternative, as far as no other rule of
    the same list does; rules are given as id, list and rule."""
    doubtful = {
        (section, name) for _, section, rule in rules if not _is_limit(rule) for name in variables_of(rule)
    }
    return frozenset(
        name
        for name, section, rule in rules
        if _is_limit(rule) and (section, variables_of(rule)[0]) not in doubtful
    )


def _is_limit(rule: Rule) -> bool:
    plain = rule.part if isinstance(rule, Not) else rule
    if isinstance(plain, Member):
        return isinstance(plain.items[0], Decimal)
    return isinstance(plain, Compare | Range)


def _list_of(entry: Entry) -> str:
    """The list the entry belongs to by its meaning, wherever it stands."""
    return "exclusion" if entry.sense is Sense.EXCLUDED_IF else "inclusion"


def _rule(entry: Entry) -> Rule | None:
    unit, kind = "", _RELATIVE.get(entry.unit, LimitKind.ABSOLUTE)
    if kind is LimitKind.ABSOLUTE and entry.unit:
        unit = normalise_unit(entry.unit) or ""
        if not unit:
            return None
    if entry.operator == "in" and isinstance(entry.value, tuple):
        numbers = tuple(item for item in entry.value if isinstance(item, Decimal))
        whole = len(numbers) == len(entry.value) and numbers
        return Member(entry.variable, tuple(sorted(set(numbers)))) if whole else None
    if not isinstance(entry.value, Decimal):
        return None
    limit = Limit(entry.value, unit, kind)
    if entry.operator == "between" and isinstance(entry.value2, Decimal):
        return Range(entry.variable, limit, Op.LE, Limit(entry.value2, unit, kind), Op.LE)
    op = _OPS.get(entry.operator)
    return None if op is None else Compare(entry.variable, op, limit)
