"""The paths that large data take: unordered sorting of ties, keys of bits, near ties, many pools."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

from trialwright.stats import survival_times
from trialwright.stats.cox import compute_cox
from trialwright.stats.kaplan_meier import compute_kaplan_meier
from trialwright.stats.log_rank import compute_log_rank
from trialwright.stats.risk_sets import compute_event_layout, compute_layout, compute_risk_moments


def make_data(n: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(12)
    x = np.column_stack([rng.integers(0, 2, n), rng.normal(size=n)])
    time = np.ceil(rng.exponential(300 * np.exp(-x @ [0.5, -0.3])))
    return time, rng.random(n) < 0.7, x


def test_the_fast_sort_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    time, event, x = make_data(3_000)
    slow = (compute_log_rank(time, event, x[:, 0]), compute_cox(time, event, x))
    monkeypatch.setattr(survival_times, "LARGE", 0)
    fast = (compute_log_rank(time, event, x[:, 0]), compute_cox(time, event, x))
    assert fast[0].statistic == slow[0].statistic
    np.testing.assert_allclose(fast[1].coefficient, slow[1].coefficient, rtol=1e-12)
    np.testing.assert_allclose(fast[1].covariance, slow[1].covariance, rtol=1e-10)


def test_a_hundred_thousand_subjects_against_whole_array_arithmetic() -> None:
    """Curve and log-rank by bincount and cumulative sums, Cox's score at the estimate by risk-set moments."""
    time, event, x = make_data(100_000)
    day = time.astype(int)
    dead, seen = np.bincount(day, weights=event), np.bincount(day)
    at_risk = np.cumsum(seen[::-1])[::-1]
    shown = np.flatnonzero(seen)
    curve = compute_kaplan_meier(time, event)
    np.testing.assert_array_equal(curve.n_at_risk, at_risk[shown])
    np.testing.assert_allclose(curve.survival, np.cumprod(1 - dead[shown] / at_risk[shown]), rtol=1e-12)
    second = x[:, 0] == 1
    risk_second = np.cumsum(np.bincount(day[second], minlength=seen.size)[::-1])[::-1]
    expected = np.sum(dead * risk_second / np.maximum(at_risk, 1))
    assert compute_log_rank(time, event, x[:, 0]).expected[1] == pytest.approx(expected, rel=1e-12)
    fit = compute_cox(time, event, x)
    layout = compute_layout(survival_times.parse_survival_times(time, event), None, "efron")
    ordered = x[layout.order] - x.mean(axis=0)
    moments = compute_risk_moments(compute_event_layout(layout), ordered, ordered @ fit.coefficient)
    score = (ordered[layout.event] - moments.mean).sum(axis=0)
    np.testing.assert_allclose(score, 0, atol=1e-6)
    np.testing.assert_allclose(fit.covariance, np.linalg.inv(moments.covariance.sum(axis=0)), rtol=1e-8)


def test_time_zero_and_minus_zero_and_the_largest_number() -> None:
    curve = compute_kaplan_meier([-0.0, 0.0, 1e-300, 5.0, 1.7e308], [1, 0, 1, 1, 0])
    assert curve.time.tolist() == [0.0, 1.7e308]  # beside 1e308 everything else is tied at zero
    near = compute_kaplan_meier([-0.0, 0.0, 5.0], [1, 0, 1])
    assert near.time.tolist() == [0.0, 5.0]
    assert near.n_event.tolist() == [1, 1]


def test_inputs_are_left_as_they_were() -> None:
    time, event, x = make_data(200)
    time[:2] = [0.1 + 0.2, 0.3]
    copies = time.copy(), event.copy(), x.copy()
    for column in (time, event, x):
        column.flags.writeable = False
    compute_kaplan_meier(time, event)
    compute_cox(time, event, x, robust=True)
    compute_log_rank(time, event, x[:, 0])
    for now, before in zip((time, event, x), copies, strict=True):
        np.testing.assert_array_equal(now, before)


def test_importing_the_room_imports_neither_the_compiler_nor_other_rooms() -> None:
    """numba, scipy, lifelines and Django cost seconds; nobody pays who only imports."""
    code = (
        "import sys, trialwright.stats.summaries;"
        "print([m for m in ('numba','scipy.stats','scipy.special','lifelines','django','pandas') if m in sys.modules],"
        "[m for m in sys.modules if m.startswith('trialwright.') and not m.startswith('trialwright.stats')])"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[] []"
