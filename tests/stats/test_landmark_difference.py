"""Milestone survival: by hand from the two curves, and its cases without an answer."""

from __future__ import annotations

import math

import numpy as np
import pytest

from trialwright.stats.kaplan_meier import compute_kaplan_meier
from trialwright.stats.landmark_difference import compute_landmark_difference
from trialwright.stats.landmarks import compute_landmarks

TIME = [3, 5, 7, 9, 11, 13, 4, 6, 8, 10, 12, 14]
EVENT = [1, 1, 0, 1, 1, 0, 1, 0, 1, 0, 1, 1]
ARM = ["a"] * 6 + ["b"] * 6


def test_by_hand_from_the_two_curves() -> None:
    parts = [
        compute_landmarks(compute_kaplan_meier(TIME[s], EVENT[s]), [9]) for s in (slice(0, 6), slice(6, 12))
    ]
    (s1, s2), (e1, e2) = [p.survival[0] for p in parts], [p.std_error[0] for p in parts]
    plain = compute_landmark_difference(TIME, EVENT, ARM, 9, scale="plain")
    assert plain.difference == pytest.approx(s2 - s1)
    assert plain.z == pytest.approx((s2 - s1) / math.hypot(e1, e2))
    assert plain.upper == pytest.approx(s2 - s1 + 1.959963984540054 * math.hypot(e1, e2))
    logs = compute_landmark_difference(TIME, EVENT, ARM, 9)
    spread = math.hypot(e1 / (s1 * math.log(s1)), e2 / (s2 * math.log(s2)))
    assert logs.z == pytest.approx((math.log(-math.log(s1)) - math.log(-math.log(s2))) / spread)
    assert (logs.z > 0) == (s2 > s1)


def test_without_censoring_the_plain_test_is_that_of_two_proportions() -> None:
    rng = np.random.default_rng(2)
    time, arm = rng.exponential(10, 80), np.repeat([0, 1], 40)
    result = compute_landmark_difference(time, np.ones(80), arm, 8, scale="plain")
    p = [(time[arm == g] > 8).mean() for g in (0, 1)]
    error = math.sqrt(p[0] * (1 - p[0]) / 40 + p[1] * (1 - p[1]) / 40)
    assert result.difference == pytest.approx(p[1] - p[0])
    assert result.std_error == pytest.approx(error)


def test_cases_without_an_answer() -> None:
    late = compute_landmark_difference(TIME, EVENT, ARM, 13.5)
    assert not late.estimable
    assert "a: a time lies beyond" in late.reason
    empty = compute_landmark_difference(TIME[:6], EVENT[:6], ARM[:6], 5, levels=["a", "b"])
    assert "b: no subjects" in empty.reason
    early = compute_landmark_difference(TIME, EVENT, ARM, 1)
    assert early.difference == 0
    assert "no test" in early.reason
    assert math.isnan(early.p_value)
    with pytest.raises(ValueError, match="positive time"):
        compute_landmark_difference(TIME, EVENT, ARM, 0)
    with pytest.raises(ValueError, match="exactly two groups"):
        compute_landmark_difference(TIME, EVENT, range(12), 5)
