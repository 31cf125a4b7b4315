"""The log-rank family: unweighted, Fleming-Harrington weighted, stratified, any number of groups.

Sources: Mantel 1966; Peto and Peto 1972; Fleming and Harrington 1991, chapter 7. The variance is the
hypergeometric one with the factor (n - d) / (n - 1) for ties.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from trialwright.stats.arrays import FloatArray, IntArray, Labels, parse_labels
from trialwright.stats.distributions import chi_square_sf
from trialwright.stats.survival_times import SurvivalTimes, parse_survival_times, select_subjects

NAN = float("nan")


@dataclass(frozen=True, slots=True)
class LogRank:
    """Result of a log-rank test. Arrays have one element a group, in the order of ``groups``.

    ``observed`` and ``expected`` carry the weights; ``covariance`` is that of observed - expected.
    ``z`` (two groups only) is positive when the second group has more events than expected.
    """

    groups: tuple[Any, ...]
    n: IntArray
    observed: FloatArray
    expected: FloatArray
    covariance: FloatArray
    statistic: float
    df: int
    p_value: float
    z: float
    rho: float
    gamma: float
    n_strata: int
    estimable: bool
    reason: str
    convention: str


@dataclass(frozen=True, slots=True)
class WeightedScores:
    """Events and expectations (weights, groups), covariance (weights, weights, groups, groups)."""

    observed: FloatArray
    expected: FloatArray
    covariance: FloatArray
    n_strata: int


def compute_log_rank(
    time: ArrayLike,
    event: ArrayLike,
    group: ArrayLike | Sequence[Any],
    *,
    strata: ArrayLike | Sequence[Any] | None = None,
    rho: float = 0.0,
    gamma: float = 0.0,
    levels: Sequence[Any] | None = None,
) -> LogRank:
    """Compare survival between groups.

    All columns have n rows. Weights are S(t-)^rho (1 - S(t-))^gamma with S the pooled Kaplan-Meier of the
    stratum; rho = gamma = 0 is the log-rank test. With ``strata`` the scores and variances are summed over
    strata. ``levels`` names the groups in order (a group without subjects makes the test not estimable).
    A group that nobody is at risk in at any event time is left out, with one degree of freedom.
    """
    if rho < 0 or gamma < 0:
        raise ValueError("the Fleming-Harrington weights rho and gamma must not be negative")
    times = parse_survival_times(time, event)
    labels = parse_labels(group, times.n, "group", levels)
    sums = compute_weighted_scores(times, labels, strata, [(rho, gamma)])
    observed, expected, covariance = sums.observed[0], sums.expected[0], sums.covariance[0, 0]
    name = "log-rank" if rho == gamma == 0 else f"Fleming-Harrington ({rho:g}, {gamma:g}) weighted log-rank"
    counts = np.bincount(labels.codes, minlength=len(labels.levels)).astype(np.int64)
    df, statistic, reason = _test(observed - expected, covariance, expected, counts)
    return LogRank(
        groups=labels.levels,
        n=counts,
        observed=observed,
        expected=expected,
        covariance=covariance,
        statistic=statistic,
        df=df,
        p_value=chi_square_sf(statistic, df) if df else NAN,
        z=_signed_root(statistic, observed - expected),
        rho=rho,
        gamma=gamma,
        n_strata=sums.n_strata,
        estimable=df > 0,
        reason=reason,
        convention=f"{name}, hypergeometric variance with tie factor (n-d)/(n-1), two-sided"
        + (", scores and variances summed over strata" if strata is not None else ""),
    )


def compute_weighted_scores(
    times: SurvivalTimes,
    labels: Labels,
    strata: ArrayLike | Sequence[Any] | None,
    weights: Sequence[tuple[float, float]],
) -> WeightedScores:
    """Sums over strata of every (rho, gamma) weight's log-rank score, and their joint covariance."""
    from trialwright.stats.kernels import sum_log_rank

    m, groups = len(weights), len(labels.levels)
    rho, gamma = (np.array(column, dtype=np.float64) for column in zip(*weights, strict=True))
    observed, expected = np.zeros((m, groups)), np.zeros((m, groups))
    covariance = np.zeros((m, m, groups, groups))
    codes = labels.codes[times.order]
    for keep in _stratum_places(times, strata):
        part, part_codes = (times, codes) if keep is None else (select_subjects(times, keep), codes[keep])
        sum_log_rank(part.time, part.event, part_codes, rho, gamma, observed, expected, covariance)
    for a in range(m):
        covariance[:a, a] = covariance[a, :a]
    n_strata = 1 if strata is None else len(parse_labels(strata, times.n, "strata", None).levels)
    return WeightedScores(observed, expected, covariance, n_strata)


def _stratum_places(times: SurvivalTimes, strata: ArrayLike | Sequence[Any] | None) -> list[IntArray | None]:
    """Sorted places of each stratum's subjects; None stands for all."""
    if strata is None:
        return [None]
    layers = parse_labels(strata, times.n, "strata", None)
    codes = layers.codes[times.order]
    return [np.flatnonzero(codes == layer).astype(np.int64) for layer in range(len(layers.levels))]


def _test(
    score: FloatArray, covariance: FloatArray, expected: FloatArray, n: IntArray
) -> tuple[int, float, str]:
    """Degrees of freedom (0 where there is no test), chi-square and what must be said about it."""
    if n.size < 2:
        return 0, NAN, "one group only: there is nothing to compare"
    if not bool(np.all(n > 0)):
        return 0, NAN, "a group has no subjects"
    if not bool(np.any(expected > 0)):
        return 0, NAN, "no events that carry weight"
    present = np.flatnonzero(np.diag(covariance) > 1e-12 * max(1.0, float(np.max(np.diag(covariance)))))
    if present.size < 2:
        return 0, NAN, "at no event time is more than one group at risk with the outcome still open"
    kept = present[:-1]
    block = covariance[np.ix_(kept, kept)]
    rank = int(np.linalg.matrix_rank(block, hermitian=True))
    statistic = float(score[kept] @ np.linalg.pinv(block, hermitian=True) @ score[kept])
    left_out = n.size - present.size
    reason = f"{left_out} group(s) with nobody at risk at an event time left out" if left_out else ""
    return rank, max(statistic, 0.0), reason


def _signed_root(statistic: float, score: FloatArray) -> float:
    if score.size != 2 or np.isnan(statistic):
        return NAN
    return float(np.copysign(np.sqrt(statistic), score[1]))
