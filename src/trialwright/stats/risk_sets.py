"""The sorted layout of a Cox model and the moments of the covariates over its risk sets.

Rows stand by stratum, then ascending time. The risk set of a row is everything from the first row with
its stratum and time to the end of its stratum. With Efron's ties the k-th of d tied deaths (k = 0..d-1)
sees the dead themselves with weight 1 - k/d; with Breslow's all see the full set.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from trialwright.stats.arrays import BoolArray, FloatArray, IntArray
from trialwright.stats.survival_times import SurvivalTimes

Ties = Literal["efron", "breslow"]


@dataclass(frozen=True, slots=True)
class RiskLayout:
    """Sorted rows: the caller's row at each place, time, event, first row of its tie, first of its stratum."""

    order: IntArray
    time: FloatArray
    event: BoolArray
    tie_first: BoolArray
    stratum_first: BoolArray
    ties: Ties

    @property
    def n(self) -> int:
        """Number of subjects."""
        return int(self.order.shape[0])

    @property
    def n_events(self) -> int:
        """Number of events."""
        return int(np.count_nonzero(self.event))


@dataclass(frozen=True, slots=True)
class EventLayout:
    """Where the events stand: what is needed to say something of each of them.

    ``dead`` places of the events; per row ``tie_start`` and ``stratum_end`` (one past); per event the number
    of its set of tied deaths ``tie`` and its ``fraction`` k/d (zero for Breslow).
    """

    dead: IntArray
    tie_start: IntArray
    stratum_end: IntArray
    tie: IntArray
    fraction: FloatArray


@dataclass(frozen=True, slots=True)
class RiskMoments:
    """For each event: log of the weight sum (m,), mean (m, p) and covariance (m, p, p) over its risk set."""

    log_weight: FloatArray
    mean: FloatArray
    covariance: FloatArray


def compute_layout(times: SurvivalTimes, strata_codes: IntArray | None, ties: Ties) -> RiskLayout:
    """Sort by stratum and time; ``strata_codes`` in the caller's order, or None for one stratum."""
    order, time, event = times.order, times.time, times.event
    stratum_first = np.zeros(times.n, dtype=np.bool_)
    stratum_first[:1] = True
    if strata_codes is not None:
        stratum = strata_codes[order]
        by_stratum = np.argsort(stratum, kind="stable")
        order, time, event, stratum = (
            order[by_stratum],
            time[by_stratum],
            event[by_stratum],
            stratum[by_stratum],
        )
        stratum_first[1:] = stratum[1:] != stratum[:-1]
    tie_first = stratum_first.copy()
    tie_first[1:] |= time[1:] > time[:-1]
    return RiskLayout(order, time, event, tie_first, stratum_first, ties)


def compute_event_layout(layout: RiskLayout) -> EventLayout:
    """Places of the events, their ties and risk sets."""
    tie_number = np.cumsum(layout.tie_first) - 1
    ends = np.append(np.flatnonzero(layout.stratum_first)[1:], layout.n)
    dead = np.flatnonzero(layout.event).astype(np.int64)
    _, first, tie, sizes = np.unique(
        tie_number[dead], return_index=True, return_inverse=True, return_counts=True
    )
    rank_in_tie = np.arange(dead.size) - first[tie]
    return EventLayout(
        dead=dead,
        tie_start=np.flatnonzero(layout.tie_first)[tie_number].astype(np.int64),
        stratum_end=ends[np.cumsum(layout.stratum_first) - 1].astype(np.int64),
        tie=tie.astype(np.int64),
        fraction=rank_in_tie / sizes[tie] if layout.ties == "efron" else np.zeros(dead.size),
    )


def compute_risk_moments(events: EventLayout, covariates: FloatArray, eta: FloatArray) -> RiskMoments:
    """Moments over each event's risk set; ``covariates`` (n, p) and ``eta`` (n,) in sorted order."""
    n, p = covariates.shape
    shift = float(eta.max())
    weight = np.exp(eta - shift)
    products = np.einsum("ni,nj->nij", covariates, covariates).reshape(n, p * p)
    terms = weight[:, None] * np.concatenate([np.ones((n, 1)), covariates, products], axis=1)
    sums = _sum_over_risk_sets(events, terms)
    total = sums[:, 0]
    mean = sums[:, 1 : p + 1] / total[:, None]
    second = sums[:, p + 1 :].reshape(-1, p, p) / total[:, None, None]
    return RiskMoments(np.log(total) + shift, mean, second - np.einsum("mi,mj->mij", mean, mean))


def _sum_over_risk_sets(events: EventLayout, terms: FloatArray) -> FloatArray:
    """Sum of ``terms`` (n, c) over each event's risk set, the tied dead counted by Efron's fraction."""
    from_here = np.zeros((terms.shape[0] + 1, terms.shape[1]))
    from_here[:-1] = np.cumsum(terms[::-1], axis=0)[::-1]
    dead = events.dead
    at_risk = from_here[events.tie_start[dead]] - from_here[events.stratum_end[dead]]
    tied = np.zeros((int(events.tie[-1]) + 1, terms.shape[1]))
    np.add.at(tied, events.tie, terms[dead])
    return at_risk - events.fraction[:, None] * tied[events.tie]
