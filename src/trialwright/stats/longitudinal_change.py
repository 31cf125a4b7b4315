"""Change over visits by arm from an MMRM: adjusted means at each visit and their differences.

The model is response ~ covariates + arm + visit + arm x visit (domain text on quality of life; Mallinckrodt
2008). Adjusted means stand at the observed means of the covariates over the rows with a response.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from trialwright.stats.arrays import FloatArray, Labels, check_length, parse_labels, parse_numbers
from trialwright.stats.covariance_structures import Structure
from trialwright.stats.mmrm import Contrast, MmrmFit, compute_contrast, compute_mmrm


@dataclass(frozen=True, slots=True)
class LongitudinalChange:
    """``means[(arm, visit)]`` adjusted means; ``differences[(arm, visit)]`` that arm minus the first arm."""

    fit: MmrmFit
    arms: tuple[Any, ...]
    visits: tuple[Any, ...]
    n_observed: Mapping[tuple[Any, Any], int]
    means: Mapping[tuple[Any, Any], Contrast]
    differences: Mapping[tuple[Any, Any], Contrast]
    estimable: bool
    reason: str
    convention: str


def compute_longitudinal_change(
    response: ArrayLike,
    subject: ArrayLike | Sequence[Any],
    arm: ArrayLike | Sequence[Any],
    visit: ArrayLike | Sequence[Any],
    *,
    covariates: Mapping[str, ArrayLike] | None = None,
    arms: Sequence[Any] | None = None,
    visits: Sequence[Any] | None = None,
    structure: Structure = "unstructured",
    level: float = 0.95,
) -> LongitudinalChange:
    """Fit and summarise. All columns have n rows; ``response`` NaN = missing; ``covariates`` numeric, no NaN.

    ``arms`` and ``visits`` give the order; the first arm is the reference. Not estimable where the model is
    not (see ``compute_mmrm``): then every mean and difference says so too.
    """
    y = np.asarray(response, dtype=np.float64)
    arm_labels = parse_labels(arm, y.shape[0], "arm", arms)
    visit_labels = parse_labels(visit, y.shape[0], "visit", visits)
    columns = {name: parse_numbers(values, name) for name, values in (covariates or {}).items()}
    for name, column in columns.items():
        check_length(column, y.shape[0], name)
    design, names = _design(arm_labels, visit_labels, columns)
    fit = compute_mmrm(
        y, subject, visit, design, names=names, visits=visit_labels.levels, structure=structure, level=level
    )
    seen = ~np.isnan(y)
    centre = np.array([column[seen].mean() if seen.any() else 0.0 for column in columns.values()])
    means: dict[tuple[Any, Any], Contrast] = {}
    differences: dict[tuple[Any, Any], Contrast] = {}
    observed: dict[tuple[Any, Any], int] = {}
    for a, arm_name in enumerate(arm_labels.levels):
        for v, visit_name in enumerate(visit_labels.levels):
            row = _cell(a, v, len(arm_labels.levels), len(visit_labels.levels), centre)
            means[arm_name, visit_name] = compute_contrast(fit, row)
            observed[arm_name, visit_name] = int(
                np.count_nonzero(seen & (arm_labels.codes == a) & (visit_labels.codes == v))
            )
            if a:
                reference = _cell(0, v, len(arm_labels.levels), len(visit_labels.levels), centre)
                differences[arm_name, visit_name] = compute_contrast(fit, row - reference)
    return LongitudinalChange(
        fit=fit,
        arms=arm_labels.levels,
        visits=visit_labels.levels,
        n_observed=observed,
        means=means,
        differences=differences,
        estimable=fit.estimable,
        reason=fit.reason,
        convention=f"{fit.convention}; adjusted means at the covariates' observed means, arm minus first arm",
    )


def _design(
    arms: Labels, visits: Labels, columns: Mapping[str, FloatArray]
) -> tuple[FloatArray, tuple[str, ...]]:
    n, a, v = arms.codes.size, len(arms.levels), len(visits.levels)
    by_arm = (arms.codes[:, None] == np.arange(1, a)[None, :]).astype(np.float64)
    by_visit = (visits.codes[:, None] == np.arange(1, v)[None, :]).astype(np.float64)
    crossed = (by_arm[:, :, None] * by_visit[:, None, :]).reshape(n, (a - 1) * (v - 1))
    table = np.column_stack([np.ones(n), *columns.values(), by_arm, by_visit, crossed])
    arm_names = [f"arm {name}" for name in arms.levels[1:]]
    visit_names = [f"visit {name}" for name in visits.levels[1:]]
    both = [f"{first} x {second}" for first in arm_names for second in visit_names]
    return table, ("intercept", *columns, *arm_names, *visit_names, *both)


def _cell(arm: int, visit: int, arms: int, visits: int, centre: FloatArray) -> FloatArray:
    """The design's row of one arm and visit with the covariates at ``centre``."""
    by_arm, by_visit = np.zeros(arms), np.zeros(visits)
    by_arm[arm], by_visit[visit] = 1.0, 1.0
    crossed = np.outer(by_arm[1:], by_visit[1:]).ravel()
    return np.concatenate([[1.0], centre, by_arm[1:], by_visit[1:], crossed])
