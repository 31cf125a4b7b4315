"""Exact probabilities of a group-sequential design by recursive numerical integration.

The statistics Z_1, ..., Z_K of the looks are jointly normal with mean theta * sqrt(I_k) and correlation
sqrt(I_j / I_k). The density of staying between the boundaries is carried from look to look on Gauss-Legendre
nodes. Source: Armitage, McPherson, Rowe (1969), JRSS A 132:235; Jennison & Turnbull (2000), Group sequential
methods with applications to clinical trials, chapter 19.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

Reals = NDArray[np.float64]

NODES = 256
REACH = 9.0
"""Standard deviations beyond which nothing is integrated."""


@cache
def _rule() -> tuple[Reals, Reals]:
    """Nodes and weights on [-1, 1]; made when boundaries are first asked for."""
    return np.polynomial.legendre.leggauss(NODES)


def ndtr(z: Any) -> Any:
    """The normal distribution function; its library is loaded when it is first asked for."""
    from scipy.special import ndtr as compute

    return compute(z)


@dataclass(frozen=True, slots=True)
class Continuation:
    """Where a trial may be after a look without having stopped: nodes, and density times weight on them."""

    information: float
    z: Reals
    mass: Reals


def begin(information: float, lower: float, upper: float, drift: float) -> Continuation:
    """After the first look: the normal density between the boundaries. ``drift`` is theta."""
    z, weight = _nodes(lower, upper, drift * np.sqrt(information))
    density = np.exp(-0.5 * (z - drift * np.sqrt(information)) ** 2) / np.sqrt(2 * np.pi)
    return Continuation(information, z, density * weight)


def advance(
    before: Continuation, information: float, lower: float, upper: float, drift: float
) -> Continuation:
    """After the next look: one integral a node over the nodes before."""
    z, weight = _nodes(lower, upper, drift * np.sqrt(information))
    step = information - before.information
    gap = z[:, None] * np.sqrt(information) - before.z * np.sqrt(before.information) - drift * step
    kernel = np.exp(-0.5 * gap**2 / step) * np.sqrt(information / step / (2 * np.pi))
    return Continuation(information, z, (kernel @ before.mass) * weight)


def above(before: Continuation | None, information: float, z: float, drift: float) -> float:
    """Probability of going on to a look (all trials before the first) and exceeding ``z`` there."""
    if before is None:
        return float(ndtr(drift * np.sqrt(information) - z))
    step = information - before.information
    mean = before.z * np.sqrt(before.information) + drift * step
    return float(ndtr((mean - z * np.sqrt(information)) / np.sqrt(step)) @ before.mass)


def below(before: Continuation | None, information: float, z: float, drift: float) -> float:
    """Probability of going on to a look and lying at or below ``z`` there."""
    if before is None:
        return float(ndtr(z - drift * np.sqrt(information)))
    step = information - before.information
    mean = before.z * np.sqrt(before.information) + drift * step
    return float(ndtr((z * np.sqrt(information) - mean) / np.sqrt(step)) @ before.mass)


def go_on(
    before: Continuation | None, information: float, lower: float, upper: float, drift: float
) -> Continuation:
    """After a look, whether the first or a later one."""
    if before is None:
        return begin(information, lower, upper, drift)
    return advance(before, information, lower, upper, drift)


def compute_crossing(
    information: Sequence[float], lower: Sequence[float], upper: Sequence[float], drift: float
) -> tuple[Reals, Reals]:
    """Probabilities of first crossing the upper and the lower boundary at each look.

    ``information`` increases; a boundary that does not exist is infinite.
    """
    over, under = np.zeros(len(information)), np.zeros(len(information))
    before: Continuation | None = None
    for k, (level, low, high) in enumerate(zip(information, lower, upper, strict=True)):
        over[k] = above(before, level, high, drift)
        under[k] = below(before, level, low, drift) if low > -np.inf else 0.0
        before = go_on(before, level, low, high, drift)
    return over, under


def _nodes(lower: float, upper: float, centre: float) -> tuple[Reals, Reals]:
    low, high = max(lower, centre - REACH), min(upper, centre + REACH)
    low = min(low, high)
    half = (high - low) / 2
    x, weight = _rule()
    return low + half * (x + 1), half * weight
