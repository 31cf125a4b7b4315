"""Three-valued logic (strong Kleene): what is not known stays not known until something else settles it."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum


class Truth(StrEnum):
    """A truth value. There is deliberately no ``bool()`` of it: unknown must be met by name."""

    TRUE = "TRUE"
    FALSE = "FALSE"
    UNKNOWN = "UNKNOWN"

    def __bool__(self) -> bool:
        raise TypeError("a Truth has three values; compare it with Truth.TRUE, Truth.FALSE or Truth.UNKNOWN")


def negate(truth: Truth) -> Truth:
    """NOT: the unknown stays unknown."""
    return {Truth.TRUE: Truth.FALSE, Truth.FALSE: Truth.TRUE, Truth.UNKNOWN: Truth.UNKNOWN}[truth]


def conjoin(truths: Iterable[Truth]) -> Truth:
    """AND: FALSE if any is FALSE, else UNKNOWN if any is UNKNOWN, else TRUE (TRUE of none)."""
    held = set(truths)
    if Truth.FALSE in held:
        return Truth.FALSE
    return Truth.UNKNOWN if Truth.UNKNOWN in held else Truth.TRUE


def disjoin(truths: Iterable[Truth]) -> Truth:
    """OR: TRUE if any is TRUE, else UNKNOWN if any is UNKNOWN, else FALSE (FALSE of none)."""
    held = set(truths)
    if Truth.TRUE in held:
        return Truth.TRUE
    return Truth.UNKNOWN if Truth.UNKNOWN in held else Truth.FALSE


def imply(condition: Truth, consequence: Truth) -> Truth:
    """IMPLIES(a, b) = OR(NOT a, b)."""
    return disjoin((negate(condition), consequence))
