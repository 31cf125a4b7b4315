"""The loops that see every subject, compiled: ties, the survival curve, log-rank sums, Cox sums.

Imported at first use only, because numba is slow to import. Each kernel runs over sorted subjects once and
makes no arrays but its results. The tests hold a slow twin in plain Python for every one of them.
"""

from __future__ import annotations

from typing import Any, TypeVar, cast

import numba
import numpy as np

from trialwright.stats.arrays import BoolArray, FloatArray, IntArray, KeyArray

Loop = TypeVar("Loop")


def _compiled(loop: Loop) -> Loop:
    return cast(Loop, cast(Any, numba).njit(cache=True, error_model="numpy")(loop))


@_compiled
def merge_near_ties(ascending: FloatArray, tolerance: float) -> None:
    """Make times equal that differ by no more than ``tolerance``, absolutely or as a share of the mean time.

    In place; each chain of near times takes the value of its first. The mean is that of the distinct times.
    """
    total, distinct, smallest = 0.0, 0, np.inf
    last = -1.0
    for value in ascending:
        if value > last:
            if distinct:
                smallest = min(smallest, value - last)
            total += value
            distinct += 1
            last = value
    limit = tolerance * max(1.0, total / max(distinct, 1))
    if smallest > limit:
        return
    last = first = ascending[0]
    for i in range(ascending.shape[0]):
        value = ascending[i]
        if value - last > limit:
            first = value
        last = value
        ascending[i] = first


@_compiled
def split_keys(keys: KeyArray, event: BoolArray) -> None:
    """Take the event out of the lowest bit of each key; what is left are the bits of the time."""
    for i in range(keys.shape[0]):
        event[i] = keys[i] & np.uint64(1)
        keys[i] >>= np.uint64(1)


@_compiled
def fill_curve(
    ascending: FloatArray,
    event: BoolArray,
    counts: IntArray,
    survival: FloatArray,
    log_variance: FloatArray,
) -> int:
    """Fill one row a distinct time, ``ascending`` with those times, and answer how many rows were filled.

    ``counts`` (3, n): at risk, events, censored. ``log_variance`` is Greenwood's of log S, infinite at S = 0.
    """
    n = ascending.shape[0]
    i, row, s, v = 0, 0, 1.0, 0.0
    while i < n:
        now, start, d = ascending[i], i, 0
        while i < n and ascending[i] == now:
            d += event[i]
            i += 1
        if d > 0:
            at_risk = float(n - start)
            s *= (at_risk - d) / at_risk
            v += d / (at_risk * (at_risk - d))
        ascending[row] = now
        counts[0, row] = n - start
        counts[1, row] = d
        counts[2, row] = i - start - d
        survival[row] = s
        log_variance[row] = v
        row += 1
    return row


@_compiled
def sum_log_rank(
    ascending: FloatArray,
    event: BoolArray,
    codes: IntArray,
    rho: FloatArray,
    gamma: FloatArray,
    observed: FloatArray,
    expected: FloatArray,
    covariance: FloatArray,
) -> None:
    """Add one stratum's weighted events, expectations (weights, groups) and covariance (w, w, g, g)."""
    n, groups, weights = ascending.shape[0], observed.shape[1], rho.shape[0]
    at_risk, dead, gone = np.zeros(groups), np.zeros(groups), np.zeros(groups)
    weight = np.ones(weights)
    for i in range(n):
        at_risk[codes[i]] += 1.0
    total, survival, i = float(n), 1.0, 0
    while i < n:
        now, d, left = ascending[i], 0.0, 0.0
        while i < n and ascending[i] == now:
            gone[codes[i]] += 1.0
            left += 1.0
            if event[i]:
                dead[codes[i]] += 1.0
                d += 1.0
            i += 1
        if d > 0:
            spread = d * (total - d) / (total - 1.0) if total > 1 else 0.0
            for a in range(weights):
                first = 1.0 if rho[a] == 0 else survival ** rho[a]
                weight[a] = first if gamma[a] == 0 else first * (1.0 - survival) ** gamma[a]
                for k in range(groups):
                    observed[a, k] += weight[a] * dead[k]
                    expected[a, k] += weight[a] * d * at_risk[k] / total
                for b in range(a + 1):
                    factor = weight[a] * weight[b] * spread
                    for k in range(groups):
                        share = factor * at_risk[k] / total
                        for m in range(groups):
                            own = total if k == m else 0.0
                            covariance[a, b, k, m] += share * (own - at_risk[m]) / total
            survival *= 1.0 - d / total
        for k in range(groups):
            at_risk[k] -= gone[k]
            gone[k] = 0.0
            dead[k] = 0.0
        total -= left


@_compiled
def fill_linear_predictor(x: FloatArray, coefficient: FloatArray, eta: FloatArray) -> float:
    """Fill x times the coefficients and answer the largest; a loop, because threads cost more than they save."""
    largest = -np.inf
    for i in range(x.shape[0]):
        total = 0.0
        for j in range(x.shape[1]):
            total += x[i, j] * coefficient[j]
        eta[i] = total
        largest = max(largest, total)
    return largest


@_compiled
def sort_and_centre(raw: FloatArray, order: IntArray, centre: FloatArray, sorted_rows: FloatArray) -> None:
    """Fill raw - centre in the sorted order."""
    for i in range(order.shape[0]):
        row = order[i]
        for j in range(raw.shape[1]):
            sorted_rows[i, j] = raw[row, j] - centre[j]


@_compiled
def add_subject(x: FloatArray, i: int, weight: float, first: FloatArray, second: FloatArray) -> None:
    """Add row i's weighted covariates to ``first`` (p,), their products to the lower half of ``second``."""
    for j in range(x.shape[1]):
        weighted = weight * x[i, j]
        first[j] += weighted
        for k in range(j + 1):
            second[j, k] += weighted * x[i, k]


@_compiled
def count_deaths(
    deaths: int,
    efron: bool,
    s0: float,
    s1: FloatArray,
    s2: FloatArray,
    d0: float,
    d1: FloatArray,
    d2: FloatArray,
    mean: FloatArray,
    score: FloatArray,
    information: FloatArray,
    logs: FloatArray,
) -> None:
    """Let each of ``deaths`` tied deaths take its share: the risk set's sums s less a fraction of the dead's d.

    ``logs`` holds the sum of logarithms so far and a product whose logarithm is still to be taken: one
    logarithm in forty deaths or so instead of one a death.
    """
    for death in range(deaths):
        fraction = death / deaths if efron else 0.0
        pool = s0 - fraction * d0
        inverse = 1.0 / pool
        logs[1] *= pool
        if logs[1] > 1e200 or logs[1] < 1e-200:
            logs[0] += np.log(logs[1])
            logs[1] = 1.0
        for j in range(mean.shape[0]):
            mean[j] = (s1[j] - fraction * d1[j]) * inverse
            score[j] -= mean[j]
            for k in range(j + 1):
                product = (s2[j, k] - fraction * d2[j, k]) * inverse
                information[j, k] += product - mean[j] * mean[k]


@_compiled
def sum_cox(
    x: FloatArray,
    eta: FloatArray,
    weight: FloatArray,
    event: BoolArray,
    tie_first: BoolArray,
    stratum_first: BoolArray,
    efron: bool,
    score: FloatArray,
    information: FloatArray,
) -> float:
    """Log partial likelihood less the shift of ``weight`` = exp(eta - shift); fills score and information.

    Rows by stratum and ascending time; the flags mark the first row of a tie and of a stratum. The sums
    over the risk set grow from the last row to the first; at a tie's first row its deaths are counted.
    """
    n, p = x.shape
    s0, d0, value, deaths = 0.0, 0.0, 0.0, 0
    s1, d1, mean, logs = np.zeros(p), np.zeros(p), np.zeros(p), np.array([0.0, 1.0])
    s2, d2 = np.zeros((p, p)), np.zeros((p, p))
    for i in range(n - 1, -1, -1):
        s0 += weight[i]
        add_subject(x, i, weight[i], s1, s2)
        if event[i]:
            deaths += 1
            value += eta[i]
            for j in range(p):
                score[j] += x[i, j]
            if efron and (deaths > 1 or not tie_first[i]):  # a lone death needs no share
                d0 += weight[i]
                add_subject(x, i, weight[i], d1, d2)
        if tie_first[i] and deaths > 0:
            count_deaths(deaths, efron, s0, s1, s2, d0, d1, d2, mean, score, information, logs)
            deaths = 0
            if d0 != 0.0:
                d0 = 0.0
                d1[:] = 0.0
                d2[:] = 0.0
        if stratum_first[i]:
            s0 = 0.0
            s1[:] = 0.0
            s2[:] = 0.0
    for j in range(p):
        for k in range(j):
            information[k, j] = information[j, k]
    return value - logs[0] - np.log(logs[1])
