"""Several ways to have the event: what came first, and the cumulative incidence of one cause.

Sources: Aalen and Johansen 1978; Aalen 1978 (variance); Marubini and Valsecchi 1995, section 10.2 (delta
variance); Pintilie 2006 (interval).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from trialwright.stats.arrays import FloatArray, IntArray, check_length, check_level, parse_numbers
from trialwright.stats.distributions import two_sided_z
from trialwright.stats.survival_times import SurvivalTimes, compute_starts, parse_survival_times

IncidenceVariance = Literal["aalen", "delta"]
EDGE = 1e-12
"""Nearer than this to 0 or 1 the incidence is there: a sum of fractions is not exact."""


@dataclass(frozen=True, slots=True)
class CumulativeIncidence:
    """Share who have had the event of ``cause``; arrays of one element a distinct time, ascending.

    ``n_event`` counts the cause of interest, ``n_competing`` the others. Limits are NaN at 0 and 1.
    """

    cause: int
    time: FloatArray
    n_at_risk: IntArray
    n_event: IntArray
    n_competing: IntArray
    n_censored: IntArray
    incidence: FloatArray
    std_error: FloatArray
    lower: FloatArray
    upper: FloatArray
    n: int
    n_events: int
    n_competing_events: int
    level: float
    variance: IncidenceVariance
    estimable: bool
    reason: str
    convention: str


@dataclass(frozen=True, slots=True)
class CauseTable:
    """One row a distinct time: at risk, events of the cause, competing events (as floats, for arithmetic)."""

    time: FloatArray
    n_at_risk: FloatArray
    n_event: FloatArray
    n_competing: FloatArray
    n_censored: FloatArray


def parse_causes(time: ArrayLike, cause: ArrayLike) -> tuple[SurvivalTimes, IntArray]:
    """Sorted times and the causes in the caller's order: 0 censored, 1, 2, ... the causes."""
    codes = parse_numbers(cause, "cause")
    if not bool(np.all((codes == np.floor(codes)) & (codes >= 0))):
        raise ValueError("cause must be 0 (censored) or a whole number from 1 (the cause of the event)")
    times = parse_survival_times(time, codes > 0)
    check_length(codes, times.n, "cause")
    return times, codes.astype(np.int64)


def compute_cumulative_incidence(
    time: ArrayLike,
    cause: ArrayLike,
    *,
    of_cause: int = 1,
    variance: IncidenceVariance = "aalen",
    level: float = 0.95,
) -> CumulativeIncidence:
    """Aalen-Johansen estimate of one cause among competing ones.

    ``time``: n non-negative times; ``cause``: n whole numbers, 0 = censored. ``variance``: ``aalen`` (as R
    cmprsk and SAS by default) or ``delta``. The interval is F^exp(+-z s / (F ln F)).
    """
    check_level(level)
    if variance not in ("aalen", "delta"):
        raise ValueError("unknown variance; choose aalen or delta")
    if of_cause < 1:
        raise ValueError("the cause of interest is a whole number from 1")
    times, causes = parse_causes(time, cause)
    table = compute_cause_table(times, causes[times.order], of_cause)
    incidence, survival_before = compute_incidence(table)
    squared = (_aalen_variance if variance == "aalen" else _delta_variance)(table, incidence, survival_before)
    std_error = np.sqrt(np.maximum(squared, 0.0))
    lower, upper = _limits(incidence, std_error, level)
    return CumulativeIncidence(
        cause=of_cause,
        time=table.time,
        n_at_risk=table.n_at_risk.astype(np.int64),
        n_event=table.n_event.astype(np.int64),
        n_competing=table.n_competing.astype(np.int64),
        n_censored=table.n_censored.astype(np.int64),
        incidence=incidence,
        std_error=std_error,
        lower=lower,
        upper=upper,
        n=times.n,
        n_events=int(table.n_event.sum()),
        n_competing_events=int(table.n_competing.sum()),
        level=level,
        variance=variance,
        estimable=times.n > 0,
        reason="" if times.n else "no subjects",
        convention=f"Aalen-Johansen cumulative incidence, {variance} variance, "
        f"interval F^exp(+-z s/(F ln F)), level {level:g}",
    )


def compute_cause_table(times: SurvivalTimes, causes: IntArray, of_cause: int) -> CauseTable:
    """Counts at each distinct time; ``causes`` in the sorted order of ``times``."""
    starts = compute_starts(times.time)
    if starts.size == 0:
        empty = np.zeros(0)
        return CauseTable(empty, empty, empty, empty, empty)
    of_interest = np.add.reduceat((causes == of_cause).astype(np.float64), starts)
    events = np.add.reduceat((causes > 0).astype(np.float64), starts)
    totals = np.diff(np.append(starts, times.n)).astype(np.float64)
    at_risk = (times.n - starts).astype(np.float64)
    return CauseTable(times.time[starts], at_risk, of_interest, events - of_interest, totals - events)


def compute_incidence(table: CauseTable) -> tuple[FloatArray, FloatArray]:
    """F(t) of the cause and the event-free share just before t, at each distinct time."""
    if table.time.size == 0:
        return table.time, table.time
    survival = np.cumprod(1.0 - (table.n_event + table.n_competing) / table.n_at_risk)
    before = np.concatenate(([1.0], survival[:-1]))
    return np.cumsum(before * table.n_event / table.n_at_risk), before


def _aalen_variance(table: CauseTable, incidence: FloatArray, before: FloatArray) -> FloatArray:
    """Sum over s <= t of the squared influence of each cause's binomial at s, with the tie factor."""
    n, d1, d2 = table.n_at_risk, table.n_event, table.n_competing
    after = before * (1.0 - (d1 + d2) / n)
    per_after = np.where(after > 0, 1.0 / np.where(after > 0, after, 1.0), 0.0)
    first, second = ((before / n) ** 2 * d * _tie_factor(n, d) for d in (d1, d2))
    own, other = 1.0 + incidence * per_after, incidence * per_after
    second = np.where(after > 0, second, 0.0)
    constant = np.cumsum(own**2 * first + other**2 * second)
    linear = np.cumsum(per_after * (own * first + other * second))
    square = np.cumsum(per_after**2 * (first + second))
    return constant - 2.0 * incidence * linear + incidence**2 * square


def _tie_factor(n: FloatArray, d: FloatArray) -> FloatArray:
    """(n - d) / (n - 1), the share of the binomial variance that d tied events leave; 1 for a last subject."""
    return np.where(n > 1, (n - d) / np.maximum(n - 1.0, 1.0), 1.0)


def _delta_variance(table: CauseTable, incidence: FloatArray, before: FloatArray) -> FloatArray:
    n, d1 = table.n_at_risk, table.n_event
    d = d1 + table.n_competing
    greenwood = np.where(d < n, d / (n * np.where(d < n, n - d, 1.0)), 0.0)
    cross = before * d1 / n**2
    own = np.cumsum(before**2 * d1 * (n - d1) / n**3)
    return (
        incidence**2 * np.cumsum(greenwood)
        - 2.0 * incidence * np.cumsum(incidence * greenwood + cross)
        + np.cumsum(incidence**2 * greenwood + 2.0 * incidence * cross)
        + own
    )


def _limits(incidence: FloatArray, std_error: FloatArray, level: float) -> tuple[FloatArray, FloatArray]:
    inside = (incidence > EDGE) & (incidence < 1.0 - EDGE)
    safe = np.where(inside, incidence, 0.5)
    shift = two_sided_z(level) * std_error / (safe * np.log(safe))
    lower, upper = safe ** np.exp(-shift), safe ** np.exp(shift)
    return np.where(inside, lower, np.nan), np.where(inside, upper, np.nan)
