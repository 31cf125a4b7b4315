"""The sorted layout of a Cox model and the moments of the covariates over its risk sets.

Rows stand by stratum, then ascending time. The risk set of a row is everything from the first row with
its stratum and time to the end of its stratum. With Efron's ties the k-th of d tied deaths (k = 0..d-1)
sees the dead themselves with weight 1 - k/d; with Breslow's all see the full set.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from trialwright.stats.arrays import FloatArray, IntArray
from trialwright.stats.survival_times import SurvivalTimes

Ties = Literal["efron", "breslow"]


@dataclass(frozen=True, slots=True)
class RiskLayout:
    """Where things stand in the sorted rows.

    ``order``: caller's row at each place; ``tie_start`` and ``stratum_end``: per row, first row of its tie
    and one past the last row of its stratum; ``dead``: places of the events; ``dead_tie``: for each event
    the number of its tied set of deaths; ``fraction``: k/d (zero for Breslow).
    """

    order: IntArray
    time: FloatArray
    tie_start: IntArray
    stratum_end: IntArray
    dead: IntArray
    dead_tie: IntArray
    fraction: FloatArray


@dataclass(frozen=True, slots=True)
class RiskMoments:
    """For each event: log of the weight sum (m,), mean (m, p) and covariance (m, p, p) over its risk set."""

    log_weight: FloatArray
    mean: FloatArray
    covariance: FloatArray


def compute_layout(times: SurvivalTimes, strata_codes: IntArray | None, ties: Ties) -> RiskLayout:
    """Sort by stratum and time; ``strata_codes`` in the caller's order, or None for one stratum."""
    stratum = np.zeros(times.n, np.int64) if strata_codes is None else strata_codes[times.order]
    by_stratum = np.argsort(stratum, kind="stable")
    time, stratum, event = times.time[by_stratum], stratum[by_stratum], times.event[by_stratum]
    new_stratum = np.concatenate(([True], np.diff(stratum) != 0))[: times.n]
    new_tie = new_stratum | np.concatenate(([True], np.diff(time) > 0))[: times.n]
    tie_number = np.cumsum(new_tie) - 1
    stratum_starts = np.flatnonzero(new_stratum)
    ends = np.append(stratum_starts[1:], times.n)
    dead = np.flatnonzero(event).astype(np.int64)
    _, first, dead_tie, sizes = np.unique(
        tie_number[dead], return_index=True, return_inverse=True, return_counts=True
    )
    rank_in_tie = np.arange(dead.size) - first[dead_tie] if dead.size else dead
    fraction = rank_in_tie / sizes[dead_tie] if ties == "efron" and dead.size else np.zeros(dead.size)
    return RiskLayout(
        order=times.order[by_stratum],
        time=time,
        tie_start=np.flatnonzero(new_tie)[tie_number].astype(np.int64),
        stratum_end=ends[np.cumsum(new_stratum) - 1].astype(np.int64),
        dead=dead,
        dead_tie=dead_tie.astype(np.int64),
        fraction=fraction.astype(np.float64),
    )


def compute_risk_moments(layout: RiskLayout, covariates: FloatArray, eta: FloatArray) -> RiskMoments:
    """Moments over each event's risk set; ``covariates`` (n, p) and ``eta`` (n,) in sorted order."""
    n, p = covariates.shape
    shift = float(eta.max()) if n else 0.0
    weight = np.exp(eta - shift)
    products = np.einsum("ni,nj->nij", covariates, covariates).reshape(n, p * p)
    terms = weight[:, None] * np.concatenate([np.ones((n, 1)), covariates, products], axis=1)
    sums = _sum_over_risk_sets(layout, terms)
    total = sums[:, 0]
    mean = sums[:, 1 : p + 1] / total[:, None]
    second = sums[:, p + 1 :].reshape(-1, p, p) / total[:, None, None]
    return RiskMoments(np.log(total) + shift, mean, second - np.einsum("mi,mj->mij", mean, mean))


def _sum_over_risk_sets(layout: RiskLayout, terms: FloatArray) -> FloatArray:
    """Sum of ``terms`` (n, c) over each event's risk set, the tied dead counted by Efron's fraction."""
    from_here = np.zeros((terms.shape[0] + 1, terms.shape[1]))
    from_here[:-1] = np.cumsum(terms[::-1], axis=0)[::-1]
    dead = layout.dead
    at_risk = from_here[layout.tie_start[dead]] - from_here[layout.stratum_end[dead]]
    if not layout.fraction.any():
        return at_risk
    tied = np.zeros((int(layout.dead_tie[-1]) + 1, terms.shape[1]))
    np.add.at(tied, layout.dead_tie, terms[dead])
    return at_risk - layout.fraction[:, None] * tied[layout.dead_tie]
