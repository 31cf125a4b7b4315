"""Graded scales: performance status, functional classes, Child-Pugh, stages."""

from __future__ import annotations

import re
from dataclasses import dataclass

from .constraints import by_merit, read_limits
from .levels import Levels, read_levels
from .lexicon import Term
from .tokens import Token

_SKIP_KINDS = frozenset({"F", "M", "OUT"})
_MOST_SKIPPED = 9
_LOOK_BACK = 7
_STAGE_OF_OTHER = re.compile(
    r"(?:chronic\s)?(?:kidney|renal)|ckd|hypertension|sleep|pressure|ulcer|gvhd|fibrosis|parkinson|lymphedema"
    r"|retinopathy|copd|periodont|heart failure|cirrhosis|encephalopathy|\d+\s?ulcer|sarcoidosis|osteo"
    r"|necroti[sz]ing|enterocolitis|\bnec\b|bronchopulm|\brop\b|prolapse|pressure injur|labou?r"
    r"|lymphoedema|decubit|wound"
    r"|joint national|jnc|commission|hoehn|yahr|h&y|hiv|who (?:clinical )?$|hidradenitis"
    r"|endometriosis|acute\skidney|aki",
    re.IGNORECASE,
)


_STAGED_OTHERWISE = re.compile(
    r"joint national|\bjnc\b|tanner|hoehn|\bhypertension[\s,(]+stage", re.IGNORECASE
)
_KIDNEY = re.compile(
    r"(?:\bckd|chronic (?:\w+ )?(?:kidney|renal) (?:disease|insufficiency|failure))"
    r"(?:\s?\(ckd\))?[\s,:(]*(?:stages?[\s,:]*)?$"
    r"|^(?:(?:severe|moderate|mild|or|and|higher|greater|worse)\s)*"
    r"(?:ckd\b|chronic (?:kidney|renal) (?:disease|insufficiency|failure))",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Grade:
    """Levels of a scale, or numbers of it, with the places of their tokens."""

    operator: str
    items: tuple[str, ...]
    first: int
    last: int
    of: str = ""
    """Another variable than the one named, where the words around a stage tell it."""


def read_grade(tokens: list[Token], at: int, text: str, term: Term) -> Grade | None:
    """The levels that follow the name of a scale."""
    position = _past_name(tokens, at + 1, term, text)
    if position >= len(tokens):
        return None
    if term.scale in {"child_pugh", "letters"}:
        return _child_pugh(tokens, position, text, "ABCD" if term.scale == "letters" else "ABC")
    if term.scale == "levels":
        return _stage(tokens, position, text, term)
    if term.scale == "ihc":
        return _ihc(tokens, position)
    denied = tokens[position].kind == "NOT"
    found = None if denied else read_levels(tokens, position, text)
    if found is not None and _numbered(found):
        return Grade(found.operator, _plain(found), found.first, found.last)
    limits = read_limits(tokens, position)
    if limits is None or limits.normal or (limits.low is None and not limits.items):
        return None
    quantities = [q for q in (limits.low, limits.high, *limits.items) if q is not None]
    if any(q.units or q.relative or q.number > 20 for q in quantities):
        return None
    items = tuple(str(q.number) for q in quantities)
    return Grade(limits.operator, items, limits.first, limits.last)


def read_grade_before(tokens: list[Token], at: int, text: str, term: Term, floor: int) -> Grade | None:
    """Levels that stand before the name: `class III or IV heart failure`, `>= 3 NYHA`."""
    if term.scale not in {"ordinal", "grade"}:
        return None
    for place in range(max(floor, at - _LOOK_BACK), at):
        limits_here = tokens[place].kind == "C" or _names_level(tokens[place - 1 if place else 0])
        if not limits_here:
            continue
        found = read_levels(tokens, place, text) or _halves(tokens, place)
        if found is None or found.last > at or not _numbered(found):
            continue
        between = tokens[found.last : at]
        if (
            any(t.kind in {"C", "N", "T", "AND", "OR"} or t.value in {",", ";", "."} for t in between)
            or len(between) > 5
        ):
            continue
        return Grade(found.operator, _plain(found), found.first, found.last)
    return None


def _halves(tokens: list[Token], place: int) -> Levels | None:
    """A span with halves, `2.5-3`."""
    limits = read_limits(tokens, place) if tokens[place].kind == "N" else None
    if limits is None or limits.operator != "between" or limits.low is None or limits.high is None:
        return None
    low, high = limits.low, limits.high
    if low.units or high.units or high.number > 6:
        return None
    return Levels("between", (str(low.number), str(high.number)), limits.first, limits.last)


def _names_level(token: Token) -> bool:
    return token.value in {"class", "grade", "stage", "score"} or (
        token.kind == "T" and token.term.variable == "stage"
    )


_LETTER = re.compile(r"[ABCD]\d{0,2}")


def _past_name(tokens: list[Token], at: int, term: Term, text: str) -> int:
    """Past abbreviations in brackets, a repeated name, colons and filling words."""
    staged = term.scale == "levels"
    end = min(at + (4 if staged else _MOST_SKIPPED), len(tokens))
    strange = 1 if staged else 0
    while at < end:
        token = tokens[at]
        if term.scale in {"child_pugh", "letters"} and _LETTER.fullmatch(text[token.start : token.end]):
            return at
        same = token.kind == "T" and (token.term.variable in {term.variable, "performance_status", "stage"})
        sign = (token.kind == "P" and token.value in "()[]:=-,'\"") or (
            token.kind == "C" and token.value == "=="
        )
        if not (same or sign or token.kind in _SKIP_KINDS):
            strange += 1
            if token.kind not in {"X", "K"} or strange > 1 or _reads_as_level(token):
                return at
        at += 1
    return at


def _reads_as_level(token: Token) -> bool:
    return token.kind == "X" and str(token.value) in {
        "i",
        "ii",
        "iii",
        "iv",
        "v",
        "a",
        "b",
        "c",
        "iiia",
        "iiib",
        "iiic",
        "iva",
        "ivb",
    }


def _numbered(levels: Levels) -> bool:
    return all(item.replace(".", "").isdigit() or not set(item) - set("IV") for item in levels.items)


_FIGURES = {"I": "1", "II": "2", "III": "3", "IV": "4", "V": "5", "VI": "6"}


def _plain(levels: Levels) -> tuple[str, ...]:
    return tuple(_FIGURES.get(item, item) for item in levels.items)


def _stage(tokens: list[Token], at: int, text: str, term: Term) -> Grade | None:
    found = read_levels(tokens, at, text)
    if found is None:
        return None
    if term.variable == "stage":
        if any(t.value == "type" for t in tokens[max(0, found.first - 2) : found.first]):
            return None
        behind = text[tokens[found.last - 1].end :][:16].lstrip()
        if behind.startswith(":") or re.match(r"(?:of|in) (?:the|this) (?:study|trial)", behind):
            return None
        after = text[tokens[found.last - 1].end :][:28].lstrip(" ,(")
        before = text[max(0, tokens[at].start - 60) : tokens[at].start]
        if _STAGED_OTHERWISE.search(before):
            return None
        if _KIDNEY.search(after) or _KIDNEY.search(before[-44:]):
            return Grade(found.operator, found.items, found.first, found.last, "ckd_stage")
        if _STAGE_OF_OTHER.search(before[-34:]):
            return None
        if _STAGE_OF_OTHER.search(after) or re.search(r"(?:kidney|renal|ckd)[^.;]*$", before, re.IGNORECASE):
            return None
    return Grade(found.operator, found.items, found.first, found.last)


def _child_pugh(tokens: list[Token], at: int, text: str, letters: str) -> Grade | None:
    """Classes by letters, or points."""
    position, operator = at, ""
    if tokens[position].kind == "C":
        operator, position = str(tokens[position].value), position + 1
    items: list[str] = []
    last, ranged = position, False
    while position < len(tokens):
        word = text[tokens[position].start : tokens[position].end]
        if not (word[:1] in set(letters) and (len(word) == 1 or word[1:].isdigit())):
            break
        if len(word) > 1 or _points_follow(tokens, position, text):
            return _child_points(tokens, at, text) if letters == "ABC" else None
        items.append(word)
        last = position + 1
        step = last
        while step < len(tokens) and (
            tokens[step].kind in {"OR", "AND"} or tokens[step].value in {"/", ",", "-", "to"}
        ):
            ranged = ranged or tokens[step].value in {"-", "to"}
            step += 1
        if step == last or step - last > 2:
            break
        position = step
    if items:
        return _classes(tokens, items, operator, at, last, ranged, letters)
    limits = read_limits(tokens, at)
    if limits is None or limits.normal:
        return None
    quantities = [q for q in (limits.low, limits.high, *limits.items) if q is not None]
    if not quantities or any(q.units or q.relative or not 4 <= q.number <= 15 for q in quantities):
        return None
    return Grade(limits.operator, tuple(str(q.number) for q in quantities), limits.first, limits.last)


_CLASS = re.compile(r"([ABC])(\d{1,2})?")


def _points_follow(tokens: list[Token], at: int, text: str) -> bool:
    """Whether a class with points, `B7`, stands in the list that begins with a plain class."""
    following = [text[t.start : t.end] for t in tokens[at + 1 : at + 4] if t.kind in {"X", "F"}]
    return any(len(word) > 1 and _CLASS.fullmatch(word) for word in following)


def _child_points(tokens: list[Token], at: int, text: str) -> Grade | None:
    """Classes with points as points: `A or B7` is at most 7, `A5-B7` is 5 to 7, `<= B7` is at most 7."""
    operator, position = ("", at) if tokens[at].kind != "C" else (str(tokens[at].value), at + 1)
    points: list[int] = []
    whole, last = False, at
    for place in range(position, min(position + 9, len(tokens))):
        found = _CLASS.fullmatch(text[tokens[place].start : tokens[place].end])
        if found is None:
            if tokens[place].kind in {"OR", "AND"} or tokens[place].value in {",", "/", "-", "to", "class"}:
                continue
            break
        last = place + 1
        whole = whole or (found.group(2) is None and found.group(1) == "A")
        if found.group(2) is None and found.group(1) != "A":
            return None
        points.extend([int(found.group(2))] if found.group(2) else [])
    if not points or not all(5 <= point <= 15 for point in points):
        return None
    if operator or whole:
        reach = max(points) if whole or operator[0] == "<" else min(points)
        return Grade(operator or "<=", (str(reach),), at, last)
    if len(points) == 1:
        follows = tokens[last] if last < len(tokens) else None
        told = (
            by_merit(str(follows.value), tokens, last, last + 1, "low")
            if follows and follows.kind == "A"
            else "=="
        )
        return Grade(told, (str(points[0]),), at, last + (told != "=="))
    return Grade("between", (str(min(points)), str(max(points))), at, last)


def _classes(
    tokens: list[Token], items: list[str], operator: str, at: int, last: int, ranged: bool, letters: str
) -> Grade | None:
    """Classes as a set; `>= B` and `A-B` are written out; a class with points behind it stays unread."""
    if last < len(tokens) and tokens[last].kind == "N" and not tokens[last].quantity.units:
        return None
    if last < len(tokens) and tokens[last].kind == "A" and len(items) == 1:
        operator, last = str(tokens[last].value), last + 1
    operator = by_merit(operator, tokens, at, last, "low")
    if operator and len(items) == 1:
        place = letters.index(items[0])
        kept = {
            ">": letters[place + 1 :], ">=": letters[place:], "<": letters[:place], "<=": letters[: place + 1],
        }.get(operator, items[0])  # fmt: skip
        items = list(kept)
    elif ranged and len(items) == 2:
        items = list(letters[letters.index(items[0]) : letters.index(items[1]) + 1])
    if not items:
        return None
    return Grade("==" if len(items) == 1 else "in", tuple(items), at, last)


def _ihc(tokens: list[Token], at: int) -> Grade | None:
    limits = read_limits(tokens, at)
    if limits is None or limits.normal or limits.low is None:
        return None
    if limits.low.units or limits.low.number > 3:
        return None
    return Grade(limits.operator, (str(limits.low.number),), limits.first, limits.last)
