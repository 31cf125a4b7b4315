"""Random numbers that are keyed, not counted: what happens to one subject never shifts another's numbers.

A stream is named by (seed, what it is for); it gives the same numbers wherever and whenever it is asked.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping, Sequence
from statistics import NormalDist
from typing import TypeVar

T = TypeVar("T")

_STANDARD = NormalDist()
_WORD = 2.0**-64


class Draws:
    """One stream: SHA-256 in counter mode, keyed by the seed and the names of its purpose."""

    def __init__(self, seed: int, *purpose: str | int) -> None:
        named = "|".join(str(part) for part in (seed, *purpose))
        self._key = hashlib.sha256(named.encode()).digest()
        self._drawn = 0

    def word(self) -> int:
        """The next integer, 0 <= x < 2**64."""
        block = hashlib.sha256(self._key + self._drawn.to_bytes(8, "big")).digest()
        self._drawn += 1
        return int.from_bytes(block[:8], "big")

    def uniform(self) -> float:
        """The next number, 0 < x < 1."""
        return (self.word() + 0.5) * _WORD * (1.0 - 2.0**-53)

    def between(self, low: float, high: float) -> float:
        """The next number between two limits, all equally likely."""
        return low + (high - low) * self.uniform()

    def normal(self) -> float:
        """The next standard normal number."""
        return _STANDARD.inv_cdf(self.uniform())

    def exponential(self) -> float:
        """The next standard exponential number."""
        return -math.log(self.uniform())

    def chance(self, probability: float) -> bool:
        """Whether something of that probability happens; one number is used whatever the probability."""
        return self.uniform() < probability

    def whole(self, low: int, high: int) -> int:
        """The next whole number from ``low`` to ``high``, both included."""
        return low + min(int(self.uniform() * (high - low + 1)), high - low)

    def pick(self, things: Sequence[T]) -> T:
        """One of several, all equally likely."""
        return things[self.whole(0, len(things) - 1)]

    def weighted(self, weights: Mapping[T, float]) -> T:
        """One of several by their weights, in the order they are written."""
        return weighted_at(self.uniform(), weights)


def weighted_at(share: float, weights: Mapping[T, float]) -> T:
    """The thing at ``share`` (0 to 1) of the weights laid end to end. Refuses weights without a sum."""
    total = sum(weights.values())
    if total <= 0:
        raise ValueError("the weights must add up to more than 0")
    reached = 0.0
    chosen = next(iter(weights))
    for thing, weight in weights.items():
        if weight <= 0:
            continue
        chosen = thing
        reached += weight / total
        if share < reached:
            break
    return chosen


def standard_normal_at(share: float) -> float:
    """The standard normal number with that share of the distribution below it."""
    return _STANDARD.inv_cdf(share)
