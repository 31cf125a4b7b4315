"""Grades, classes and stages as written: `III-IV`, `2 or 3`, `>= 2`, `IIIB/IV`."""

from __future__ import annotations

import re
from dataclasses import dataclass

from .constraints import past_words
from .tokens import Token

_ROMAN = {"i": 1, "ii": 2, "iii": 3, "iv": 4, "v": 5, "vi": 6, "ⅰ": 1, "ⅱ": 2, "ⅲ": 3, "ⅳ": 4, "ⅴ": 5}
_LEVEL = re.compile(r"(?:0|[1-5]|i{1,3}|iv|vi?)(?:[a-e]\d?)?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Levels:
    """Grades, classes or stages: an operator and the levels as written, in capitals."""

    operator: str
    items: tuple[str, ...]
    first: int
    last: int


def read_levels(tokens: list[Token], at: int, text: str) -> Levels | None:
    """The levels that begin at token ``at``: `III-IV`, `2 or 3`, `>= 2`, `IIIB/IV`, `B or C`."""
    operator, position = "", at
    if tokens[position].kind == "C":
        operator = str(tokens[position].value)
        position = past_words(tokens, position + 1, {"grade", "class", "stage", "ctcae", "nci", "than"}, 3)
    items: list[str] = []
    ranged = False
    last = position
    while position < len(tokens):
        level = level_of(tokens[position], text)
        if level is None:
            if ranged and tokens[position].kind == "N" and not tokens[position].quantity.units:
                return None
            break
        last = position + 1
        if level.isdigit() and last < len(tokens) and _is_suffix(tokens[position], tokens[last], text):
            level, last = level + text[tokens[last].start].upper(), last + 1
        items.append(level)
        step = last
        while step < len(tokens) and (
            (
                tokens[step].kind in {"OR", "AND"}
                and text[tokens[step].start : tokens[step].end].casefold() not in {"with", "as well as"}
            )
            or tokens[step].value in {",", "/", "-", "~", "to", "through", "stage", "class", "grade"}
            or (tokens[step].kind == "T" and tokens[step].term.scale == "levels")
        ):
            ranged = ranged or tokens[step].value in {"-", "~", "to", "through"}
            step += 1
        if step == last or step - last > 3 or (ranged and len(items) == 2 and tokens[last].value != "-"):
            break
        position = step
    if not items or (operator and len(items) > 1 and not ranged):
        return None
    if last < len(tokens) and tokens[last].kind == "A" and not operator and len(items) == 1:
        return Levels(str(tokens[last].value), tuple(items), at, last + 1)
    if operator:
        return Levels(operator, tuple(items[:1]), at, last)
    if ranged and len(items) == 2:
        return Levels("between", tuple(items), at, last)
    return Levels("==" if len(items) == 1 else "in", tuple(items), at, last)


def _is_suffix(token: Token, letter: Token, text: str) -> bool:
    """Whether a letter belongs to the figure before it: `3A`."""
    return token.end == letter.start and text[letter.start : letter.end].casefold() in {"a", "b", "c"}


_NUMERALS = {
    ord(sign): plain for sign, plain in zip("ⅠⅡⅢⅣⅤⅰⅱⅲⅳⅴ", ("I", "II", "III", "IV", "V") * 2, strict=True)
}


def level_of(token: Token, text: str) -> str | None:
    """The level a token stands for, in capitals; None where it is none."""
    if token.kind == "N":
        quantity = token.quantity
        if quantity.units or quantity.relative or quantity.number not in {0, 1, 2, 3, 4, 5}:
            return None
        return str(int(quantity.number))
    word = text[token.start : token.end].translate(_NUMERALS)
    if token.kind in {"X", "F"} and _LEVEL.fullmatch(word):
        return word.upper()
    return None


def number_of(level: str) -> int | None:
    """The whole number of a level in figures or Roman numerals."""
    folded = level.casefold()
    if folded.isdigit():
        return int(folded)
    return _ROMAN.get(folded)
