"""Kaplan-Meier, quantiles, landmarks: slow twins, degenerate input, conventions."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trialwright.stats.kaplan_meier import (
    INTERVAL_TYPES,
    compute_kaplan_meier,
    compute_reverse_kaplan_meier,
)
from trialwright.stats.landmarks import compute_landmarks, compute_numbers_at_risk
from trialwright.stats.survival_quantiles import compute_median, compute_quantile

Z = 1.959963984540054
SUBJECTS = st.lists(st.tuples(st.integers(0, 12), st.booleans()), min_size=1, max_size=40)


def slow_curve(subjects: list[tuple[float, bool]], interval: str) -> list[tuple[float, ...]]:
    """(time, at risk, events, S, se, lower, upper) by the formulas, one subject at a time."""
    rows = []
    survival, greenwood = 1.0, 0.0
    for time in sorted({t for t, _ in subjects}):
        at_risk = sum(1 for t, _ in subjects if t >= time)
        events = sum(1 for t, seen in subjects if t == time and seen)
        survival *= 1 - events / at_risk
        greenwood = math.inf if events == at_risk else greenwood + events / (at_risk * (at_risk - events))
        rows.append((time, at_risk, events, *slow_limits(survival, greenwood, interval)))
    return rows


def slow_limits(survival: float, greenwood: float, interval: str) -> tuple[float, float, float, float]:
    if survival == 0:
        return 0.0, math.nan, math.nan, math.nan
    s = math.sqrt(greenwood)
    if interval == "plain":
        low, high = max(survival - Z * survival * s, 0), min(survival + Z * survival * s, 1)
    elif interval == "log":
        low, high = survival * math.exp(-Z * s), min(survival * math.exp(Z * s), 1)
    elif survival == 1:
        low = high = math.nan
    else:
        low, high = sorted(survival ** math.exp(sign * Z * s / math.log(survival)) for sign in (-1, 1))
    return survival, survival * s, low, high


@settings(max_examples=60, deadline=None)
@given(SUBJECTS, st.sampled_from(INTERVAL_TYPES))
def test_curve_equals_slow_twin(subjects: list[tuple[int, bool]], interval: str) -> None:
    time, event = zip(*subjects, strict=True)
    curve = compute_kaplan_meier(time, event, interval=interval)
    slow = np.array(slow_curve(subjects, interval), dtype=float)
    fast = np.column_stack(
        [
            curve.time,
            curve.n_at_risk,
            curve.n_event,
            curve.survival,
            curve.std_error,
            curve.lower,
            curve.upper,
        ]
    )
    np.testing.assert_allclose(fast, slow, rtol=1e-12, atol=1e-14)
    assert curve.n == len(subjects)
    assert curve.n_events == sum(event)
    assert interval in curve.convention


@settings(max_examples=40, deadline=None)
@given(SUBJECTS, st.randoms(use_true_random=False))
def test_order_of_subjects_does_not_matter(subjects: list[tuple[int, bool]], random: object) -> None:
    shuffled = list(subjects)
    random.shuffle(shuffled)
    first = compute_kaplan_meier(*zip(*subjects, strict=True))
    second = compute_kaplan_meier(*zip(*shuffled, strict=True))
    np.testing.assert_array_equal(first.survival, second.survival)
    np.testing.assert_array_equal(first.lower, second.lower)


def test_ties_but_for_rounding_are_ties() -> None:
    curve = compute_kaplan_meier([0.1 + 0.2, 0.3, 0.5], [1, 1, 0])
    assert curve.time.tolist() == [0.3, 0.5]
    assert curve.n_event.tolist() == [2, 0]


def test_reverse_curve_swaps_events_and_censorings() -> None:
    time, event = [2, 3, 3, 5, 8], [1, 0, 1, 0, 1]
    reverse = compute_reverse_kaplan_meier(time, event)
    direct = compute_kaplan_meier(time, [1 - flag for flag in event])
    np.testing.assert_array_equal(reverse.survival, direct.survival)


def test_median_at_exactly_one_half() -> None:
    """Four subjects dying at 1, 2, 3, 4: S is 1/2 from 2 to 3."""
    curve = compute_kaplan_meier([1, 2, 3, 4], [1, 1, 1, 1])
    assert compute_median(curve).estimate == 2.5
    assert compute_median(curve, flat_rule="first").estimate == 2.0
    assert "midpoint" in compute_median(curve).convention
    last = compute_kaplan_meier([1, 2, 3, 4], [1, 1, 0, 0])
    assert compute_median(last).estimate == 2.0  # no later drop to average with


def test_one_half_reached_through_rounding() -> None:
    """19/20 x 18/19 x ... x 10/11 is 1/2 exactly, in floating point only nearly."""
    curve = compute_kaplan_meier(range(1, 21), [1] * 20)
    assert compute_median(curve).estimate == 10.5


def test_quantiles_of_a_hand_worked_curve() -> None:
    curve = compute_kaplan_meier([6, 6, 6, 7, 10, 13, 16], [1, 1, 1, 1, 1, 0, 1])
    assert compute_quantile(curve, 0.25).estimate == 6
    assert compute_quantile(curve, 0.6).estimate == 10
    with pytest.raises(ValueError, match="between 0 and 1"):
        compute_quantile(curve, 1.0)


def test_median_not_reached() -> None:
    median = compute_median(compute_kaplan_meier([1, 2, 3, 4], [1, 0, 0, 0]))
    assert math.isnan(median.estimate)
    assert not median.estimable
    assert "stays above 0.5" in median.reason


@settings(max_examples=40, deadline=None)
@given(SUBJECTS, st.lists(st.integers(0, 14), min_size=1, max_size=6))
def test_landmarks_equal_slow_twin(subjects: list[tuple[int, bool]], asked: list[int]) -> None:
    time, event = zip(*subjects, strict=True)
    at = compute_landmarks(compute_kaplan_meier(time, event, interval="log"), asked)
    slow = slow_curve(subjects, "log")
    for place, when in enumerate(asked):
        before = [row for row in slow if row[0] <= when]
        survival = before[-1][3] if before else 1.0
        known = when <= max(time) or slow[-1][3] == 0
        assert bool(at.estimable[place]) == known
        assert at.n_at_risk[place] == sum(t >= when for t in time)
        assert at.n_events_so_far[place] == sum(t <= when and seen for t, seen in subjects)
        if known:
            assert at.survival[place] == pytest.approx(survival, abs=1e-14)
        else:
            assert math.isnan(at.survival[place])
            assert "beyond the last observation" in at.reason


def test_numbers_at_risk() -> None:
    curve = compute_kaplan_meier([5, 5, 8, 12], [1, 0, 0, 1])
    assert compute_numbers_at_risk(curve, [0, 5, 6, 12, 13]).tolist() == [4, 4, 2, 1, 0]


def test_nobody() -> None:
    curve = compute_kaplan_meier([], [])
    assert (curve.estimable, curve.reason, curve.n) == (False, "no subjects", 0)
    assert compute_median(curve).reason == "no subjects"
    at = compute_landmarks(curve, [0, 1])
    assert np.isnan(at.survival).all()
    assert at.n_at_risk.tolist() == [0, 0]


def test_all_censored_stays_at_one() -> None:
    curve = compute_kaplan_meier([1, 2, 2], [0, 0, 0], interval="plain")
    assert curve.survival.tolist() == [1, 1]
    assert curve.std_error.tolist() == [0, 0]
    assert curve.lower.tolist() == [1, 1]


def test_all_die_at_once() -> None:
    curve = compute_kaplan_meier([3, 3, 3], [1, 1, 1])
    assert curve.survival.tolist() == [0]
    assert np.isnan(curve.lower).all()
    assert compute_median(curve).estimate == 3
    assert compute_landmarks(curve, [4]).survival.tolist() == [0]


@pytest.mark.parametrize(
    ("time", "event", "words"),
    [
        ([1, -2], [1, 0], "1 of 2 values are negative"),
        ([1, float("nan")], [1, 0], "1 of 2 values are missing"),
        ([1, float("inf")], [1, 0], "missing or infinite"),
        ([1, 2], [1], "event has 1 rows but there are 2 subjects"),
        ([1, 2], [1, 2], "recode other codes"),
        ([[1, 2]], [1, 0], "one column"),
        (["a", "b"], [1, 0], "must be numbers"),
    ],
)
def test_impossible_input_is_refused(time: list[object], event: list[int], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        compute_kaplan_meier(time, event)


def test_unknown_options_are_refused() -> None:
    with pytest.raises(ValueError, match="log-log, log, plain"):
        compute_kaplan_meier([1], [1], interval="arcsine")
    with pytest.raises(ValueError, match="confidence level"):
        compute_kaplan_meier([1], [1], level=95)
