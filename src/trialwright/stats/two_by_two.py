"""A two by two table: odds ratio and exact test.

Sources: Woolf 1955 (interval of the sample odds ratio); Fisher 1935; Agresti 2013, section 3.5; the
conditional estimate and its exact interval are those of R's fisher.test.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from trialwright.stats.arrays import FloatArray, check_level
from trialwright.stats.distributions import log_choose, normal_two_sided, two_sided_z
from trialwright.stats.proportions import check_counts

OddsRatioMethod = Literal["woolf", "conditional"]
NAN = float("nan")
EQUAL_PROBABILITY = 1.0 + 1e-7
"""Tables whose probabilities differ by less than this factor count as equally likely (as R)."""
LOG_ODDS_REACH = 300.0


@dataclass(frozen=True, slots=True)
class OddsRatio:
    """Odds of the event in the first group over those in the second; 0 or infinite at the edges."""

    events_first: int
    n_first: int
    events_second: int
    n_second: int
    estimate: float
    lower: float
    upper: float
    p_value: float
    level: float
    method: OddsRatioMethod
    estimable: bool
    reason: str
    convention: str


def compute_odds_ratio(
    events_first: int,
    n_first: int,
    events_second: int,
    n_second: int,
    *,
    method: OddsRatioMethod = "woolf",
    level: float = 0.95,
) -> OddsRatio:
    """Odds ratio of two independent proportions.

    ``woolf``: sample odds ratio, normal interval and p on the log scale, not estimable with an empty cell.
    ``conditional``: given all margins, maximum-likelihood estimate, exact interval and Fisher's p.
    """
    check_counts(events_first, n_first)
    check_counts(events_second, n_second)
    check_level(level)
    if method not in ("woolf", "conditional"):
        raise ValueError("unknown odds ratio; choose woolf or conditional")
    counts = (int(events_first), int(n_first), int(events_second), int(n_second))
    reason = _reason(*counts, method)
    estimate = lower = upper = p_value = NAN
    if not reason:
        estimate, lower, upper, p_value = (_woolf if method == "woolf" else _conditional)(*counts, level)
    elif method == "woolf" and "cell" in reason:
        estimate = _sample_odds_ratio(*counts)
    text = (
        "sample odds ratio, Woolf interval" if method == "woolf" else "conditional estimate, exact interval"
    )
    return OddsRatio(
        *counts,
        estimate,
        lower,
        upper,
        p_value,
        level,
        method,
        not reason,
        reason,
        f"{text}, first over second, two-sided, level {level:g}",
    )


def compute_fisher_exact(events_first: int, n_first: int, events_second: int, n_second: int) -> float:
    """Two-sided p: the probability of all tables with the same margins no likelier than the one seen.

    NaN where a group has no subjects; 1 where all or none had the event.
    """
    check_counts(events_first, n_first)
    check_counts(events_second, n_second)
    if n_first == 0 or n_second == 0:
        return NAN
    support, log_weight = _tables(n_first, n_second, events_first + events_second)
    probability = _probabilities(log_weight, support, 0.0)
    seen = probability[int(events_first - support[0])]
    return float(min(1.0, probability[probability <= seen * EQUAL_PROBABILITY].sum()))


def _reason(events_first: int, n_first: int, events_second: int, n_second: int, method: str) -> str:
    if n_first == 0 or n_second == 0:
        return "a group has no subjects"
    events = events_first + events_second
    if events in (0, n_first + n_second):
        return "every subject or none had the event"
    cells = (events_first, n_first - events_first, events_second, n_second - events_second)
    return "a cell of the table is empty: no finite interval" if method == "woolf" and 0 in cells else ""


def _sample_odds_ratio(events_first: int, n_first: int, events_second: int, n_second: int) -> float:
    above = events_first * (n_second - events_second)
    below = events_second * (n_first - events_first)
    return above / below if below else float("inf")


def _woolf(
    events_first: int, n_first: int, events_second: int, n_second: int, level: float
) -> tuple[float, float, float, float]:
    cells = np.array([events_first, n_first - events_first, events_second, n_second - events_second], float)
    log_ratio = float(np.log(_sample_odds_ratio(events_first, n_first, events_second, n_second)))
    error = float(np.sqrt(np.sum(1.0 / cells)))
    half = two_sided_z(level) * error
    limits = np.exp([log_ratio, log_ratio - half, log_ratio + half])
    return float(limits[0]), float(limits[1]), float(limits[2]), normal_two_sided(log_ratio / error)


def _conditional(
    events_first: int, n_first: int, events_second: int, n_second: int, level: float
) -> tuple[float, float, float, float]:
    support, log_weight = _tables(n_first, n_second, events_first + events_second)
    tail = (1.0 - level) / 2.0

    def mean(log_odds: float) -> float:
        return float(np.sum(support * _probabilities(log_weight, support, log_odds))) - events_first

    def at_least(log_odds: float) -> float:
        return float(_probabilities(log_weight, support, log_odds)[support >= events_first].sum()) - tail

    def at_most(log_odds: float) -> float:
        return tail - float(_probabilities(log_weight, support, log_odds)[support <= events_first].sum())

    lowest, highest = events_first == support[0], events_first == support[-1]
    estimate = 0.0 if lowest else float("inf") if highest else float(np.exp(_rising_root(mean)))
    lower = 0.0 if lowest else float(np.exp(_rising_root(at_least)))
    upper = float("inf") if highest else float(np.exp(_rising_root(at_most)))
    return estimate, lower, upper, compute_fisher_exact(events_first, n_first, events_second, n_second)


def _tables(n_first: int, n_second: int, events: int) -> tuple[FloatArray, FloatArray]:
    """Possible events in the first group given the margins, and the log of their number of ways."""
    support = np.arange(max(0, events - n_second), min(n_first, events) + 1, dtype=np.float64)
    return support, log_choose(n_first, support) + log_choose(n_second, events - support)


def _probabilities(log_weight: FloatArray, support: FloatArray, log_odds: float) -> FloatArray:
    logs = log_weight + support * log_odds
    weights = np.exp(logs - logs.max())
    return weights / weights.sum()


def _rising_root(function: Callable[[float], float]) -> float:
    low, high = -LOG_ODDS_REACH, LOG_ODDS_REACH
    for _ in range(200):
        middle = (low + high) / 2.0
        if middle in (low, high):
            break
        low, high = (middle, high) if function(middle) < 0 else (low, middle)
    return (low + high) / 2.0
