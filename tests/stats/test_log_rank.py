"""The log-rank family and MaxCombo: slow twin, properties, degenerate input."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from trialwright.stats.cox import compute_cox
from trialwright.stats.log_rank import compute_log_rank
from trialwright.stats.max_combo import compute_max_combo
from trialwright.stats.normal_box import compute_box_probability

ROWS = st.lists(
    st.tuples(st.integers(0, 8), st.booleans(), st.integers(0, 2), st.integers(0, 1)), min_size=1, max_size=40
)


def slow_log_rank(
    rows: list[tuple[int, bool, int, int]], groups: int, rho: float, gamma: float
) -> tuple[np.ndarray, np.ndarray]:
    """Score and covariance, summed over strata, event time by event time."""
    score, covariance = np.zeros(groups), np.zeros((groups, groups))
    for stratum in {row[3] for row in rows}:
        part = [row for row in rows if row[3] == stratum]
        survival = 1.0
        for time in sorted({t for t, seen, _, _ in part if seen}):
            n = [sum(t >= time and g == k for t, _, g, _ in part) for k in range(groups)]
            d = [sum(t == time and seen and g == k for t, seen, g, _ in part) for k in range(groups)]
            total, events = sum(n), sum(d)
            weight = survival**rho * (1 - survival) ** gamma
            for i in range(groups):
                score[i] += weight * (d[i] - events * n[i] / total)
                for j in range(groups):
                    if total > 1:
                        factor = events * (total - events) / (total - 1) * n[i] / total
                        covariance[i, j] += weight**2 * factor * ((i == j) - n[j] / total)
            survival *= 1 - events / total
    return score, covariance


@settings(max_examples=80, deadline=None)
@given(ROWS, st.sampled_from([(0, 0), (1, 0), (0, 1), (1, 1), (0.5, 0.5)]))
def test_equals_slow_twin(rows: list[tuple[int, bool, int, int]], weight: tuple[float, float]) -> None:
    time, event, group, stratum = (list(column) for column in zip(*rows, strict=True))
    result = compute_log_rank(
        time, event, group, strata=stratum, rho=weight[0], gamma=weight[1], levels=[0, 1, 2]
    )
    score, covariance = slow_log_rank(rows, 3, *weight)
    np.testing.assert_allclose(result.observed - result.expected, score, atol=1e-12)
    np.testing.assert_allclose(result.covariance, covariance, atol=1e-12)
    if set(group) != {0, 1, 2}:
        assert not result.estimable
        assert "no subjects" in result.reason
    if result.estimable:
        pinv = float(score @ np.linalg.pinv(covariance, rcond=1e-9) @ score)
        assert result.statistic == pytest.approx(pinv, abs=1e-8)
        assert result.p_value == pytest.approx(stats.chi2.sf(pinv, result.df), abs=1e-8)
    else:
        assert math.isnan(result.p_value)
        assert result.reason


@settings(max_examples=40, deadline=None)
@given(st.permutations(range(16)), st.lists(st.booleans(), min_size=16, max_size=16))
def test_score_test_of_cox_without_ties_is_the_log_rank(time: list[int], event: list[bool]) -> None:
    group = [0, 1] * 8
    log_rank = compute_log_rank(time, event, group)
    cox = compute_cox(time, event, group)
    if log_rank.estimable:
        assert cox.score_test.statistic == pytest.approx(log_rank.statistic, abs=1e-9)


def test_sign_of_z_and_swapped_arms() -> None:
    time, event, group = [1, 2, 3, 4, 5, 6], [1, 1, 1, 1, 1, 0], ["b", "b", "b", "a", "a", "a"]
    result = compute_log_rank(time, event, group)
    swapped = compute_log_rank(time, event, group, levels=["b", "a"])
    assert result.groups == ("a", "b")
    assert result.z > 0  # the second group, b, dies earlier
    assert swapped.z == pytest.approx(-result.z)


def test_a_group_never_at_risk_is_left_out() -> None:
    """Group c is censored before the first event: the test compares a and b with one degree of freedom."""
    time = [1, 1, 5, 6, 7, 8]
    event = [0, 0, 1, 1, 1, 1]
    result = compute_log_rank(time, event, ["c", "c", "a", "b", "a", "b"])
    alone = compute_log_rank(time[2:], event[2:], ["a", "b", "a", "b"])
    assert result.df == 1
    assert result.statistic == pytest.approx(alone.statistic)
    assert "left out" in result.reason


@pytest.mark.parametrize(
    ("event", "group", "levels", "words"),
    [
        ([0, 0, 0, 0], [0, 1, 0, 1], None, "no events"),
        ([1, 1, 1, 1], [0, 0, 0, 0], None, "one group only"),
        ([1, 1, 1, 1], [0, 0, 0, 0], [0, 1], "a group has no subjects"),
        ([0, 0, 0, 1], [0, 1, 0, 1], None, "more than one group at risk"),
    ],
)
def test_not_estimable(event: list[int], group: list[int], levels: list[int] | None, words: str) -> None:
    result = compute_log_rank([1, 2, 3, 4], event, group, levels=levels)
    assert not result.estimable
    assert words in result.reason
    assert math.isnan(result.p_value)
    combo = compute_max_combo([1, 2, 3, 4], event, group, levels=levels)
    assert not combo.estimable
    assert combo.reason
    assert math.isnan(combo.p_value)


def test_all_tied_at_one_time() -> None:
    """Everybody dies at once: no information on who dies first."""
    result = compute_log_rank([2, 2, 2, 2], [1, 1, 1, 1], [0, 0, 1, 1])
    assert not result.estimable
    assert math.isnan(result.p_value)


def test_bad_labels_are_refused() -> None:
    with pytest.raises(ValueError, match="1 of 2 labels are missing"):
        compute_log_rank([1, 2], [1, 1], ["a", None])
    with pytest.raises(ValueError, match="not among the levels"):
        compute_log_rank([1, 2], [1, 1], ["a", "b"], levels=["a", "c"])
    with pytest.raises(ValueError, match="must not be negative"):
        compute_log_rank([1, 2], [1, 1], ["a", "b"], rho=-1)
    with pytest.raises(ValueError, match="strata has 1 rows"):
        compute_log_rank([1, 2], [1, 1], ["a", "b"], strata=["s"])


def random_trial(seed: int, n: int = 60) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    time = rng.exponential(10, n).round(1)
    return time, rng.random(n) < 0.7, rng.integers(0, 2, n)


@pytest.mark.parametrize("seed", range(3))
def test_max_combo_parts_are_the_weighted_tests(seed: int) -> None:
    time, event, group = random_trial(seed)
    combo = compute_max_combo(time, event, group)
    for (rho, gamma), z in zip(combo.weights, combo.z, strict=True):
        assert z == pytest.approx(compute_log_rank(time, event, group, rho=rho, gamma=gamma).z)
    assert combo.statistic == max(abs(combo.z))
    smallest = 2 * stats.norm.sf(combo.statistic)
    assert smallest <= combo.p_value <= len(combo.z) * smallest


def test_max_combo_of_one_weight_is_that_test() -> None:
    time, event, group = random_trial(7)
    combo = compute_max_combo(time, event, group, weights=[(0, 1)])
    assert combo.p_value == pytest.approx(compute_log_rank(time, event, group, gamma=1).p_value, abs=1e-9)


@pytest.mark.parametrize("width", [0.7, 1.5, 2.4])
def test_box_probability_against_known_values(width: float) -> None:
    one = stats.norm.cdf(width) - stats.norm.cdf(-width)
    assert compute_box_probability(np.eye(1), width) == pytest.approx(one, abs=1e-14)
    assert compute_box_probability(np.eye(3), width) == pytest.approx(one**3, abs=1e-9)
    assert compute_box_probability(np.ones((2, 2)), width) == pytest.approx(one, abs=1e-14)
    rho = 0.6
    pair = stats.multivariate_normal([0, 0], [[1, rho], [rho, 1]]).cdf([width] * 2, lower_limit=[-width] * 2)
    assert compute_box_probability(np.array([[1, rho], [rho, 1]]), width) == pytest.approx(pair, abs=1e-9)


def test_box_probability_of_a_dependent_component() -> None:
    """Z3 = (Z1 + Z2) / sqrt 2: against a million normal draws with a fixed seed (error 4e-4)."""
    draws = np.random.default_rng(3).standard_normal((1_000_000, 2))
    third = draws.sum(axis=1) / math.sqrt(2)
    inside = (np.abs(draws).max(axis=1) < 1.8) & (np.abs(third) < 1.8)
    half = 1 / math.sqrt(2)
    correlation = np.array([[1, 0, half], [0, 1, half], [half, half, 1]])
    assert compute_box_probability(correlation, 1.8) == pytest.approx(inside.mean(), abs=2e-3)


def test_five_independent_weights_are_refused() -> None:
    with pytest.raises(ValueError, match="at most 4 weights"):
        compute_box_probability(np.eye(5), 1.0)
