"""Words that change the meaning: misspellings, one thing under two names, one name for two things."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import chain, pairwise

from ..findings import Finding
from ..positions import Path
from ..sought import Sought
from .components import components_of
from .protocol import Protocol
from .rulebook import find
from .words import Confusion, Name, spelling, spelling_table, synonyms

_FIGURES = re.compile(r"\d(?<=[A-Za-z]\d)\d{0,2}\b")
_LETTERS = re.compile(r"\b[A-Za-z]{2,7}\Z")
_BESIDE = 40
_BRACKETED = Sought(r"\((?P<short>[A-Z][A-Za-z]*(?:-[A-Z0-9]+)+|[A-Z]{3,6}\d?)\)")
_BEFORE = 120


def check_wording(protocol: Protocol) -> Iterator[Finding]:
    """TW-TXT-001 misspelling, -002 synonyms, -003 one name for a whole and its part, -004 letter case,
    -005 an abbreviation in two long forms."""
    yield from _spelling(protocol)
    yield from _synonyms(protocol)
    yield from _names(protocol)
    yield from _letter_case(protocol)
    yield from _expansions(protocol)


def _spelling(protocol: Protocol) -> Iterator[Finding]:
    for place in spelling_table().near(protocol.words):
        yield from _slip(protocol, spelling()[place])


def _slip(protocol: Protocol, confusion: Confusion) -> Iterator[Finding]:
    """The first place of one confusion."""
    texts: Iterable[tuple[Path, str]] = chain(
        protocol.prose.items(), ((clause.path, clause.text) for clause in protocol.clauses)
    )
    for path, text in texts:
        match = confusion.pattern.search(text)
        if match:
            around = " ".join(text[max(0, match.start() - 40) : match.end() + 40].split())
            message = f"`{match.group(0).strip()}` looks like a slip; probably `{confusion.meant}` is meant."
            yield find("TW-TXT-001", path, message, around)
            return


def _synonyms(protocol: Protocol) -> Iterator[Finding]:
    text = protocol.eligibility_words
    for group in synonyms():
        near = [name for name in group if name.pattern.may_stand_in(text)]
        found = [(name.first, match) for name in near for match in [name.pattern.search(text)] if match]
        if len(found) < 2:
            continue
        (one, here), (other, there) = sorted(found, key=lambda pair: pair[1].start())[:2]
        if there.start() - here.end() > _BESIDE and not _side_by_side(text, near):
            message = f"`{one}` and `{other}` name the same thing."
            path = next(
                (c.path for c in protocol.clauses if there.group(0) in c.text), ("eligibility", "text")
            )
            yield find("TW-TXT-002", path, message, f"{here.group(0)} / {there.group(0)}")


def _side_by_side(text: str, group: list[Name]) -> bool:
    """Whether two names of the group stand together once, as in `AST (SGOT)`: then the reader knows."""
    places = sorted((*match.span(), name.first) for name in group for match in name.pattern.finditer(text))
    return any(later[0] - earlier[1] <= 3 and later[2] != earlier[2] for earlier, later in pairwise(places))


def _names(protocol: Protocol) -> Iterator[Finding]:
    """An intervention called after one of its components, or after part of a component's name."""
    study, said = protocol.study, set[str]()
    for n, arm in enumerate(study.arms):
        for intervention in (i for i in study.interventions if i.id in arm.interventions):
            alone = len(arm.interventions) == 1
            parts = [p for p in components_of(study, arm) if p.intervention == intervention.id or alone]
            if len(parts) < 2:
                continue
            part = next((p for p in parts if _is_named(p.name, intervention.name)), None)
            if part is None or intervention.name in said:
                continue
            said.add(intervention.name)
            others = ", ".join(p.name for p in parts if p is not part)
            named = f"`{intervention.name}` names the whole treatment and one part of it"
            message = f"{named} ({part.name}, beside {others})."
            yield find("TW-TXT-003", ("arms", n), message, f"{arm.label} / {intervention.name} / {part.name}")


def _is_named(part: str, whole: str) -> bool:
    """The part's name is the whole's, begins with it, or is the last piece of a hyphenated one."""
    one, all_of = part.casefold().split() or [""], whole.casefold()
    return one[0] == all_of or part.casefold() == all_of or all_of.endswith(f"-{one[0]}")


def _letter_case(protocol: Protocol) -> Iterator[Finding]:
    forms: dict[str, dict[str, int]] = {}
    for word in _markers(protocol.words):
        counted = forms.setdefault(word.casefold(), {})
        counted[word] = counted.get(word, 0) + 1
    for spellings in forms.values():
        if len(spellings) > 1 and any(form.isupper() for form in spellings):
            shown = ", ".join(sorted(spellings, key=lambda form: (-spellings[form], form)))
            yield find(
                "TW-TXT-004",
                ("registry", "description"),
                f"One marker is written in several ways: {shown}.",
                shown,
            )


def _markers(text: str) -> Iterator[str]:
    """Words of two to seven letters and up to three figures, as `CD19`: figures are rare, so they are sought."""
    for figures in _FIGURES.finditer(text):
        letters = _LETTERS.search(text[max(0, figures.start() - 8) : figures.start()])
        if letters:
            yield letters.group() + figures.group()


def _expansions(protocol: Protocol) -> Iterator[Finding]:
    """Hyphenated abbreviations whose long form is stated twice with different words."""
    forms: dict[str, set[str]] = {}
    for text in protocol.prose.values():
        for match in _BRACKETED.finditer(text):
            words = re.split(r"[.;,:()\n]", text[max(0, match.start() - _BEFORE) : match.start()])[-1]
            forms.setdefault(match["short"], set()).add(_long_form(words, match["short"]))
    for short, long in forms.items():
        told = {_stems(form): form for form in sorted(long) if form}
        if len(told) > 1:
            shown = "; ".join(told.values())
            yield find("TW-TXT-005", ("title",), f"`{short}` stands for different words: {shown}.", shown)


def _long_form(words: str, short: str) -> str:
    """The words before the bracket from the one that begins with the abbreviation's first letter."""
    before = [word.casefold() for word in re.split(r"[\s-]+", words.strip()) if word]
    letters = [letter.casefold() for letter in re.sub(r"[^A-Za-z]", "", short)]
    for start in range(max(0, len(before) - len(letters)), len(before)):
        if before[start][0] == letters[0]:
            return " ".join(before[start:])
    return ""


def _stems(words: str) -> tuple[str, ...]:
    """The beginnings of the words, so that a plural or an ending makes no other long form."""
    return tuple(word[:5] for word in words.split())
