"""The posterior by quadrature on a grid, the predictive probability by simulation with a fixed seed."""

from __future__ import annotations

import math

import numpy as np
import pytest

from trialwright.stats.bayes_hazard_ratio import (
    compute_hazard_ratio_posterior,
    compute_predictive_probability,
)


def test_posterior_against_a_grid() -> None:
    result = compute_hazard_ratio_posterior(
        math.log(0.7), 0.3, prior_hazard_ratio=0.9, prior_standard_deviation=0.4, threshold=0.8
    )
    grid = np.linspace(-4, 4, 400_001)
    density = np.exp(-0.5 * ((grid - math.log(0.7)) / 0.3) ** 2 - 0.5 * ((grid - math.log(0.9)) / 0.4) ** 2)
    density /= density.sum()
    assert result.mean == pytest.approx(float(density @ grid), abs=1e-9)
    assert result.probability_benefit == pytest.approx(float(density[grid < 0].sum()), abs=2e-5)
    assert result.probability_below == pytest.approx(float(density[grid < math.log(0.8)].sum()), abs=2e-5)
    assert math.log(result.lower) == pytest.approx(grid[np.searchsorted(np.cumsum(density), 0.025)], abs=1e-4)
    assert "worth 25 events" in result.convention


def test_flat_prior_is_the_wald_interval() -> None:
    result = compute_hazard_ratio_posterior(-0.5, 0.2)
    assert result.lower == pytest.approx(math.exp(-0.5 - 1.959963984540054 * 0.2))
    assert result.probability_benefit == pytest.approx(0.9937903346742238)


def test_no_estimate_leaves_the_prior_or_nothing() -> None:
    prior = compute_hazard_ratio_posterior(math.nan, math.nan, prior_standard_deviation=0.5)
    assert prior.estimable
    assert (prior.mean, prior.standard_deviation) == (0.0, 0.5)
    assert "posterior is the prior" in prior.reason
    nothing = compute_hazard_ratio_posterior(math.nan, math.nan)
    assert not nothing.estimable
    assert math.isnan(nothing.hazard_ratio)
    assert not compute_predictive_probability(math.nan, 0, 40).estimable


@pytest.mark.parametrize(("allocation", "prior_sd"), [(1.0, math.inf), (2.0, 0.6)])
def test_predictive_probability_against_simulation(allocation: float, prior_sd: float) -> None:
    """200,000 futures: Monte Carlo error 0.0011, tolerance four times that."""
    result = compute_predictive_probability(
        -0.4, 30, 60, allocation=allocation, prior_standard_deviation=prior_sd
    )
    rng = np.random.default_rng(17)
    information = allocation / (1 + allocation) ** 2 * 30
    precision = information + (0 if math.isinf(prior_sd) else prior_sd**-2)
    truth = rng.normal(information * -0.4 / precision, precision**-0.5, 200_000)
    later = rng.normal(truth, information**-0.5)
    z = (information * -0.4 + information * later) / math.sqrt(2 * information)
    assert result.probability == pytest.approx(float(np.mean(z < -1.959963984540054)), abs=0.0045)


def test_at_the_end_there_is_nothing_to_predict() -> None:
    assert compute_predictive_probability(-0.8, 60, 60).probability == 1.0
    assert compute_predictive_probability(-0.1, 60, 60).probability == 0.0


@pytest.mark.parametrize(
    "call",
    [
        lambda: compute_hazard_ratio_posterior(0, -1),
        lambda: compute_hazard_ratio_posterior(0, 1, prior_hazard_ratio=0),
        lambda: compute_hazard_ratio_posterior(0, 1, prior_standard_deviation=0),
        lambda: compute_predictive_probability(0, 50, 40),
        lambda: compute_predictive_probability(0, 5, 40, allocation=0),
        lambda: compute_predictive_probability(0, 5, 40, one_sided_alpha=1),
    ],
)
def test_impossible_input_is_refused(call: object) -> None:
    with pytest.raises(ValueError, match=r"must"):
        call()
