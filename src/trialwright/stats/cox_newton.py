"""Newton's method for the Cox partial likelihood, and what is wrong when it has no maximum."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from trialwright.stats.arrays import BoolArray, FloatArray
from trialwright.stats.risk_sets import RiskLayout, compute_risk_moments

MAX_STEPS = 60
DECREMENT = 1e-18
"""Newton decrement (twice the log-likelihood still to gain) at which the coefficients are exact."""
RUNAWAY_DECREMENT = 1e-8
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
    """Likelihood of ``coefficient`` (p,) for sorted ``covariates`` (n, p)."""
    eta = covariates @ coefficient
    moments = compute_risk_moments(layout, covariates, eta)
    return Likelihood(
        value=float(np.sum(eta[layout.dead] - moments.log_weight)),
        score=(covariates[layout.dead] - moments.mean).sum(axis=0),
        information=moments.covariance.sum(axis=0),
    )


def compute_newton_fit(layout: RiskLayout, covariates: FloatArray) -> NewtonFit:
    """Maximise from zero. ``covariates`` are standardised (mean 0, standard deviation 1) and of full rank."""
    p = covariates.shape[1]
    coefficient = np.zeros(p)
    here = at_zero = compute_likelihood(layout, covariates, coefficient)
    for step in range(1, MAX_STEPS + 1):
        move = _solve(here.information, here.score)
        decrement = float(move @ here.score)
        runaway = np.abs(move) > RUNAWAY_STEP
        if decrement < RUNAWAY_DECREMENT and runaway.any():
            return NewtonFit(coefficient, at_zero, here, step, False, runaway)
        coefficient, there = _step(layout, covariates, coefficient, move, here)
        if decrement < DECREMENT or there is here:
            return NewtonFit(
                coefficient, at_zero, there, step, decrement < RUNAWAY_DECREMENT, np.zeros(p, bool)
            )
        here = there
    return NewtonFit(coefficient, at_zero, here, MAX_STEPS, False, np.zeros(p, bool))


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


def _solve(information: FloatArray, score: FloatArray) -> FloatArray:
    """information^-1 score; near-singular directions (a coefficient running away) by the pseudo-inverse."""
    try:
        return np.linalg.solve(information, score)
    except np.linalg.LinAlgError:
        return np.linalg.pinv(information, hermitian=True) @ score
