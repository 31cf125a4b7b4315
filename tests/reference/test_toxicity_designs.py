"""Behaviour of toxicity rules and dose finding against the domain reference and independent computations."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.stats import beta

from trialwright.design.dose_finding import (
    PowerModel,
    compute_isotonic,
    simulate_boin,
    simulate_crm,
)
from trialwright.design.toxicity import (
    ToxicityRule,
    compute_stopping_characteristics,
    compute_three_plus_three,
)
from trialwright.stats.beta_binomial import compute_exceedance, compute_path_probabilities
from trialwright.stats.boin import compute_boin_limits, compute_boin_table

SAFETY = json.loads((Path(__file__).parents[1] / "data/domain/safety.json").read_text())
RULES = {
    "A": ToxicityRule((0.3, 0.7), 0.30, 0.95, 20, 3),
    "B": ToxicityRule((1.0, 1.0), 0.30, 0.90, 20, 3),
    "C": ToxicityRule((0.6, 1.4), 0.30, 0.90, 20, 3),
    "D": ToxicityRule((0.5, 0.5), 0.20, 0.95, 20, 3),
}


@pytest.mark.parametrize("row", SAFETY["stopping_rules"], ids=lambda row: row["id"])
def test_stopping_boundaries(row: dict) -> None:
    rule = ToxicityRule(tuple(row["prior"]), row["max_rate"], row["posterior_cut"], 20)
    assert rule.boundary() == [row["min_events_to_stop_by_n"][str(n)] for n in range(1, 21)]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("A", (0.0044, 0.0412, 0.1685, 0.4267, 0.7288, 0.9257)),
        ("B", (0.0327, 0.1510, 0.3807, 0.6669, 0.8836, 0.9775)),
        ("C", (0.0058, 0.0619, 0.2460, 0.5533, 0.8305, 0.9650)),
        ("D", (0.0402, 0.2131, 0.5211, 0.8060, 0.9524, 0.9939)),
    ],
)
def test_exact_operating_characteristics(name: str, expected: tuple[float, ...]) -> None:
    """Safety reference, section 9: looks after every subject from the third, at most 20."""
    found = compute_stopping_characteristics(RULES[name], (0.1, 0.2, 0.3, 0.4, 0.5, 0.6))
    assert [row.stop_probability for row in found] == pytest.approx(expected, abs=5.1e-5)


def test_expected_subjects_of_rule_a() -> None:
    """Safety reference, section 9."""
    found = compute_stopping_characteristics(RULES["A"], (0.1, 0.2, 0.3, 0.4, 0.5, 0.6))
    expected = (19.93, 19.41, 17.87, 15.02, 11.35, 7.94)
    assert [row.expected_subjects for row in found] == pytest.approx(expected, abs=5.1e-3)


@pytest.mark.parametrize(
    ("prior", "events", "subjects", "expected"),
    [
        ((0.3, 0.7), 2, 3, 0.869136),
        ((0.3, 0.7), 4, 6, 0.956898),
        ((0.3, 0.7), 6, 10, 0.968618),
        ((0.3, 0.7), 10, 20, 0.964132),
        ((1.0, 1.0), 3, 6, 0.873964),
        ((1.0, 1.0), 9, 20, 0.932427),
    ],
)
def test_posteriors(prior: tuple[float, float], events: int, subjects: int, expected: float) -> None:
    """Safety reference, section 9."""
    assert compute_exceedance(prior, events, subjects, 0.3) == pytest.approx(expected, abs=5.1e-7)
    assert expected == pytest.approx(beta.sf(0.3, prior[0] + events, prior[1] + subjects - events), abs=1e-6)


def test_more_events_than_subjects_are_refused() -> None:
    with pytest.raises(ValueError, match="events"):
        compute_exceedance((1, 1), 4, 3, 0.3)


def test_paths_add_up_and_wald_holds() -> None:
    """Every trial stops or goes on; mean events = rate times mean subjects, counted here path by path."""
    boundary = RULES["B"].boundary()
    stopping, going = compute_path_probabilities(boundary, 0.35)
    assert stopping.sum() + going.sum() == pytest.approx(1.0)
    rng, subjects, events = np.random.default_rng(3), [], []
    for _ in range(4000):
        toxic = rng.random(20) < 0.35
        counts = np.cumsum(toxic)
        at = next((n for n in range(20) if boundary[n] is not None and counts[n] >= boundary[n]), 19)
        subjects.append(at + 1)
        events.append(counts[at])
    row = compute_stopping_characteristics(RULES["B"], (0.35,))[0]
    assert abs(np.mean(subjects) - row.expected_subjects) < 4 * np.std(subjects) / math.sqrt(4000)
    assert abs(np.mean(events) - row.expected_events) < 4 * np.std(events) / math.sqrt(4000)


@pytest.mark.parametrize("row", SAFETY["boin"], ids=lambda row: f"{row['target']}-{row['n']}")
def test_boin_table(row: dict) -> None:
    """R BOIN 2.7.2, through the domain reference."""
    own = compute_boin_table(row["target"], row["n"])[-1]
    expected = (row["escalate_max"], row["deescalate_min"], row["eliminate_min"])
    assert (own.escalate_most, own.de_escalate_least, own.eliminate_least) == expected


@pytest.mark.parametrize(
    ("target", "escalate", "de_escalate"),
    [
        (0.20, 0.157242, 0.238462),
        (0.25, 0.196801, 0.298392),
        (0.30, 0.236491, 0.358519),
        (0.33, 0.260377, 0.394716),
        (0.40, 0.316360, 0.479650),
    ],
)
def test_boin_limits(target: float, escalate: float, de_escalate: float) -> None:
    assert compute_boin_limits(target) == pytest.approx((escalate, de_escalate), abs=5.1e-7)


@pytest.mark.parametrize(
    ("rate", "goes_on"),
    [
        (0.05, 0.9734),
        (0.10, 0.9061),
        (0.20, 0.7086),
        (0.30, 0.4943),
        (0.33, 0.4344),
        (0.40, 0.3093),
        (0.50, 0.1719),
    ],
)
def test_three_plus_three_passes_a_dose(rate: float, goes_on: float) -> None:
    """With a harmless second dose, passing the first is selecting the second (never coming down from it)."""
    found = compute_three_plus_three((rate, 0.0))
    assert found.selected[1] == pytest.approx(goes_on, abs=5.1e-5)


def test_three_plus_three_equals_simulated_trials() -> None:
    rates, rng, chosen, treated = (0.1, 0.25, 0.45), np.random.default_rng(11), [], []
    for _ in range(20_000):
        n, x, dose, goes_down = [0, 0, 0], [0, 0, 0], 0, False
        while True:
            n[dose] += 3
            x[dose] += int((rng.random(3) < rates[dose]).sum())
            if goes_down:
                pass
            elif n[dose] == 3 and x[dose] == 1:
                continue
            elif x[dose] <= 1 and dose < 2:
                dose += 1
                continue
            if x[dose] > 1:
                dose, goes_down = dose - 1, True
            if dose < 0 or n[dose] == 6:
                break
        chosen.append(dose)
        treated.append(sum(n))
    found = compute_three_plus_three(rates)
    for d in range(3):
        p = found.selected[d]
        assert abs(np.mean([c == d for c in chosen]) - p) < 4 * math.sqrt(p * (1 - p) / 20_000)
    assert abs(np.mean(treated) - found.expected_subjects) < 4 * np.std(treated) / math.sqrt(20_000)
    assert sum(found.selected) + found.none_selected == pytest.approx(1.0)


def test_isotonic_fit() -> None:
    """Pooling by hand: 0.5 and 0.2 with weights 1 and 3 become 0.275."""
    fitted = compute_isotonic(np.array([0.1, 0.5, 0.2, 0.6]), np.array([1.0, 1.0, 3.0, 1.0]))
    assert fitted == pytest.approx([0.1, 0.275, 0.275, 0.6])


def test_boin_finds_the_dose_and_spares_subjects() -> None:
    found = simulate_boin((0.05, 0.15, 0.3, 0.45, 0.6), 0.3, 3, 10, 3000, seed=5)
    assert max(range(5), key=lambda d: found.selected[d]) == 2
    assert sum(found.selected) + found.none_selected == pytest.approx(1.0)
    assert sum(found.mean_subjects) <= 30
    too_toxic = simulate_boin((0.6, 0.7, 0.8), 0.3, 3, 10, 2000, seed=5)
    assert too_toxic.none_selected > 0.85
    assert simulate_boin((0.1, 0.3), 0.3, 3, 5, 200, 9) == simulate_boin((0.1, 0.3), 0.3, 3, 5, 200, 9)


def test_crm_estimate_equals_direct_integration() -> None:
    model = PowerModel((0.05, 0.1, 0.2, 0.35, 0.5, 0.7), 0.2)
    treated, toxic = np.array([[0, 3, 4, 3, 0, 0]]), np.array([[0, 0, 2, 2, 0, 0]])

    def weight(a: float) -> float:
        rates = np.array(model.skeleton) ** math.exp(a)
        like = float(np.prod(rates ** toxic[0] * (1 - rates) ** (treated[0] - toxic[0])))
        return like * math.exp(-(a**2) / 1.34 / 2)

    expected = quad(lambda a: a * weight(a), -8, 8)[0] / quad(weight, -8, 8)[0]
    assert model.estimate(treated, toxic)[0] == pytest.approx(expected, abs=1e-7)


def test_crm_finds_the_dose_and_never_skips() -> None:
    model = PowerModel((0.05, 0.12, 0.25, 0.4, 0.55), 0.25)
    found = simulate_crm((0.02, 0.06, 0.12, 0.25, 0.4), model, 3, 10, 1000, seed=2)
    assert max(range(5), key=lambda d: found.selected[d]) == 3
    assert all(m >= 3 * 0.9 for m in found.mean_subjects[:2])
    assert sum(found.mean_subjects) == pytest.approx(30)
