"""The plain engine: a stretch of replicates, each look, each endpoint, one subject after the other."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from trialwright.design.compiled import kernel
from trialwright.design.cut import compute_look_months, compute_sorted_keys, decode_keys
from trialwright.design.other_tests import (
    COMBO,
    MAX_COMBO,
    MILESTONE,
    RMST,
    add_weighted_scores,
    compute_difference,
    decide,
    decide_combo,
)
from trialwright.design.philox import RoundKeys
from trialwright.design.replicate import ENTRY, OS_MONTHS, PFS_MONTHS, compute_replicate
from trialwright.design.survival_tests import compute_cox, compute_log_rank, compute_risk_table
from trialwright.design.tables import Plan

SCORE, VARIANCE, EVENTS, LOG_HR, INFORMATION = range(5)
"""Columns of an endpoint's result at a look."""

Work = tuple[NDArray[np.int32], NDArray[np.float32], NDArray[np.int8], NDArray[np.int8], NDArray[np.float64]]
"""Scratch of one replicate: keys, months, events, arms, risk table."""


@kernel
def fill_table(
    data: NDArray[np.float32],
    column: int,
    plan: Plan,
    strata: NDArray[np.int8],
    stratum: int,
    look: np.float32,
    work: Work,
    table: NDArray[np.float64],
) -> int:
    """The risk table of one stratum (-1: of all subjects together) at a look; how many rows."""
    keys, months, event, arm, _ = work
    interval = plan.interval if column == PFS_MONTHS else np.float32(0.0)
    times = data[:, ENTRY], data[:, column], data[:, column + 1]
    count = compute_sorted_keys(times, plan.arms, strata, stratum, look, interval, keys)
    decode_keys(keys, count, months, event, arm)
    return compute_risk_table(months[:count], event[:count], arm[:count], table)


@kernel
def compute_endpoint(
    data: NDArray[np.float32],
    column: int,
    plan: Plan,
    strata: NDArray[np.int8],
    look: np.float32,
    work: Work,
    out: NDArray[np.float64],
) -> None:
    """Log-rank and Cox of one endpoint at one look, stratified where there are strata."""
    table, rows = work[4], 0
    for stratum in range(plan.tables.stratum_up_to.shape[0]):
        rows += fill_table(data, column, plan, strata, stratum, look, work, table[rows:])
    out[SCORE], out[VARIANCE] = compute_log_rank(table, rows)
    out[EVENTS] = table[:rows, 2].sum()
    out[LOG_HR], out[INFORMATION] = compute_cox(table, rows) if plan.cox else (np.nan, 0.0)


@kernel
def decide_other(
    data: NDArray[np.float32],
    test: NDArray[np.float64],
    plan: Plan,
    strata: NDArray[np.int8],
    look: np.float32,
    work: Work,
) -> tuple[int, float]:
    """(decision, effect) of a test that is not the log-rank; the effect is a difference, or z."""
    column, kind, table = PFS_MONTHS if test[0] == 1 else OS_MONTHS, int(test[1]), work[4]
    if kind in (RMST, MILESTONE):
        rows = fill_table(data, column, plan, strata, -1, look, work, table)
        difference, se = compute_difference(table, rows, test[4], kind)
        return decide(-difference / se if se > 0 else 0.0, plan.critical_z, plan.sides), difference
    weights = COMBO if kind == MAX_COMBO else test[2:4].copy().reshape(1, 2)
    score, covariance = np.zeros(weights.shape[0]), np.zeros((weights.shape[0], weights.shape[0]))
    for stratum in range(plan.tables.stratum_up_to.shape[0]):
        rows = fill_table(data, column, plan, strata, stratum, look, work, table)
        add_weighted_scores(table, rows, weights, score, covariance)
    z = score[-1] / np.sqrt(covariance[-1, -1]) if covariance[-1, -1] > 0 else 0.0
    if kind == MAX_COMBO:
        return decide_combo(score, covariance, plan.critical_z, plan.alpha, plan.sides), z
    return decide(z, plan.critical_z, plan.sides), z


@kernel
def compute_stretch(
    first: int,
    keys: RoundKeys,
    plan: Plan,
    results: NDArray[np.float64],
    look_months: NDArray[np.float64],
    decisions: NDArray[np.int8],
    effects: NDArray[np.float64],
) -> None:
    """Fill ``results`` (replicates, looks, endpoints, 5) and ``look_months`` (replicates, looks).

    ``look_months`` is negative where the wanted events were not reached. Endpoints that are not tested stay
    as they were. ``decisions`` and ``effects`` (replicates, looks, other tests) are of the tests in
    ``plan.others``.
    """
    n = plan.arms.shape[0]
    data, strata = np.empty((n, 5), np.float32), np.empty(n, np.int8)
    work = (
        np.empty(n, np.int32),
        np.empty(n, np.float32),
        np.empty(n, np.int8),
        np.empty(n, np.int8),
        np.empty((n, 5), np.float64),
    )
    for r in range(results.shape[0]):
        compute_replicate(
            first + r,
            plan.stream,
            keys,
            plan.arms,
            plan.tables,
            plan.interval,
            plan.expected_arrivals,
            data,
            strata,
        )
        for k in range(plan.looks.shape[0]):
            column = OS_MONTHS if plan.looks[k, 2] == 0 else PFS_MONTHS
            times = data[:, ENTRY], data[:, column], data[:, column + 1]
            look, reached = compute_look_months(times, np.float32(plan.looks[k, 0]), int(plan.looks[k, 1]))
            look_months[r, k] = look if reached else -look
            for e in range(2):
                if plan.tested[e]:
                    column = OS_MONTHS if e == 0 else PFS_MONTHS
                    compute_endpoint(data, column, plan, strata, look, work, results[r, k, e])
            for o in range(plan.others.shape[0]):
                decision = decide_other(data, plan.others[o], plan, strata, look, work)
                decisions[r, k, o], effects[r, k, o] = decision
