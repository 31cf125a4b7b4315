"""Difference in survival at one fixed time (milestone survival), with its interval and test.

Source: Klein, Logan, Harhoff and Andersen 2007, Stat Med 26:4505. ``plain`` compares S itself; ``log-log``
compares ln(-ln S), which keeps its error rate better in small trials and near 0 and 1.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike

from trialwright.stats.arrays import check_level, parse_labels
from trialwright.stats.distributions import normal_two_sided, two_sided_z
from trialwright.stats.kaplan_meier import compute_curve
from trialwright.stats.landmarks import compute_landmarks
from trialwright.stats.survival_times import parse_survival_times

TestScale = Literal["log-log", "plain"]
NAN = float("nan")


@dataclass(frozen=True, slots=True)
class LandmarkDifference:
    """``difference`` is the second group's survival at ``time`` minus the first's, with its Wald interval.

    ``z`` and ``p_value`` are those of the test on ``scale``; z is positive when the second group survives better.
    """

    groups: tuple[Any, Any]
    time: float
    survival_first: float
    survival_second: float
    difference: float
    std_error: float
    lower: float
    upper: float
    z: float
    p_value: float
    scale: TestScale
    level: float
    estimable: bool
    reason: str
    convention: str


def compute_landmark_difference(
    time: ArrayLike,
    event: ArrayLike,
    group: ArrayLike | Sequence[Any],
    at: float,
    *,
    scale: TestScale = "log-log",
    levels: Sequence[Any] | None = None,
    level: float = 0.95,
) -> LandmarkDifference:
    """Survival of two groups at time ``at`` (same unit, > 0).

    Not estimable where a group has no subjects or its last observation, a censoring, lies before ``at``.
    Where one of the curves stands at 0 or 1 the difference is given and ``reason`` says that there is no test.
    """
    check_level(level)
    if not (np.isfinite(at) and at > 0):
        raise ValueError("the landmark must be a positive time")
    if scale not in ("log-log", "plain"):
        raise ValueError("unknown scale of the test; choose log-log or plain")
    times = parse_survival_times(time, event)
    labels = parse_labels(group, times.n, "group", levels)
    if len(labels.levels) != 2:
        raise ValueError(f"a difference needs exactly two groups, not {len(labels.levels)}")
    codes = labels.codes[times.order]
    found = [
        compute_landmarks(
            compute_curve(times.time[codes == g], times.event[codes == g], interval="plain", level=level),
            [at],
        )
        for g in (0, 1)
    ]
    reasons = [f"{name}: {one.reason}" for name, one in zip(labels.levels, found, strict=True) if one.reason]
    survival = [float(one.survival[0]) for one in found]
    errors = [float(one.std_error[0]) for one in found]
    difference, error = survival[1] - survival[0], float(np.hypot(errors[0], errors[1]))
    half = two_sided_z(level) * error
    z = _statistic(survival, errors, scale)
    if not reasons and np.isnan(z):
        reasons = ["a curve stands at 0 or 1: there is no test"]
    return LandmarkDifference(
        groups=(labels.levels[0], labels.levels[1]),
        time=at,
        survival_first=survival[0],
        survival_second=survival[1],
        difference=difference,
        std_error=error,
        lower=difference - half,
        upper=difference + half,
        z=z,
        p_value=normal_two_sided(z),
        scale=scale,
        level=level,
        estimable=not np.isnan(difference),
        reason="; ".join(reasons),
        convention=f"Kaplan-Meier difference, second group minus first, Greenwood Wald interval, level {level:g}; "
        f"two-sided test on the {scale} scale",
    )


def _statistic(survival: list[float], errors: list[float], scale: TestScale) -> float:
    if any(np.isnan(value) or np.isnan(error) for value, error in zip(survival, errors, strict=True)):
        return NAN
    if scale == "plain":
        spread = float(np.hypot(errors[0], errors[1]))
        return (survival[1] - survival[0]) / spread if spread > 0 else NAN
    if not all(0 < value < 1 for value in survival):
        return NAN
    logs = [float(np.log(value)) for value in survival]
    first, second = (e / (s * log) for s, e, log in zip(survival, errors, logs, strict=True))
    spread = float(np.hypot(first, second))
    return float((np.log(-logs[0]) - np.log(-logs[1])) / spread)
