"""Proportions, their differences, odds ratios: definitions checked directly, edges, refusals."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import optimize, stats

from trialwright.stats.proportion_difference import (
    METHODS,
    compute_proportion_difference,
    compute_restricted_shares,
    compute_score_z,
)
from trialwright.stats.proportions import compute_proportion
from trialwright.stats.two_by_two import compute_fisher_exact, compute_odds_ratio

COUNTS = st.integers(1, 25).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


@settings(max_examples=50, deadline=None)
@given(COUNTS)
def test_clopper_pearson_inverts_the_binomial_tails(count: tuple[int, int]) -> None:
    x, n = count
    interval = compute_proportion(x, n, level=0.9)
    if x:
        assert stats.binom.sf(x - 1, n, interval.lower) == pytest.approx(0.05, abs=1e-9)
    else:
        assert interval.lower == 0
    if x < n:
        assert stats.binom.cdf(x, n, interval.upper) == pytest.approx(0.05, abs=1e-9)
    else:
        assert interval.upper == 1


@settings(max_examples=50, deadline=None)
@given(COUNTS)
def test_wilson_limits_are_where_the_score_test_turns(count: tuple[int, int]) -> None:
    x, n = count
    interval = compute_proportion(x, n, method="wilson")
    for limit in (interval.lower, interval.upper):
        if 0 < limit < 1:
            z = (x / n - limit) / math.sqrt(limit * (1 - limit) / n)
            assert abs(z) == pytest.approx(1.959963984540054, rel=1e-9)


def slow_restricted_second(x1: int, n1: int, x2: int, n2: int, difference: float) -> float:
    """The second share that maximises the likelihood when the first is ``difference`` more, by search."""

    def minus_log_likelihood(second: float) -> float:
        terms = (
            (x1, second + difference),
            (n1 - x1, 1 - second - difference),
            (x2, second),
            (n2 - x2, 1 - second),
        )
        return -sum(k * math.log(max(p, 1e-300)) for k, p in terms if k)

    low, high = max(0.0, -difference), min(1.0, 1.0 - difference)
    found = optimize.minimize_scalar(
        minus_log_likelihood, bounds=(low, high), method="bounded", options={"xatol": 1e-12}
    ).x
    return min((low, high, float(found)), key=minus_log_likelihood)


@settings(max_examples=60, deadline=None)
@given(COUNTS, COUNTS, st.floats(-0.95, 0.95))
def test_restricted_shares_maximise_the_likelihood(
    first: tuple[int, int], second: tuple[int, int], difference: float
) -> None:
    p1, p2 = compute_restricted_shares(*first, *second, difference)
    assert p1 - p2 == pytest.approx(difference, abs=1e-9)
    assert p2 == pytest.approx(slow_restricted_second(*first, *second, difference), abs=2e-5)


@settings(max_examples=60, deadline=None)
@given(COUNTS, COUNTS)
def test_score_limits_are_where_the_test_turns(first: tuple[int, int], second: tuple[int, int]) -> None:
    for method in ("miettinen-nurminen", "mee"):
        result = compute_proportion_difference(*first, *second, method=method)
        assert -1 <= result.lower <= result.difference <= result.upper <= 1
        for limit in (result.lower, result.upper):
            if -1 < limit < 1:
                z = compute_score_z(*first, *second, limit, corrected=method == "miettinen-nurminen")
                assert abs(z) == pytest.approx(1.959963984540054, rel=1e-6)


@settings(max_examples=40, deadline=None)
@given(COUNTS, COUNTS, st.sampled_from(METHODS))
def test_difference_is_antisymmetric(first: tuple[int, int], second: tuple[int, int], method: str) -> None:
    there = compute_proportion_difference(*first, *second, method=method)
    back = compute_proportion_difference(*second, *first, method=method)
    assert back.difference == pytest.approx(-there.difference)
    assert back.lower == pytest.approx(-there.upper, abs=1e-9)
    assert back.p_value == pytest.approx(there.p_value, nan_ok=True)


def slow_fisher(x1: int, n1: int, x2: int, n2: int) -> Fraction:
    """Sum over all tables with the margins, in exact fractions."""
    total, events = math.comb(n1 + n2, x1 + x2), x1 + x2
    chances = [Fraction(math.comb(n1, k) * math.comb(n2, events - k), total) for k in range(events + 1)]
    return sum((c for c in chances if c <= chances[x1]), Fraction(0))


@settings(max_examples=60, deadline=None)
@given(COUNTS, COUNTS)
def test_fisher_equals_the_sum_in_fractions(first: tuple[int, int], second: tuple[int, int]) -> None:
    assert compute_fisher_exact(*first, *second) == pytest.approx(
        float(slow_fisher(*first, *second)), rel=1e-9
    )


@settings(max_examples=40, deadline=None)
@given(COUNTS, COUNTS)
def test_conditional_odds_ratio_against_scipy(first: tuple[int, int], second: tuple[int, int]) -> None:
    result = compute_odds_ratio(*first, *second, method="conditional")
    if not result.estimable:
        assert "every subject or none" in result.reason
        return
    table = [[first[0], second[0]], [first[1] - first[0], second[1] - second[0]]]
    other = stats.contingency.odds_ratio(table, kind="conditional")
    interval = other.confidence_interval(0.95)
    assert result.estimate == pytest.approx(other.statistic, rel=1e-6)
    assert result.lower == pytest.approx(interval.low, rel=1e-6, abs=1e-12)
    assert result.upper == pytest.approx(interval.high, rel=1e-6)


def test_fisher_tea_table() -> None:
    """Fisher's tea tasting: R 4.2 fisher.test gives p 0.4857 and a conditional odds ratio of 6.408309."""
    result = compute_odds_ratio(3, 4, 1, 4, method="conditional")
    assert result.p_value == pytest.approx(34 / 70)
    assert result.estimate == pytest.approx(6.408309, rel=1e-5)


def test_woolf_by_hand() -> None:
    result = compute_odds_ratio(12, 20, 5, 25)
    error = math.sqrt(1 / 12 + 1 / 8 + 1 / 5 + 1 / 20)
    assert result.estimate == pytest.approx(12 * 20 / (8 * 5))
    assert result.upper == pytest.approx(6.0 * math.exp(1.959963984540054 * error))


def test_edges_without_an_answer() -> None:
    empty = compute_proportion(0, 0)
    assert (empty.estimable, empty.reason) == (False, "no subjects")
    assert math.isnan(empty.lower)
    one_sided = compute_proportion_difference(3, 5, 0, 0)
    assert (one_sided.estimable, one_sided.reason) == (False, "a group has no subjects")
    nobody = compute_proportion_difference(0, 10, 0, 10)
    assert nobody.estimable
    assert math.isnan(nobody.p_value)
    assert "no test" in nobody.reason
    cell = compute_odds_ratio(4, 4, 1, 4)
    assert not cell.estimable
    assert "cell" in cell.reason
    assert cell.estimate == math.inf
    assert math.isnan(compute_fisher_exact(0, 0, 1, 4))
    assert compute_odds_ratio(4, 4, 1, 4, method="conditional").upper == math.inf
    assert compute_odds_ratio(0, 4, 1, 4, method="conditional").lower == 0


@pytest.mark.parametrize("counts", [(5, 4), (-1, 4), (1, -4), (1.5, 4)])
def test_impossible_counts_are_refused(counts: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="counts must"):
        compute_proportion(*counts)
    with pytest.raises(ValueError, match="counts must"):
        compute_proportion_difference(*counts, 1, 2)
    with pytest.raises(ValueError, match="counts must"):
        compute_fisher_exact(1, 2, *counts)


def test_unknown_methods_are_refused() -> None:
    for call in (
        lambda: compute_proportion(1, 2, method="wald"),
        lambda: compute_proportion_difference(1, 2, 1, 2, method="wald"),
        lambda: compute_odds_ratio(1, 2, 1, 2, method="wald"),
    ):
        with pytest.raises(ValueError, match="choose"):
            call()


def test_coverage_of_the_difference_interval() -> None:
    """Miettinen-Nurminen at 0.3 and 0.5 with 20 each: exact coverage near 95 % (computed, not simulated)."""
    chance1, chance2 = stats.binom.pmf(np.arange(21), 20, 0.3), stats.binom.pmf(np.arange(21), 20, 0.5)
    covered = 0.0
    for a in range(21):
        for b in range(21):
            if chance1[a] * chance2[b] > 1e-6:
                result = compute_proportion_difference(a, 20, b, 20)
                covered += chance1[a] * chance2[b] * (result.lower <= -0.2 <= result.upper)
    assert 0.94 < covered < 0.97
