"""The elements of a parsed rule: immutable, compared by meaning, free of positions.

Names are canonical variable names, units canonical UCUM codes, numbers decimals as written.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum


class LimitKind(StrEnum):
    """What a limit is measured against: itself, the laboratory's normal range, or a baseline."""

    ABSOLUTE = "absolute"
    ULN = "ULN"
    LLN = "LLN"
    BASELINE = "baseline"


class Op(StrEnum):
    """A comparison. Strictness is part of the meaning: a value at the limit tells ``<`` from ``<=``."""

    LT = "<"
    LE = "<="
    GT = ">"
    GE = ">="
    EQ = "="
    NE = "!="

    def flipped(self) -> Op:
        """The same comparison read from the other side."""
        return {Op.LT: Op.GT, Op.LE: Op.GE, Op.GT: Op.LT, Op.GE: Op.LE}.get(self, self)


@dataclass(frozen=True, slots=True)
class Limit:
    """A limit: ``2.5 mg/dL`` (absolute) or ``3 ULN`` (a multiple, without unit)."""

    number: Decimal
    unit: str = ""
    kind: LimitKind = LimitKind.ABSOLUTE


@dataclass(frozen=True, slots=True)
class Compare:
    """``variable op limit``."""

    variable: str
    op: Op
    limit: Limit


@dataclass(frozen=True, slots=True)
class Range:
    """``low <= variable <= high``, each end strict or not."""

    variable: str
    low: Limit
    low_op: Op
    """LT or LE: how ``low`` stands to the variable."""
    high: Limit
    high_op: Op
    """LT or LE: how the variable stands to ``high``."""

    def comparisons(self) -> tuple[Compare, Compare]:
        """The two comparisons it means."""
        return (
            Compare(self.variable, self.low_op.flipped(), self.low),
            Compare(self.variable, self.high_op, self.high),
        )


@dataclass(frozen=True, slots=True)
class Member:
    """``variable in {items}``: numbers (all Decimal) or codes (all str), sorted, each once."""

    variable: str
    items: tuple[Decimal, ...] | tuple[str, ...]

    def __post_init__(self) -> None:
        if not self.items or len({type(item) for item in self.items}) > 1:
            raise ValueError("a set holds numbers or codes, at least one")
        if list(self.items) != sorted(set(self.items)):  # pyright: ignore[reportArgumentType]
            raise ValueError("the items of a set stand in order, each once")


@dataclass(frozen=True, slots=True)
class Flag:
    """A yes-or-no variable that is yes."""

    variable: str


@dataclass(frozen=True, slots=True)
class Known:
    """``variable is known``: a usable result is on record."""

    variable: str


@dataclass(frozen=True, slots=True)
class Attested:
    """``attested variable``: a named person has signed that it is so."""

    variable: str


@dataclass(frozen=True, slots=True)
class Not:
    """``not part``."""

    part: Rule


@dataclass(frozen=True, slots=True)
class And:
    """All of two or more parts, none of them an And (build with :func:`all_of`)."""

    parts: tuple[Rule, ...]

    def __post_init__(self) -> None:
        if len(self.parts) < 2 or any(isinstance(part, And) for part in self.parts):
            raise ValueError("an And has two parts or more, none of them an And")


@dataclass(frozen=True, slots=True)
class Or:
    """Any of two or more parts, none of them an Or (build with :func:`any_of`)."""

    parts: tuple[Rule, ...]

    def __post_init__(self) -> None:
        if len(self.parts) < 2 or any(isinstance(part, Or) for part in self.parts):
            raise ValueError("an Or has two parts or more, none of them an Or")


@dataclass(frozen=True, slots=True)
class Implies:
    """``if condition then consequence``: true whenever the condition is false."""

    condition: Rule
    consequence: Rule


Leaf = Compare | Range | Member | Flag | Known | Attested
Rule = Leaf | Not | And | Or | Implies


def all_of(*parts: Rule) -> Rule:
    """The conjunction of one or more parts, flattened."""
    flat = tuple(p for part in parts for p in (part.parts if isinstance(part, And) else (part,)))
    return flat[0] if len(flat) == 1 else And(flat)


def any_of(*parts: Rule) -> Rule:
    """The disjunction of one or more parts, flattened."""
    flat = tuple(p for part in parts for p in (part.parts if isinstance(part, Or) else (part,)))
    return flat[0] if len(flat) == 1 else Or(flat)


def children(rule: Rule) -> tuple[Rule, ...]:
    """The direct parts of a rule; none for a leaf."""
    match rule:
        case Not(part):
            return (part,)
        case And(parts) | Or(parts):
            return parts
        case Implies(condition, consequence):
            return (condition, consequence)
        case _:
            return ()


def leaves(rule: Rule) -> Iterator[Leaf]:
    """The leaves from left to right, repeated ones as often as they stand."""
    match rule:
        case Not() | And() | Or() | Implies():
            for part in children(rule):
                yield from leaves(part)
        case _:
            yield rule


def variables_of(rule: Rule) -> tuple[str, ...]:
    """The variables a rule speaks of, in the order of first mention."""
    return tuple(dict.fromkeys(leaf.variable for leaf in leaves(rule)))


def limits_of(leaf: Leaf) -> tuple[Limit, ...]:
    """The limits that a leaf compares with: one, two for a range, none otherwise."""
    match leaf:
        case Compare():
            return (leaf.limit,)
        case Range():
            return (leaf.low, leaf.high)
        case _:
            return ()
