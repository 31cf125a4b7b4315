"""A bullet as tokens: terms, comparisons, quantities, negations, conditions, connectives, punctuation."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import accumulate
from typing import Any

from .lexicon import Lexicon, Phrase, Term, read_phrase
from .quantities import NUMBER, Quantity, read_quantity

_SCAN = re.compile(
    r"((?:than|least|most|over|under|above|below|to)(?=\d)|[^\W\d_][^\W_]*(?:'[^\W\d_]+)?|\.?\d+"
    r"|[<>]\s{0,2}(?:/|or)?\s{0,2}(?:=|equal(?:s)?(?:\sto)?\b)|=\s{0,2}(?:or\s{0,2})?[<>]|[<>]\s?/\s?=|≥\s?(?:or\s)?=|≤\s?(?:or\s)?=|\S)"
)
"""Words, figures, comparisons and single signs; splitting by it leaves the blanks between them."""
_COMPARES = frozenset("≥≤<>=≠±")
_SIGN_OPS = {"<": "<", ">": ">", "≥": ">=", "≤": "<=", "=": "=="}
_SPELLED = {
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10,
    "twelve": 12, "fifteen": 15, "sixteen": 16, "eighteen": 18, "twenty": 20, "sixty": 60, "sixty-five": 65,
}  # fmt: skip
_TIMES_WORDS = frozenset({"times", "time", "fold", "folds", "x", "×", "*"})
_SMALL = {
    **dict.fromkeys(_SPELLED, "N"),
    **dict.fromkeys(_TIMES_WORDS, "M"),
    "or": "OR",
    "and": "AND",
}
"""Words that are more than words without standing in the lexicon."""
_GLUED = re.compile(r"[^\W\d_]+")
_DEEPEST = 8


@dataclass(slots=True)
class Token:
    """One token, not changed any more once `tokenise` has answered.

    ``kind`` T term, C comparison before a number, A after one, N quantity, U limit of normal,
    W within normal, B between, NOT, OUT outcome, OR, AND, UNLESS, IF, SEX, K status word, F filler, CHG change,
    AGE, M multiplication, P sign, X any other word; ``depth`` counts the parentheses around it."""

    kind: str
    value: Any
    start: int
    end: int
    depth: int = 0
    word: str = ""
    """The words of a condition, lower case."""

    @property
    def quantity(self) -> Quantity:
        """The quantity of an N token."""
        return self.value

    @property
    def term(self) -> Term:
        """The term of a T token."""
        return self.value


def tokenise(text: str, start: int, end: int, lexicon: Lexicon) -> list[Token]:
    """The tokens of the cleaned text from ``start`` to ``end``."""
    parts = _SCAN.split(text[start:end])
    places = list(accumulate(map(len, parts), initial=start))
    words, begins, ends = parts[1::2], places[1::2], places[2::2]
    lower = [word.casefold() for word in words]
    folded, exact, alone = lexicon.folded.ways, lexicon.exact.ways, lexicon.alone
    found: list[Token] = []
    at, skip_to, count = 0, start, len(words)
    while at < count:
        begin = begins[at]
        if begin < skip_to:
            at += 1
            continue
        low = lower[at]
        if low in alone:
            kind, value, word = alone[low]
            skip_to = ends[at]
            found.append(Token(kind, value, begin, skip_to, 0, word))
            at += 1
            continue
        sign = not (low[0].isalnum() or len(low) > 1)
        if not sign and (low in folded or words[at] in exact):
            matched = lexicon.match(words, lower, at)
            if matched is not None and not (matched[0].kind == "A" and _opens_limit(lower, at + matched[1])):
                phrase, taken = matched
                skip_to = ends[at + taken - 1]
                found.append(_phrase_token(phrase, begin, skip_to, lower[at : at + taken]))
                at += taken
                continue
        if low in _SMALL or low[0] in _COMPARES or not (sign or low[0].isalpha()):
            token = _single(text, begin, ends[at], end, low)
            skip_to = token.end
        else:
            skip_to = ends[at]
            token = Token("P" if sign else "X", low, begin, skip_to)
        found.append(token)
        at += 1
    found = _multiplied(found)
    return found if _BRACKETS.isdisjoint(words) else _deepened(found)


def _opens_limit(lower: list[str], at: int) -> bool:
    """Whether `or above` is no end of a limit but the beginning of the next: `below 18 or above 65`."""
    return at < len(lower) and (lower[at] == "than" or lower[at][0].isdigit())


def _phrase_token(phrase: Phrase, start: int, end: int, words: list[str]) -> Token:
    kind, value, word = read_phrase(phrase, words)
    return Token(kind, value, start, end, 0, word)


def _single(text: str, start: int, stop: int, end: int, lower: str) -> Token:
    """The token of a word that is no phrase of the lexicon: a figure, a sign, a small word, any other."""
    first = text[start]
    if first.isdecimal() or (first == "." and stop > start + 1):
        quantity = read_quantity(text, start, end)
        if quantity is not None:
            return Token("N", quantity, start, quantity.end)
        long = NUMBER.match(text, start, end)
        return Token("X", lower, start, long.end() if long else stop)
    if first in _COMPARES:
        return Token("C", _operator(text[start:stop]), start, stop)
    kind = _SMALL.get(lower)
    if kind == "N":
        return _spelled(text, start, stop, end, _SPELLED[lower])
    return Token(kind or ("X" if first.isalnum() else "P"), lower, start, stop)


def _spelled(text: str, start: int, stop: int, end: int, number: int) -> Token:
    """A number in words, with the unit that a figure would have (`six months`)."""
    probe = read_quantity("1" + text[stop:end][:24], 0, min(end - stop, 24) + 1)
    units, after = ((), stop) if probe is None else (probe.units, stop + probe.end - 1)
    return Token("N", Quantity(Decimal(number), units, "", start, after, stop, "w"), start, after)


def _operator(sign: str) -> str:
    if len(sign) > 1 and ("=" in sign or "equal" in sign):
        return ">=" if ">" in sign or "≥" in sign else "<="
    return _SIGN_OPS.get(sign, "")


def _multiplied(tokens: list[Token]) -> list[Token]:
    """Numbers joined with the limit they multiply: `2.5 x institutional ULN`, `3 times normal`, `ULN x 3`."""
    if _MULTIPLIES.isdisjoint([token.kind for token in tokens]):
        return tokens
    found: list[Token] = []
    at = 0
    while at < len(tokens):
        token = tokens[at]
        if token.kind == "N":
            end, relative = _relative_after(tokens, at)
            if relative:
                found.append(_as_relative(token, relative, tokens[end - 1].end))
                at = _skip_bracketed(tokens, end)
                continue
        elif token.value in _MULTIPLES and (end := _limit_after(tokens, at + 1)):
            number = Quantity(
                Decimal(_MULTIPLES[token.value]), (), "", token.start, token.end, token.end, "w"
            )
            relative = str(tokens[end - 1].value) if tokens[end - 1].kind == "U" else "uln"
            found.append(
                _as_relative(Token("N", number, token.start, token.end), relative, tokens[end - 1].end)
            )
            at = _skip_bracketed(tokens, end)
            continue
        elif (
            token.kind == "U"
            and at + 2 < len(tokens)
            and tokens[at + 1].kind == "M"
            and tokens[at + 2].kind == "N"
        ):
            found.append(
                replace(_as_relative(tokens[at + 2], token.value, tokens[at + 2].end), start=token.start)
            )
            at += 3
            continue
        found.append(token)
        at += 1
    return found


_MULTIPLIES = frozenset({"U", "M"})
_MULTIPLES = {"twice": 2, "thrice": 3, "double": 2, "triple": 3, "twofold": 2, "threefold": 3}


def _limit_after(tokens: list[Token], at: int) -> int:
    """The place behind the limit of normal that `twice` multiplies; 0 where none follows."""
    for place in range(at, min(at + 7, len(tokens))):
        token = tokens[place]
        if token.kind in {"U", "W"} and token.value != "baseline":
            return place + 1
        if token.value not in _BETWEEN_WORDS:
            return 0
        if token.value == "normal":
            follows = tokens[place + 1].value if place + 1 < len(tokens) else ""
            return place + 2 if follows in _NORMAL_TAIL else place + 1
    return 0


def _as_relative(token: Token, relative: str, end: int) -> Token:
    quantity = replace(
        token.quantity, units=(), relative=relative.upper() if len(relative) == 3 else relative
    )
    return Token("N", quantity, token.start, end)


_BETWEEN_WORDS = frozenset(
    [
        "institutional",
        "institution",
        "institution's",
        "laboratory",
        "laboratory's",
        "lab",
        "local",
        "the",
        "of",
        "above",
        "that",
        "its",
        "their",
        "age",
        "adjusted",
        "respective",
        "specific",
        "site",
        "than",
        "greater",
        "for",
        "site's",
        "center's",
        "center",
        "hospital",
        "corresponding",
        "appropriate",
        "normal",
        "reference",
        "higher",
        "as",
        "upper",
        "testing",
        "in",
        "a",
        "our",
        "study",
        "over",
        "each",
        "than",
        "central",
        "at",
        "age-adjusted",
        "an",
        "gender",
        "sex",
        "control",
        "controls",
    ]
)


def _relative_after(tokens: list[Token], at: int) -> tuple[int, str]:
    """Whether the number at ``at`` multiplies a limit of normal: the place after it and which limit."""
    if tokens[at].quantity.units not in {(), ("?",), ("%",)}:
        return at, ""
    multiplied, normal = False, 0
    for position in range(at + 1, min(at + 1 + _DEEPEST, len(tokens))):
        token = tokens[position]
        if token.kind == "U" and (token.value != "baseline" or multiplied):
            return position + 1, str(token.value)
        if token.kind == "W" and multiplied:
            return position + 1, "uln"
        if token.kind == "M":
            multiplied = True
        elif (
            (token.kind == "C" and not (multiplied and token.value == ">"))
            or token.kind not in {"C", "F", "X", "P"}
            or token.value not in _BETWEEN_WORDS | {">", "-", "("}
        ):
            break
        if multiplied and token.value in {"normal", "control", "controls"} and not normal:
            normal = position + 1
    while normal and normal < len(tokens) and tokens[normal].value in _NORMAL_TAIL:
        normal += 1
    return (normal, "uln") if normal else (at, "")


_NORMAL_TAIL = frozenset({"range", "limits", "limit", "value", "values", "level", "levels"})


def _skip_bracketed(tokens: list[Token], at: int) -> int:
    """Past an abbreviation in brackets: `(ULN)`."""
    if at + 2 >= len(tokens) or tokens[at].value not in {"(", "["} or tokens[at + 2].value not in {")", "]"}:
        return at
    inside = tokens[at + 1]
    short = inside.kind == "X" and len(str(inside.value)) <= 5
    return at + 3 if short or inside.kind == "U" else at


_OPENING, _CLOSING = frozenset("([{"), frozenset(")]}")
_BRACKETS = _OPENING | _CLOSING


def _deepened(tokens: list[Token]) -> list[Token]:
    """The tokens with the brackets around them counted."""
    depth = 0
    for token in tokens:
        if token.kind == "P" and token.value in _OPENING:
            token.depth = depth
            depth = min(depth + 1, _DEEPEST)
        elif token.kind == "P" and token.value in _CLOSING:
            depth = max(depth - 1, 0)
            token.depth = depth
        else:
            token.depth = depth
    return tokens
