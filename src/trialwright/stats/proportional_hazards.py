"""Is the hazard ratio constant? The exact score test of each coefficient against a trend in time.

For a transform g of time the model is widened by x g(t); the test is the score test of the new
coefficients at zero (Grambsch and Therneau 1994). R survival 3.0 and later computes it exactly, as here;
older versions and lifelines assume that the covariates' variance is the same at every event time.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike

from trialwright.stats.arrays import FloatArray
from trialwright.stats.cox import ChiSquareTest, CoxProblem, build_cox_problem, compute_problem_fit
from trialwright.stats.distributions import chi_square_sf
from trialwright.stats.risk_sets import RiskLayout, Ties, compute_event_layout, compute_risk_moments

TimeTransform = Literal["km", "rank", "identity"]
TRANSFORMS: tuple[TimeTransform, ...] = ("km", "rank", "identity")


@dataclass(frozen=True, slots=True)
class ProportionalHazardsTest:
    """One test a term and the global one. ``transformed_time`` and ``residuals`` (scaled Schoenfeld, one row
    an event, one column a covariate, in the order of ``event_time``) are what the usual plot shows."""

    terms: tuple[str, ...]
    tests: tuple[ChiSquareTest, ...]
    global_test: ChiSquareTest
    transform: TimeTransform
    names: tuple[str, ...]
    event_time: FloatArray
    transformed_time: FloatArray
    residuals: FloatArray
    estimable: bool
    reason: str
    convention: str


def compute_proportional_hazards_test(
    time: ArrayLike,
    event: ArrayLike,
    covariates: ArrayLike,
    *,
    names: Sequence[str] | None = None,
    strata: ArrayLike | Sequence[Any] | None = None,
    ties: Ties = "efron",
    transform: TimeTransform = "km",
    terms: Mapping[str, Sequence[str]] | None = None,
) -> ProportionalHazardsTest:
    """Test every covariate (or every term of several covariates, ``terms``: name -> covariate names).

    ``transform``: ``km`` (1 - S(t-) of all subjects pooled, the default), ``rank`` (among all
    times, censored ones too, ties averaged, as R) or ``identity``.
    Same model arguments and refusals as ``compute_cox``; not estimable where the model is not.
    """
    if transform not in TRANSFORMS:
        raise ValueError(f"unknown transform of time; choose one of {', '.join(TRANSFORMS)}")
    problem = build_cox_problem(time, event, covariates, names=names, strata=strata, ties=ties)
    groups = _parse_terms(terms, problem.names)
    fit, reason = compute_problem_fit(problem)
    if fit is None or reason:
        return _not_estimable(problem, groups, transform, reason)
    g = compute_transformed_time(problem.layout, transform)
    return _score_tests(problem, groups, transform, fit.coefficient, g)


def compute_transformed_time(layout: RiskLayout, transform: TimeTransform) -> FloatArray:
    """g at each event, in the layout's order of events."""
    event_time = layout.time[layout.event]
    if transform == "identity":
        return event_time.copy()
    all_times = np.sort(layout.time)
    if transform == "rank":
        lowest = np.searchsorted(all_times, event_time, side="left")
        highest = np.searchsorted(all_times, event_time, side="right")
        return (lowest + highest + 1.0) / 2.0
    distinct, deaths = np.unique(event_time, return_counts=True)
    at_risk = all_times.size - np.searchsorted(all_times, distinct, side="left")
    before = np.concatenate(([1.0], np.cumprod(1.0 - deaths / at_risk)))
    return 1.0 - before[np.searchsorted(distinct, event_time)]


def _score_tests(
    problem: CoxProblem,
    groups: dict[str, list[int]],
    transform: TimeTransform,
    coefficient: FloatArray,
    transformed: FloatArray,
) -> ProportionalHazardsTest:
    layout = problem.layout
    moments = compute_risk_moments(
        compute_event_layout(layout), problem.covariates, problem.covariates @ coefficient
    )
    g = transformed - transformed.mean()
    schoenfeld = problem.covariates[layout.event] - moments.mean
    score = g @ schoenfeld
    plain = moments.covariance.sum(axis=0)
    cross = np.einsum("m,mij->ij", g, moments.covariance)
    widened = np.einsum("m,mij->ij", g * g, moments.covariance)
    information = widened - cross @ np.linalg.solve(plain, cross)

    def test(columns: list[int]) -> ChiSquareTest:
        block = information[np.ix_(columns, columns)]
        diagonal = np.diag(block)
        if bool(np.any(diagonal <= 1e-10 * np.diag(plain)[columns])):
            return ChiSquareTest(float("nan"), 0, float("nan"))
        statistic = float(score[columns] @ np.linalg.pinv(block, hermitian=True) @ score[columns])
        df = int(np.linalg.matrix_rank(block, hermitian=True))
        return ChiSquareTest(statistic, df, chi_square_sf(statistic, df))

    tests = tuple(test(columns) for columns in groups.values())
    overall = test(list(range(len(problem.names))))
    estimable = overall.df > 0
    scaled = layout.n_events * schoenfeld @ np.linalg.inv(plain) + coefficient
    return ProportionalHazardsTest(
        terms=tuple(groups),
        tests=tests,
        global_test=overall,
        transform=transform,
        names=problem.names,
        event_time=layout.time[layout.event],
        transformed_time=transformed,
        residuals=scaled / problem.scale,
        estimable=estimable,
        reason="" if estimable else "the events show no spread over time",
        convention=_convention(transform),
    )


def _parse_terms(terms: Mapping[str, Sequence[str]] | None, names: tuple[str, ...]) -> dict[str, list[int]]:
    if terms is None:
        return {name: [place] for place, name in enumerate(names)}
    unknown = {name for members in terms.values() for name in members} - set(names)
    if unknown:
        raise ValueError(f"terms name {len(unknown)} covariate(s) that the model does not have")
    return {term: [names.index(name) for name in members] for term, members in terms.items()}


def _not_estimable(
    problem: CoxProblem, groups: dict[str, list[int]], transform: TimeTransform, reason: str
) -> ProportionalHazardsTest:
    blank = ChiSquareTest(float("nan"), 0, float("nan"))
    return ProportionalHazardsTest(
        terms=tuple(groups),
        tests=(blank,) * len(groups),
        global_test=blank,
        transform=transform,
        names=problem.names,
        event_time=np.zeros(0),
        transformed_time=np.zeros(0),
        residuals=np.zeros((0, len(problem.names))),
        estimable=False,
        reason=reason,
        convention=_convention(transform),
    )


def _convention(transform: TimeTransform) -> str:
    return f"exact score test of coefficient x g(t), g = {transform}, as R survival 3.0 and later"
