"""Cumulative incidence and Gray's test: slow twins, the single-cause special case, degenerate input."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trialwright.stats.competing_risks import compute_cumulative_incidence
from trialwright.stats.gray import compute_gray_test
from trialwright.stats.kaplan_meier import compute_kaplan_meier

SUBJECTS = st.lists(st.tuples(st.integers(0, 8), st.integers(0, 2)), min_size=1, max_size=25)


def slow_incidence(subjects: list[tuple[int, int]], variance: str) -> list[tuple[float, float]]:
    """(F, variance) at each distinct time; the variance sums the influence of every earlier time afresh."""
    times = sorted({t for t, _ in subjects})
    survival, incidence, rows = 1.0, 0.0, []
    for time in times:
        n = sum(t >= time for t, _ in subjects)
        d1 = sum(t == time and c == 1 for t, c in subjects)
        d2 = sum(t == time and c == 2 for t, c in subjects)
        before, survival = survival, survival * (1 - (d1 + d2) / n)
        incidence += before * d1 / n
        rows.append((n, d1, d2, before, survival, incidence))
    result = []
    for place, (*_, final) in enumerate(rows):
        total = 0.0
        for n, d1, d2, before, after, so_far in rows[: place + 1]:
            gained = final - so_far
            if variance == "aalen":
                share = gained / after if after > 0 else 0.0
                for d, influence in ((d1, 1 - share), (d2, share)):
                    if d and n > 1:
                        total += influence**2 * (before / n) ** 2 * d * (n - d) / (n - 1)
                    elif d:
                        total += influence**2 * (before / n) ** 2 * d
            else:
                d = d1 + d2
                total += gained**2 * d / (n * (n - d)) if d < n else 0.0
                total += before**2 * d1 * (n - d1) / n**3 - 2 * gained * before * d1 / n**2
        result.append((final, max(total, 0.0)))
    return result


@settings(max_examples=100, deadline=None)
@given(SUBJECTS, st.sampled_from(["aalen", "delta"]))
def test_equals_slow_twin(subjects: list[tuple[int, int]], variance: str) -> None:
    time, cause = zip(*subjects, strict=True)
    result = compute_cumulative_incidence(time, cause, variance=variance)
    slow = np.array(slow_incidence(subjects, variance))
    np.testing.assert_allclose(result.incidence, slow[:, 0], atol=1e-13)
    np.testing.assert_allclose(result.std_error**2, slow[:, 1], atol=1e-12)


@settings(max_examples=40, deadline=None)
@given(SUBJECTS)
def test_causes_add_up_to_the_kaplan_meier_of_any_event(subjects: list[tuple[int, int]]) -> None:
    time, cause = zip(*subjects, strict=True)
    parts = [compute_cumulative_incidence(time, cause, of_cause=k).incidence for k in (1, 2)]
    curve = compute_kaplan_meier(time, [c > 0 for c in cause])
    np.testing.assert_allclose(parts[0] + parts[1], 1 - curve.survival, atol=1e-13)


@settings(max_examples=40, deadline=None)
@given(SUBJECTS)
def test_delta_variance_of_a_single_cause_is_greenwoods(subjects: list[tuple[int, int]]) -> None:
    time, cause = zip(*subjects, strict=True)
    seen = [min(c, 1) for c in cause]
    result = compute_cumulative_incidence(time, seen, variance="delta")
    curve = compute_kaplan_meier(time, seen)
    inside = curve.survival > 0
    np.testing.assert_allclose(result.std_error[inside], curve.std_error[inside], atol=1e-7)


def slow_gray(rows: list[tuple[int, int, int]], groups: int, rho: float) -> tuple[np.ndarray, np.ndarray]:
    """Score and covariance of one stratum by running sums over times and groups."""
    survival, own = [1.0] * groups, [0.0] * groups
    pooled, score, pulls = 0.0, np.zeros(groups), []
    records = []
    pull = np.zeros((groups, groups))
    for time in sorted({t for t, c, _ in rows if c}):
        n = [sum(t >= time and g == k for t, _, g in rows) for k in range(groups)]
        d1 = [sum(t == time and c == 1 and g == k for t, c, g in rows) for k in range(groups)]
        d2 = [sum(t == time and c == 2 and g == k for t, c, g in rows) for k in range(groups)]
        before, before_own, before_pooled = list(survival), list(own), pooled
        for k in range(groups):
            if n[k]:
                survival[k] = before[k] * (1 - (d1[k] + d2[k]) / n[k])
                own[k] += before[k] * d1[k] / n[k]
        h = np.array([n[k] / before[k] if n[k] else 0.0 for k in range(groups)])
        risk = np.array([h[k] * (1 - before_own[k]) for k in range(groups)])
        pooled += sum(d1) / h.sum()
        weight = (1 - before_pooled) ** rho
        if risk.sum() > 0:
            score += weight * (np.array(d1) - sum(d1) * risk / risk.sum())
        spread = weight * (np.diag(h) - np.outer(h, h) / h.sum())
        pull = pull + spread * sum(d1) / (h.sum() * (1 - before_pooled)) if before_pooled < 1 else pull
        records.append((n, d1, d2, before, list(survival), pooled, h, spread, pull))
        pulls.append(pull)
    covariance = np.zeros((groups, groups))
    for n, d1, d2, before, after, now, h, spread, so_far in records:
        rest = pulls[-1] - so_far
        for k in range(groups):
            ratio = (1 - now) / after[k] if after[k] > 0 else 0.0
            if n[k] and sum(d1):
                tie = 1 - (sum(d1) - 1) / (h.sum() * before[k] - 1) if sum(d1) > 1 else 1.0
                influence = spread[:, k] + (1 - ratio) * rest[:, k]
                covariance += np.outer(influence, influence) * tie * before[k] * sum(d1) / (h.sum() * n[k])
            if d2[k] and after[k] > 0:
                tie = 1 - (d2[k] - 1) / (n[k] - 1) if d2[k] > 1 else 1.0
                influence = ratio * rest[:, k]
                covariance += np.outer(influence, influence) * tie * (before[k] / n[k]) ** 2 * d2[k]
    return score, covariance


@settings(max_examples=100, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(0, 8), st.integers(0, 2), st.integers(0, 2), st.integers(0, 1)),
        min_size=2,
        max_size=30,
    ),
    st.sampled_from([0.0, 1.0]),
)
def test_gray_equals_slow_twin(rows: list[tuple[int, int, int, int]], rho: float) -> None:
    time, cause, group, stratum = zip(*rows, strict=True)
    result = compute_gray_test(time, cause, group, strata=stratum, rho=rho, levels=[0, 1, 2])
    score, covariance = np.zeros(3), np.zeros((3, 3))
    for layer in set(stratum):
        part = slow_gray([row[:3] for row in rows if row[3] == layer], 3, rho)
        score, covariance = score + part[0], covariance + part[1]
    np.testing.assert_allclose(result.score, score, atol=1e-10)
    np.testing.assert_allclose(result.covariance, covariance, atol=1e-9, rtol=1e-9)
    assert result.estimable or result.reason


def test_gray_not_estimable() -> None:
    assert "one group only" in compute_gray_test([1, 2], [1, 2], ["a", "a"]).reason
    assert "no subjects" in compute_gray_test([1, 2], [1, 2], ["a", "a"], levels=["a", "b"]).reason
    silent = compute_gray_test([1, 2, 3, 4], [2, 2, 0, 0], ["a", "b", "a", "b"])
    assert "no event of this cause" in silent.reason
    assert math.isnan(silent.p_value)


def test_nobody_and_bad_causes() -> None:
    nobody = compute_cumulative_incidence([], [])
    assert (nobody.estimable, nobody.reason) == (False, "no subjects")
    with pytest.raises(ValueError, match="whole number from 1"):
        compute_cumulative_incidence([1, 2], [1, 0.5])
    with pytest.raises(ValueError, match="2 rows but there are 3"):
        compute_cumulative_incidence([1, 2, 3], [1, 0])
    with pytest.raises(ValueError, match="aalen or delta"):
        compute_cumulative_incidence([1], [1], variance="jackknife")


def test_limits_are_undefined_at_zero_and_one() -> None:
    result = compute_cumulative_incidence([1, 2, 3], [2, 1, 1])
    assert math.isnan(result.lower[0])
    assert result.lower[1] < result.incidence[1] < result.upper[1]
