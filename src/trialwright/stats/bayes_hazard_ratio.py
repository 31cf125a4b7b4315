"""Bayesian summaries of a hazard ratio: posterior under a stated prior, predictive probability of success.

Sources: Spiegelhalter, Freedman and Parmar 1994, JRSS A 157:357 (normal likelihood of the log hazard
ratio); Spiegelhalter, Abrams and Myles 2004, chapters 2 and 6. With d events and equal allocation the
estimate's standard error is 2 / sqrt(d).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from trialwright.stats.arrays import check_level
from trialwright.stats.distributions import normal_cdf, two_sided_z

NAN = float("nan")


@dataclass(frozen=True, slots=True)
class HazardRatioPosterior:
    """Posterior of the log hazard ratio, normal; the hazard ratio's median and central interval.

    ``probability_benefit`` is P(HR < 1), ``probability_below`` P(HR < ``threshold``).
    """

    mean: float
    standard_deviation: float
    hazard_ratio: float
    lower: float
    upper: float
    probability_benefit: float
    threshold: float
    probability_below: float
    prior_mean: float
    prior_standard_deviation: float
    level: float
    estimable: bool
    reason: str
    convention: str


@dataclass(frozen=True, slots=True)
class PredictiveProbability:
    """Chance that the final analysis succeeds, given what an interim look has seen."""

    probability: float
    events_seen: int
    events_final: int
    criterion: str
    estimable: bool
    reason: str
    convention: str


def compute_hazard_ratio_posterior(
    log_hazard_ratio: float,
    std_error: float,
    *,
    prior_hazard_ratio: float = 1.0,
    prior_standard_deviation: float = float("inf"),
    threshold: float = 1.0,
    level: float = 0.95,
) -> HazardRatioPosterior:
    """Posterior from an estimate and its standard error and a normal prior on the log hazard ratio.

    ``prior_standard_deviation`` infinite is the flat prior. A prior worth m events has 2 / sqrt(m). With an
    estimate that is NaN (none could be made) the posterior is the prior, or not estimable if that is flat.
    """
    check_level(level)
    _check_positive(prior_hazard_ratio, "the prior hazard ratio")
    _check_positive(prior_standard_deviation, "the prior standard deviation")
    _check_positive(threshold, "the threshold")
    if not np.isnan(std_error):
        _check_positive(std_error, "the standard error")
    known = bool(np.isfinite(log_hazard_ratio) and np.isfinite(std_error))
    prior_mean = float(np.log(prior_hazard_ratio))
    data_weight = 1.0 / std_error**2 if known else 0.0
    prior_weight = 0.0 if np.isinf(prior_standard_deviation) else 1.0 / prior_standard_deviation**2
    total = data_weight + prior_weight
    mean = sd = NAN
    if total > 0:
        mean = (data_weight * (log_hazard_ratio if known else 0.0) + prior_weight * prior_mean) / total
        sd = 1.0 / float(np.sqrt(total))
    half = two_sided_z(level) * sd
    prior = _prior_words(prior_hazard_ratio, prior_weight)
    reason = (
        "" if known else "no estimate: the posterior is the prior" if total > 0 else "no estimate, flat prior"
    )
    return HazardRatioPosterior(
        mean=mean,
        standard_deviation=sd,
        hazard_ratio=float(np.exp(mean)),
        lower=float(np.exp(mean - half)),
        upper=float(np.exp(mean + half)),
        probability_benefit=normal_cdf(-mean / sd),
        threshold=threshold,
        probability_below=normal_cdf((float(np.log(threshold)) - mean) / sd),
        prior_mean=prior_mean,
        prior_standard_deviation=prior_standard_deviation,
        level=level,
        estimable=total > 0,
        reason=reason,
        convention=f"normal likelihood of the log hazard ratio, {prior}, central interval, level {level:g}",
    )


def compute_predictive_probability(
    log_hazard_ratio: float,
    events_seen: int,
    events_final: int,
    *,
    allocation: float = 1.0,
    prior_hazard_ratio: float = 1.0,
    prior_standard_deviation: float = float("inf"),
    one_sided_alpha: float = 0.025,
) -> PredictiveProbability:
    """Chance that the final log-rank z falls below -z(1 - ``one_sided_alpha``), averaged over the posterior.

    ``allocation``: first-group subjects per second-group subject, so that the information of d events is
    d r / (1 + r)^2. The future estimate is normal around the true value with the information still to come.
    """
    _check_positive(allocation, "the allocation ratio")
    if not 0 < one_sided_alpha < 1:
        raise ValueError("alpha must lie between 0 and 1")
    if events_seen < 0 or events_final < 1 or events_seen > events_final:
        raise ValueError("events must satisfy 0 <= seen <= final and final >= 1")
    share = allocation / (1.0 + allocation) ** 2
    now, end = events_seen * share, events_final * share
    posterior = compute_hazard_ratio_posterior(
        log_hazard_ratio if events_seen else NAN,
        1.0 / float(np.sqrt(now)) if events_seen else NAN,
        prior_hazard_ratio=prior_hazard_ratio,
        prior_standard_deviation=prior_standard_deviation,
    )
    bound = -two_sided_z(1.0 - 2.0 * one_sided_alpha) * float(np.sqrt(end))
    seen_score = now * log_hazard_ratio if events_seen and np.isfinite(log_hazard_ratio) else 0.0
    to_come = end - now
    centre = seen_score + to_come * posterior.mean
    spread = float(np.sqrt(to_come + (to_come * posterior.standard_deviation) ** 2))
    probability = NAN
    if posterior.estimable:
        probability = normal_cdf((bound - centre) / spread) if spread > 0 else float(centre < bound)
    return PredictiveProbability(
        probability=probability,
        events_seen=events_seen,
        events_final=events_final,
        criterion=f"final log-rank z below {bound / float(np.sqrt(end)):.6g}",
        estimable=posterior.estimable,
        reason=posterior.reason,
        convention=f"{posterior.convention.split(', central')[0]}, one-sided alpha {one_sided_alpha:g}",
    )


def _prior_words(prior_hazard_ratio: float, prior_weight: float) -> str:
    if prior_weight == 0:
        return "flat prior"
    return (
        f"normal prior with median hazard ratio {prior_hazard_ratio:g}, worth {4 * prior_weight:.4g} events"
    )


def _check_positive(value: float, what: str) -> None:
    if not value > 0:
        raise ValueError(f"{what} must be positive")
