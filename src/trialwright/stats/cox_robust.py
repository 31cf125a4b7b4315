"""The sandwich variance of a Cox model from its score residuals.

Sources: Lin and Wei 1989, JASA 84:1074; Therneau and Grambsch 2000, section 7.2, with the Efron weights
of a tied death carried into its own residual.
"""

from __future__ import annotations

import numpy as np

from trialwright.stats.arrays import FloatArray, IntArray
from trialwright.stats.risk_sets import EventLayout, compute_risk_moments


def compute_robust_covariance(
    events: EventLayout,
    covariates: FloatArray,
    coefficient: FloatArray,
    naive: FloatArray,
    cluster_codes: IntArray | None,
) -> FloatArray:
    """naive (sum of u u') naive over clusters (subjects without codes); all inputs in sorted order."""
    residuals = compute_score_residuals(events, covariates, coefficient)
    if cluster_codes is not None:
        summed = np.zeros((int(cluster_codes.max()) + 1, residuals.shape[1]))
        np.add.at(summed, cluster_codes, residuals)
        residuals = summed
    influence = residuals @ naive
    return influence.T @ influence


def compute_score_residuals(
    events: EventLayout, covariates: FloatArray, coefficient: FloatArray
) -> FloatArray:
    """Score residuals (n, p) in sorted order; they sum to the score."""
    eta = covariates @ coefficient
    moments = compute_risk_moments(events, covariates, eta)
    shift = float(eta.max())
    rise = np.exp(shift - moments.log_weight)
    drift = rise[:, None] * moments.mean
    hazard, pull = _until_now(events, rise[:, None])[:, 0], _until_now(events, drift)
    weight = np.exp(eta - shift)
    residuals = -weight[:, None] * (covariates * hazard[:, None] - pull)
    dead, ties = events.dead, events.tie
    sizes = np.bincount(ties)
    mean = _by_tie(ties, moments.mean) / sizes[:, None]
    excess = _by_tie(ties, (events.fraction * rise)[:, None])[:, 0]
    excess_pull = _by_tie(ties, events.fraction[:, None] * drift)
    residuals[dead] += covariates[dead] - mean[ties]
    residuals[dead] += weight[dead, None] * (covariates[dead] * excess[ties, None] - excess_pull[ties])
    return residuals


def _by_tie(ties: IntArray, values: FloatArray) -> FloatArray:
    summed = np.zeros((int(ties[-1]) + 1, values.shape[1]))
    np.add.at(summed, ties, values)
    return summed


def _until_now(events: EventLayout, values: FloatArray) -> FloatArray:
    """For each row the sum of the events' ``values`` in its stratum at times up to and including its own."""
    n = events.tie_start.shape[0]
    running = np.zeros((n + 1, values.shape[1]))
    np.add.at(running, events.dead + 1, values)
    running = np.cumsum(running, axis=0)
    tie_end = np.searchsorted(events.tie_start, events.tie_start, side="right")
    stratum_start = np.searchsorted(events.stratum_end, events.stratum_end, side="left")
    return running[tie_end] - running[stratum_start]
