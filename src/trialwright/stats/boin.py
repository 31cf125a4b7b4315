"""The Bayesian optimal interval design: limits of the observed rate, and its decision table.

Source: Liu & Yuan (2015), JRSS C 64:507.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from trialwright.stats.beta_binomial import compute_least_events

_TOLERANCE = 1e-9
"""A limit that is met exactly must not be missed by a binary fraction."""


@dataclass(frozen=True, slots=True)
class BoinRow:
    """Decisions at one number of subjects at a dose, in numbers of toxicities (None: never)."""

    subjects: int
    escalate_most: int
    de_escalate_least: int
    eliminate_least: int | None


def compute_boin_limits(
    target: float, low_factor: float = 0.6, high_factor: float = 1.4
) -> tuple[float, float]:
    """(escalate at an observed rate up to this, de-escalate from this)."""
    low, high = low_factor * target, high_factor * target
    escalate = math.log((1 - low) / (1 - target)) / math.log(target * (1 - low) / (low * (1 - target)))
    de_escalate = math.log((1 - target) / (1 - high)) / math.log(high * (1 - target) / (target * (1 - high)))
    return escalate, de_escalate


def compute_boin_table(
    target: float, most_subjects: int, cutoff: float = 0.95, from_subjects: int = 3
) -> list[BoinRow]:
    """The decision table for 1 to ``most_subjects`` subjects at a dose.

    A dose is eliminated when the posterior probability (uniform prior) that its rate exceeds the target is
    above ``cutoff``, from ``from_subjects`` subjects on.
    """
    escalate, de_escalate = compute_boin_limits(target)
    return [
        BoinRow(
            n,
            math.floor(escalate * n + _TOLERANCE),
            math.ceil(de_escalate * n - _TOLERANCE),
            compute_least_events((1.0, 1.0), n, target, cutoff) if n >= from_subjects else None,
        )
        for n in range(1, most_subjects + 1)
    ]
