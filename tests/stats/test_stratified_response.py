"""Mantel-Haenszel: the admissions of Berkeley in R's printed digits, one stratum, degenerate strata."""

from __future__ import annotations

import math

import numpy as np
import pytest

from trialwright.stats.stratified_response import compute_stratified_response
from trialwright.stats.two_by_two import compute_odds_ratio

ADMITTED = {"men": [512, 353, 120, 138, 53, 22], "women": [89, 17, 202, 131, 94, 24]}
APPLIED = {"men": [825, 560, 325, 417, 191, 373], "women": [108, 25, 593, 375, 393, 341]}


def test_berkeley_admissions() -> None:
    """R 4, mantelhaen.test(UCBAdmissions): X-squared 1.4269, p 0.2323, ratio 0.9046968 (0.7719074, 1.0603298)."""
    result = compute_stratified_response(
        ADMITTED["men"], APPLIED["men"], ADMITTED["women"], APPLIED["women"], continuity_correction=True
    )
    assert result.statistic == pytest.approx(1.4269, abs=5e-5)
    assert result.p_value == pytest.approx(0.2323, abs=5e-5)
    assert result.odds_ratio == pytest.approx(0.9046968, abs=5e-8)
    assert result.odds_ratio_lower == pytest.approx(0.7719074, abs=5e-8)
    assert result.odds_ratio_upper == pytest.approx(1.0603298, abs=5e-8)


def test_one_stratum_is_the_plain_table() -> None:
    result = compute_stratified_response([12], [20], [5], [25])
    plain = compute_odds_ratio(12, 20, 5, 25)
    assert result.odds_ratio == pytest.approx(plain.estimate)
    assert result.odds_ratio_upper == pytest.approx(plain.upper)  # Woolf's, with one table
    assert result.difference == pytest.approx(12 / 20 - 5 / 25)
    expected, variance = 20 * 17 / 45, 20 * 25 * 17 * 28 / (45**2 * 44)
    assert result.statistic == pytest.approx((12 - expected) ** 2 / variance)


def test_difference_covers_what_it_should() -> None:
    """Two strata with a true difference of 0.2: 2,000 trials, the 95 % interval holds it about as often."""
    rng = np.random.default_rng(8)
    first, second = rng.binomial(30, [0.5, 0.7], (2000, 2)), rng.binomial(30, [0.3, 0.5], (2000, 2))
    inside = 0
    for a, b in zip(first, second, strict=True):
        result = compute_stratified_response(a, [30, 30], b, [30, 30])
        inside += result.difference_lower <= 0.2 <= result.difference_upper
    assert inside / 2000 == pytest.approx(0.95, abs=0.02)


def test_a_stratum_without_one_group_says_nothing() -> None:
    alone = compute_stratified_response([5, 3], [10, 4], [2, 0], [10, 0])
    without = compute_stratified_response([5], [10], [2], [10])
    assert alone.statistic == without.statistic
    assert (alone.n_strata, alone.n_strata_used) == (2, 1)


@pytest.mark.parametrize(
    ("counts", "words"),
    [
        (([1], [2], [0], [0]), "no stratum has subjects of both groups"),
        (([], [], [], []), "no stratum"),
        (([0, 3], [4, 3], [0, 2], [5, 2]), "all subjects or none"),
    ],
)
def test_not_estimable(counts: tuple[list[int], ...], words: str) -> None:
    result = compute_stratified_response(*counts)
    assert not result.estimable
    assert words in result.reason
    assert math.isnan(result.p_value)


def test_an_empty_cell_throughout_leaves_the_test() -> None:
    result = compute_stratified_response([4, 3], [4, 3], [1, 1], [4, 3])
    assert result.estimable
    assert result.odds_ratio == math.inf
    assert "no finite common odds ratio" in result.reason


def test_impossible_counts_are_refused() -> None:
    with pytest.raises(ValueError, match="whole and satisfy"):
        compute_stratified_response([5], [4], [1], [2])
    with pytest.raises(ValueError, match="one row a stratum"):
        compute_stratified_response([5, 1], [6], [1], [2])
