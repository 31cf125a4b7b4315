"""Log-rank and Cox on sixteen sorted columns at once, ties exact.

The same quantities as :mod:`trialwright.design.survival_tests`, in double precision. The columns are read
from the last row upwards, so that the number at risk in a row is the same in all lanes.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from trialwright.design.compiled import inlined, kernel
from trialwright.design.lanes import LANES, Lane, anywhere, as_double, as_single, choose, load, spread, store

ROW_SCORE, ROW_VARIANCE, ROW_EVENTS, ROW_EVENTS_1, ROW_ESTIMABLE, ROW_LOG_HR, ROW_INFORMATION = range(7)
MOST_STEPS = 50

_TIME_BITS = np.int32(-4)
_ONE, _ZERO = np.int32(1), np.int32(0)


class RiskLanes(NamedTuple):
    """Scratch of the tests: per row at risk and events in the experimental arm, events, most in a lane.

    ``inverse`` holds 1 / n; ``sums`` the results, a row each (see ``ROW_*``).
    """

    at_risk_1: NDArray[np.float32]
    events: NDArray[np.float32]
    events_1: NDArray[np.float32]
    most: NDArray[np.int64]
    inverse: NDArray[np.float64]
    sums: NDArray[np.float64]


@kernel
def new_risk_lanes(subjects: int) -> RiskLanes:
    """Fresh scratch for ``subjects`` rows."""
    inverse = np.ones(subjects + 1, np.float64)
    for i in range(1, subjects + 1):
        inverse[i] = 1.0 / i
    return RiskLanes(
        np.zeros((subjects, LANES), np.float32),
        np.zeros((subjects, LANES), np.float32),
        np.zeros((subjects, LANES), np.float32),
        np.zeros(subjects, np.int64),
        inverse,
        np.zeros((7, LANES), np.float64),
    )


@inlined
def most_in_a_lane(events: Lane) -> int:
    """The largest element."""
    most = 0
    while anywhere(events > most):
        most += 1
    return most


@kernel
def scan_lanes(keys: NDArray[np.int32], rows: int, risk: RiskLanes) -> None:
    """Score, variance and events of sorted keys (rows, 16), and the risk table for Cox."""
    at_risk_1, events, events_1 = spread(_ZERO), spread(_ZERO), spread(_ZERO)
    total, total_1, rising, falling = spread(_ZERO), spread(_ZERO), spread(_ZERO), spread(_ZERO)
    score, variance = spread(0.0), spread(0.0)
    for i in range(rows - 1, -1, -1):
        key = load(keys, i)
        arm, event = key & _ONE, (key >> _ONE) & _ONE
        at_risk_1, events, events_1 = at_risk_1 + arm, events + event, events_1 + (arm & event)
        # the rows of one time count together, on the first of them
        first = ((key ^ load(keys, max(i - 1, 0))) & _TIME_BITS) != _ZERO if i > 0 else key == key
        d, d1 = choose(first, events, _ZERO), choose(first, events_1, _ZERO)
        events, events_1 = choose(first, _ZERO, events), choose(first, _ZERO, events_1)
        total, total_1 = total + d, total_1 + d1
        at_risk = np.int32(rows - i)
        mixed = (at_risk_1 > _ZERO) & (at_risk_1 < at_risk)
        rising = rising | choose((d1 > _ZERO) & mixed, _ONE, _ZERO)
        falling = falling | choose((d > d1) & mixed, _ONE, _ZERO)
        share, died = as_double(at_risk_1) * risk.inverse[rows - i], as_double(d)
        score = score + (as_double(d1) - died * share)
        more = risk.inverse[rows - i - 1] if i < rows - 1 else 0.0
        variance = variance + died * share * (1.0 - share) * (float(at_risk) - died) * more
        store(risk.at_risk_1, i, as_single(at_risk_1))
        store(risk.events, i, as_single(d))
        store(risk.events_1, i, as_single(d1))
        risk.most[i] = most_in_a_lane(d)
    store(risk.sums, ROW_SCORE, score)
    store(risk.sums, ROW_VARIANCE, variance)
    store(risk.sums, ROW_EVENTS, as_double(total))
    store(risk.sums, ROW_EVENTS_1, as_double(total_1))
    # 3: a maximum exists; 1 or 2: it lies at infinity; 0: no information
    store(risk.sums, ROW_ESTIMABLE, as_double(rising + falling + falling))


@inlined
def exp_of_small(x: Lane) -> Lane:
    """exp(x) for -1 <= x <= 1: Taylor series at x / 2, squared; relative error below 1e-13."""
    h = x * 0.5
    y = spread(1.0 / 479001600.0)
    y = y * h + 1.0 / 39916800.0
    y = y * h + 1.0 / 3628800.0
    y = y * h + 1.0 / 362880.0
    y = y * h + 1.0 / 40320.0
    y = y * h + 1.0 / 5040.0
    y = y * h + 1.0 / 720.0
    y = y * h + 1.0 / 120.0
    y = y * h + 1.0 / 24.0
    y = y * h + 1.0 / 6.0
    y = y * h + 0.5
    y = y * h + 1.0
    y = y * h + 1.0
    return y * y


@inlined
def within_one(x: Lane) -> Lane:
    """x, held between -1 and 1."""
    above = choose(x > -1.0, x, -1.0)
    return choose(above < 1.0, above, 1.0)


@inlined
def cox_score(theta: Lane, rows: int, risk: RiskLanes) -> tuple[Lane, Lane]:
    """(expected events in the experimental arm, information) at a hazard ratio, by Efron's method."""
    expected, information = spread(0.0), spread(0.0)
    for i in range(rows):
        n1, at_risk = as_double(load(risk.at_risk_1, i)), float(rows - i)
        d = as_double(load(risk.events, i))
        if risk.most[i] > 0:
            treated = n1 * theta
            p = choose(d > 0.0, treated / (treated + (at_risk - n1)), 0.0)
            expected, information = expected + p, information + p * (1.0 - p)
        for k in range(1, risk.most[i]):
            d1, done = as_double(load(risk.events_1, i)), spread(float(k)) / d
            treated = (n1 - done * d1) * theta
            p = treated / (treated + ((at_risk - n1) - done * (d - d1)))
            p = choose(d > float(k), p, 0.0)
            expected, information = expected + p, information + p * (1.0 - p)
    return expected, information


@kernel
def cox_lanes(rows: int, risk: RiskLanes) -> None:
    """Log hazard ratio and information, by Newton's method from the one step of the log-rank."""
    estimable = load(risk.sums, ROW_ESTIMABLE) == 3.0
    observed = load(risk.sums, ROW_EVENTS_1)
    beta = within_one(load(risk.sums, ROW_SCORE) / load(risk.sums, ROW_VARIANCE))
    beta = choose(estimable, beta, 0.0)
    theta, information = exp_of_small(beta), spread(0.0)
    for _ in range(MOST_STEPS):
        expected, information = cox_score(theta, rows, risk)
        step = choose(estimable, within_one((observed - expected) / information), 0.0)
        beta = beta + step
        theta = theta * exp_of_small(step)
        if not anywhere((step > 1e-9) | (step < -1e-9)):
            break
    store(risk.sums, ROW_LOG_HR, beta)
    store(risk.sums, ROW_INFORMATION, information)
