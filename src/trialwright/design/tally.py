"""Sums over replicates that come out the same in any order.

Every sum is an integer (counts, histograms, and real numbers on a fixed grid of 2**-20), so that adding the
stretches of one core, many cores or many machines gives the same result to the last bit.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from trialwright.design.compiled import kernel
from trialwright.design.plain_engine import EVENTS, LOG_HR, SCORE, VARIANCE

GRID = 2.0**20
LOG_HR_BINS, LOG_HR_LIMIT = 16384, 8.0
MONTH_BINS, MONTHS_LIMIT = 8192, 512.0

Counts = NDArray[np.int64]


class Rule(NamedTuple):
    """When a look counts as rejected (``critical_z``, ``sides``), and as having too few events."""

    critical_z: float
    sides: int
    fewest_events: int


class Tally(NamedTuple):
    """Sums over replicates by look and endpoint (os, pfs); an endpoint that is not tested stays at zero.

    ``rejected``: (looks, endpoints, 2) two-sided rejections, and those in favour of the experimental arm.
    ``few``: too few events. ``none``: no information, so no log-rank. ``events``, ``log_hr``, ``months``:
    (.., 2) sums of values and squares on the grid. ``estimable``: finite hazard ratios. ``endless``: (..,
    2) hazard ratios of zero and of infinity. ``both``: both endpoints rejected in favour. ``missed``: looks
    whose events never came.
    """

    trials: Counts
    rejected: Counts
    few: Counts
    none: Counts
    events: Counts
    log_hr: Counts
    estimable: Counts
    endless: Counts
    log_hr_bins: Counts
    months: Counts
    month_bins: Counts
    missed: Counts
    both: Counts

    @property
    def replicates(self) -> int:
        """How many replicates have been counted."""
        return int(self.trials[0])

    def add(self, other: Tally) -> None:
        """Take in another tally of the same shape."""
        for mine, theirs in zip(self, other, strict=True):
            mine += theirs


def empty_tally(looks: int) -> Tally:
    """A tally of nothing."""

    def zeros(*shape: int) -> Counts:
        return np.zeros(shape, dtype=np.int64)

    return Tally(
        trials=zeros(1),
        rejected=zeros(looks, 2, 2),
        few=zeros(looks, 2),
        none=zeros(looks, 2),
        events=zeros(looks, 2, 2),
        log_hr=zeros(looks, 2, 2),
        estimable=zeros(looks, 2),
        endless=zeros(looks, 2, 2),
        log_hr_bins=zeros(looks, 2, LOG_HR_BINS),
        months=zeros(looks, 2),
        month_bins=zeros(looks, MONTH_BINS),
        missed=zeros(looks),
        both=zeros(looks),
    )


@kernel
def add_value(value: float, sums: Counts) -> None:
    """Add a value and its square to a pair of sums on the grid."""
    sums[0] += np.int64(np.rint(value * GRID))
    sums[1] += np.int64(np.rint(value * value * GRID))


@kernel
def bin_of(value: float, low: float, high: float, bins: int) -> int:
    """The bin of a value; outliers fall in the outermost bins."""
    return int(min(max((value - low) * (bins / (high - low)), 0.0), bins - 1.0))


@kernel
def add_endpoint(row: NDArray[np.float64], k: int, e: int, rule: Rule, tally: Tally) -> bool:
    """Count one endpoint of one replicate; whether it was rejected in favour of the experimental arm."""
    in_favour = False
    if row[VARIANCE] > 0:
        z = row[SCORE] / np.sqrt(row[VARIANCE])
        in_favour = z <= -rule.critical_z
        if in_favour or (rule.sides == 2 and z >= rule.critical_z):
            tally.rejected[k, e, 0] += 1
        if in_favour:
            tally.rejected[k, e, 1] += 1
    else:
        tally.none[k, e] += 1
    if row[EVENTS] < rule.fewest_events:
        tally.few[k, e] += 1
    add_value(row[EVENTS], tally.events[k, e])
    log_hr = row[LOG_HR]
    if not np.isnan(log_hr):
        tally.log_hr_bins[k, e, bin_of(log_hr, -LOG_HR_LIMIT, LOG_HR_LIMIT, LOG_HR_BINS)] += 1
        if np.isinf(log_hr):
            tally.endless[k, e, 1 if log_hr > 0 else 0] += 1
        else:
            tally.estimable[k, e] += 1
            add_value(log_hr, tally.log_hr[k, e])
    return in_favour


@kernel
def add_results(
    results: NDArray[np.float64],
    look_months: NDArray[np.float64],
    tested: tuple[bool, bool],
    rule: Rule,
    tally: Tally,
) -> None:
    """Count a stretch: results (replicates, looks, endpoints, 5), look_months (replicates, looks)."""
    tally.trials[0] += results.shape[0]
    for r in range(results.shape[0]):
        for k in range(results.shape[1]):
            months = look_months[r, k]
            if months < 0:
                tally.missed[k] += 1
                months = -months
            add_value(months, tally.months[k])
            tally.month_bins[k, bin_of(months, 0.0, MONTHS_LIMIT, MONTH_BINS)] += 1
            favours = 0
            for e in range(2):
                if tested[e]:
                    favours += add_endpoint(results[r, k, e], k, e, rule, tally)
            if favours == 2:
                tally.both[k] += 1


def quantile(counts: Counts, low: float, high: float, share: float) -> float | None:
    """The value below which ``share`` of a histogram lies, linear inside its bin; None of an empty one."""
    total = int(counts.sum())
    if total == 0:
        return None
    up_to = np.cumsum(counts)
    at = int(np.searchsorted(up_to, share * total, side="left"))
    before = int(up_to[at]) - int(counts[at])
    inside = (share * total - before) / max(int(counts[at]), 1)
    return low + (at + inside) * (high - low) / counts.shape[0]
