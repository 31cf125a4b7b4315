"""Sums over replicates that come out the same in any order.

Every sum is an integer (counts, histograms, and real numbers on a fixed grid of 2**-20), so that adding the
stretches of one core, many cores or many machines gives the same result to the last bit.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from trialwright.design.compiled import inlined, kernel
from trialwright.design.other_tests import IN_FAVOUR
from trialwright.design.plain_engine import EVENTS, LOG_HR, SCORE, VARIANCE

GRID = 2.0**20
EFFICACY, HARM, FUTILITY, NO_RESULT = range(4)
LOG_HR_BINS, LOG_HR_LIMIT = 16384, 8.0
MONTH_BINS, MONTHS_LIMIT = 8192, 512.0

Counts = NDArray[np.int64]


class Rule(NamedTuple):
    """When a look counts as rejected, and as having too few events.

    ``critical_z`` (looks, endpoints): what |Z| must reach. ``futility_z`` (looks,): the trial stops when Z in
    favour of the experimental arm lies below. ``monitored``: the endpoint whose boundaries stop the trial, if
    ``stops``.
    """

    critical_z: NDArray[np.float64]
    futility_z: NDArray[np.float64]
    monitored: int
    stops: bool
    sides: int
    fewest_events: int


class Tally(NamedTuple):
    """Sums over replicates by look and endpoint (os, pfs); an endpoint that is not tested stays at zero.

    ``rejected``: (looks, endpoints, 2) two-sided rejections, and those in favour of the experimental arm.
    ``few``: too few events. ``none``: no information, so no log-rank. ``events``, ``log_hr``, ``months``:
    (.., 2) sums of values and squares on the grid. ``estimable``: finite hazard ratios. ``endless``: (..,
    2) hazard ratios of zero and of infinity. ``both``: both endpoints rejected in favour. ``missed``: looks
    whose events never came. ``stopped``: (looks, 4) trials that end at a look for efficacy, for harm, for
    futility, and at the last look without a result. ``stop_months``, ``stop_events``: (2,) sums over the
    ends.
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
    stopped: Counts
    stop_months: Counts
    stop_events: Counts
    other_rejected: Counts
    other_effects: Counts

    @property
    def replicates(self) -> int:
        """How many replicates have been counted."""
        return int(self.trials[0])

    def add(self, other: Tally) -> None:
        """Take in another tally of the same shape."""
        for mine, theirs in zip(self, other, strict=True):
            mine += theirs


def empty_tally(looks: int, others: int = 0) -> Tally:
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
        stopped=zeros(looks, 4),
        stop_months=zeros(2),
        stop_events=zeros(2),
        other_rejected=zeros(looks, others, 2),
        other_effects=zeros(looks, others, 2),
    )


@inlined
def grid_of(value: float) -> int:
    """The nearest point of the grid."""
    return int(value * GRID + (0.5 if value >= 0 else -0.5))


@inlined
def bin_of(value: float, low: float, high: float, bins: int) -> int:
    """The bin of a value; outliers fall in the outermost bins."""
    return int(min(max((value - low) * (bins / (high - low)), 0.0), bins - 1.0))


@inlined
def z_of(row: NDArray[np.float64]) -> float:
    """The log-rank statistic, negative in favour of the experimental arm; 0 without information."""
    return row[SCORE] / np.sqrt(row[VARIANCE]) if row[VARIANCE] > 0 else 0.0


@kernel
def add_tests(column: NDArray[np.float64], k: int, e: int, rule: Rule, tally: Tally) -> None:
    """Count the log-rank tests and the events of one endpoint at one look, column (replicates, 5).

    Sums are kept aside until the end: writing to the tally each time would wait for memory.
    """
    rejected, in_favour, few, none, events, squares = 0, 0, 0, 0, 0, 0
    for r in range(column.shape[0]):
        z, seen = z_of(column[r]), int(column[r, EVENTS])
        better = z <= -rule.critical_z[k, e]
        in_favour += better
        rejected += better or (rule.sides == 2 and z >= rule.critical_z[k, e])
        few += seen < rule.fewest_events
        none += not column[r, VARIANCE] > 0
        events += seen
        squares += seen * seen
    tally.rejected[k, e, 0] += rejected
    tally.rejected[k, e, 1] += in_favour
    tally.few[k, e] += few
    tally.none[k, e] += none
    tally.events[k, e, 0] += events * int(GRID)
    tally.events[k, e, 1] += squares * int(GRID)


@kernel
def add_hazard_ratios(column: NDArray[np.float64], k: int, e: int, tally: Tally) -> None:
    """Count the hazard ratios of one endpoint at one look, column (replicates, 5)."""
    bins = tally.log_hr_bins[k, e]
    total, squares, estimable, lowest, highest = 0, 0, 0, 0, 0
    for r in range(column.shape[0]):
        log_hr = column[r, LOG_HR]
        if not np.isnan(log_hr):
            bins[bin_of(log_hr, -LOG_HR_LIMIT, LOG_HR_LIMIT, LOG_HR_BINS)] += 1
            finite = abs(log_hr) < np.inf
            estimable += finite
            lowest += log_hr == -np.inf
            highest += log_hr == np.inf
            total += grid_of(log_hr) if finite else 0
            squares += grid_of(log_hr * log_hr) if finite else 0
    tally.log_hr[k, e, 0] += total
    tally.log_hr[k, e, 1] += squares
    tally.estimable[k, e] += estimable
    tally.endless[k, e, 0] += lowest
    tally.endless[k, e, 1] += highest


@kernel
def add_look(look_months: NDArray[np.float64], k: int, tally: Tally) -> None:
    """Count the calendar times of one look, negative where its events were not reached."""
    bins = tally.month_bins[k]
    total, squares, missed = 0, 0, 0
    for r in range(look_months.shape[0]):
        months = abs(look_months[r])
        missed += look_months[r] < 0
        total += grid_of(months)
        squares += grid_of(months * months)
        bins[bin_of(months, 0.0, MONTHS_LIMIT, MONTH_BINS)] += 1
    tally.months[k, 0] += total
    tally.months[k, 1] += squares
    tally.missed[k] += missed


@inlined
def stop_reason(z: float, k: int, looks: int, rule: Rule) -> int:
    """Why a trial ends at a look (column of ``stopped``); -1 when it goes on. Z is negative in favour."""
    if z <= -rule.critical_z[k, rule.monitored]:
        return EFFICACY
    if rule.sides == 2 and z >= rule.critical_z[k, rule.monitored]:
        return HARM
    if k == looks - 1:
        return NO_RESULT
    return FUTILITY if -z < rule.futility_z[k] else -1


@kernel
def add_stops(
    results: NDArray[np.float64], look_months: NDArray[np.float64], rule: Rule, tally: Tally
) -> None:
    """Count where each trial ends by the boundaries of the monitored endpoint."""
    looks, months, month_squares, events, event_squares = results.shape[1], 0, 0, 0, 0
    for r in range(results.shape[0]):
        k = 0
        reason = stop_reason(z_of(results[r, k, rule.monitored]), k, looks, rule)
        while reason < 0:
            k += 1
            reason = stop_reason(z_of(results[r, k, rule.monitored]), k, looks, rule)
        tally.stopped[k, reason] += 1
        end, seen = abs(look_months[r, k]), int(results[r, k, rule.monitored, EVENTS])
        months += grid_of(end)
        month_squares += grid_of(end * end)
        events += seen
        event_squares += seen * seen
    tally.stop_months[0] += months
    tally.stop_months[1] += month_squares
    tally.stop_events[0] += events * int(GRID)
    tally.stop_events[1] += event_squares * int(GRID)


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
    for k in range(results.shape[1]):
        add_look(look_months[:, k], k, tally)
        for e in range(2):
            if tested[e]:
                add_tests(results[:, k, e], k, e, rule, tally)
                add_hazard_ratios(results[:, k, e], k, e, tally)
        if tested[0] and tested[1]:
            both = 0
            for r in range(results.shape[0]):
                first = z_of(results[r, k, 0]) <= -rule.critical_z[k, 0]
                both += first and z_of(results[r, k, 1]) <= -rule.critical_z[k, 1]
            tally.both[k] += both
    if rule.stops:
        add_stops(results, look_months, rule, tally)


@kernel
def add_decisions(decisions: NDArray[np.int8], effects: NDArray[np.float64], tally: Tally) -> None:
    """Count the tests that are not the log-rank: decisions and effects (replicates, looks, tests)."""
    for r in range(decisions.shape[0]):
        for k in range(decisions.shape[1]):
            for o in range(decisions.shape[2]):
                tally.other_rejected[k, o, 0] += decisions[r, k, o] > 0
                tally.other_rejected[k, o, 1] += decisions[r, k, o] == IN_FAVOUR
                tally.other_effects[k, o, 0] += grid_of(effects[r, k, o])
                tally.other_effects[k, o, 1] += grid_of(effects[r, k, o] * effects[r, k, o])


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
