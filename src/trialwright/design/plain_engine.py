"""The plain engine: a stretch of replicates, each look, each endpoint, one subject after the other."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from trialwright.design.compiled import kernel
from trialwright.design.cut import compute_look_months, compute_sorted_keys, decode_keys
from trialwright.design.replicate import ENTRY, OS_MONTHS, PFS_MONTHS, compute_replicate
from trialwright.design.survival_tests import compute_cox, compute_log_rank, compute_risk_table

SCORE, VARIANCE, EVENTS, LOG_HR, INFORMATION = range(5)
"""Columns of an endpoint's result at a look."""

ENDPOINTS = ("os", "pfs")
CourseArrays = tuple[NDArray[np.float32], ...]


@kernel
def compute_endpoint(
    data: NDArray[np.float32],
    column: int,
    arms: NDArray[np.int8],
    strata: NDArray[np.int8],
    strata_count: int,
    look: np.float32,
    work: tuple[
        NDArray[np.int32], NDArray[np.float32], NDArray[np.int8], NDArray[np.int8], NDArray[np.float64]
    ],
    out: NDArray[np.float64],
) -> None:
    """Log-rank and Cox of one endpoint at one look, stratified where there are strata."""
    keys, months, event, arm, table = work
    rows = 0
    for stratum in range(strata_count):
        count = compute_sorted_keys(
            data[:, ENTRY], data[:, column], data[:, column + 1], arms, strata, stratum, look, keys
        )
        decode_keys(keys, count, months, event, arm)
        rows += compute_risk_table(months[:count], event[:count], arm[:count], table[rows:])
    out[SCORE], out[VARIANCE] = compute_log_rank(table, rows)
    out[EVENTS] = table[:rows, 2].sum()
    out[LOG_HR], out[INFORMATION] = compute_cox(table, rows)


@kernel
def compute_stretch(
    first: int,
    stream: int,
    keys: NDArray[np.uint32],
    arms: NDArray[np.int8],
    tables: CourseArrays,
    interval: np.float32,
    looks: NDArray[np.float64],
    results: NDArray[np.float64],
    look_months: NDArray[np.float64],
) -> None:
    """Fill ``results`` (replicates, looks, endpoints, 5) and ``look_months`` (replicates, looks).

    ``looks`` has a row a look: latest time, events wanted (0 for a look by calendar), endpoint counted.
    ``look_months`` is negative where the wanted events were not reached.
    """
    n = arms.shape[0]
    data, strata = np.empty((n, 5), np.float32), np.empty(n, np.int8)
    work = (
        np.empty(n, np.int32),
        np.empty(n, np.float32),
        np.empty(n, np.int8),
        np.empty(n, np.int8),
        np.empty((n, 4), np.float64),
    )
    starts, first_cumulative, first_mean, progress, die, second_cumulative = tables[:6]
    second_mean, die_after, part_up_to, stratum_up_to = tables[6:10]
    accrual = tables[10]
    for r in range(results.shape[0]):
        compute_replicate(
            first + r, stream, keys, arms, starts, first_cumulative, first_mean, progress, die,
            second_cumulative, second_mean, die_after, part_up_to, stratum_up_to, accrual, interval,
            data, strata,
        )  # fmt: skip
        for k in range(looks.shape[0]):
            column = OS_MONTHS if looks[k, 2] == 0 else PFS_MONTHS
            look, reached = compute_look_months(
                data[:, ENTRY],
                data[:, column],
                data[:, column + 1],
                np.float32(looks[k, 0]),
                int(looks[k, 1]),
            )
            look_months[r, k] = look if reached else -look
            compute_endpoint(
                data, OS_MONTHS, arms, strata, stratum_up_to.shape[0], look, work, results[r, k, 0]
            )
            compute_endpoint(
                data, PFS_MONTHS, arms, strata, stratum_up_to.shape[0], look, work, results[r, k, 1]
            )
