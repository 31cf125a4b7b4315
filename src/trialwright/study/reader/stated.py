"""The criteria of an eligibility text for a study file: what each says, its rule, and the variables of the rules."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby

from ..criteria import (
    Attested,
    Compare,
    Leaf,
    LimitKind,
    Not,
    Range,
    Rule,
    Variable,
    all_of,
    any_of,
    leaves,
    parse_rule,
    render_rule,
)
from ..criteria.parse import LONGEST_RULE
from ..units import normalise_unit
from .attesting import name_of
from .bullets import EXCLUSION
from .entry import Entry, Number, Sense, Status
from .groups import group_entries
from .leads import Choice, find_choices, lead_words, list_items
from .lexicon import builtin_lexicon
from .read import LONGEST_TEXT, read_criteria

_LONGEST_LABEL = 300
_LONGEST_NAME = 40
_DOUBT = (Status.COMPUTED, Status.ATTESTED, Status.AMBIGUOUS)
_INTRODUCES = re.compile(
    r"\b(?:patients?|subjects?|participants?|individuals|women|men|must|should|shall|will|have|has|having|with|be|is|are|meet|who|which"
    r"|the|a|an|all|any|each|one|two|or|and|more|at|least|of|in|for|to|on|as|by|this|that|these|following|below|above|listed|criteria"
    r"|criterion|conditions?|values?|results?|defined|definition|including|include[sd]?|based|such|adequate|normal|sufficient|acceptable"
    r"|organ|marrow|bone|hepatic|liver|renal|kidney|haemat\w+|hemat\w+|function\w*|laboratory|lab|tests?|screening|eligible|excluded"
    r"|not|either|additional|other|specific|requirements?|parameters?|demonstrate[sd]?|evidenced?|determined)\b|[\W\d_]+",
    re.IGNORECASE,
)
_MOST_INTRODUCING = 12
"""Letters that an introduction may hold beside the words above before it is taken to ask for something itself."""


@dataclass(frozen=True, slots=True)
class StatedCriterion:
    """One criterion of a list: its words in the text, its rule, how sure the reading is, what to know of it.

    ``rule`` is true of those whom the list means: an exclusion criterion excludes when it is true.
    """

    id: str
    section: str
    text: str
    rule: Rule
    status: Status
    note: str = ""


@dataclass(frozen=True, slots=True)
class StatedVariable:
    """What rules speak of; ``known`` is the variable of the lexicon, or None for what a person attests.

    ``unit`` is the UCUM code of the first limit that the text sets, or the lexicon's where it sets none.
    """

    name: str
    label: str
    known: Variable | None = None
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Stated:
    """The criteria of a text in its order, and their variables in the order of first mention."""

    criteria: tuple[StatedCriterion, ...]
    variables: tuple[StatedVariable, ...]


def state_criteria(text: str) -> Stated:
    """The criteria of an eligibility text as a study file holds them.

    One that says the opposite of its list is denied. Alternatives, exceptions and lists of which one item is
    enough become one rule. What cannot be computed, or can be read in several ways, is an attestation in the
    protocol's words. Words that only introduce a list are no criterion: its items carry them.
    """
    reading = _Reading(text)
    criteria = tuple(reading.criteria())
    return Stated(criteria, tuple(_variables(criteria, reading.labels)))


class _Reading:
    """One text on its way from entries to criteria."""

    def __init__(self, text: str) -> None:
        self.text = text
        items = list_items(text[:LONGEST_TEXT])
        self.leads = {item.name: words for item in items if (words := lead_words(item, text))}
        self.choices = find_choices(items, text)
        self.labels: dict[str, str] = {}

    def criteria(self) -> Iterator[StatedCriterion]:
        """The criteria, in the order of the text."""
        bullets = {name: list(held) for name, held in groupby(read_criteria(self.text), key=_bullet)}
        heads = {choice.head.name: choice for choice in self.choices}
        taken = {name for choice in self.choices for name in choice.names}
        for name, entries in bullets.items():
            if name in heads:
                yield from self._choice(heads[name], bullets)
            elif name not in taken:
                yield from self._of_bullet(entries)

    def _of_bullet(self, entries: Iterable[Entry]) -> Iterator[StatedCriterion]:
        for _, held in groupby(entries, key=lambda entry: (entry.start, entry.text)):
            sentence = list(held)
            computed = [(entry, rule) for entry in sentence if (rule := self._parsed(entry)) is not None]
            for one in group_entries(computed):
                yield self._computed(one.entries, one.rule)
            read = {entry.id for entry, _ in computed}
            for entry in sentence:
                if entry.id not in read and not _only_introduces(entry):
                    doubtful = entry.status is Status.AMBIGUOUS
                    yield self._attested((entry,), Status.AMBIGUOUS if doubtful else Status.ATTESTED)

    def _parsed(self, entry: Entry) -> Rule | None:
        """The rule of a computed entry, what its condition asks for labelled with its words."""
        if entry.status is not Status.COMPUTED:
            return None
        rule = parse_rule(entry.rule, builtin_lexicon().catalogue).rule
        for leaf in leaves(rule) if rule is not None else ():
            if isinstance(leaf, Attested):
                self._label(leaf.variable, entry.condition)
        return rule

    def _computed(self, entries: tuple[Entry, ...], rule: Rule | None) -> StatedCriterion:
        first = entries[0]
        if rule is None or len(render_rule(rule)) > LONGEST_RULE - 10:
            return self._attested(entries, Status.AMBIGUOUS)
        note = self._under(first)
        listed = Sense.EXCLUDED_IF if first.section == EXCLUSION else Sense.ELIGIBLE_IF
        if first.sense is not listed:
            rule = Not(rule)
            note = f"{note} Says the opposite of its list, so the rule is denied.".strip()
        return StatedCriterion(first.id, first.section, first.text, rule, Status.COMPUTED, note)

    def _attested(self, entries: tuple[Entry, ...], status: Status) -> StatedCriterion:
        """What a person must judge: the words of the entries, and of the list they stand in."""
        first = entries[0]
        lead = self.leads.get(_bullet(first), "")
        rule = Attested(self._label(_name(first.id, first.text), f"{lead} {first.text}"))
        note = self._under(first)
        if status is Status.AMBIGUOUS:
            note = f"{note} Can be read in more than one way: {'; '.join(map(_words, entries))}.".strip()
        return StatedCriterion(first.id, first.section, first.text, rule, status, note)

    def _choice(self, choice: Choice, bullets: dict[str, list[Entry]]) -> Iterator[StatedCriterion]:
        """What the head of a list asks for itself, then the list as one criterion."""
        head = choice.head
        own = list(self._of_bullet(bullets.get(head.name, ())))
        yield from (one for one in own if one.status is Status.COMPUTED)
        items = [
            [c for name in names for c in self._of_bullet(bullets.get(name, ()))] for names in choice.items
        ]
        together = any_of if head.bullet.section == EXCLUSION else all_of
        rules = [together(*(c.rule for c in item)) for item in items if item]
        text = self.text[head.bullet.start : choice.end]
        rule = choice.joined(*rules) if choice.joined is not None and rules else None
        status = max((c.status for item in items for c in item), key=_DOUBT.index, default=Status.ATTESTED)
        if rule is None or len(render_rule(rule)) > LONGEST_RULE:
            rule, status = Attested(self._label(_name(head.name, text), text)), Status.ATTESTED
        name = f"{head.name}_list" if any(one.id == head.name for one in own) else head.name
        note = " ".join(one.note for item in items for one in item if one.status is Status.AMBIGUOUS)
        yield StatedCriterion(name, head.bullet.section, text, rule, status, note)

    def _under(self, entry: Entry) -> str:
        lead = self.leads.get(_bullet(entry), "")
        return f"Under: {_cut(lead)}" if lead else ""

    def _label(self, name: str, words: str) -> str:
        """Remembers the words that an attestation stands for; gives back its name."""
        self.labels.setdefault(name.casefold(), _cut(words))
        return name


def _bullet(entry: Entry) -> str:
    return entry.id.split("_")[0]


def _name(criterion: str, words: str) -> str:
    """A name for what is attested: the criterion's id and its first words."""
    name = name_of(f"{criterion} {words}")
    return name if len(name) <= _LONGEST_NAME else name[:_LONGEST_NAME].rsplit("_", 1)[0]


def _cut(words: str) -> str:
    plain = " ".join(words.split()).rstrip(".;, ")
    return plain if len(plain) <= _LONGEST_LABEL else f"{plain[:_LONGEST_LABEL].rsplit(' ', 1)[0]} …"


def _only_introduces(entry: Entry) -> bool:
    return entry.kind == "lead_in" and len(_INTRODUCES.sub("", entry.text)) <= _MOST_INTRODUCING


def _words(entry: Entry) -> str:
    """What the reader made of an entry, in a few words."""
    ends = [_number(value) for value in (entry.value, entry.value2) if value is not None]
    read = f"{entry.variable} {entry.operator} {' and '.join(ends)} {entry.unit}".strip()
    return f"{read} {entry.condition}".strip()


def _number(value: Number) -> str:
    return ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)


def _variables(criteria: Iterable[StatedCriterion], labels: dict[str, str]) -> Iterator[StatedVariable]:
    """Every variable once. What is attested under the name of a measured variable is that variable's own."""
    catalogue = builtin_lexicon().catalogue
    found: dict[str, StatedVariable] = {}
    written = [leaf for criterion in criteria for leaf in leaves(criterion.rule)]
    for leaf in written:
        name, known = leaf.variable, catalogue.find(leaf.variable)
        if isinstance(leaf, Attested):
            one = StatedVariable(name, labels.get(name.casefold(), name.replace("_", " ")))
        else:
            label = (known.label if known else "") or name.replace("_", " ")
            one = StatedVariable(
                name, label, known, _unit(name, written) or (known.unit or "" if known else "")
            )
        earlier = found.get(name.casefold())
        found[name.casefold()] = one if earlier is None or (one.known and not earlier.known) else earlier
    yield from found.values()


def _unit(name: str, written: Iterable[Leaf]) -> str:
    """The unit of the first absolute limit of a variable."""
    for leaf in written:
        if leaf.variable == name and isinstance(leaf, Compare | Range):
            limit = leaf.limit if isinstance(leaf, Compare) else leaf.low
            if limit.kind is LimitKind.ABSOLUTE and limit.unit:
                return normalise_unit(limit.unit) or ""
    return ""
