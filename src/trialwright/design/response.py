"""Exact power of comparing two response rates: every table of two arms, with its probability.

Tests: Fisher's exact test (two-sided: tables no likelier than the observed one), and the score test of
the difference with the pooled rate and the factor N / (N - 1). Source: Fleiss, Levin, Paik (2003), Statistical
methods for rates and proportions, chapter 3.
"""

from __future__ import annotations

from dataclasses import dataclass
from statistics import NormalDist
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

Reals = NDArray[np.float64]
ResponseTest = Literal["fisher", "score"]

_TIE = 1 + 1e-7
"""Tables whose probabilities differ by rounding only count as equally likely, as in R and SciPy."""


@dataclass(frozen=True, slots=True)
class ResponsePower:
    """Probability of rejecting, in favour of the experimental arm and in either direction; exact."""

    rates: tuple[float, float]
    subjects: tuple[int, int]
    test: ResponseTest
    power: float
    rejected_either_way: float

    def as_json(self) -> dict[str, Any]:
        """A JSON-ready mapping; pairs are (control, experimental)."""
        return {name: getattr(self, name) for name in self.__slots__}


def compute_response_power(
    rates: tuple[float, float],
    subjects: tuple[int, int],
    alpha: float = 0.05,
    sides: int = 2,
    test: ResponseTest = "fisher",
) -> ResponsePower:
    """Power for true rates (control, experimental) with so many subjects an arm."""
    p_values = _fisher(*subjects, sides) if test == "fisher" else _score(*subjects, sides)
    likely = np.outer(_binomial(subjects[0], rates[0]), _binomial(subjects[1], rates[1]))
    x0, x1 = np.indices(likely.shape)
    better = x1 * subjects[0] > x0 * subjects[1]
    rejected = p_values <= alpha
    return ResponsePower(
        rates,
        subjects,
        test,
        float(likely[rejected & better].sum()),
        float(likely[rejected].sum()),
    )


def _log_choose(n: int, k: NDArray[Any]) -> Reals:
    from scipy.special import (
        gammaln,
    )  # here: a design without response rates starts a sixth of a second sooner

    return gammaln(n + 1) - gammaln(k + 1) - gammaln(n - k + 1)


def _binomial(n: int, rate: float) -> Reals:
    k = np.arange(n + 1)
    with np.errstate(divide="ignore", invalid="ignore"):
        logs = np.where(k > 0, k * np.log(rate), 0.0) + np.where(k < n, (n - k) * np.log1p(-rate), 0.0)
    return np.exp(_log_choose(n, k) + logs)


def _fisher(n0: int, n1: int, sides: int) -> Reals:
    """p-values of all tables (x0, x1)."""
    p_values = np.ones((n0 + 1, n1 + 1))
    for total in range(n0 + n1 + 1):
        x1 = np.arange(max(0, total - n0), min(n1, total) + 1)
        logs = _log_choose(n0, total - x1) + _log_choose(n1, x1)
        chance = np.exp(logs - logs.max())
        chance /= chance.sum()
        alike = [chance[chance <= c * _TIE].sum() for c in chance] if sides == 2 else []
        p = np.array(alike) if sides == 2 else chance[::-1].cumsum()[::-1]
        p_values[total - x1, x1] = np.minimum(p, 1.0)
    return p_values


def _score(n0: int, n1: int, sides: int) -> Reals:
    """p-values of all tables (x0, x1)."""
    x0, x1 = np.indices((n0 + 1, n1 + 1))
    n = n0 + n1
    pooled = (x0 + x1) / n
    variance = pooled * (1 - pooled) * (1 / n0 + 1 / n1) * n / (n - 1)
    z = np.divide(x1 / n1 - x0 / n0, np.sqrt(variance), out=np.zeros(x0.shape), where=variance > 0)
    normal = NormalDist()
    tail = np.vectorize(lambda value: 1 - normal.cdf(value))
    return np.minimum(2 * tail(np.abs(z)), 1.0) if sides == 2 else tail(z)
