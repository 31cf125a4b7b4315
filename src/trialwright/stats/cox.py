"""Cox's proportional hazards model: hazard ratios with Wald intervals, three tests, strata, robust variance.

Sources: Cox 1972; Efron 1977 (ties); Breslow 1974 (ties); Lin and Wei 1989 (robust variance);
Therneau and Grambsch 2000, chapter 3. Own Newton iterations; coefficients agree with R survival to 1e-8.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from trialwright.stats.arrays import FloatArray, check_length, check_level, parse_labels
from trialwright.stats.cox_newton import NewtonFit, compute_likelihood, compute_newton_fit
from trialwright.stats.cox_robust import compute_robust_covariance
from trialwright.stats.cox_trouble import compute_data_trouble, compute_rank_trouble, runaway_trouble
from trialwright.stats.distributions import chi_square_sf, normal_two_sided, two_sided_z
from trialwright.stats.risk_sets import RiskLayout, Ties, compute_event_layout, compute_layout
from trialwright.stats.survival_times import parse_survival_times

NAN = float("nan")
VANISHED = 1e-20
"""A robust variance below this share of the model's is zero but for rounding: everybody's influence is none."""


@dataclass(frozen=True, slots=True)
class ChiSquareTest:
    """A chi-square test: statistic, degrees of freedom, p; NaN where there is none."""

    statistic: float
    df: int
    p_value: float


@dataclass(frozen=True, slots=True)
class CoxFit:
    """A fitted model. Arrays have one element a covariate, in the order of ``names``.

    ``covariance`` is the robust one where ``robust`` is set; ``naive_std_error`` is always model-based.
    ``log_likelihood`` is at the coefficients, ``log_likelihood_null`` at zero. Where ``estimable`` is False
    the estimates are NaN and ``reason`` says why; the score test is kept where it exists.
    """

    names: tuple[str, ...]
    coefficient: FloatArray
    std_error: FloatArray
    naive_std_error: FloatArray
    z: FloatArray
    p_value: FloatArray
    hazard_ratio: FloatArray
    lower: FloatArray
    upper: FloatArray
    covariance: FloatArray
    log_likelihood: float
    log_likelihood_null: float
    score_test: ChiSquareTest
    wald_test: ChiSquareTest
    likelihood_ratio_test: ChiSquareTest
    ties: Ties
    robust: bool
    level: float
    n: int
    n_events: int
    n_strata: int
    steps: int
    estimable: bool
    reason: str
    convention: str


@dataclass(frozen=True, slots=True)
class CoxProblem:
    """A checked model: sorted layout, sorted covariates with their centre and scale, and the names."""

    layout: RiskLayout
    covariates: FloatArray
    scale: FloatArray
    names: tuple[str, ...]
    n_strata: int


def compute_cox(
    time: ArrayLike,
    event: ArrayLike,
    covariates: ArrayLike,
    *,
    names: Sequence[str] | None = None,
    strata: ArrayLike | Sequence[Any] | None = None,
    ties: Ties = "efron",
    robust: bool = False,
    cluster: ArrayLike | Sequence[Any] | None = None,
    level: float = 0.95,
) -> CoxFit:
    """Fit log hazard ratios.

    ``covariates``: (n,) or (n, p) numbers; ``strata``: n labels, each stratum its own baseline hazard;
    ``robust``: sandwich variance, by ``cluster`` (n labels) where given, else by subject. Refuses missing
    values and unequal lengths. Not estimable (with the reason): no events, a covariate that is constant or
    a combination of others among those at risk, a covariate that separates the events.
    """
    check_level(level)
    problem = build_cox_problem(time, event, covariates, names=names, strata=strata, ties=ties)
    clusters = None if cluster is None else parse_labels(cluster, problem.layout.n, "cluster", None)
    fit, trouble = compute_problem_fit(problem)
    if fit is None or trouble:
        return _not_estimable(problem, fit, trouble, ties, robust, level)
    naive = np.linalg.inv(fit.at_end.information)
    covariance = naive
    if robust or clusters is not None:
        codes = None if clusters is None else clusters.codes[problem.layout.order]
        events = compute_event_layout(problem.layout)
        covariance = compute_robust_covariance(events, problem.covariates, fit.coefficient, naive, codes)
        if bool(np.any(np.diag(covariance) <= VANISHED * np.diag(naive))):
            return _not_estimable(problem, fit, "the robust variance is zero", ties, True, level)
    return _report(problem, fit, naive, covariance, ties, robust or clusters is not None, level)


def build_cox_problem(
    time: ArrayLike,
    event: ArrayLike,
    covariates: ArrayLike,
    *,
    names: Sequence[str] | None,
    strata: ArrayLike | Sequence[Any] | None,
    ties: Ties,
) -> CoxProblem:
    """Check, sort and standardise (each covariate to mean 0 and standard deviation 1, undone at the end)."""
    if ties not in ("efron", "breslow"):
        raise ValueError("unknown handling of ties; choose efron or breslow")
    times = parse_survival_times(time, event)
    raw = _parse_covariates(covariates, times.n)
    labels = tuple(names) if names is not None else tuple(f"x{j + 1}" for j in range(raw.shape[1]))
    if len(labels) != raw.shape[1]:
        raise ValueError(f"{len(labels)} names were given for {raw.shape[1]} covariates")
    layers = None if strata is None else parse_labels(strata, times.n, "strata", None)
    layout = compute_layout(times, None if layers is None else layers.codes, ties)
    standardised, scale = _standardise(raw, layout)
    return CoxProblem(layout, standardised, scale, labels, 1 if layers is None else len(layers.levels))


def compute_problem_fit(problem: CoxProblem) -> tuple[NewtonFit | None, str]:
    """The fit and an empty string, or what there is of a fit and the reason why it is none."""
    trouble = compute_data_trouble(problem.layout)
    if trouble:
        return None, trouble
    at_zero = compute_likelihood(problem.layout, problem.covariates, np.zeros(len(problem.names)))
    trouble = compute_rank_trouble(at_zero, problem.layout.n_events, problem.names)
    if trouble:
        return None, trouble
    fit = compute_newton_fit(problem.layout, problem.covariates, at_zero)
    return fit, runaway_trouble(fit, problem.names)


def _standardise(raw: FloatArray, layout: RiskLayout) -> tuple[FloatArray, FloatArray]:
    """Covariates in sorted order with mean 0 and standard deviation 1 (0 throughout where constant)."""
    from trialwright.stats.kernels import sort_and_centre

    n, p = raw.shape
    rows = np.empty((n, p))
    centre = np.einsum("ij->j", raw) / max(n, 1)
    sort_and_centre(raw, layout.order, centre, rows)
    spread = np.sqrt(np.einsum("ij,ij->j", rows, rows) / max(n, 1))
    flat = spread <= 1e-12 * np.maximum(1.0, np.abs(centre))
    rows[:, flat] = 0.0
    scale = np.where(flat, 1.0, spread)
    rows /= scale
    return rows, scale


def _parse_covariates(covariates: ArrayLike, rows: int) -> FloatArray:
    try:
        raw = np.asarray(covariates, dtype=np.float64)
    except (TypeError, ValueError):
        raise ValueError("covariates must be numbers; code categories as 0/1 columns first") from None
    if raw.ndim == 1:
        raw = raw[:, None]
    if raw.ndim != 2 or raw.shape[1] == 0:
        raise ValueError("covariates must be a table of subjects by at least one covariate")
    check_length(raw[:, 0], rows, "covariates")
    if not np.isfinite(raw).all():
        missing = int(np.count_nonzero(~np.isfinite(raw).all(axis=1)))
        raise ValueError(
            f"covariates: {missing} of {rows} subjects have a missing value; leave them out first"
        )
    return np.ascontiguousarray(raw)


def _report(
    problem: CoxProblem,
    fit: NewtonFit,
    naive: FloatArray,
    covariance: FloatArray,
    ties: Ties,
    robust: bool,
    level: float,
) -> CoxFit:
    coefficient = fit.coefficient / problem.scale
    error = np.sqrt(np.diag(covariance)) / problem.scale
    half = two_sided_z(level) * error
    z = coefficient / error
    df = coefficient.size
    with np.errstate(over="ignore"):  # a hazard ratio beyond the largest number is infinite
        ratio, lower, upper = (np.exp(coefficient + shift) for shift in (0.0, -half, half))
    rank = int(
        np.linalg.matrix_rank(covariance, hermitian=True)
    )  # below p with fewer clusters than covariates
    wald = float(fit.coefficient @ np.linalg.pinv(covariance, hermitian=True) @ fit.coefficient)
    return CoxFit(
        names=problem.names,
        coefficient=coefficient,
        std_error=error,
        naive_std_error=np.sqrt(np.diag(naive)) / problem.scale,
        z=z,
        p_value=np.array([normal_two_sided(value) for value in z]),
        hazard_ratio=ratio,
        lower=lower,
        upper=upper,
        covariance=covariance / np.outer(problem.scale, problem.scale),
        log_likelihood=fit.at_end.value,
        log_likelihood_null=fit.at_zero.value,
        score_test=_score_test(fit),
        wald_test=_chi_square(wald, rank),
        likelihood_ratio_test=_chi_square(2 * (fit.at_end.value - fit.at_zero.value), df),
        ties=ties,
        robust=robust,
        level=level,
        n=problem.layout.n,
        n_events=problem.layout.n_events,
        n_strata=problem.n_strata,
        steps=fit.steps,
        estimable=True,
        reason="",
        convention=_convention(ties, robust, problem.n_strata, level),
    )


def _not_estimable(
    problem: CoxProblem, fit: NewtonFit | None, reason: str, ties: Ties, robust: bool, level: float
) -> CoxFit:
    p = len(problem.names)
    blank, no_test = np.full(p, NAN), ChiSquareTest(NAN, 0, NAN)
    return CoxFit(
        names=problem.names,
        coefficient=blank,
        std_error=blank,
        naive_std_error=blank,
        z=blank,
        p_value=blank,
        hazard_ratio=blank,
        lower=blank,
        upper=blank,
        covariance=np.full((p, p), NAN),
        log_likelihood=NAN,
        log_likelihood_null=NAN if fit is None else fit.at_zero.value,
        score_test=no_test if fit is None else _score_test(fit),
        wald_test=no_test,
        likelihood_ratio_test=no_test,
        ties=ties,
        robust=robust,
        level=level,
        n=problem.layout.n,
        n_events=problem.layout.n_events,
        n_strata=problem.n_strata,
        steps=0 if fit is None else fit.steps,
        estimable=False,
        reason=reason,
        convention=_convention(ties, robust, problem.n_strata, level),
    )


def _score_test(fit: NewtonFit) -> ChiSquareTest:
    statistic = float(fit.at_zero.score @ np.linalg.solve(fit.at_zero.information, fit.at_zero.score))
    return _chi_square(statistic, fit.coefficient.size)


def _chi_square(statistic: float, df: int) -> ChiSquareTest:
    return ChiSquareTest(statistic, df, chi_square_sf(statistic, df))


def _convention(ties: Ties, robust: bool, n_strata: int, level: float) -> str:
    variance = "robust sandwich variance" if robust else "model-based variance"
    strata = f", {n_strata} strata" if n_strata > 1 else ""
    return (
        f"Cox partial likelihood, {ties.capitalize()} ties{strata}, {variance}, "
        f"Wald interval, level {level:g}"
    )
