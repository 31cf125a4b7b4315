"""The lane engine: a stretch of replicates, sixteen at a time.

It does what the plain engine does for designs without strata, with the same subjects to the last bit, the
same log-rank within rounding of double precision and the same hazard ratio within the tolerance of Newton's
method.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from trialwright.design.compiled import inlined, kernel
from trialwright.design.lane_cut import fill_keys, fill_look, sort_calendar
from trialwright.design.lane_sort import sort_lanes
from trialwright.design.lane_subjects import ROWS, Beliefs, fill_subjects
from trialwright.design.lane_tests import (
    ROW_ESTIMABLE,
    ROW_EVENTS,
    ROW_INFORMATION,
    ROW_LOG_HR,
    ROW_SCORE,
    ROW_VARIANCE,
    RiskLanes,
    cox_lanes,
    new_risk_lanes,
    scan_lanes,
)
from trialwright.design.lanes import LANES
from trialwright.design.philox import RoundKeys
from trialwright.design.plain_engine import EVENTS, INFORMATION, LOG_HR, SCORE, VARIANCE
from trialwright.design.tables import Plan


@inlined
def log_hr_of(estimable: float, log_hr: float) -> float:
    """The log hazard ratio: infinite when one arm has all the events, nan without information."""
    if estimable == 3.0:
        return log_hr
    if estimable == 1.0:
        return np.inf
    return -np.inf if estimable == 2.0 else np.nan


@kernel
def copy_sums(sums: NDArray[np.float64], used: int, cox: bool, out: NDArray[np.float64]) -> None:
    """Results of the first ``used`` lanes into ``out`` (replicates, 5)."""
    for lane in range(used):
        out[lane, SCORE], out[lane, VARIANCE] = sums[ROW_SCORE, lane], sums[ROW_VARIANCE, lane]
        out[lane, EVENTS] = sums[ROW_EVENTS, lane]
        out[lane, LOG_HR], out[lane, INFORMATION] = np.nan, 0.0
        if cox:
            out[lane, LOG_HR] = log_hr_of(sums[ROW_ESTIMABLE, lane], sums[ROW_LOG_HR, lane])
            if sums[ROW_ESTIMABLE, lane] == 3.0:
                out[lane, INFORMATION] = sums[ROW_INFORMATION, lane]


@kernel
def analyse_lanes(
    data: NDArray[np.int32],
    endpoint: int,
    plan: Plan,
    look: NDArray[np.float32],
    keys: NDArray[np.int32],
    risk: RiskLanes,
) -> None:
    """Cut, sort and test one endpoint at one look."""
    fill_keys(data, endpoint, plan.arms, look, plan.interval, keys)
    sort_lanes(keys, plan.arms.shape[0])
    scan_lanes(keys, plan.arms.shape[0], risk)
    if plan.cox:
        cox_lanes(plan.arms.shape[0], risk)


@kernel
def compute_lane_stretch(
    first: int,
    round_keys: RoundKeys,
    plan: Plan,
    beliefs: Beliefs,
    results: NDArray[np.float64],
    look_months: NDArray[np.float64],
) -> None:
    """Fill ``results`` and ``look_months`` as the plain engine does (:mod:`trialwright.design.plain_engine`)."""
    n, count = plan.arms.shape[0], results.shape[0]
    data = np.zeros((ROWS * (n + 1), LANES), np.int32)
    keys, calendar = np.zeros((n, LANES), np.int32), np.zeros((n, LANES), np.int32)
    look, latest = np.zeros((1, LANES), np.float32), np.zeros((1, LANES), np.float32)
    risk = new_risk_lanes(n)
    for begin in range(0, count, LANES):
        used, sorted_endpoint = min(LANES, count - begin), -1
        fill_subjects(first + begin, round_keys, plan, beliefs, data)
        for k in range(plan.looks.shape[0]):
            at_months, at_events, endpoint = plan.looks[k]
            look[0, :] = at_months
            if at_events > 0:
                if endpoint != sorted_endpoint:
                    sort_calendar(data, n, int(endpoint), calendar, latest)
                    sorted_endpoint = int(endpoint)
                fill_look(calendar, latest, np.float32(at_months), int(at_events), look)
            look_months[begin : begin + used, k] = look[0, :used]
            look[0, :] = np.abs(look[0, :])
            for e in range(2):
                if plan.tested[e]:
                    analyse_lanes(data, e, plan, look, keys, risk)
                    copy_sums(risk.sums, used, plan.cox, results[begin : begin + used, k, e])
