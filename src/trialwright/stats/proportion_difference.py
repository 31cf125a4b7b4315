"""Difference of two independent proportions: Miettinen-Nurminen, Mee and Newcombe intervals.

Sources: Miettinen and Nurminen 1985, Stat Med 4:213; Mee 1984, Biometrics 40:1175; Newcombe 1998,
Stat Med 17:873 (method 10).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from trialwright.stats.arrays import check_level
from trialwright.stats.distributions import normal_two_sided, two_sided_z
from trialwright.stats.proportions import check_counts, compute_wilson

DifferenceMethod = Literal["miettinen-nurminen", "mee", "newcombe"]
METHODS: tuple[DifferenceMethod, ...] = ("miettinen-nurminen", "mee", "newcombe")
NAN = float("nan")


@dataclass(frozen=True, slots=True)
class ProportionDifference:
    """First share minus second. ``p_value`` is the score test of no difference by the same method."""

    events_first: int
    n_first: int
    events_second: int
    n_second: int
    difference: float
    lower: float
    upper: float
    z: float
    p_value: float
    level: float
    method: DifferenceMethod
    estimable: bool
    reason: str
    convention: str


def compute_proportion_difference(
    events_first: int,
    n_first: int,
    events_second: int,
    n_second: int,
    *,
    method: DifferenceMethod = "miettinen-nurminen",
    level: float = 0.95,
) -> ProportionDifference:
    """Difference of shares with a two-sided interval; not estimable where a group has no subjects.

    ``miettinen-nurminen`` has the variance factor N / (N - 1), ``mee`` has not, ``newcombe`` joins two
    Wilson intervals (its test is then the score test without the factor).
    """
    check_counts(events_first, n_first)
    check_counts(events_second, n_second)
    check_level(level)
    if method not in METHODS:
        raise ValueError(f"unknown interval for a difference; choose one of {', '.join(METHODS)}")
    estimable = n_first > 0 and n_second > 0
    lower = upper = z = difference = NAN
    reason = "a group has no subjects"
    if estimable:
        counts = (events_first, n_first, events_second, n_second)
        difference = events_first / n_first - events_second / n_second
        lower, upper = (
            _newcombe(*counts, level) if method == "newcombe" else _score_limits(*counts, method, level)
        )
        z = compute_score_z(*counts, 0.0, corrected=method == "miettinen-nurminen")
        reason = (
            "" if not np.isnan(z) else "every subject or none responded: there is no test of the difference"
        )
    return ProportionDifference(
        events_first,
        n_first,
        events_second,
        n_second,
        difference,
        lower,
        upper,
        z,
        normal_two_sided(z),
        level,
        method,
        estimable,
        reason,
        f"{method} interval, first minus second, two-sided, level {level:g}, no continuity correction",
    )


def compute_score_z(
    events_first: int, n_first: int, events_second: int, n_second: int, difference: float, *, corrected: bool
) -> float:
    """Score statistic of the hypothesis that the true difference is ``difference``; NaN at zero variance.

    ``corrected`` multiplies the variance by N / (N - 1).
    """
    first, second = compute_restricted_shares(events_first, n_first, events_second, n_second, difference)
    variance = first * (1 - first) / n_first + second * (1 - second) / n_second
    total = n_first + n_second
    if corrected:
        variance *= total / (total - 1)
    distance = events_first / n_first - events_second / n_second - difference
    if variance <= 1e-300:
        return NAN if distance == 0 else float(np.copysign(np.inf, distance))
    return float(distance / np.sqrt(variance))


def compute_restricted_shares(
    events_first: int, n_first: int, events_second: int, n_second: int, difference: float
) -> tuple[float, float]:
    """Maximum-likelihood shares under first - second = ``difference`` (closed form of the cubic).

    Source: Miettinen and Nurminen 1985, appendix I.
    """
    total = n_first + n_second
    a = float(total)
    b = (n_first + 2 * n_second) * difference - total - (events_first + events_second)
    c = (n_second * difference - total - 2 * events_second) * difference + events_first + events_second
    d = events_second * difference * (1 - difference)
    shift = b / (3 * a)
    q = shift**3 - b * c / (6 * a * a) + d / (2 * a)
    p = float(np.copysign(np.sqrt(max(shift**2 - c / (3 * a), 0.0)), q))
    if p == 0:
        second = -shift
    else:
        angle = (np.pi + np.arccos(np.clip(q / p**3, -1.0, 1.0))) / 3
        second = 2 * p * float(np.cos(angle)) - shift
    second = min(max(second, max(0.0, -difference)), min(1.0, 1.0 - difference))
    return min(max(second + difference, 0.0), 1.0), second


def _score_limits(
    events_first: int, n_first: int, events_second: int, n_second: int, method: str, level: float
) -> tuple[float, float]:
    z = two_sided_z(level)
    counts = (events_first, n_first, events_second, n_second)
    corrected = method == "miettinen-nurminen"
    centre = events_first / n_first - events_second / n_second

    def crossing(outer: float, target: float) -> float:
        inner = centre
        for _ in range(200):  # bisection: the statistic falls steadily as the difference grows
            middle = (inner + outer) / 2
            if middle in (inner, outer):
                break
            inside = abs(compute_score_z(*counts, middle, corrected=corrected)) < target
            inner, outer = (middle, outer) if inside else (inner, middle)
        return (inner + outer) / 2

    lower = -1.0 if centre <= -1 else crossing(-1.0, z)
    upper = 1.0 if centre >= 1 else crossing(1.0, z)
    return lower, upper


def _newcombe(
    events_first: int, n_first: int, events_second: int, n_second: int, level: float
) -> tuple[float, float]:
    first, second = events_first / n_first, events_second / n_second
    first_low, first_high = compute_wilson(events_first, n_first, level)
    second_low, second_high = compute_wilson(events_second, n_second, level)
    below = float(np.hypot(first - first_low, second_high - second))
    above = float(np.hypot(first_high - first, second - second_low))
    return max(first - second - below, -1.0), min(first - second + above, 1.0)
