"""Mixed model for repeated measures: REML, a covariance between visits, Satterthwaite degrees of freedom.

Sources: Mallinckrodt 2008, Drug Inf J 42:303 (the model); Satterthwaite 1946 and Fai and Cornelius 1996
(degrees of freedom). Responses are taken as missing at random given the others.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from trialwright.stats.arrays import FloatArray, check_length, check_level, parse_labels
from trialwright.stats.covariance_structures import (
    STRUCTURES,
    CovarianceShape,
    Structure,
    boundary_trouble,
    compute_covariance,
)
from trialwright.stats.distributions import student_quantile, student_two_sided
from trialwright.stats.reml import RemlFit, build_patterns, compute_reml_fit

NAN = float("nan")


@dataclass(frozen=True, slots=True)
class MmrmFit:
    """A fitted model; arrays of one element a fixed effect in the order of ``names``.

    ``visit_covariance`` (k, k) is over ``visits``; ``spread_slope`` (q, p, p) and ``parameter_covariance``
    (q, q) carry what ``compute_contrast`` needs for its degrees of freedom.
    """

    names: tuple[str, ...]
    coefficient: FloatArray
    std_error: FloatArray
    df: FloatArray
    t: FloatArray
    p_value: FloatArray
    lower: FloatArray
    upper: FloatArray
    covariance: FloatArray
    visits: tuple[Any, ...]
    visit_covariance: FloatArray
    parameters: FloatArray
    spread_slope: FloatArray
    parameter_covariance: FloatArray
    minus_2_reml: float
    n_rows: int
    n_subjects: int
    n_missing: int
    steps: int
    structure: Structure
    level: float
    estimable: bool
    reason: str
    convention: str


@dataclass(frozen=True, slots=True)
class Contrast:
    """A weighted sum of fixed effects with its Satterthwaite t-test and interval."""

    estimate: float
    std_error: float
    df: float
    t: float
    p_value: float
    lower: float
    upper: float
    level: float
    estimable: bool
    reason: str
    convention: str


@dataclass(frozen=True, slots=True)
class _Rows:
    """Checked rows with a response."""

    y: FloatArray
    x: FloatArray
    subject: np.ndarray[Any, np.dtype[np.int64]]
    place: np.ndarray[Any, np.dtype[np.int64]]
    visits: tuple[Any, ...]
    n_missing: int

    @property
    def n_subjects(self) -> int:
        return int(np.unique(self.subject).size)


def compute_mmrm(
    response: ArrayLike,
    subject: ArrayLike | Sequence[Any],
    visit: ArrayLike | Sequence[Any],
    design: ArrayLike,
    *,
    names: Sequence[str] | None = None,
    visits: Sequence[Any] | None = None,
    structure: Structure = "unstructured",
    level: float = 0.95,
) -> MmrmFit:
    """Fit ``response`` = ``design`` x effects, rows of one subject correlated by visit.

    ``response``: n numbers, NaN = missing (the row is left out and counted); ``design``: (n, p) numbers with
    the intercept's column; one row a subject and visit at most. ``structure``: see
    ``covariance_structures``; random slopes need numeric visits. Not estimable: no rows, a design that is
    not of full rank, visits never seen together, no convergence (take the fallback the plan names).
    """
    check_level(level)
    if structure not in STRUCTURES:
        raise ValueError(f"unknown structure; choose one of {', '.join(STRUCTURES)}")
    rows = _parse_rows(response, subject, visit, design, visits)
    labels = tuple(names) if names is not None else tuple(f"x{j + 1}" for j in range(rows.x.shape[1]))
    if len(labels) != rows.x.shape[1]:
        raise ValueError(f"{len(labels)} names were given for {rows.x.shape[1]} columns of the design")
    shape = CovarianceShape(structure, _visit_times(rows.visits, structure))
    trouble = _trouble(rows, structure)
    if trouble:
        return _not_estimable(labels, rows, structure, level, trouble)
    patterns = build_patterns(rows.y, rows.x, rows.subject, rows.place)
    fit = compute_reml_fit(patterns, shape, _residual_variances(rows))
    trouble = _fit_trouble(fit, shape)
    if fit is None or trouble:
        return _not_estimable(labels, rows, structure, level, trouble)
    return _report(labels, rows, shape, fit, level)


def compute_contrast(fit: MmrmFit, weights: ArrayLike) -> Contrast:
    """Estimate and test of ``weights`` (p,) times the fixed effects."""
    w = np.asarray(weights, dtype=np.float64)
    if w.shape != (len(fit.names),):
        raise ValueError(f"a contrast of this model has {len(fit.names)} weights")
    convention = f"{fit.convention}; t-test"
    if not fit.estimable:
        return Contrast(NAN, NAN, NAN, NAN, NAN, NAN, NAN, fit.level, False, fit.reason, convention)
    if not w.any():
        return Contrast(
            0.0, 0.0, NAN, NAN, NAN, NAN, NAN, fit.level, False, "all weights are zero", convention
        )
    estimate, variance = float(w @ fit.coefficient), float(w @ fit.covariance @ w)
    gradient = np.einsum("p,qps,s->q", w, fit.spread_slope, w)
    df = 2.0 * variance**2 / float(gradient @ fit.parameter_covariance @ gradient)
    error = float(np.sqrt(variance))
    half = student_quantile(0.5 + fit.level / 2.0, df) * error
    return Contrast(
        estimate,
        error,
        df,
        estimate / error,
        student_two_sided(estimate / error, df),
        estimate - half,
        estimate + half,
        fit.level,
        True,
        "",
        convention,
    )


def _parse_rows(
    response: ArrayLike,
    subject: ArrayLike | Sequence[Any],
    visit: ArrayLike | Sequence[Any],
    design: ArrayLike,
    visits: Sequence[Any] | None,
) -> _Rows:
    y = np.asarray(response, dtype=np.float64)
    x = np.asarray(design, dtype=np.float64)
    if y.ndim != 1 or x.ndim != 2:
        raise ValueError("response must be one column and the design a table of rows by effects")
    check_length(x[:, 0] if x.shape[1] else y, y.shape[0], "design")
    subjects = parse_labels(subject, y.shape[0], "subject", None)
    places = parse_labels(visit, y.shape[0], "visit", visits)
    seen = ~np.isnan(y)
    if np.isinf(y).any() or not np.isfinite(x[seen]).all():
        raise ValueError("a row with a response has a missing or infinite value; leave it out first")
    pairs = subjects.codes[seen] * len(places.levels) + places.codes[seen]
    if np.unique(pairs).size != pairs.size:
        raise ValueError("a subject has more than one row at a visit")
    return _Rows(
        y[seen],
        x[seen],
        subjects.codes[seen],
        places.codes[seen],
        places.levels,
        int(np.count_nonzero(~seen)),
    )


def _visit_times(visits: tuple[Any, ...], structure: Structure) -> FloatArray:
    if structure != "random-slopes":
        return np.arange(len(visits), dtype=np.float64)
    try:
        return np.array([float(visit) for visit in visits])
    except (TypeError, ValueError):
        raise ValueError("random slopes need visits that are numbers (their times)") from None


def _trouble(rows: _Rows, structure: Structure) -> str:
    n, p = rows.x.shape
    if n == 0:
        return "no rows with a response"
    if n <= p or np.linalg.matrix_rank(rows.x) < p:
        return "the fixed effects cannot be told apart (an arm or level without rows, or a redundant column)"
    k = len(rows.visits)
    seen = np.zeros((rows.n_subjects, k))
    seen[np.unique(rows.subject, return_inverse=True)[1], rows.place] = 1.0
    together = seen.T @ seen
    if structure == "unstructured" and together.min() < 2:
        return "two visits were seen together in fewer than two subjects"
    return "a visit has no rows" if np.diag(together).min() < 1 else ""


def _fit_trouble(fit: RemlFit | None, shape: CovarianceShape) -> str:
    if fit is None:
        return "the responses show no spread beyond the fixed effects"
    if not fit.converged:
        return f"no convergence with the {shape.structure} covariance"
    if not fit.determined:
        return f"the data do not determine the {shape.structure} covariance"
    return boundary_trouble(shape, fit.parameters)


def _residual_variances(rows: _Rows) -> FloatArray:
    coefficient = np.linalg.lstsq(rows.x, rows.y, rcond=None)[0]
    squared = (rows.y - rows.x @ coefficient) ** 2
    k = len(rows.visits)
    counts = np.maximum(np.bincount(rows.place, minlength=k), 1)
    variances = np.bincount(rows.place, weights=squared, minlength=k) / counts
    return np.maximum(variances, 1e-6 * max(float(variances.mean()), 1e-300))


def _report(
    names: tuple[str, ...], rows: _Rows, shape: CovarianceShape, fit: RemlFit, level: float
) -> MmrmFit:
    here = fit.likelihood
    spread_slope = np.einsum("ps,qst,tu->qpu", here.spread, here.slope, here.spread)
    parameter_covariance = 2.0 * np.linalg.inv(here.observed)
    variance = np.diag(here.spread)
    gradient = np.diagonal(spread_slope, axis1=1, axis2=2)
    df = 2.0 * variance**2 / np.einsum("qp,qr,rp->p", gradient, parameter_covariance, gradient)
    error = np.sqrt(variance)
    t = here.coefficient / error
    half = np.array([student_quantile(0.5 + level / 2.0, float(each)) for each in df]) * error
    return MmrmFit(
        names=names,
        coefficient=here.coefficient,
        std_error=error,
        df=df,
        t=t,
        p_value=np.array([student_two_sided(float(a), float(b)) for a, b in zip(t, df, strict=True)]),
        lower=here.coefficient - half,
        upper=here.coefficient + half,
        covariance=here.spread,
        visits=rows.visits,
        visit_covariance=compute_covariance(shape, fit.parameters)[0],
        parameters=fit.parameters,
        spread_slope=spread_slope,
        parameter_covariance=parameter_covariance,
        minus_2_reml=here.value,
        n_rows=rows.y.size,
        n_subjects=rows.n_subjects,
        n_missing=rows.n_missing,
        steps=fit.steps,
        structure=shape.structure,
        level=level,
        estimable=True,
        reason="",
        convention=_convention(shape.structure, level),
    )


def _not_estimable(
    names: tuple[str, ...], rows: _Rows, structure: Structure, level: float, reason: str
) -> MmrmFit:
    p, k = len(names), len(rows.visits)
    blank = np.full(p, NAN)
    return MmrmFit(
        names=names,
        coefficient=blank,
        std_error=blank,
        df=blank,
        t=blank,
        p_value=blank,
        lower=blank,
        upper=blank,
        covariance=np.full((p, p), NAN),
        visits=rows.visits,
        visit_covariance=np.full((k, k), NAN),
        parameters=np.zeros(0),
        spread_slope=np.zeros((0, p, p)),
        parameter_covariance=np.zeros((0, 0)),
        minus_2_reml=NAN,
        n_rows=rows.y.size,
        n_subjects=rows.n_subjects,
        n_missing=rows.n_missing,
        steps=0,
        structure=structure,
        level=level,
        estimable=False,
        reason=reason,
        convention=_convention(structure, level),
    )


def _convention(structure: Structure, level: float) -> str:
    return f"MMRM, {structure} covariance, REML, Satterthwaite degrees of freedom, level {level:g}"
