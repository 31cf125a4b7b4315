"""Allocating the subjects of a simulated trial in the order in which they come, as the study would or otherwise."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from trialwright.trial.minimisation import compute_imbalances, compute_probabilities, find_preferred
from trialwright.trial.randomisation import PortableGenerator, make_block_list

Method = Literal["blocks", "minimisation", "simple"]
ARMS = ("control", "experimental")


@dataclass(frozen=True, slots=True)
class AllocationPlan:
    """How subjects are allocated. ``ratio`` is (control, experimental).

    Blocks are made within each stratum, minimisation balances stratum and site and prefers the better arm with
    ``preferred_probability``, simple allocation tosses a coin.
    """

    method: Method
    ratio: tuple[int, int]
    block_sizes: tuple[int, ...]
    preferred_probability: float = 0.8


def allocate_subjects(
    plan: AllocationPlan, strata: Sequence[int], sites: Sequence[int], seed: str
) -> NDArray[np.int8]:
    """The arm of each subject (1 experimental), in the order of the subjects; the same for the same seed."""
    if plan.method == "blocks":
        return _by_blocks(plan, strata, seed)
    if plan.method == "minimisation":
        return _by_minimisation(plan, strata, sites, seed)
    generator, (control, experimental) = PortableGenerator(seed), plan.ratio
    return np.array([generator.below(control + experimental) < experimental for _ in strata], dtype=np.int8)


def _by_blocks(plan: AllocationPlan, strata: Sequence[int], seed: str) -> NDArray[np.int8]:
    lists = {
        stratum: iter(make_block_list(seed, str(stratum), ARMS, plan.ratio, plan.block_sizes, count))
        for stratum, count in Counter(strata).items()
    }
    return np.array([ARMS.index(next(lists[stratum])) for stratum in strata], dtype=np.int8)


def _by_minimisation(
    plan: AllocationPlan, strata: Sequence[int], sites: Sequence[int], seed: str
) -> NDArray[np.int8]:
    generator, counts = PortableGenerator(seed), Counter[tuple[str, int, int]]()
    arms = np.empty(len(strata), dtype=np.int8)
    for i, levels in enumerate(zip(strata, sites, strict=True)):
        named = tuple(zip(("stratum", "site"), levels, strict=True))
        rows = [[counts[(factor, level, arm)] for arm in range(2)] for factor, level in named]
        preferred = find_preferred(compute_imbalances(rows, ratio=plan.ratio))
        shares = compute_probabilities(preferred, plan.ratio, plan.preferred_probability)
        arms[i] = generator.draw() / 2**64 >= shares[0]
        counts.update((factor, level, int(arms[i])) for factor, level in named)
    return arms
