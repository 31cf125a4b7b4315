"""Tests beside the plain log-rank: Fleming-Harrington weights, MaxCombo, restricted mean, milestone.

All work on the risk table of :mod:`trialwright.design.survival_tests`. Sources: Fleming & Harrington
(1991), Counting processes and survival analysis, section 7.2; Lin et al. (2020), Statistics in
Biopharmaceutical Research 12:187 (MaxCombo); Royston & Parmar (2013), BMC Medical Research Methodology
13:152 (restricted mean).
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from trialwright.design.compiled import kernel
from trialwright.design.normal_lattice import box_probability

FLEMING_HARRINGTON, MAX_COMBO, RMST, MILESTONE = range(4)
KINDS = {
    "fleming_harrington": FLEMING_HARRINGTON,
    "max_combo": MAX_COMBO,
    "rmst": RMST,
    "milestone": MILESTONE,
}

COMBO = np.array([[0.0, 1.0], [1.0, 0.0], [1.0, 1.0], [0.0, 0.0]])
"""(rho, gamma) of MaxCombo; the last is the sum of the first two and stands last for the factorisation."""

NOT_REJECTED, IN_FAVOUR, AGAINST = 0, 1, 2

Table = NDArray[np.float64]


@kernel
def add_weighted_scores(table: Table, rows: int, weights: Table, score: Table, covariance: Table) -> None:
    """Add the weighted log-rank scores of one stratum and their covariance.

    ``weights`` (m, 2) holds (rho, gamma) of S(t-)^rho (1 - S(t-))^gamma with the pooled Kaplan-Meier
    estimate.
    """
    m = weights.shape[0]
    w, survival = np.empty(m), 1.0
    for i in range(rows):
        n, n1, d, d1 = table[i, 0], table[i, 1], table[i, 2], table[i, 3]
        for a in range(m):
            w[a] = survival ** weights[a, 0] * (1.0 - survival) ** weights[a, 1]
        p = n1 / n
        variance = d * p * (1.0 - p) * (n - d) / (n - 1.0) if n > 1 else 0.0
        for a in range(m):
            score[a] += w[a] * (d1 - d * p)
            for b in range(m):
                covariance[a, b] += w[a] * w[b] * variance
        survival *= 1.0 - d / n


@kernel
def decide(z: float, critical_z: float, sides: int) -> int:
    """The decision of a statistic that is negative in favour of the experimental arm."""
    if z <= -critical_z:
        return IN_FAVOUR
    return AGAINST if sides == 2 and z >= critical_z else NOT_REJECTED


@kernel
def decide_combo(score: Table, covariance: Table, critical_z: float, alpha: float, sides: int) -> int:
    """The decision of MaxCombo; the joint probability is asked only where the simple bounds do not decide."""
    m = score.shape[0]
    z, correlation = np.empty(m), np.empty((m, m))
    for a in range(m):
        if covariance[a, a] <= 0:
            return NOT_REJECTED
        z[a] = score[a] / math.sqrt(covariance[a, a])
    largest, favour = 0.0, True
    for a in range(m):
        size = abs(z[a]) if sides == 2 else -z[a]
        if size > largest:
            largest, favour = size, z[a] < 0
        for b in range(m):
            correlation[a, b] = covariance[a, b] / math.sqrt(covariance[a, a] * covariance[b, b])
    if largest < critical_z:
        return NOT_REJECTED
    if 1.0 - box_probability(correlation, largest, sides == 2) > alpha:
        return NOT_REJECTED
    return IN_FAVOUR if favour else AGAINST


@kernel
def compute_arm_curve(table: Table, rows: int, experimental: bool, tau: float) -> tuple[float, ...]:
    """(area under Kaplan-Meier to tau, its variance, survival at tau, its variance) of one arm.

    The curve keeps its last value; Greenwood variances.
    """
    area, survival, greenwood, last = 0.0, 1.0, 0.0, 0.0
    for i in range(rows):
        if table[i, 4] > tau:
            break
        n = table[i, 1] if experimental else table[i, 0] - table[i, 1]
        d = table[i, 3] if experimental else table[i, 2] - table[i, 3]
        area += survival * (table[i, 4] - last)
        last = table[i, 4]
        if d > 0:
            greenwood += d / (n * (n - d)) if n > d else 0.0
            survival *= 1.0 - d / n
    area += survival * (tau - last)
    variance, rest, survival_now, last = 0.0, area, 1.0, 0.0
    for i in range(rows):
        if table[i, 4] > tau:
            break
        n = table[i, 1] if experimental else table[i, 0] - table[i, 1]
        d = table[i, 3] if experimental else table[i, 2] - table[i, 3]
        rest -= survival_now * (table[i, 4] - last)
        last = table[i, 4]
        if d > 0:
            survival_now *= 1.0 - d / n
            if n > d:
                variance += rest * rest * d / (n * (n - d))
    return area, variance, survival, survival * survival * greenwood


@kernel
def compute_difference(table: Table, rows: int, tau: float, kind: int) -> tuple[float, float]:
    """(experimental minus control, its standard error) of the restricted mean or of survival at tau."""
    mean_1, variance_1, alive_1, spread_1 = compute_arm_curve(table, rows, True, tau)
    mean_0, variance_0, alive_0, spread_0 = compute_arm_curve(table, rows, False, tau)
    if kind == RMST:
        return mean_1 - mean_0, math.sqrt(variance_1 + variance_0)
    return alive_1 - alive_0, math.sqrt(spread_1 + spread_0)
