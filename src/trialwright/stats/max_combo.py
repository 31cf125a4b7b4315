"""MaxCombo: the largest of several Fleming-Harrington log-rank statistics, with its exact joint p-value.

Sources: Lin 2020, Stat Biopharm Res 12:187; Karrison 2016, Stata J 16:678. The statistics are jointly
normal under the hypothesis; their covariance is the log-rank variance with the product of two weights.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from trialwright.stats.arrays import FloatArray, parse_labels
from trialwright.stats.log_rank import compute_weighted_scores
from trialwright.stats.normal_box import compute_box_probability
from trialwright.stats.survival_times import parse_survival_times

DEFAULT_WEIGHTS = ((0.0, 0.0), (0.0, 1.0), (1.0, 0.0), (1.0, 1.0))
NO_VARIANCE = 1e-9
NAN = float("nan")


@dataclass(frozen=True, slots=True)
class MaxCombo:
    """Two groups. ``z`` has one element a weight, positive when the second group has more events."""

    groups: tuple[Any, ...]
    weights: tuple[tuple[float, float], ...]
    z: FloatArray
    correlation: FloatArray
    statistic: float
    p_value: float
    largest: int
    estimable: bool
    reason: str
    convention: str


def compute_max_combo(
    time: ArrayLike,
    event: ArrayLike,
    group: ArrayLike | Sequence[Any],
    *,
    weights: Sequence[tuple[float, float]] = DEFAULT_WEIGHTS,
    strata: ArrayLike | Sequence[Any] | None = None,
    levels: Sequence[Any] | None = None,
) -> MaxCombo:
    """Largest abs(z) over the (rho, gamma) ``weights`` and its two-sided p.

    Same columns as ``compute_log_rank``, exactly two groups; at most four linearly independent weights.
    """
    chosen = tuple((float(rho), float(gamma)) for rho, gamma in weights)
    if not chosen or min(min(pair) for pair in chosen) < 0:
        raise ValueError("MaxCombo needs at least one pair of weights, none of them negative")
    times = parse_survival_times(time, event)
    labels = parse_labels(group, times.n, "group", levels)
    if len(labels.levels) > 2:
        raise ValueError(f"MaxCombo compares two groups, not {len(labels.levels)}")
    reason = _reason(labels.codes, len(labels.levels))
    z, correlation = np.full(len(chosen), NAN), np.full((len(chosen), len(chosen)), NAN)
    if not reason:
        sums = compute_weighted_scores(times, labels, strata, chosen)
        spread = sums.covariance[:, :, 1, 1]
        deviation = np.sqrt(np.maximum(np.diag(spread), 0.0))
        if bool(np.all(deviation > NO_VARIANCE)):
            z, correlation = (
                (sums.observed - sums.expected)[:, 1] / deviation,
                spread / np.outer(deviation, deviation),
            )
        else:
            reason = "no events, or at no event time are both groups at risk, that carry every weight"
    statistic = float(np.max(np.abs(z)))
    return MaxCombo(
        groups=labels.levels,
        weights=chosen,
        z=z,
        correlation=correlation,
        statistic=statistic,
        p_value=NAN if reason else 1.0 - compute_box_probability(correlation, statistic),
        largest=-1 if reason else int(np.argmax(np.abs(z))),
        estimable=not reason,
        reason=reason,
        convention="MaxCombo, largest absolute Fleming-Harrington z, two-sided, joint normal p by quadrature"
        + (", stratified" if strata is not None else ""),
    )


def _reason(codes: np.ndarray[Any, np.dtype[np.int64]], groups: int) -> str:
    if groups < 2:
        return "one group only: there is nothing to compare"
    return "" if bool(np.all(np.bincount(codes, minlength=groups) > 0)) else "a group has no subjects"
