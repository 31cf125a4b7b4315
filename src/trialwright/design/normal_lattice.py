"""Probability that a centred normal vector lies in a box, fast enough to be asked once a replicate.

Sequential conditioning (Genz 1992, Journal of Computational and Graphical Statistics 1:141) on a fixed
lattice of points, so that the answer is the same every time; accurate to about three decimals, which
decides a test. The exact one of the analysis is :mod:`trialwright.stats.normal_box`.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from trialwright.design.compiled import kernel

POINTS = 509
_ROOTS = np.sqrt(np.array([2.0, 3.0, 5.0, 7.0]))
_LEAST_PIVOT = 1e-10

# Rational approximation of the normal quantile by P. J. Acklam, relative error below 1.2e-9.
_A = (-3.969683028665376e1, 2.209460984245205e2, -2.759285104469687e2, 1.383577518672690e2, -3.066479806614716e1,
      2.506628277459239)  # fmt: skip
_B = (
    -5.447609879822406e1,
    1.615858368580409e2,
    -1.556989798598866e2,
    6.680131188771972e1,
    -1.328068155288572e1,
)
_C = (-7.784894002430293e-3, -3.223964580411365e-1, -2.400758277161838, -2.549732539343734, 4.374664141464968,
      2.938163982698783)  # fmt: skip
_D = (7.784695709041462e-3, 3.224671290700398e-1, 2.445134137142996, 3.754408661907416)
_TAIL = 0.02425


@kernel
def normal_cdf(z: float) -> float:
    """The standard normal distribution function."""
    return 0.5 * math.erfc(-z * 0.7071067811865476)


@kernel
def normal_quantile(p: float) -> float:
    """The standard normal quantile, held between -8 and 8."""
    if p < 1e-15:
        return -8.0
    if p > 1.0 - 1e-15:
        return 8.0
    if p < _TAIL or p > 1.0 - _TAIL:
        q = math.sqrt(-2.0 * math.log(min(p, 1.0 - p)))
        top = ((((_C[0] * q + _C[1]) * q + _C[2]) * q + _C[3]) * q + _C[4]) * q + _C[5]
        x = top / ((((_D[0] * q + _D[1]) * q + _D[2]) * q + _D[3]) * q + 1.0)
        return x if p < 0.5 else -x
    q = p - 0.5
    r = q * q
    top = (((((_A[0] * r + _A[1]) * r + _A[2]) * r + _A[3]) * r + _A[4]) * r + _A[5]) * q
    return top / (((((_B[0] * r + _B[1]) * r + _B[2]) * r + _B[3]) * r + _B[4]) * r + 1.0)


@kernel
def cholesky_of(correlation: NDArray[np.float64], factor: NDArray[np.float64]) -> None:
    """Lower triangular factor; a component that the ones before it determine gets a tiny pivot."""
    n = correlation.shape[0]
    factor[:, :] = 0.0
    for i in range(n):
        for j in range(i + 1):
            rest = correlation[i, j]
            for k in range(j):
                rest -= factor[i, k] * factor[j, k]
            if i == j:
                factor[i, i] = math.sqrt(max(rest, _LEAST_PIVOT))
            else:
                factor[i, j] = rest / factor[j, j]


@kernel
def box_probability(correlation: NDArray[np.float64], limit: float, two_sided: bool) -> float:
    """P(all |Z_i| < limit), or P(all Z_i < limit), for at most five components."""
    n = correlation.shape[0]
    factor, y = np.empty((n, n)), np.empty(n)
    cholesky_of(correlation, factor)
    total = 0.0
    for point in range(POINTS):
        inside = 1.0
        for i in range(n):
            mean = 0.0
            for j in range(i):
                mean += factor[i, j] * y[j]
            high = normal_cdf((limit - mean) / factor[i, i])
            low = normal_cdf((-limit - mean) / factor[i, i]) if two_sided else 0.0
            inside *= max(high - low, 0.0)
            if inside <= 0.0:
                break
            if i < n - 1:
                step = (point + 0.5) * _ROOTS[i]
                share = abs(2.0 * (step - math.floor(step)) - 1.0)
                y[i] = normal_quantile(low + share * (high - low))
        total += inside
    return total / POINTS
