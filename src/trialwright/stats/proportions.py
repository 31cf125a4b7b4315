"""One proportion with its interval: Clopper-Pearson and Wilson.

Sources: Clopper and Pearson 1934; Wilson 1927.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from trialwright.stats.arrays import check_level
from trialwright.stats.distributions import beta_quantile, two_sided_z

ProportionMethod = Literal["clopper-pearson", "wilson"]


@dataclass(frozen=True, slots=True)
class Proportion:
    """``events`` of ``n``; limits NaN where there are no subjects."""

    events: int
    n: int
    estimate: float
    lower: float
    upper: float
    level: float
    method: ProportionMethod
    estimable: bool
    reason: str
    convention: str


def compute_proportion(
    events: int, n: int, *, method: ProportionMethod = "clopper-pearson", level: float = 0.95
) -> Proportion:
    """Share ``events`` / ``n`` (whole numbers, 0 <= events <= n) with a two-sided interval."""
    check_counts(events, n)
    check_level(level)
    if method not in ("clopper-pearson", "wilson"):
        raise ValueError("unknown interval for a proportion; choose clopper-pearson or wilson")
    limits = compute_clopper_pearson if method == "clopper-pearson" else compute_wilson
    lower, upper = limits(events, n, level) if n else (float("nan"), float("nan"))
    return Proportion(
        events=events,
        n=n,
        estimate=events / n if n else float("nan"),
        lower=lower,
        upper=upper,
        level=level,
        method=method,
        estimable=n > 0,
        reason="" if n else "no subjects",
        convention=f"{method} interval, two-sided, level {level:g}",
    )


def compute_clopper_pearson(events: int, n: int, level: float) -> tuple[float, float]:
    """Exact limits from beta quantiles; 0 at no events and 1 at all."""
    tail = (1.0 - level) / 2.0
    lower = beta_quantile(tail, events, n - events + 1) if events else 0.0
    upper = beta_quantile(1.0 - tail, events + 1, n - events) if events < n else 1.0
    return lower, upper


def compute_wilson(events: int, n: int, level: float) -> tuple[float, float]:
    """Score limits without continuity correction, exactly 0 and 1 at the edges."""
    z = two_sided_z(level)
    share = events / n
    centre = share + z * z / (2 * n)
    half = z * float(np.sqrt(share * (1 - share) / n + z * z / (4 * n * n)))
    scale = 1 + z * z / n
    lower = (centre - half) / scale if events else 0.0
    upper = (centre + half) / scale if events < n else 1.0
    return lower, upper


def check_counts(events: int, n: int) -> None:
    """Refuse counts that are not whole, negative, or more than there are subjects."""
    if events != int(events) or n != int(n):
        raise ValueError("counts must be whole numbers")
    if n < 0 or events < 0 or events > n:
        raise ValueError("counts must satisfy 0 <= events <= n")
