"""From the eligibility text of a record to entries."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from functools import cached_property

from .attach import attach, may_limit
from .attesting import attested_rule
from .beside import own_drafts
from .bullets import EXCLUSION, Bullet, split_bullets
from .clean import clean_text
from .entry import Entry, Sense, Status
from .headings import exempts
from .joining import alternatives_of, conditions_of
from .lexicon import Lexicon, Term, builtin_lexicon
from .measures import measure
from .negation import is_negated
from .rules import rule_of
from .running import DENIES_A_LIST
from .scan import AGE, Draft
from .sense import sense_of
from .tokens import Token, tokenise

LONGEST_TEXT = 200_000
_LONGEST_BULLET = 12_000
_ABBREVIATED = re.compile(
    r"(?:\b(?:e\.g|i\.e|vs|approx|max|min|no|dr|st|etc|ca|cf|resp|incl|inc|fig|al|eg|ie|hb|t|s)|(?:^|\s)[A-Z])$",
    re.IGNORECASE,
)
_RESIDUE = 5
_LIMITS = frozenset({"C", "N", "B", "W", "NOT"})
_MOST_LIMITS = 150
"""No sentence has so many limits; a text that does is no sentence and is left to a person."""
_LISTS = re.compile(r"\bfollowing\b[^:.;]{0,60}:", re.IGNORECASE)
_SENTENCE_ENDS = re.compile(r"[.]\s+[A-Z]")
_SEX = re.compile(
    r"(?:(?:adult|otherwise|healthy|in|for)\s)*(?:(?:fe)?males?|(?:wo)?m[ae]n)(?:\s(?:patients?|subjects?|participants?))?",
    re.IGNORECASE,
)


def read_criteria(text: str) -> list[Entry]:
    """The entries of an eligibility text, in its order; every bullet is covered by at least one.

    Deterministic, without network or clock. A text longer than 200,000 characters is read to that length
    and the rest is one attestation. Each ``text`` is a substring of ``text``.
    """
    lexicon = builtin_lexicon()
    cleaned = clean_text(text[:LONGEST_TEXT])
    found: list[Entry] = []
    counts = {"inclusion": 0, "exclusion": 0}
    bullets = split_bullets(cleaned)
    last_line: Bullet | None = None
    for bullet in bullets:
        counts[bullet.section] += 1
        name = f"{'e' if bullet.section == EXCLUSION else 'i'}{counts[bullet.section]}"
        lead = bullet.lead[-1] if bullet.lead else _line_before(last_line, bullet)
        found.extend(_Bullet(text, cleaned, bullet, name, lexicon, lead).entries())
        last_line = bullet
    if len(text) > LONGEST_TEXT and text[LONGEST_TEXT:].strip():
        rest = text[LONGEST_TEXT:].strip()
        start = LONGEST_TEXT + text[LONGEST_TEXT:].index(rest)
        found.append(
            _attested("x1", "exclusion" if counts["exclusion"] else "inclusion", rest, start, "other")
        )
    return found


def _line_before(last: Bullet | None, bullet: Bullet) -> tuple[int, int] | None:
    """A short line that introduces the bullet, as the old records have it: `Age`, `Performance status:`."""
    if last is None or last.section != bullet.section or last.end - last.start > 60:
        return None
    return (last.start, last.end)


class _Bullet:
    """Reads one bullet."""

    def __init__(
        self,
        original: str,
        cleaned: str,
        bullet: Bullet,
        name: str,
        lexicon: Lexicon,
        lead: tuple[int, int] | None,
    ) -> None:
        self.original, self.text, self.bullet, self.name, self.lexicon = (
            original,
            cleaned,
            bullet,
            name,
            lexicon,
        )
        self.lead = lead
        self.lead_words = " ".join(cleaned[start:end] for start, end in bullet.lead)[-400:]
        self.number = 0
        self.groups = 0

    def entries(self) -> list[Entry]:
        """The entries of the bullet: those of each piece, attestations for what cannot be computed."""
        if self._is_aside():
            return [self._statement(self.bullet.start, self.bullet.end, alone=True)]
        if self.bullet.end - self.bullet.start > _LONGEST_BULLET:
            return [self._statement(self.bullet.start, self.bullet.end)]
        tokens = tokenise(self.text, self.bullet.start, self.bullet.end, self.lexicon)
        pieces = list(_pieces(tokens, self.text))
        if len(pieces) == 1 and not may_limit(pieces[0]):
            return [self._statement(*self._span(pieces[0]), alone=True)]
        found = [entry for piece in pieces for entry in self._piece(piece, len(pieces) == 1)]
        return found if len(found) != 1 or found[0].id == self.name else [replace(found[0], id=self.name)]

    def _is_aside(self) -> bool:
        """Whether the bullet limits no entry: reasons to leave the study, and what an exception above lets pass."""
        excludes = self.bullet.section == EXCLUSION
        words = self.text[self.bullet.start : self.bullet.end]
        if "\n" not in words and DENIES_A_LIST.search(words) is not None:
            return True
        return self.bullet.later or any(exempts(self.text[s:e], excludes) for s, e in self.bullet.lead)

    def _lead_at(self, place: int) -> str:
        """The words the limit at a place stands under, those of its own bullet included: `none of the following:`."""
        words = self.text[self.bullet.start : place]
        listed = list(_LISTS.finditer(words))
        if not listed or _SENTENCE_ENDS.search(words, listed[-1].end()):
            return self.lead_words
        return f"{self.lead_words} {words[: listed[-1].end()]}"[-400:]

    def _span(self, tokens: list[Token]) -> tuple[int, int]:
        """Where a piece begins and ends, without the sign that stands for an item's number."""
        start, end = tokens[0].start, tokens[-1].end
        if tokens[-1].value == ";" and self.original[end - 1] not in ";；" and len(tokens) > 1:
            end = tokens[-2].end
        return start, end

    def _piece(self, tokens: list[Token], alone: bool) -> Iterator[Entry]:
        start, end = self._span(tokens)
        drafts = attach(self.text, tokens, self.lexicon, self._lead_of(tokens)) if may_limit(tokens) else []
        if not drafts:
            yield self._statement(start, end, alone)
            return
        words = self.text[start:end]
        if len(drafts) > _MOST_LIMITS:
            drafts = []
        drafts = _named_scale(own_drafts(drafts, tokens, words, start))
        drafts = _denied(drafts, tokens)
        drafts.sort(key=lambda draft: (draft.limits_first, draft.first))
        conditions = conditions_of(drafts, tokens, self.text)
        ages = [d for d in drafts if d.term.kind == "age"]
        told = {c for d, c in zip(drafts, conditions, strict=True) if d.term.kind == "age" and c}
        if len(ages) == 1 or len(told) < 2:
            conditions = [
                "" if d.term.kind == "age" and _SEX.fullmatch(c) else c
                for d, c in zip(drafts, conditions, strict=True)
            ]
        groups = alternatives_of(drafts, conditions, tokens, self.bullet.section == EXCLUSION)
        made: list[Entry] = []
        seen: set[tuple[object, ...]] = set()
        for draft, condition, group in zip(drafts, conditions, groups, strict=True):
            for entry in self._entry(draft, condition, group, tokens, (start, end)):
                key = (
                    entry.variable,
                    entry.operator,
                    entry.value,
                    entry.value2,
                    entry.unit,
                    entry.sense,
                )
                repeated = bool(made) and _is_restated(draft, tokens) and _says_again(made[-1], entry)
                if key not in seen and not repeated:
                    seen.add(key)
                    made.append(entry)
        self.groups += max(groups, default=0)
        alternatives = Counter(entry.alt_group for entry in made)
        yield from (
            e if not e.alt_group or alternatives[e.alt_group] > 1 else replace(e, alt_group="") for e in made
        )
        if not made or _residue(tokens, drafts) > _RESIDUE:
            yield self._statement(start, end)

    def _lead_of(self, tokens: list[Token]) -> Term | None:
        """What the line above names, where the piece begins with a limit that may ask for it."""
        return self._lead_term if any(token.kind in _LIMITS for token in tokens[:4]) else None

    @cached_property
    def _lead_term(self) -> Term | None:
        """The one variable that the line above names, for bullets that only give the limit."""
        if self.lead is None or self.lead[1] - self.lead[0] > 60:
            return None
        tokens = tokenise(self.text, self.lead[0], self.lead[1], self.lexicon)
        terms = {t.term.variable: t.term for t in tokens if t.kind == "T"}
        if any(t.kind in {"C", "N", "B"} for t in tokens):
            return None
        if not terms and any(t.kind == "AGE" for t in tokens) and len(tokens) <= 3:
            return AGE
        return next(iter(terms.values())) if len(terms) == 1 and len(tokens) <= 5 else None

    def _entry(
        self, draft: Draft, condition: str, group: int, tokens: list[Token], span: tuple[int, int]
    ) -> Iterator[Entry]:
        measured = measure(draft, self.lexicon.catalogue)
        if measured is None:
            return
        lead = self._lead_at(tokens[draft.first].start)
        sense = sense_of(draft, tokens, self.text, self.bullet.section, lead, self.lexicon.catalogue)
        unsure = measured.unsure
        condition = self._original_words(condition, span)
        written = None
        if measured.rule_unit is not None and not unsure:
            written = rule_of(
                measured.of,
                measured.operator,
                measured.value,
                measured.value2,
                measured.rule_unit,
                condition,
                sense,
            )
        rule = written or attested_rule(f"{self.name} {self.text[span[0] : span[1]]}")
        self.number += 1
        yield Entry(
            id=f"{self.name}_{self.number}",
            section=self.bullet.section,
            text=self.original[span[0] : span[1]],
            sense=sense,
            kind_told=draft.term.kind,
            status=Status.COMPUTED if written else Status.AMBIGUOUS,
            rule_told=rule,
            variable=measured.of.name,
            operator=measured.operator,
            value=measured.value,
            value2=measured.value2,
            unit=measured.unit,
            canonical_value=measured.canonical,
            canonical_value2=measured.canonical2,
            canonical_unit=measured.canonical_unit,
            condition=condition,
            alt_group=f"{self.name}_alt{self.groups + group}" if group else "",
            start=span[0],
        )

    def _original_words(self, condition: str, span: tuple[int, int]) -> str:
        """The condition as the record spells it."""
        place = self.text.find(condition, span[0], span[1]) if condition else -1
        return self.original[place : place + len(condition)] if place >= 0 else condition

    def _statement(self, start: int, end: int, alone: bool = False) -> Entry:
        self.number += 1
        words = self.original[start:end]
        kind = "lead_in" if self.bullet.heads and words.rstrip().endswith(":") else ""
        name = self.name if alone else f"{self.name}_{self.number}"
        return _attested(name, self.bullet.section, words, start, kind)


def _attested(name: str, section: str, words: str, start: int, kind: str) -> Entry:
    sense = Sense.EXCLUDED_IF if section == EXCLUSION else Sense.ELIGIBLE_IF
    return Entry(name, section, words, sense, kind, Status.ATTESTED, "", start=start)


def _pieces(tokens: list[Token], text: str) -> Iterator[list[Token]]:
    """The sentences of a bullet: divided at semicolons, full stops and numbered items outside brackets."""
    start, last = 0, len(tokens) - 1
    ends = [
        place
        for place, token in enumerate(tokens)
        if token.kind == "P"
        and token.depth == 0
        and (token.value == ";" or (token.value == "." and _is_full_stop(tokens, place, text)))
    ]
    for place in ends if last in ends[-1:] else [*ends, last]:
        piece = tokens[start : place + 1]
        if place < last and all(t.kind in {"N", "P"} for t in piece):
            continue
        start = place + 1
        if any(t.kind != "P" for t in piece):
            yield piece
    if tokens and all(t.kind == "P" for t in tokens):
        yield tokens


def _is_full_stop(tokens: list[Token], place: int, text: str) -> bool:
    token = tokens[place]
    if token.value != "." or place + 1 >= len(tokens):
        return False
    following = tokens[place + 1]
    gap = text[token.end : following.start]
    if not gap or _ABBREVIATED.search(text[max(0, token.start - 8) : token.start]):
        return False
    return (
        text[following.start].isupper()
        or text[following.start].isdigit()
        or "\n" in gap
        or text[following.start] in "(≥≤"
    )


def _is_restated(draft: Draft, tokens: list[Token]) -> bool:
    """Whether brackets open right before a limit: `(90 g/L)`, `(or approximately >= 27 mg/dL)`."""
    for place in range(draft.limits_first - 1, max(-1, draft.limits_first - 4), -1):
        if tokens[place].value in {"(", "["}:
            return True
        if tokens[place].kind not in {"OR", "F", "X"} and tokens[place].value not in {"~", "=", ","}:
            return False
    return False


def _says_again(first: Entry, second: Entry) -> bool:
    """Whether a limit in brackets is the one before it in another unit: `>= 9 g/dL (90 g/L)`."""
    known, again = first.canonical_value, second.canonical_value
    same = (first.variable, first.value, first.unit, first.sense)
    if same == (second.variable, second.value, second.unit, second.sense):
        return first.operator[:1] == second.operator[:1]
    if (first.variable, first.operator) != (second.variable, second.operator) or first.unit == second.unit:
        return False
    if not isinstance(known, Decimal) or not isinstance(again, Decimal):
        return bool(first.unit) and bool(second.unit) and again is None
    return abs(known - again) <= abs(known) * Decimal("0.03")


def _denied(drafts: list[Draft], tokens: list[Token]) -> list[Draft]:
    """A marker that is said not to be positive is negative, and the other way round; so are those listed with it."""
    found: list[Draft] = []
    turned: Draft | None = None
    for draft in drafts:
        if draft.status in {"positive", "negative"}:
            listed = turned is not None and turned.status == draft.status and _goes_on(turned, draft, tokens)
            if listed or is_negated(draft, tokens, ""):
                turned = draft
                draft = replace(draft, status="negative" if draft.status == "positive" else "positive")
            else:
                turned = None
        found.append(draft)
    return found


def _goes_on(first: Draft, second: Draft, tokens: list[Token]) -> bool:
    """Whether only commas, strokes, `or` and brackets stand between two markers."""
    if first.limits_first == second.limits_first:
        return True
    depth = tokens[first.first].depth
    between = [t for t in tokens[first.last : second.first] if t.depth <= depth]
    return len(between) <= 4 and all(
        t.kind == "OR" or t.value in {",", "/", "(", ")", "any", "other", "known"} for t in between
    )


def _named_scale(drafts: list[Draft]) -> list[Draft]:
    """A performance status from 0 to 4 is that of ECOG and WHO, which are one scale."""
    terms = builtin_lexicon().terms
    found: list[Draft] = []
    for draft in drafts:
        if draft.term.variable == "performance_status" and draft.grade is not None:
            whole = all(item in {"0", "1", "2", "3", "4"} for item in draft.grade.items)
            draft = replace(draft, term=terms["ecog"]) if whole else draft
        found.append(draft)
    return found


def _residue(tokens: list[Token], drafts: list[Draft]) -> int:
    """How many words of a piece no draft accounts for."""
    taken: set[int] = set()
    for draft in drafts:
        taken.update(range(draft.first, draft.last))
    return sum(
        1
        for place, token in enumerate(tokens)
        if place not in taken and token.kind in {"X", "K", "NOT", "CHG"}
    )
