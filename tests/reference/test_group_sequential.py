"""Group-sequential boundaries and sample sizes against published values, to four decimals or better."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.stats import multivariate_normal, norm

from trialwright.design.boundaries import (
    compute_classical_boundaries,
    compute_drift,
    compute_inflation,
    compute_power,
    compute_spending,
    compute_spending_boundaries,
    with_futility,
)
from trialwright.design.interim import compute_conditional_power, compute_predictive_power
from trialwright.design.recursion import compute_crossing
from trialwright.design.sizing import (
    compute_freedman_events,
    compute_lachin_foulkes,
    compute_schoenfeld_events,
    compute_schoenfeld_hazard_ratio,
    compute_schoenfeld_power,
    event_share,
)


def equal(looks: int) -> list[float]:
    return [(k + 1) / looks for k in range(looks)]


@pytest.mark.parametrize(
    ("looks", "constant"),
    [
        (2, 2.178),
        (3, 2.289),
        (4, 2.361),
        (5, 2.413),
        (6, 2.453),
        (7, 2.485),
        (8, 2.512),
        (9, 2.535),
        (10, 2.555),
    ],
)
def test_pocock_constants(looks: int, constant: float) -> None:
    """Jennison & Turnbull 2000, table 2.1, two-sided alpha 0.05."""
    assert compute_classical_boundaries(equal(looks), 0.025, "pocock").upper[0] == pytest.approx(
        constant, abs=6e-4
    )


@pytest.mark.parametrize(
    ("looks", "constant"),
    [
        (2, 1.977),
        (3, 2.004),
        (4, 2.024),
        (5, 2.040),
        (6, 2.053),
        (7, 2.063),
        (8, 2.072),
        (9, 2.080),
        (10, 2.087),
    ],
)
def test_obrien_fleming_constants(looks: int, constant: float) -> None:
    """Jennison & Turnbull 2000, table 2.3, two-sided alpha 0.05."""
    boundaries = compute_classical_boundaries(equal(looks), 0.025, "obrien_fleming")
    assert boundaries.upper[-1] == pytest.approx(constant, abs=6e-4)
    assert boundaries.upper[0] == pytest.approx(boundaries.upper[-1] * math.sqrt(looks))


def test_two_looks_to_six_decimals() -> None:
    """The domain reference, analysis.json (group_sequential), two-sided 0.05, two equal looks."""
    pocock = compute_classical_boundaries(equal(2), 0.025, "pocock")
    assert pocock.upper == pytest.approx((2.178272, 2.178272), abs=1e-6)
    obrien_fleming = compute_classical_boundaries(equal(2), 0.025, "obrien_fleming")
    assert obrien_fleming.upper == pytest.approx((2.79651, 1.977431), abs=1e-5)
    lan_demets = compute_spending_boundaries(equal(2), 0.025, "obrien_fleming")
    assert lan_demets.upper == pytest.approx((2.962588, 1.968596), abs=1e-6)
    haybittle_peto = compute_classical_boundaries(equal(2), 0.025, "haybittle_peto", 3.29)
    assert haybittle_peto.upper == pytest.approx((3.29, 1.96), abs=3e-3)


@pytest.mark.parametrize(
    ("kind", "looks", "expected"),
    [
        ("obrien_fleming", 3, (3.7103, 2.5114, 1.9930)),
        ("obrien_fleming", 4, (4.3326, 2.9631, 2.3590, 2.0141)),
        ("obrien_fleming", 5, (4.8769, 3.3569, 2.6803, 2.2898, 2.0310)),
        ("pocock", 5, (2.4380, 2.4268, 2.4101, 2.3966, 2.3859)),
    ],
)
def test_spending_boundaries(kind: str, looks: int, expected: tuple[float, ...]) -> None:
    """Reboussin et al. 2000 (Controlled Clinical Trials 21:190), Lan-DeMets with equal looks, two-sided 0.05."""
    assert compute_spending_boundaries(equal(looks), 0.025, kind).upper == pytest.approx(expected, abs=1.2e-4)


def test_hwang_shih_decani_with_futility() -> None:
    """gsDesign's standard design (Anderson): k 3, alpha 0.025, power 0.9, gamma -4 and -2, not binding."""
    efficacy = compute_spending_boundaries(equal(3), 0.025, "hwang_shih_decani", -4.0, two_sided=False)
    assert efficacy.upper == pytest.approx((3.0107, 2.5465, 1.9992), abs=6e-5)
    design = with_futility(efficacy, 0.9, "hwang_shih_decani", -2.0)
    assert design.lower[:2] == pytest.approx((-0.2387, 0.9411), abs=6e-5)
    assert design.lower[2] == design.upper[2]
    assert compute_inflation(design, 0.9) == pytest.approx(1.070, abs=5e-4)
    assert design.drift is not None
    assert compute_power(design, design.drift) == pytest.approx(0.9, abs=1e-8)


def test_binding_futility_keeps_alpha_and_buys_efficacy() -> None:
    efficacy = compute_spending_boundaries(equal(3), 0.025, "hwang_shih_decani", -4.0, two_sided=False)
    design = with_futility(efficacy, 0.9, "hwang_shih_decani", -2.0, binding=True)
    over, _ = compute_crossing(design.fractions, design.lower, design.upper, 0.0)
    assert over.sum() == pytest.approx(0.025, abs=1e-8)
    assert design.upper[-1] < efficacy.upper[-1]


@pytest.mark.parametrize(
    ("looks", "power", "expected"),
    [(2, 0.8, 1.110), (3, 0.8, 1.166), (5, 0.8, 1.229), (2, 0.9, 1.100), (3, 0.9, 1.151), (5, 0.9, 1.207)],
)
def test_inflation_of_pocock(looks: int, power: float, expected: float) -> None:
    """Jennison & Turnbull 2000, table 2.2."""
    boundaries = compute_classical_boundaries(equal(looks), 0.025, "pocock")
    assert compute_inflation(boundaries, power) == pytest.approx(expected, abs=6e-4)


def test_crossing_equals_the_multivariate_normal() -> None:
    """Unequal looks and drift: the recursion against a direct two-dimensional probability."""
    fractions, upper, lower, drift = (0.37, 1.0), (2.4, 2.0), (0.3, 2.0), 1.7
    over, under = compute_crossing(fractions, lower, upper, drift)
    mean, rho = drift * np.sqrt(fractions), math.sqrt(0.37)
    joint = multivariate_normal(mean, [[1, rho], [rho, 1]])
    stays = joint.cdf(np.array([2.4, 9.0]), lower_limit=np.array([0.3, 2.0]))
    assert over[0] == pytest.approx(norm.sf(2.4 - mean[0]), abs=1e-12)
    assert under[0] == pytest.approx(norm.cdf(0.3 - mean[0]), abs=1e-12)
    assert over[1] == pytest.approx(stays, abs=1e-5)
    assert over.sum() + under.sum() == pytest.approx(1.0, abs=1e-10)


def test_crossing_equals_a_single_integral() -> None:
    """Two looks to ten decimals: the second crossing as one integral over the first statistic."""
    boundaries = compute_spending_boundaries([0.4, 1.0], 0.025, "obrien_fleming", two_sided=False)
    first, second = boundaries.upper
    rho = math.sqrt(0.4)

    def crosses(z: float) -> float:
        return float(norm.pdf(z) * norm.sf((second - rho * z) / math.sqrt(1 - rho**2)))

    expected = quad(crosses, -12, first, epsabs=1e-14, points=[0.0, 2.0])[0]
    over, _ = compute_crossing([0.4, 1.0], boundaries.lower, boundaries.upper, 0.0)
    assert over[1] == pytest.approx(expected, abs=1e-10)
    assert norm.sf(first) + expected == pytest.approx(0.025, abs=1e-10)


def test_spending_is_monotone_and_ends_at_alpha() -> None:
    for kind in ("obrien_fleming", "pocock", "hwang_shih_decani"):
        spent = [compute_spending(kind, 0.025, t / 20) for t in range(1, 21)]
        assert spent == sorted(spent)
        assert spent[-1] == 0.025
    assert compute_spending("hwang_shih_decani", 0.025, 0.3, 0.0) == pytest.approx(0.0075)
    with pytest.raises(ValueError, match="spending"):
        compute_spending("triangular", 0.025, 0.5)


def test_drift_of_one_look_is_the_sum_of_quantiles() -> None:
    one = compute_spending_boundaries([1.0], 0.025, "pocock")
    assert compute_drift(one, 0.8) == pytest.approx(norm.ppf(0.975) + norm.ppf(0.8), abs=1e-6)


@pytest.mark.parametrize(
    ("hazard_ratio", "alpha", "events"),
    [(0.5, 0.05, 65.3457), (0.6, 0.05, 120.3157), (0.7, 0.05, 246.7871), (0.5, 0.2, 37.5301)],
)
def test_schoenfeld_events(hazard_ratio: float, alpha: float, events: float) -> None:
    """The domain reference, analysis.json (schoenfeld_events), 80 % power, 1:1."""
    assert compute_schoenfeld_events(hazard_ratio, 0.8, alpha) == pytest.approx(events, abs=1e-4)
    assert compute_schoenfeld_hazard_ratio(events, 0.8, alpha) == pytest.approx(hazard_ratio, abs=1e-6)
    assert compute_schoenfeld_power(events, hazard_ratio, alpha) == pytest.approx(0.8, abs=1e-6)


def test_freedman_events_by_hand() -> None:
    """(1.959964 + 0.841621)^2 * (1.5 / 0.5)^2 = 7.848880 * 9."""
    assert compute_freedman_events(0.5, 0.8, 0.05) == pytest.approx(70.6399, abs=1e-4)


def test_lachin_foulkes_by_hand() -> None:
    """Hazards 0.3 and 0.2 a year, 3 years of accrual, 5 of study, one-sided 0.05, power 0.9, no drop-out.

    E(0.3) = 1 - (e^-0.6 - e^-1.5) / 0.9 = 0.638132, E(0.2) = 0.495932, E(0.25) = 0.573299.
    """
    assert event_share(0.3, 0.0, 3, 5) == pytest.approx(0.638132, abs=1e-6)
    assert event_share(0.2, 0.0, 3, 5) == pytest.approx(0.495932, abs=1e-6)
    subjects, events = compute_lachin_foulkes(0.3, 0.2, 3, 5, 0.9, 0.05, sides=1)
    null = math.sqrt(4 * 0.25**2 / event_share(0.25, 0, 3, 5))
    apart = math.sqrt(2 * 0.3**2 / event_share(0.3, 0, 3, 5) + 2 * 0.2**2 / event_share(0.2, 0, 3, 5))
    by_hand = ((1.6448536 * null + 1.2815516 * apart) / 0.1) ** 2
    assert subjects == pytest.approx(by_hand, rel=1e-6)
    assert events == pytest.approx(subjects * (event_share(0.3, 0, 3, 5) + event_share(0.2, 0, 3, 5)) / 2)


def test_conditional_power() -> None:
    """Half the information, Z 1.5: by the B-value, Lan & Wittes 1988."""
    assert compute_conditional_power(1.5, 0.5, 1.96, 0.0) == pytest.approx(
        norm.cdf((1.5 * 0.5**0.5 - 1.96) / 0.5**0.5)
    )
    trend = compute_conditional_power(1.5, 0.5, 1.96)
    assert trend == pytest.approx(norm.cdf((1.5 * 2**0.5 - 1.96) / 0.5**0.5))


def test_predictive_power_is_the_average_of_conditional_power() -> None:
    z, t, final = 1.2, 0.4, 2.0
    flat = compute_predictive_power(z, t, final)
    assert flat == pytest.approx(norm.cdf((z - final * math.sqrt(t)) / math.sqrt(1 - t)))
    draws = norm.rvs(loc=z / math.sqrt(t), scale=1 / math.sqrt(t), size=200_000, random_state=1)
    average = np.mean(
        [norm.cdf((z * math.sqrt(t) + d * (1 - t) - final) / math.sqrt(1 - t)) for d in draws[:20000]]
    )
    assert flat == pytest.approx(average, abs=0.01)
    assert compute_predictive_power(z, t, final, 3.0, 1e-6) == pytest.approx(
        compute_conditional_power(z, t, final, 3.0), abs=1e-5
    )
