"""Gray's test: do groups differ in the cumulative incidence of one cause?

Source: Gray 1988, Ann Stat 16:1141. The subdistribution risk set of group k is R_k = n_k (1 - F_k(t-)) /
S_k(t-); the score compares the events of the cause with their share of it, weighted by (1 - F(t-))^rho.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from trialwright.stats.arrays import FloatArray, IntArray, parse_labels
from trialwright.stats.competing_risks import parse_causes
from trialwright.stats.distributions import chi_square_sf
from trialwright.stats.survival_times import compute_starts

NAN = float("nan")


@dataclass(frozen=True, slots=True)
class GrayTest:
    """Result; ``score`` and ``covariance`` have one element a group in the order of ``groups``."""

    groups: tuple[Any, ...]
    cause: int
    n: IntArray
    score: FloatArray
    covariance: FloatArray
    statistic: float
    df: int
    p_value: float
    rho: float
    estimable: bool
    reason: str
    convention: str


@dataclass(frozen=True, slots=True)
class _Stratum:
    """Counts at each event time of a stratum (rows), by group (columns)."""

    n: FloatArray
    d1: FloatArray
    d2: FloatArray


def compute_gray_test(
    time: ArrayLike,
    cause: ArrayLike,
    group: ArrayLike | Sequence[Any],
    *,
    of_cause: int = 1,
    strata: ArrayLike | Sequence[Any] | None = None,
    rho: float = 0.0,
    levels: Sequence[Any] | None = None,
) -> GrayTest:
    """Compare the cumulative incidence of ``of_cause`` between groups (columns of n rows).

    Not estimable with fewer than two groups with subjects, or without an event of the cause while two
    groups are at risk. Scores and variances are summed over ``strata``.
    """
    times, causes = parse_causes(time, cause)
    labels = parse_labels(group, times.n, "group", levels)
    layers = parse_labels(
        strata if strata is not None else np.zeros(times.n, np.int64), times.n, "strata", None
    )
    groups = len(labels.levels)
    score, covariance = np.zeros(groups), np.zeros((groups, groups))
    codes, kinds, layer_codes = labels.codes[times.order], causes[times.order], layers.codes[times.order]
    for layer in range(len(layers.levels)):
        keep = layer_codes == layer
        counts = _count(times.time[keep], codes[keep], kinds[keep], of_cause, groups)
        part, spread = _score_stratum(counts, rho)
        score += part
        covariance += spread
    sizes = np.bincount(labels.codes, minlength=groups).astype(np.int64)
    df, statistic, reason = _test(score, covariance, sizes)
    return GrayTest(
        groups=labels.levels,
        cause=of_cause,
        n=sizes,
        score=score,
        covariance=covariance,
        statistic=statistic,
        df=df,
        p_value=chi_square_sf(statistic, df) if df else NAN,
        rho=rho,
        estimable=df > 0,
        reason=reason,
        convention=f"Gray's test, rho {rho:g}, chi-square" + (", stratified" if strata is not None else ""),
    )


def _count(time: FloatArray, codes: IntArray, causes: IntArray, of_cause: int, groups: int) -> _Stratum:
    starts = compute_starts(time)
    if starts.size == 0:
        empty = np.zeros((0, groups))
        return _Stratum(empty, empty, empty)
    member = codes[:, None] == np.arange(groups)[None, :]

    def by_time(flags: FloatArray) -> FloatArray:
        return np.add.reduceat((member & flags[:, None].astype(bool)).astype(np.float64), starts, axis=0)

    totals = by_time(np.ones(time.size))
    at_risk = np.cumsum(totals[::-1], axis=0)[::-1]
    d1 = by_time((causes == of_cause).astype(np.float64))
    d2 = by_time(((causes > 0) & (causes != of_cause)).astype(np.float64))
    seen = (d1 + d2).sum(axis=1) > 0
    return _Stratum(at_risk[seen], d1[seen], d2[seen])


def _score_stratum(counts: _Stratum, rho: float) -> tuple[FloatArray, FloatArray]:
    """Score (groups,) and its covariance: the squared influences of every group and time, summed."""
    n, d1, d2 = counts.n, counts.d1, counts.d2
    groups = n.shape[1]
    if n.shape[0] == 0:
        return np.zeros(groups), np.zeros((groups, groups))
    present = n > 0
    size = np.where(present, n, 1.0)
    after = np.cumprod(1.0 - np.where(present, (d1 + d2) / size, 0.0), axis=0)
    before = np.vstack([np.ones(groups), after[:-1]])
    own = np.cumsum(np.where(present, before * d1 / size, 0.0), axis=0)
    own_before = np.vstack([np.zeros(groups), own[:-1]])
    h = np.where(present, n / np.where(before > 0, before, 1.0), 0.0)
    total, events = h.sum(axis=1), d1.sum(axis=1)
    pooled = np.cumsum(events / total)
    pooled_before = np.concatenate(([0.0], pooled[:-1]))
    weight = (1.0 - pooled_before) ** rho
    risk = h * (1.0 - own_before)
    share = risk / np.maximum(risk.sum(axis=1), 1e-300)[:, None]
    score = weight @ (d1 - events[:, None] * share)
    spread = h[:, :, None] * np.eye(groups) - h[:, :, None] * h[:, None, :] / total[:, None, None]
    spread = weight[:, None, None] * spread
    rise = np.where(
        pooled_before < 1, events / (total * np.where(pooled_before < 1, 1.0 - pooled_before, 1.0)), 0.0
    )
    pull = np.cumsum(spread * rise[:, None, None], axis=0)
    to_come = pull[-1][None] - pull
    ratio = np.where(after > 0, (1.0 - pooled)[:, None] / np.where(after > 0, after, 1.0), 0.0)
    covariance = _spread_of_cause(counts, spread, to_come, ratio, before, h, total)
    return score, covariance + _spread_of_others(counts, to_come, ratio, before, after)


def _spread_of_cause(
    counts: _Stratum,
    spread: FloatArray,
    to_come: FloatArray,
    ratio: FloatArray,
    before: FloatArray,
    h: FloatArray,
    total: FloatArray,
) -> FloatArray:
    """Covariance from the events of the cause, whose variance is pooled over groups under the hypothesis."""
    events = counts.d1.sum(axis=1)[:, None]
    expected_at_risk = total[:, None] * before
    tie = np.where(events > 1, 1.0 - (events - 1.0) / np.maximum(expected_at_risk - 1.0, 1e-300), 1.0)
    size = np.where(counts.n > 0, counts.n, 1.0)
    variance = np.where(h > 0, tie * before * events / (total[:, None] * size), 0.0)
    influence = spread + (1.0 - ratio)[:, None, :] * to_come
    return np.einsum("mk,mik,mjk->ij", variance, influence, influence)


def _spread_of_others(
    counts: _Stratum, to_come: FloatArray, ratio: FloatArray, before: FloatArray, after: FloatArray
) -> FloatArray:
    """Covariance from the competing events, group by group."""
    n, d2 = counts.n, counts.d2
    size = np.where(n > 0, n, 1.0)
    tie = np.where(d2 > 1, 1.0 - (d2 - 1.0) / np.maximum(n - 1.0, 1.0), 1.0)
    variance = np.where((d2 > 0) & (after > 0), tie * (before / size) ** 2 * d2, 0.0)
    influence = ratio[:, None, :] * to_come
    return np.einsum("mk,mik,mjk->ij", variance, influence, influence)


def _test(score: FloatArray, covariance: FloatArray, n: IntArray) -> tuple[int, float, str]:
    if n.size < 2:
        return 0, NAN, "one group only: there is nothing to compare"
    if not bool(np.all(n > 0)):
        return 0, NAN, "a group has no subjects"
    present = np.flatnonzero(np.diag(covariance) > 1e-12 * max(1.0, float(np.max(np.diag(covariance)))))
    if present.size < 2:
        return 0, NAN, "no event of this cause while more than one group is at risk"
    kept = present[:-1]
    block = covariance[np.ix_(kept, kept)]
    df = int(np.linalg.matrix_rank(block, hermitian=True))
    statistic = float(score[kept] @ np.linalg.pinv(block, hermitian=True) @ score[kept])
    left_out = n.size - present.size
    return df, statistic, f"{left_out} group(s) never at risk at an event left out" if left_out else ""
