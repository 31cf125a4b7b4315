"""Newton's method for the Cox partial likelihood, and what is wrong when it has no maximum."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from trialwright.stats.arrays import BoolArray, FloatArray
from trialwright.stats.risk_sets import RiskLayout

MAX_STEPS = 60
DECREMENT = 1e-18
"""Newton decrement (twice the log-likelihood still to gain) at which one more step, taken without another
look, ends: the coefficients are then within 1e-9 standard errors, and the step squares that."""
RUNAWAY_DECREMENT = 1e-8
FLAT_SHARE = 1e-6
"""A direction that keeps less than this share of its information has run away."""
RUNAWAY_STEP = 0.05
"""A step this large, in standard deviations of the covariate, when nothing is left to gain: no maximum."""


@dataclass(frozen=True, slots=True)
class Likelihood:
    """Log partial likelihood with score (p,) and information (p, p) at some coefficients."""

    value: float
    score: FloatArray
    information: FloatArray


@dataclass(frozen=True, slots=True)
class NewtonFit:
    """Where Newton's method ended. ``runaway`` flags the covariates whose coefficient has no finite value."""

    coefficient: FloatArray
    at_zero: Likelihood
    at_end: Likelihood
    steps: int
    converged: bool
    runaway: BoolArray


def compute_likelihood(layout: RiskLayout, covariates: FloatArray, coefficient: FloatArray) -> Likelihood:
    """Likelihood of ``coefficient`` (p,) for sorted ``covariates`` (n, p), n at least 1."""
    from trialwright.stats.kernels import fill_linear_predictor, sum_cox

    p = coefficient.size
    eta = np.empty(layout.n)
    shift = fill_linear_predictor(covariates, coefficient, eta)
    weight = np.exp(eta - shift)
    score, information = np.zeros(p), np.zeros((p, p))
    value = sum_cox(
        covariates,
        eta,
        weight,
        layout.event,
        layout.tie_first,
        layout.stratum_first,
        layout.ties == "efron",
        score,
        information,
    )
    return Likelihood(value - layout.n_events * shift, score, information)


def compute_newton_fit(layout: RiskLayout, covariates: FloatArray, at_zero: Likelihood) -> NewtonFit:
    """Maximise from zero. ``covariates`` are standardised (mean 0, standard deviation 1) and of full rank."""
    p = covariates.shape[1]
    coefficient, here, nowhere = np.zeros(p), at_zero, np.zeros(p, np.bool_)
    for step in range(1, MAX_STEPS + 1):
        move = _solve(here.information, here.score)
        decrement = float(move @ here.score)
        runaway = np.abs(move) > RUNAWAY_STEP
        if decrement < RUNAWAY_DECREMENT and runaway.any():
            return NewtonFit(coefficient, at_zero, here, step, False, runaway)
        if decrement < DECREMENT:
            flat = _flat_directions(here.information, at_zero.information)
            return NewtonFit(coefficient + move, at_zero, here, step, not flat.any(), flat)
        coefficient, there = _step(layout, covariates, coefficient, move, here)
        if there is here:
            return NewtonFit(coefficient, at_zero, here, step, decrement < RUNAWAY_DECREMENT, nowhere)
        here = there
    return NewtonFit(coefficient, at_zero, here, MAX_STEPS, False, nowhere)


def _step(
    layout: RiskLayout, covariates: FloatArray, coefficient: FloatArray, move: FloatArray, here: Likelihood
) -> tuple[FloatArray, Likelihood]:
    """One Newton step, halved until the likelihood does not fall; no step when no halving helps."""
    for _ in range(30):
        there = compute_likelihood(layout, covariates, coefficient + move)
        if np.isfinite(there.value) and there.value >= here.value - 1e-12 * abs(here.value):
            return coefficient + move, there
        move = move / 2.0
    return coefficient, here


def _flat_directions(at_end: FloatArray, at_zero: FloatArray) -> BoolArray:
    """Covariates along which nearly nothing is left of the information that there was at zero."""
    scale = np.sqrt(np.outer(np.diag(at_zero), np.diag(at_zero)))
    values, vectors = np.linalg.eigh(at_end / scale)
    if values[0] > FLAT_SHARE * np.linalg.eigvalsh(at_zero / scale)[0]:
        return np.zeros(values.size, np.bool_)
    return np.abs(vectors[:, 0]) > 0.01


def _solve(information: FloatArray, score: FloatArray) -> FloatArray:
    """information^-1 score; near-singular directions (a coefficient running away) by the pseudo-inverse."""
    try:
        return np.linalg.solve(information, score)
    except np.linalg.LinAlgError:
        return np.linalg.pinv(information, hermitian=True) @ score
