"""The lexicon: which words mean which variable, and which small words mean what. All of it is data."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cache
from typing import Any

from ..criteria.variables import Catalogue, Kind, Variable, builtin_catalogue
from ..units import Bridge
from .data import read_yaml

WORDS = re.compile(r"[^\W\d_][^\W_]*(?:'[^\W\d_]+)?|\d+|\S")
_NOT_CARRIED = "-"
_PLURAL = 4


@dataclass(frozen=True, slots=True)
class Term:
    """A variable as criteria name it."""

    variable: str
    kind: str
    scale: str = ""
    good: str = ""
    normal: str = ""
    assume: str = ""
    pair: tuple[str, ...] = ()
    flag: bool = False
    weak: bool = False
    typical: str = ""
    ratio: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Phrase:
    """What a run of words means: ``kind`` says to which part of the grammar it belongs."""

    kind: str
    meaning: Any
    words: tuple[str, ...]
    exact: bool = False


_GRAMMAR = {
    "before": "C",
    "after": "A",
    "normal": "U",
    "negation": "NOT",
    "outcome": "OUT",
    "connective": "CON",
    "condition": "IF",
    "other": "K",
    "units": "F",
    "change": "CHG",
    "block": "X",
    "age": "AGE",
}


@dataclass(slots=True)
class _Node:
    """A place in the tree of phrases: what ends here, which words lead on, and by which ways a word that is met
    goes on: as it is and, where it is a plural, as its singular."""

    phrase: Phrase | None
    leads: dict[str, _Node]
    ways: dict[str, tuple[_Node, ...]] = field(default_factory=dict[str, tuple["_Node", ...]])


@dataclass(frozen=True)
class Lexicon:
    """Phrases as two trees of words, one without regard to case, and the catalogue of their variables.

    No phrase begins with a sign: `tokenise` asks only for words and figures.
    """

    folded: _Node
    exact: _Node
    catalogue: Catalogue
    terms: dict[str, Term]
    ratios: dict[tuple[str, ...], Term]
    alone: dict[str, tuple[str, Any, str]]
    """Kind, value and word of the phrases of one word, whatever its case, that no longer phrase and no exact
    spelling begins with; but ends of limits, which what follows may turn into beginnings."""

    def match(self, words: list[str], lower: list[str], at: int) -> tuple[Phrase, int] | None:
        """The longest phrase that begins at word ``at`` and how many words it takes; exact spelling wins."""
        nodes = self.folded.ways.get(lower[at])
        folded = _longest(nodes, lower, at, at + 1) if nodes else None
        if words[at] in self.exact.ways:
            exact = _longest(self.exact.ways[words[at]], words, at, at + 1)
            if exact is not None and (folded is None or exact[1] >= folded[1]):
                return exact
        return folded


def _longest(nodes: tuple[_Node, ...], words: list[str], start: int, at: int) -> tuple[Phrase, int] | None:
    """The longest phrase at or below ``nodes``, whose words go on at ``at``; hyphens are skipped."""
    if len(nodes) == 1 and not nodes[0].ways:  # most words lead no further
        phrase = nodes[0].phrase
        return None if phrase is None else (phrase, at - start)
    best: tuple[Phrase, int] | None = None
    after = at
    while after < len(words) and words[after] == "-":
        after += 1
    following = words[after] if after < len(words) else ""
    for node in nodes:
        found = None if node.phrase is None else (node.phrase, at - start)
        if following in node.ways:
            longer = _longest(node.ways[following], words, start, after + 1)
            found = found if longer is None else longer
        if found is not None and (best is None or found[1] > best[1]):
            best = found
    return best


def _plant(root: _Node, phrase: Phrase) -> None:
    node = root
    for word in phrase.words:
        node = node.leads.setdefault(word, _Node(None, {}))
    if node.phrase is None or node.phrase.kind == "F":
        node.phrase = phrase


def _open_ways(node: _Node) -> None:
    """Fills in the ways of a planted tree: every word that leads on, and its plural."""
    for word, lead in node.leads.items():
        node.ways[word] = (lead, *node.ways.get(word, ()))
        plural = f"{word}s"
        if _singular(plural) == word:
            node.ways[plural] = (*node.ways.get(plural, ()), lead)
        _open_ways(lead)


def read_phrase(phrase: Phrase, words: list[str]) -> tuple[str, Any, str]:
    """Kind, value and words of the token that a phrase becomes."""
    kind, meaning = phrase.kind, phrase.meaning
    if kind in {"F", "X"}:
        return kind, words[0], ""
    if kind == "C" and meaning == "between":
        kind = "B"
    elif kind == "U" and meaning == "within":
        kind = "W"
    elif kind == "CON":
        kind = str(meaning).upper()
    elif kind == "IF" and meaning != "when":
        kind, meaning = "SEX", str(meaning).removeprefix("sex_")
    return kind, meaning, " ".join(words)


def _alone(folded: _Node, exact: _Node) -> dict[str, tuple[str, Any, str]]:
    """What most words of the tree come to: a phrase of this word and nothing else."""
    spelled = {word.casefold() for word in exact.ways}
    single = {
        word: nodes[0].phrase
        for word, nodes in folded.ways.items()
        if len(nodes) == 1 and not nodes[0].ways and word not in spelled
    }
    return {
        word: read_phrase(phrase, [word])
        for word, phrase in single.items()
        if phrase is not None and phrase.kind != "A"
    }


def _singular(word: str) -> str:
    return word[:-1] if len(word) > _PLURAL and word[-1] == "s" and word[-2] != "s" else ""


@cache
def builtin_lexicon() -> Lexicon:
    """The lexicon that comes with the software."""
    terms = read_yaml("eligibility_terms")
    folded, exact = _Node(None, {}), _Node(None, {})
    known: dict[str, Term] = {}
    own: list[Variable] = []
    catalogue = builtin_catalogue()
    for kind, entries in terms.items():
        for name, entry in entries.items():
            term = _term(name, kind, entry)
            known[name] = term
            if catalogue.find(name) is None and "pair" not in entry:
                own.append(_variable(name, entry, catalogue))
            for phrase in _term_phrases(term, entry):
                _plant(exact if phrase.exact else folded, phrase)
    for phrase in _grammar_phrases(read_yaml("eligibility_phrases")):
        _plant(folded, phrase)
    for root in (folded, exact):
        _open_ways(root)
    ratios = {term.ratio: term for term in known.values() if term.ratio}
    return Lexicon(folded, exact, catalogue.extended(own), known, ratios, _alone(folded, exact))


def _term(name: str, kind: str, entry: dict[str, Any]) -> Term:
    return Term(
        name,
        kind,
        scale=entry.get("scale", ""),
        good=entry.get("good", ""),
        normal=entry.get("normal", ""),
        assume=entry.get("assume", ""),
        pair=tuple(entry.get("pair", "").split("|")) if "pair" in entry else (),
        flag=bool(entry.get("flag") or entry.get("msi")),
        typical=str(entry.get("typical", "")),
        ratio=tuple(entry.get("ratio", "").split("/")) if "ratio" in entry else (),
    )


def _term_phrases(term: Term, entry: dict[str, Any]) -> Iterator[Phrase]:
    weak = replace(term, weak=True)
    for key, meaning in (("words", term), ("exact", term), ("weak", weak)):
        if key not in entry:
            continue
        for text in str(entry[key]).split("|"):
            exact = key == "exact"
            words = _split(text if exact else text.casefold())
            if words:
                yield Phrase("T", meaning, words, exact)


def _grammar_phrases(sections: dict[str, dict[str, Any]]) -> Iterator[Phrase]:
    for section, meanings in sections.items():
        for meaning, listed in meanings.items():
            for text in str(listed).split("|"):
                words = _split(text.strip().casefold())
                if words:
                    yield Phrase(_GRAMMAR[section], meaning, words)


def _split(text: str) -> tuple[str, ...]:
    """The words of a phrase; hyphens count for nothing, so that `pd-l1` and `pd l1` are one."""
    return tuple(word for word in WORDS.findall(text.strip()) if word != _NOT_CARRIED)


def _variable(name: str, entry: dict[str, Any], catalogue: Catalogue) -> Variable:
    like = catalogue.find(entry.get("like", ""))
    bridge = entry.get("bridge")
    kind = Kind.CODE if _is_coded(entry) else Kind.INTEGER if "scale" in entry else Kind.NUMBER
    ranges = entry.get("plausible", {}).items()
    return Variable(
        name=name,
        kind=kind,
        label=entry.get("label", name.replace("_", " ")),
        unit=None if kind is Kind.CODE or entry.get("like") == "none" else entry.get("unit"),
        bridge=Bridge(bridge["from"], bridge["into"], Fraction(bridge["factor"]))
        if bridge
        else like.bridge
        if like
        else None,
        loinc=str(entry.get("loinc", "")),
        relative=True if entry.get("relative") or entry.get("normal") else None,
        plausible=tuple((unit, Fraction(str(low)), Fraction(str(high))) for unit, (low, high) in ranges),
    )


def _is_coded(entry: dict[str, Any]) -> bool:
    return bool(entry.get("flag") or entry.get("msi")) or entry.get("scale") in {
        "levels",
        "child_pugh",
        "letters",
        "none",
    }
