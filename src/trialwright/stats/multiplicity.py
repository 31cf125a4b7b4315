"""Several hypotheses, one error rate: Holm, Hochberg, fixed sequence, serial gatekeeping.

Sources: Holm 1979; Hochberg 1988; Dmitrienko and D'Agostino 2013, Stat Med 32:5172; ICH E9.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from trialwright.stats.arrays import BoolArray, FloatArray

Procedure = Literal["bonferroni", "holm", "hochberg", "fixed-sequence"]
PROCEDURES: tuple[Procedure, ...] = ("bonferroni", "holm", "hochberg", "fixed-sequence")


@dataclass(frozen=True, slots=True)
class MultipleTests:
    """Arrays in the order the p-values were given. ``rejected`` where the adjusted p is at most ``alpha``.

    A p-value that is NaN (a test that could not be done) is never rejected and counts as 1.
    """

    p_value: FloatArray
    adjusted: FloatArray
    rejected: BoolArray
    alpha: float
    procedure: str
    estimable: bool
    reason: str
    convention: str


def compute_multiple_tests(
    p_values: ArrayLike, *, procedure: Procedure = "holm", alpha: float = 0.05
) -> MultipleTests:
    """Adjusted p-values of one family, family-wise error ``alpha``.

    ``fixed-sequence``: in the order given, each at full ``alpha``, stopping at the first not rejected.
    ``hochberg`` needs independent or positively dependent statistics; ``holm`` needs nothing.
    """
    if procedure not in PROCEDURES:
        raise ValueError(f"unknown procedure; choose one of {', '.join(PROCEDURES)}")
    given = _parse_p_values(p_values, alpha)
    return _report(given, compute_adjusted(given, procedure), alpha, procedure)


def compute_serial_gatekeeping(
    families: Sequence[ArrayLike], *, procedure: Procedure = "holm", alpha: float = 0.05
) -> MultipleTests:
    """Families in order: the next is tested only when every hypothesis of the one before is rejected.

    ``families``: one list of p-values a family; the result lists them one after the other. The adjusted p
    within a family is at least the largest adjusted p of the family before it.
    """
    if procedure not in PROCEDURES:
        raise ValueError(f"unknown procedure; choose one of {', '.join(PROCEDURES)}")
    gate = 0.0
    given: list[FloatArray] = [np.zeros(0)]
    adjusted: list[FloatArray] = [np.zeros(0)]
    for family in families:
        p_values = _parse_p_values(family, alpha)
        within = np.maximum(compute_adjusted(p_values, procedure), gate)
        gate = max(gate, float(within.max(initial=0.0)))
        given.append(p_values)
        adjusted.append(within)
    name = f"serial gatekeeping, {procedure} within each family"
    return _report(np.concatenate(given), np.concatenate(adjusted), alpha, name)


def compute_adjusted(p_values: FloatArray, procedure: Procedure) -> FloatArray:
    """Adjusted p-values (m,) of one family, in the order given; NaN counts as 1."""
    p = np.where(np.isnan(p_values), 1.0, p_values)
    m = p.size
    if procedure == "bonferroni":
        return np.minimum(p * m, 1.0)
    if procedure == "fixed-sequence":
        return np.maximum.accumulate(p)
    order = np.argsort(p, kind="stable")
    scaled = p[order] * (m - np.arange(m))
    stepped = (
        np.maximum.accumulate(scaled) if procedure == "holm" else np.minimum.accumulate(scaled[::-1])[::-1]
    )
    adjusted = np.empty(m)
    adjusted[order] = np.minimum(stepped, 1.0)
    return adjusted


def _parse_p_values(p_values: ArrayLike, alpha: float) -> FloatArray:
    given = np.asarray(p_values, dtype=np.float64)
    if given.ndim != 1:
        raise ValueError("p-values must be one list of numbers")
    if not 0 < alpha < 1:
        raise ValueError("alpha must lie between 0 and 1")
    known = given[~np.isnan(given)]
    if known.size and (known.min() < 0 or known.max() > 1):
        raise ValueError("p-values must lie between 0 and 1")
    return given


def _report(given: FloatArray, adjusted: FloatArray, alpha: float, name: str) -> MultipleTests:
    missing = int(np.count_nonzero(np.isnan(given)))
    return MultipleTests(
        p_value=given,
        adjusted=adjusted,
        rejected=(adjusted <= alpha) & ~np.isnan(given),
        alpha=alpha,
        procedure=name,
        estimable=given.size > 0,
        reason="no hypotheses"
        if not given.size
        else f"{missing} test(s) could not be done"
        if missing
        else "",
        convention=f"{name}, family-wise error {alpha:g}",
    )
