"""Group-sequential boundaries further out: other alphas, twenty looks, tiny alphas, looks at uneven distances."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pytest
from scipy.stats import multivariate_normal, norm

from trialwright.design.boundaries import (
    compute_boundaries_of,
    compute_classical_boundaries,
    compute_inflation,
    compute_power,
    compute_spending,
    compute_spending_boundaries,
    with_futility,
)
from trialwright.design.recursion import compute_crossing


def equal(looks: int) -> list[float]:
    return [(k + 1) / looks for k in range(looks)]


@pytest.mark.parametrize(
    ("alpha", "looks", "pocock", "obrien_fleming"),
    [
        (0.01, 2, 2.772, 2.580), (0.01, 3, 2.873, 2.595), (0.01, 4, 2.939, 2.609), (0.01, 5, 2.986, 2.621),
        (0.01, 10, 3.117, 2.660), (0.01, 20, 3.225, 2.695), (0.05, 15, 2.626, 2.110), (0.05, 20, 2.672, 2.126),
        (0.10, 2, 1.875, 1.678), (0.10, 3, 1.992, 1.710), (0.10, 4, 2.067, 1.733), (0.10, 5, 2.122, 1.751),
        (0.10, 10, 2.270, 1.801), (0.10, 20, 2.392, 1.842),
    ],
)  # fmt: skip
def test_classical_constants(alpha: float, looks: int, pocock: float, obrien_fleming: float) -> None:
    """Jennison & Turnbull 2000, tables 2.1 and 2.3, two-sided, printed to three decimals."""
    for kind, expected in (("pocock", pocock), ("obrien_fleming", obrien_fleming)):
        found = compute_classical_boundaries(equal(looks), alpha / 2, kind).upper[-1]
        assert found == pytest.approx(expected, abs=5.5e-4)


@pytest.mark.parametrize(
    ("power", "looks", "pocock", "obrien_fleming"),
    [
        (0.8, 2, 1.110, 1.008), (0.8, 3, 1.166, 1.017), (0.8, 4, 1.202, 1.024), (0.8, 5, 1.229, 1.028),
        (0.8, 10, 1.301, 1.040), (0.9, 2, 1.100, 1.007), (0.9, 3, 1.151, 1.016), (0.9, 4, 1.183, 1.022),
        (0.9, 5, 1.207, 1.026), (0.9, 10, 1.271, 1.037),
    ],
)  # fmt: skip
def test_information_inflation(power: float, looks: int, pocock: float, obrien_fleming: float) -> None:
    """Jennison & Turnbull 2000, tables 2.2 and 2.4, two-sided alpha 0.05, printed to three decimals."""
    for kind, expected in (("pocock", pocock), ("obrien_fleming", obrien_fleming)):
        boundaries = compute_classical_boundaries(equal(looks), 0.025, kind)
        assert compute_inflation(boundaries, power) == pytest.approx(expected, abs=5.5e-4)


def crossing_on_a_grid(
    information: Sequence[float], upper: Sequence[float], drift: float = 0.0, points: int = 3001
) -> list[float]:
    """The slow twin: the density of the score on an even grid, carried from look to look by the trapezoidal rule.

    One-sided; nothing of Gauss-Legendre, of Z or of the code under test is in it.
    """
    low = -9 * math.sqrt(information[-1])
    crossed: list[float] = []
    scores = density = None
    before = 0.0
    for level, z in zip(information, upper, strict=True):
        limit = min(z, 9.0) * math.sqrt(level)
        step = level - before
        grid = np.linspace(low, limit, points)
        if scores is None:
            crossed.append(float(norm.sf(z - drift * math.sqrt(level))))
            now = norm.pdf(grid, drift * step, math.sqrt(step))
        else:
            weight = np.full(points, scores[1] - scores[0])
            weight[[0, -1]] /= 2
            mass = density * weight
            beyond = norm.sf((z * math.sqrt(level) - scores - drift * step) / math.sqrt(step))
            crossed.append(float(beyond @ mass))
            gap = (grid[:, None] - scores[None, :] - drift * step) / math.sqrt(step)
            now = np.exp(-0.5 * gap**2) @ mass / math.sqrt(2 * math.pi * step)
        scores, density, before = grid, now, level
    return crossed


UNEVEN = (0.11, 0.4, 0.43, 0.9, 1.0)
EARLY_AND_LATE = (0.02, 0.97, 1.0)


@pytest.mark.parametrize("kind", ["obrien_fleming", "pocock", "hwang_shih_decani"])
@pytest.mark.parametrize("fractions", [tuple(equal(20)), UNEVEN, EARLY_AND_LATE])
@pytest.mark.parametrize("alpha", [0.025, 1e-6])
def test_boundaries_spend_what_they_should(kind: str, fractions: tuple[float, ...], alpha: float) -> None:
    """Recomputed by the slow twin: alpha spent up to each look, to four digits of the tiniest alpha."""
    found = compute_spending_boundaries(fractions, alpha, kind, -4.0, two_sided=False)
    spent = np.cumsum(crossing_on_a_grid(fractions, found.upper, points=1501))
    wanted = [compute_spending(kind, alpha, fraction) for fraction in fractions]
    assert spent == pytest.approx(wanted, rel=2e-4, abs=alpha * 1e-8)
    assert found.spent == pytest.approx(wanted, rel=1e-9, abs=1e-13)


def test_uneven_looks_against_the_multivariate_normal() -> None:
    """P(no crossing) of four looks, two-sided, by an independent quasi-Monte Carlo integration."""
    fractions = (0.2, 0.35, 0.8, 1.0)
    found = compute_spending_boundaries(fractions, 0.025, "pocock")
    root = np.sqrt(fractions)
    covariance = np.minimum.outer(root, root) / np.maximum.outer(root, root)
    limits = np.array(found.upper)
    inside = multivariate_normal.cdf(limits, np.zeros(4), covariance, lower_limit=-limits, rng=1)
    assert 1 - inside == pytest.approx(0.05, abs=2e-4)


@pytest.mark.parametrize("drift", [1.0, 3.3])
def test_power_of_twenty_looks(drift: float) -> None:
    found = compute_spending_boundaries(equal(20), 0.025, "obrien_fleming", two_sided=False)
    by_grid = sum(crossing_on_a_grid(equal(20), found.upper, drift, points=2401))
    assert compute_power(found, drift) == pytest.approx(by_grid, abs=2e-5)


def test_haybittle_peto_leaves_the_rest_of_alpha() -> None:
    """Five looks with 3 before the last: what is left is spent there, by the slow twin."""
    found = compute_classical_boundaries(equal(5), 0.025, "haybittle_peto", 3.0, two_sided=False)
    assert found.upper[:4] == (3.0, 3.0, 3.0, 3.0)
    assert sum(crossing_on_a_grid(equal(5), found.upper, points=1501)) == pytest.approx(0.025, abs=2e-6)


@pytest.mark.parametrize("binding", [True, False])
def test_futility_with_many_looks_keeps_its_promises(binding: bool) -> None:
    """Ten looks: beta is spent as stated, power is reached, and alpha holds with or without the lower boundary."""
    efficacy = compute_spending_boundaries(equal(10), 0.025, "obrien_fleming", two_sided=False)
    found = with_futility(efficacy, 0.9, "hwang_shih_decani", -2.0, binding)
    assert found.lower[-1] == pytest.approx(found.upper[-1])
    over, under = compute_crossing(found.fractions, found.lower, found.upper, found.drift)
    assert over.sum() == pytest.approx(0.9, abs=1e-7)
    beta = [compute_spending("hwang_shih_decani", 0.1, t, -2.0) for t in equal(10)]
    assert np.cumsum(under)[:-1] == pytest.approx(beta[:-1], abs=1e-7)
    null = compute_crossing(found.fractions, found.lower, found.upper, 0.0)[0].sum()
    assert null == pytest.approx(0.025, abs=1e-7) if binding else null < 0.025


def test_power_family_lies_between_the_others() -> None:
    """Kim & DeMets 1987: rho 1 spends evenly, rho 3 nearly as O'Brien-Fleming; the spending is alpha t ** rho."""
    for rho in (1.0, 2.0, 3.0):
        found = compute_spending_boundaries(equal(4), 0.025, "kim_demets", rho, two_sided=False)
        assert found.spent == pytest.approx([0.025 * t**rho for t in equal(4)], abs=1e-10)
    stated = compute_boundaries_of(equal(4), [0.025 * t**2 for t in equal(4)], two_sided=False)
    power = compute_spending_boundaries(equal(4), 0.025, "kim_demets", 2.0, two_sided=False)
    assert stated.upper == pytest.approx(power.upper, abs=1e-9)
