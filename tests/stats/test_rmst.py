"""Restricted mean survival time: slow twin and the cases without an answer."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trialwright.stats.rmst import compute_restricted_mean, compute_restricted_mean_difference


def slow_mean(subjects: list[tuple[float, bool]], tau: float) -> tuple[float, float]:
    """Area and variance with one pass a death, no arrays."""
    times = sorted({t for t, _ in subjects if t < tau})
    survival, steps = 1.0, [(0.0, 1.0)]
    for time in times:
        n, d = sum(t >= time for t, _ in subjects), sum(t == time and seen for t, seen in subjects)
        survival *= 1 - d / n
        steps.append((time, survival))
    edges = [*[time for time, _ in steps[1:]], tau]

    def area_from(start: float) -> float:
        return sum(
            s * (end - max(begin, start)) for (begin, s), end in zip(steps, edges, strict=True) if end > start
        )

    variance = 0.0
    for time in times:
        n, d = sum(t >= time for t, _ in subjects), sum(t == time and seen for t, seen in subjects)
        if 0 < d < n:
            variance += area_from(time) ** 2 * d / (n * (n - d))
    return area_from(0.0), variance


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 10), st.booleans()), min_size=1, max_size=30), st.floats(0.5, 14))
def test_equals_slow_twin(subjects: list[tuple[int, bool]], tau: float) -> None:
    time, event = zip(*subjects, strict=True)
    result = compute_restricted_mean(time, event, tau)
    last = max(time)
    ends_at_zero = all(seen for t, seen in subjects if t == last)
    if tau > last and not ends_at_zero:
        assert not result.estimable
        assert "beyond the last observation" in result.reason
        assert math.isnan(result.estimate)
        return
    mean, variance = slow_mean(subjects, tau)
    assert result.estimate == pytest.approx(mean, rel=1e-12, abs=1e-12)
    assert result.std_error == pytest.approx(math.sqrt(variance), rel=1e-10, abs=1e-12)


def test_without_censoring_it_is_the_mean_of_the_shortened_times() -> None:
    time = [2, 4, 6, 8, 20]
    result = compute_restricted_mean(time, [1] * 5, 10)
    assert result.estimate == pytest.approx(sum(min(t, 10) for t in time) / 5)


def test_default_tau_is_the_smaller_largest_time() -> None:
    result = compute_restricted_mean_difference([3, 9, 4, 7], [1, 0, 1, 0], ["a", "a", "b", "b"])
    assert result.tau == 7
    assert result.difference == pytest.approx(result.second.estimate - result.first.estimate)


def test_not_estimable() -> None:
    none = compute_restricted_mean_difference([1, 2], [1, 1], ["a", "a"], levels=["a", "b"])
    assert not none.estimable
    assert "b: no subjects" in none.reason
    late = compute_restricted_mean_difference([1, 2, 3, 4], [1, 0, 1, 0], [0, 0, 1, 1], 3)
    assert "0: tau lies beyond" in late.reason
    quiet = compute_restricted_mean_difference([5, 5, 5, 5], [0, 0, 0, 0], [0, 0, 1, 1], 4)
    assert "no events before tau" in quiet.reason
    assert math.isnan(quiet.p_value)
    assert "every time is zero" in compute_restricted_mean([0, 0], [1, 0]).reason


def test_impossible_input_is_refused() -> None:
    with pytest.raises(ValueError, match="positive time"):
        compute_restricted_mean([1, 2], [1, 1], -3)
    with pytest.raises(ValueError, match="exactly two groups, not 3"):
        compute_restricted_mean_difference([1, 2, 3], [1, 1, 1], ["a", "b", "c"])
