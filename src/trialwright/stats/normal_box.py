"""Probability that a centred normal vector lies in a box, by quadrature: no random numbers, singular allowed.

The vector is written as L y with y independent and L in echelon form (pivoted Cholesky), so that a component
that is a combination of others, as log-rank weights often are, only narrows the limits of one y. Source of
the sequential conditioning: Genz 1992, J Comput Graph Stat 1:141.
"""

from __future__ import annotations

from functools import cache

import numpy as np

from trialwright.stats.arrays import FloatArray
from trialwright.stats.distributions import normal_cdf_array

RANK_TOLERANCE = 1e-10
MAX_RANK = 4
NODES = {1: 1, 2: 400, 3: 160, 4: 96}
"""Gauss-Legendre nodes an outer dimension, by rank: six decimals or better though the limits have kinks."""
REACH = 9.0
"""Nothing of a standard normal lies further out (2e-19)."""


def compute_box_probability(correlation: FloatArray, half_width: float) -> float:
    """P(max abs(Z_i) < ``half_width``) for Z ~ N(0, ``correlation``), rank at most four."""
    factor = _echelon(correlation)
    rank = factor.shape[1]
    if rank > MAX_RANK:
        raise ValueError(f"at most {MAX_RANK} weights that differ can be combined, not {rank}")
    nodes, weights = _unit_nodes(NODES[rank])
    y: FloatArray = np.zeros((1, 0))
    mass: FloatArray = np.ones(1)
    for column in range(rank - 1):
        low, high = _limits(factor, y, column, half_width)
        span = high - low
        at = low[:, None] + span[:, None] * nodes[None, :]
        density = np.exp(-0.5 * at * at) / np.sqrt(2.0 * np.pi)
        mass = (mass[:, None] * span[:, None] * weights[None, :] * density).ravel()
        y = np.column_stack([np.repeat(y, nodes.size, axis=0), at.ravel()])
    low, high = _limits(factor, y, rank - 1, half_width)
    return float(np.sum(mass * (normal_cdf_array(high) - normal_cdf_array(low))))


@cache
def _unit_nodes(count: int) -> tuple[FloatArray, FloatArray]:
    x, w = np.polynomial.legendre.leggauss(count)
    return (x + 1.0) / 2.0, w / 2.0


def _limits(rows: FloatArray, y: FloatArray, column: int, half_width: float) -> tuple[FloatArray, FloatArray]:
    """Limits of y[column] given the earlier ones, from every component whose last term is that column."""
    low, high = np.full(y.shape[0], -REACH), np.full(y.shape[0], REACH)
    for row in rows:
        used = np.flatnonzero(np.abs(row) > RANK_TOLERANCE)
        if used.size == 0 or used[-1] != column:
            continue
        shift = y @ row[:column]
        slope = float(row[column])
        first, second = (-half_width - shift) / slope, (half_width - shift) / slope
        low, high = np.maximum(low, np.minimum(first, second)), np.minimum(high, np.maximum(first, second))
    return low, np.maximum(high, low)


def _echelon(correlation: FloatArray) -> FloatArray:
    """L (components, rank) with L L' = ``correlation``: Cholesky, dependent components no pivots."""
    size = correlation.shape[0]
    factor = np.zeros((size, 0))
    residual = correlation.copy()
    for pivot in range(size):
        variance = float(residual[pivot, pivot])
        if variance <= RANK_TOLERANCE:
            continue
        column = residual[:, pivot] / np.sqrt(variance)
        factor = np.column_stack([factor, column])
        residual = residual - np.outer(column, column)
    return factor
