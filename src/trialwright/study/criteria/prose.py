"""A rule as a plain English sentence, for the protocol page and for people who do not read rules."""

from __future__ import annotations

from decimal import Decimal

from ..units import typeset_unit
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
from .evaluate import LeafReason
from .render import render_number
from .values import Why
from .variables import Catalogue, builtin_catalogue

_WORDS = {
    Op.LT: "less than",
    Op.LE: "at most",
    Op.GT: "more than",
    Op.GE: "at least",
    Op.EQ: "exactly",
    Op.NE: "anything but",
}
_DENIED = {Op.LT: Op.GE, Op.LE: Op.GT, Op.GT: Op.LE, Op.GE: Op.LT, Op.EQ: Op.NE, Op.NE: Op.EQ}
_AGAINST = {
    LimitKind.ULN: "the upper limit of normal",
    LimitKind.LLN: "the lower limit of normal",
    LimitKind.BASELINE: "the baseline value",
}

_WHY = {
    Why.MISSING: "{label} is not on record",
    Why.NOT_A_NUMBER: "{label} is on record, but not as a number",
    Why.UNIT_MISSING: "the result of {label} has no unit",
    Why.UNIT_NOT_CONVERTIBLE: "the unit of {label} cannot be converted to that of the limit",
    Why.ULN_MISSING: "the upper limit of normal for this result of {label} is not on record",
    Why.LLN_MISSING: "the lower limit of normal for this result of {label} is not on record",
    Why.BASELINE_MISSING: "the baseline of {label} is not on record",
    Why.WINDOW: "no result of {label} lies within its time window",
    Why.DATE_MISSING: "the result of {label} has no date, so its time window cannot be checked",
    Why.ANCHOR_MISSING: "the day to which the time window of {label} is measured is not set",
    Why.CENSORED: "the result of {label} is only a bound, and lies on either side of the limit",
    Why.QUERY_OPEN: "a query on {label} is open",
    Why.NOT_SIGNED: "{label} is entered but not signed",
}


def render_prose(rule: Rule, variables: Catalogue | None = None) -> str:
    """One sentence that says what ``rule`` says, with the labels of ``variables`` and typographic units."""
    text = _Prose(variables or builtin_catalogue()).say(rule)
    return f"{text[0].upper()}{text[1:]}."


def render_reason(reason: LeafReason, variables: Catalogue | None = None) -> str:
    """Why a leaf could not be decided, in words that never hold its value; empty if it could."""
    if reason.why is None:
        return ""
    label = _Prose(variables or builtin_catalogue()).label(reason.variable)
    wanting = isinstance(reason.leaf, Attested) and reason.why is Why.MISSING
    text = f"nobody has attested: {label}" if wanting else _WHY[reason.why].format(label=label)
    return f"{text[0].upper()}{text[1:]}."


class _Prose:
    """Says a rule; holds the catalogue for its labels."""

    def __init__(self, catalogue: Catalogue) -> None:
        self.catalogue = catalogue

    def say(self, rule: Rule) -> str:
        match rule:
            case And(parts):
                return _list([self._part(part) for part in parts], ", and")
            case Or(parts):
                return _list([self._part(part) for part in parts], ", or")
            case Implies(condition, consequence):
                return f"if {self.say(condition)}, then {self.say(consequence)}"
            case Not(part):
                return self._denied(part)
            case _:
                return self._leaf(rule)

    def _part(self, rule: Rule) -> str:
        """A part of a list: a list inside a list is bracketed by its own words."""
        match rule:
            case And(parts):
                return f"{'both' if len(parts) == 2 else 'all of'} ({self.say(rule)})"
            case Or():
                return f"either ({self.say(rule)})"
            case Implies():
                return f"({self.say(rule)})"
            case _:
                return self.say(rule)

    def label(self, variable: str) -> str:
        known = self.catalogue.find(variable)
        label = known.label if known is not None and known.label else variable.replace("_", " ")
        is_acronym = len(label) > 1 and not label[1].islower()
        return label if is_acronym else label[0].lower() + label[1:]

    def _leaf(self, leaf: Leaf) -> str:
        name = self.label(leaf.variable)
        match leaf:
            case Compare():
                return f"{name} is {_WORDS[leaf.op]} {_limit(leaf.limit)}"
            case Range():
                return f"{name} is {_range(leaf)}"
            case Member():
                return f"{name} is {_items(leaf, 'or')}"
            case Flag():
                return f"{name} applies"
            case Known():
                return f"{name} is known"
            case Attested():
                return f"a named person attests: {name}"

    def _denied(self, part: Rule) -> str:
        match part:
            case Compare(variable, op, limit):
                return self._leaf(Compare(variable, _DENIED[op], limit))
            case Range():
                return f"{self.label(part.variable)} is not {_range(part)}"
            case Member():
                return f"{self.label(part.variable)} is {_neither(part)}"
            case Flag():
                return f"{self.label(part.variable)} does not apply"
            case Known():
                return f"{self.label(part.variable)} is not known"
            case Attested():
                return f"a named person attests that this is not so: {self.label(part.variable)}"
            case Not(inner):
                return self.say(inner)
            case _:
                return f"it is not the case that ({self.say(part)})"


def _list(parts: list[str], word: str) -> str:
    """``a, b or c`` for words; clauses bring their own comma: ``a is 1, and b is 2``."""
    return f"{', '.join(parts[:-1])}{'' if word.startswith(',') else ' '}{word} {parts[-1]}"


def _range(leaf: Range) -> str:
    if leaf.low_op is Op.LE and leaf.high_op is Op.LE:
        shared = leaf.low.unit == leaf.high.unit and leaf.low.kind is leaf.high.kind is LimitKind.ABSOLUTE
        low = render_number(leaf.low.number) if shared else _limit(leaf.low)
        return f"between {low} and {_limit(leaf.high)}, both included"
    bottom, top = leaf.comparisons()
    return f"{_WORDS[bottom.op]} {_limit(leaf.low)} and {_WORDS[top.op]} {_limit(leaf.high)}"


def _shown_items(leaf: Member) -> list[str]:
    return [
        render_number(item) if isinstance(item, Decimal) else item.replace("_", " ") for item in leaf.items
    ]


def _items(leaf: Member, word: str) -> str:
    shown = _shown_items(leaf)
    return shown[0] if len(shown) == 1 else _list(shown, word)


def _neither(leaf: Member) -> str:
    return f"not {_items(leaf, 'or')}" if len(leaf.items) == 1 else f"none of {_items(leaf, 'and')}"


def _limit(limit: Limit) -> str:
    number = render_number(limit.number)
    if limit.kind is not LimitKind.ABSOLUTE:
        against = _AGAINST[limit.kind]
        return against if limit.number == 1 else f"{number} times {against}"
    return f"{number} {typeset_unit(limit.unit, limit.number == 1)}".rstrip()
