"""Tails and quantiles of the usual distributions, typed, from scipy.special.

``scipy.stats`` says the same numbers but takes most of a second to import.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from trialwright.stats.arrays import FloatArray


@cache
def _special() -> Any:
    from scipy import special  # imported at first use: it is half of what importing this room would cost

    return special


def normal_cdf(z: float) -> float:
    """P(Z <= z) for a standard normal Z."""
    return float(_special().ndtr(z))


def normal_cdf_array(z: FloatArray) -> FloatArray:
    """Elementwise ``normal_cdf``."""
    return _special().ndtr(z)


def normal_two_sided(z: float) -> float:
    """P(abs(Z) >= abs(z)) for a standard normal Z."""
    return float(2.0 * _special().ndtr(-abs(z)))


def normal_quantile(probability: float) -> float:
    """The z with P(Z <= z) = probability."""
    return float(_special().ndtri(probability))


def two_sided_z(level: float) -> float:
    """The half width, in standard errors, of a normal interval: 1.959964 for 0.95."""
    return normal_quantile(0.5 + level / 2.0)


def chi_square_sf(statistic: float, df: float) -> float:
    """P(X >= statistic) for a chi-square with ``df`` degrees of freedom."""
    return float(_special().chdtrc(df, statistic)) if statistic > 0 else 1.0


def student_two_sided(t: float, df: float) -> float:
    """P(abs(T) >= abs(t)) for Student's t; ``df`` may be fractional."""
    return float(2.0 * _special().stdtr(df, -abs(t)))


def student_quantile(probability: float, df: float) -> float:
    """The t with P(T <= t) = probability; ``df`` may be fractional."""
    return float(_special().stdtrit(df, probability))


def beta_quantile(probability: float, a: float, b: float) -> float:
    """The x with P(B <= x) = probability for a beta(a, b)."""
    return float(_special().betaincinv(a, b, probability))


def log_choose(n: float, k: FloatArray) -> FloatArray:
    """Logarithm of the binomial coefficients n over k; shape of ``k``."""
    gammaln = _special().gammaln
    return gammaln(n + 1.0) - gammaln(k + 1.0) - gammaln(n - k + 1.0)
