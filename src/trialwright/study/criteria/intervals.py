"""Sets of real numbers as unions of intervals, each end open or closed, exact.

A set is kept as its cuts: places on the line where membership changes. A cut just below 3 is ``(3, 0)``, one
just above 3 is ``(3, 1)``; so [3, 5) is the cuts ``(3, 0), (5, 0)`` and the point {3} is ``(3, 0), (3, 1)``.
Union, intersection and complement are then one walk over sorted cuts.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

from .ast import Op

Cut = tuple[Fraction | float, int]
_BOTTOM: Cut = (-math.inf, 0)
_TOP: Cut = (math.inf, 0)


@dataclass(frozen=True, slots=True)
class Interval:
    """One piece of a set; an end that is None is unbounded (and never closed)."""

    low: Fraction | None
    low_closed: bool
    high: Fraction | None
    high_closed: bool

    @property
    def is_point(self) -> bool:
        """Whether it is a single number."""
        return self.low is not None and self.low == self.high


@dataclass(frozen=True, slots=True)
class IntervalSet:
    """A union of disjoint, non-touching intervals in ascending order; equal sets are equal values."""

    cuts: tuple[Cut, ...] = ()

    @property
    def intervals(self) -> tuple[Interval, ...]:
        """The pieces, in ascending order."""
        pairs = zip(self.cuts[::2], self.cuts[1::2], strict=True)
        return tuple(
            Interval(_finite(low), _finite(low) is not None and low[1] == 0, _finite(high), high[1] == 1)
            for low, high in pairs
        )

    @property
    def is_empty(self) -> bool:
        """Whether no number belongs to it."""
        return not self.cuts

    @property
    def is_everything(self) -> bool:
        """Whether every number belongs to it."""
        return self == EVERYTHING

    def __contains__(self, number: Fraction) -> bool:
        pairs = zip(self.cuts[::2], self.cuts[1::2], strict=True)
        return any(low <= (number, 0) and (number, 1) <= high for low, high in pairs)

    def union(self, other: IntervalSet) -> IntervalSet:
        """Numbers of either."""
        return _merge(self, other, lambda here, there: here or there)

    def intersection(self, other: IntervalSet) -> IntervalSet:
        """Numbers of both."""
        if self is EVERYTHING or other is EVERYTHING:
            return other if self is EVERYTHING else self
        return _merge(self, other, lambda here, there: here and there)

    def complement(self) -> IntervalSet:
        """Every number that does not belong to it."""
        return _merge(self, EVERYTHING, lambda here, there: there and not here)

    def minus(self, other: IntervalSet) -> IntervalSet:
        """Numbers of this set that are not in ``other``."""
        return _merge(self, other, lambda here, there: here and not there)

    def is_within(self, other: IntervalSet) -> bool:
        """Whether all of it belongs to ``other``."""
        return self.minus(other).is_empty

    def scaled(self, factor: Fraction, offset: Fraction = Fraction(0)) -> IntervalSet:
        """Every number times a positive ``factor``, plus ``offset``."""
        if factor <= 0:
            raise ValueError("a scale factor must be positive")
        return IntervalSet(
            tuple((x * factor + offset if isinstance(x, Fraction) else x, side) for x, side in self.cuts)
        )

    def on_whole_numbers(self) -> IntervalSet:
        """The set a whole-number variable sees: ends at whole numbers and closed, neighbours joined.

        {0} ∪ {1} ∪ {2} becomes [0, 2], and (2, 3) becomes the empty set.
        """
        joined = NOTHING
        for low, high in zip(self.cuts[::2], self.cuts[1::2], strict=True):
            first, after = _next_whole(low), _next_whole(high)
            joined = joined.union(IntervalSet((first, after)) if first < after else NOTHING)
        return IntervalSet(tuple(_closed_end(cut) if n % 2 else cut for n, cut in enumerate(joined.cuts)))

    def __str__(self) -> str:
        return " ∪ ".join(_show(piece) for piece in self.intervals) or "∅"


NOTHING = IntervalSet()
EVERYTHING = IntervalSet((_BOTTOM, _TOP))


def point(number: Fraction) -> IntervalSet:
    """The set of one number."""
    return IntervalSet(((number, 0), (number, 1)))


def points(numbers: tuple[Fraction, ...]) -> IntervalSet:
    """The set of these numbers."""
    return IntervalSet(tuple(cut for number in sorted(set(numbers)) for cut in ((number, 0), (number, 1))))


def half_line(op: Op, number: Fraction) -> IntervalSet:
    """The numbers x with ``x op number``."""
    match op:
        case Op.LT:
            return IntervalSet((_BOTTOM, (number, 0)))
        case Op.LE:
            return IntervalSet((_BOTTOM, (number, 1)))
        case Op.GT:
            return IntervalSet(((number, 1), _TOP))
        case Op.GE:
            return IntervalSet(((number, 0), _TOP))
        case Op.EQ:
            return point(number)
        case Op.NE:
            return point(number).complement()


def _merge(one: IntervalSet, two: IntervalSet, keep: Callable[[bool, bool], bool]) -> IntervalSet:
    """The set of numbers for which ``keep(in one, in two)``; False for neither."""
    cuts: list[Cut] = []
    inside, first, second = False, set(one.cuts), set(two.cuts)
    here = there = False
    for cut in sorted(first | second):
        here ^= cut in first
        there ^= cut in second
        if keep(here, there) != inside:
            inside = not inside
            cuts.append(cut)
    return IntervalSet(tuple(cuts))


def _next_whole(cut: Cut) -> Cut:
    """The cut just below the first whole number above ``cut``; two cuts between the same neighbours agree."""
    at, side = cut
    if not isinstance(at, Fraction):
        return cut
    return (Fraction(math.floor(at) + 1 if side else math.ceil(at)), 0)


def _closed_end(cut: Cut) -> Cut:
    return (cut[0] - 1, 1) if isinstance(cut[0], Fraction) else cut


def _finite(cut: Cut) -> Fraction | None:
    return cut[0] if isinstance(cut[0], Fraction) else None


def _show(piece: Interval) -> str:
    if piece.is_point:
        return f"{{{piece.low}}}"
    low = "-∞" if piece.low is None else str(piece.low)
    high = "∞" if piece.high is None else str(piece.high)
    return f"{'[' if piece.low_closed else '('}{low}, {high}{']' if piece.high_closed else ')'}"
