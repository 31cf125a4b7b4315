"""Sums over replicates that come out the same in any order.

Every sum is an integer (counts, histograms, and real numbers on a fixed grid of 2**-20), so that adding the
stretches of one core, many cores or many machines gives the same result to the last bit.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trialwright.design.plain_engine import EVENTS, LOG_HR, SCORE, VARIANCE

GRID = 2**20
LOG_HR_BINS, LOG_HR_LIMIT = 16384, 8.0
MONTH_BINS, MONTHS_LIMIT = 8192, 512.0

Counts = NDArray[np.int64]


@dataclass(slots=True)
class Tally:
    """Sums over replicates by look and endpoint (os, pfs).

    ``rejected``: (looks, endpoints, 2) two-sided rejections and those in favour of the experimental arm.
    ``few``: replicates with too few events. ``none``: without any information (no log-rank). ``events``,
    ``log_hr``, ``months``: (.., 2) sums of values and squares on the grid. ``endless``: (.., 2) hazard
    ratios of zero and of infinity. ``both``: looks where both endpoints were rejected in favour.
    ``missed``: looks whose events never came.
    """

    replicates: int
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

    def add(self, other: Tally) -> None:
        """Take in another tally of the same shape."""
        self.replicates += other.replicates
        for name in self.__slots__:
            if name != "replicates":
                getattr(self, name).__iadd__(getattr(other, name))


def on_grid(values: NDArray[np.float64]) -> Counts:
    """Sums over the first axis of values and of squares, on the integer grid; shape (..., 2)."""
    grid = np.rint(values * GRID).astype(np.int64)
    squares = np.rint(values * values * GRID).astype(np.int64)
    return np.stack([grid.sum(axis=0), squares.sum(axis=0)], axis=-1)


def compute_tally(
    results: NDArray[np.float64],
    look_months: NDArray[np.float64],
    critical_z: float,
    sides: int,
    fewest_events: int,
) -> Tally:
    """The tally of a stretch: results (replicates, looks, endpoints, 5), look_months (replicates, looks)."""
    variance = results[..., VARIANCE]
    informative = variance > 0
    z = np.divide(results[..., SCORE], np.sqrt(variance), out=np.zeros_like(variance), where=informative)
    in_favour = z <= -critical_z
    rejected = np.abs(z) >= critical_z if sides == 2 else in_favour
    log_hr = results[..., LOG_HR]
    estimable = np.isfinite(log_hr)
    kept = np.where(estimable, log_hr, 0.0)
    months = np.abs(look_months)
    return Tally(
        replicates=results.shape[0],
        rejected=np.stack([rejected.sum(axis=0), in_favour.sum(axis=0)], axis=-1),
        few=(results[..., EVENTS] < fewest_events).sum(axis=0),
        none=(~informative).sum(axis=0),
        events=on_grid(results[..., EVENTS]),
        log_hr=on_grid(kept),
        estimable=estimable.sum(axis=0),
        endless=np.stack([(log_hr == -np.inf).sum(axis=0), (log_hr == np.inf).sum(axis=0)], axis=-1),
        log_hr_bins=_histogram(log_hr, -LOG_HR_LIMIT, LOG_HR_LIMIT, LOG_HR_BINS, ~np.isnan(log_hr)),
        months=on_grid(months),
        month_bins=_histogram(months, 0.0, MONTHS_LIMIT, MONTH_BINS, np.ones_like(months, dtype=bool)),
        missed=(look_months < 0).sum(axis=0),
        both=in_favour.all(axis=-1).sum(axis=0),
    )


def _histogram(
    values: NDArray[np.float64], low: float, high: float, bins: int, where: NDArray[np.bool_]
) -> Counts:
    """Counts by bin over the first axis, outliers in the outermost bins; shape (..., bins)."""
    flat, keep = values.reshape(values.shape[0], -1), where.reshape(values.shape[0], -1)
    scaled = np.clip((flat - low) * (bins / (high - low)), 0, bins - 1)
    counts = [
        np.bincount(scaled[keep[:, c], c].astype(np.int64), minlength=bins) for c in range(flat.shape[1])
    ]
    return np.stack(counts).reshape((*values.shape[1:], bins))


def quantile(counts: Counts, low: float, high: float, share: float) -> float | None:
    """The value below which ``share`` of a histogram lies, linear inside its bin; None of an empty one."""
    total = int(counts.sum())
    if total == 0:
        return None
    up_to = np.cumsum(counts)
    at = int(np.searchsorted(up_to, share * total, side="left"))
    before = up_to[at] - counts[at]
    inside = (share * total - before) / max(int(counts[at]), 1)
    return low + (at + inside) * (high - low) / counts.shape[0]
