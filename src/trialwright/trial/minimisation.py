"""Minimisation: how unbalanced each arm would leave the factors (Pocock & Simon, Biometrics 1975;31:103).

For every candidate arm the new subject is added to it, and per factor the spread of the arms' counts at the
subject's level is taken; ``G`` is the weighted sum over the factors, and the arm with the smallest ``G`` is
preferred. Counts are divided by the allocation ratio. Ties are judged within 1e-9, because a sum of roots is
not exact.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Literal

Measure = Literal["range", "variance", "sd"]
TIE = 1e-9


def compute_imbalances(
    counts: Sequence[Sequence[int]],
    weights: Sequence[float] | None = None,
    ratio: Sequence[int] | None = None,
    measure: Measure = "range",
) -> tuple[float, ...]:
    """``G`` of each arm, in arm order; ``counts`` has a row a factor: the arms' counts at the subject's
    level.
    """
    if not counts:
        raise ValueError("minimisation needs at least one factor")
    arms = len(counts[0])
    shares = ratio or (1,) * arms
    factor_weights = weights or (1.0,) * len(counts)
    totals: list[float] = []
    for candidate in range(arms):
        spreads = [
            _spread([(n + (arm == candidate)) / shares[arm] for arm, n in enumerate(row)], measure)
            for row in counts
        ]
        totals.append(math.fsum(w * spread for w, spread in zip(factor_weights, spreads, strict=True)))
    return tuple(totals)


def compute_marginal_sums(counts: Sequence[Sequence[int]]) -> tuple[int, ...]:
    """The sums of each arm's counts over the subject's levels (Taves 1974): the smaller sum is preferred."""
    return tuple(sum(column) for column in zip(*counts, strict=True))


def find_preferred(imbalances: Sequence[float]) -> tuple[int, ...]:
    """Indexes of the arms with the smallest imbalance; several when they tie within 1e-9."""
    smallest = min(imbalances)
    return tuple(arm for arm, value in enumerate(imbalances) if value - smallest <= TIE)


def compute_probabilities(
    preferred: Sequence[int], ratio: Sequence[int], preferred_probability: float = 0.8
) -> tuple[float, ...]:
    """Probability of each arm: the preferred share ``preferred_probability`` equally, the others the rest.

    When all arms tie, the allocation ratio decides.
    """
    arms = len(ratio)
    if len(preferred) == arms:
        return tuple(weight / sum(ratio) for weight in ratio)
    inside = preferred_probability / len(preferred)
    outside = (1 - preferred_probability) / (arms - len(preferred))
    return tuple(inside if arm in preferred else outside for arm in range(arms))


def _spread(values: Sequence[float], measure: Measure) -> float:
    if measure == "range":
        return max(values) - min(values)
    mean = math.fsum(values) / len(values)
    variance = math.fsum((value - mean) ** 2 for value in values) / (len(values) - 1)
    return variance if measure == "variance" else math.sqrt(variance)
