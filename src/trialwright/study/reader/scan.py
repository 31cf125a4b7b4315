"""The state of reading one piece of text: what has been named, what has been bound."""

from __future__ import annotations

from dataclasses import dataclass, field

from .lexicon import Lexicon, Term
from .quantities import Quantity
from .scales import Grade
from .tokens import Token

AGE = Term("age", "age", assume="a")


@dataclass(frozen=True, slots=True)
class Draft:
    """One limit on one variable, as found: token places, not yet an entry."""

    term: Term
    first: int
    last: int
    limits_first: int
    operator: str
    low: Quantity | None = None
    high: Quantity | None = None
    items: tuple[Quantity, ...] = ()
    grade: Grade | None = None
    status: str = ""
    unsure: bool = False
    joined: bool = False
    """One limit over several variables joined by `or`."""


@dataclass(slots=True)
class Scan:
    """One piece: its tokens, the terms named last (``group``), the place up to which words are spent
    (``used``), the term that the line above names (``lead``) and the drafts so far."""

    text: str
    tokens: list[Token]
    lexicon: Lexicon
    lead: Term | None = None
    group: list[tuple[int, Term]] = field(default_factory=list[tuple[int, Term]])
    used: int = 0
    found: list[Draft] = field(default_factory=list[Draft])


def kind_at(scan: Scan, at: int) -> str:
    return scan.tokens[at].kind if 0 <= at < len(scan.tokens) else ""


def has_or(scan: Scan, first: int, last: int) -> bool:
    return any(token.kind == "OR" for token in scan.tokens[first:last])
