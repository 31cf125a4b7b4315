"""Cox's model: a likelihood in plain loops, numerical derivatives, degenerate input."""

from __future__ import annotations

import itertools
import math
import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from trialwright.stats.cox import compute_cox
from trialwright.stats.proportional_hazards import TRANSFORMS, compute_proportional_hazards_test


def slow_log_likelihood(
    time: np.ndarray,
    event: np.ndarray,
    covariates: np.ndarray,
    beta: np.ndarray,
    ties: str,
    strata: np.ndarray | None = None,
    weight: np.ndarray | None = None,
) -> float:
    """Efron's or Breslow's partial likelihood, term by term, with optional case weights."""
    strata = np.zeros(len(time)) if strata is None else strata
    weight = np.ones(len(time)) if weight is None else weight
    total = 0.0
    for stratum in set(strata.tolist()):
        for when in sorted(set(time[(strata == stratum) & event].tolist())):
            at_risk = [i for i in range(len(time)) if strata[i] == stratum and time[i] >= when]
            dead = [i for i in at_risk if event[i] and time[i] == when]
            risk = {i: weight[i] * math.exp(float(covariates[i] @ beta)) for i in at_risk}
            mean_weight = sum(weight[i] for i in dead) / len(dead)
            total += sum(weight[i] * float(covariates[i] @ beta) for i in dead)
            for k in range(len(dead)):
                fraction = k / len(dead) if ties == "efron" else 0.0
                pool = sum(risk.values()) - fraction * sum(risk[i] for i in dead)
                total -= mean_weight * math.log(pool)
    return total


def numeric_gradient(function: object, at: np.ndarray, step: float = 1e-5) -> np.ndarray:
    eye = np.eye(at.size) * step
    return np.array([(function(at + row) - function(at - row)) / (2 * step) for row in eye])


def numeric_hessian(function: object, at: np.ndarray, step: float = 1e-4) -> np.ndarray:
    return np.array(
        [
            (numeric_gradient(function, at + row, step) - numeric_gradient(function, at - row, step))
            / (2 * step)
            for row in np.eye(at.size) * step
        ]
    )


def random_data(seed: int, n: int = 30, p: int = 2) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Times with many ties, events, covariates, strata."""
    rng = np.random.default_rng(seed)
    covariates = np.column_stack([rng.integers(0, 2, n), rng.normal(3, 2, n)])[:, :p]
    return rng.integers(1, 9, n).astype(float), rng.random(n) < 0.7, covariates, rng.integers(0, 2, n)


@pytest.mark.parametrize(
    ("seed", "ties", "stratified"), list(itertools.product(range(4), ["efron", "breslow"], [0, 1]))
)
def test_maximum_of_the_slow_likelihood(seed: int, ties: str, stratified: int) -> None:
    time, event, covariates, strata = random_data(seed)
    layers = strata if stratified else None
    fit = compute_cox(time, event, covariates, strata=layers, ties=ties)

    def slow(beta: np.ndarray) -> float:
        return slow_log_likelihood(time, event, covariates, beta, ties, layers)

    assert fit.log_likelihood == pytest.approx(slow(fit.coefficient), rel=1e-12)
    assert fit.log_likelihood_null == pytest.approx(slow(np.zeros(2)), rel=1e-12)
    np.testing.assert_allclose(numeric_gradient(slow, fit.coefficient), 0, atol=1e-7)
    np.testing.assert_allclose(
        fit.covariance, np.linalg.inv(-numeric_hessian(slow, fit.coefficient)), rtol=1e-5
    )
    score, information = numeric_gradient(slow, np.zeros(2)), -numeric_hessian(slow, np.zeros(2))
    assert fit.score_test.statistic == pytest.approx(
        float(score @ np.linalg.solve(information, score)), rel=1e-4
    )
    assert fit.lower == pytest.approx(np.exp(fit.coefficient - 1.959963984540054 * fit.std_error))
    assert fit.likelihood_ratio_test.p_value == pytest.approx(
        stats.chi2.sf(2 * (fit.log_likelihood - fit.log_likelihood_null), 2)
    )
    assert ties.capitalize() in fit.convention


@pytest.mark.parametrize(("seed", "ties"), list(itertools.product(range(3), ["efron", "breslow"])))
def test_robust_variance_is_the_infinitesimal_jackknife(seed: int, ties: str) -> None:
    """Each subject's influence from the derivative of the weighted score by its weight, numerically."""
    time, event, covariates, strata = random_data(seed)
    fit = compute_cox(time, event, covariates, strata=strata, ties=ties, robust=True)
    influence = []
    for i in range(len(time)):

        def score(shift: float, subject: int = i) -> np.ndarray:
            weight = np.ones(len(time))
            weight[subject] += shift
            return numeric_gradient(
                lambda beta: slow_log_likelihood(time, event, covariates, beta, ties, strata, weight),
                fit.coefficient,
            )

        influence.append((score(1e-3) - score(-1e-3)) / 2e-3)
    naive = compute_cox(time, event, covariates, strata=strata, ties=ties).covariance
    shift = np.array(influence) @ naive
    np.testing.assert_allclose(fit.covariance, shift.T @ shift, rtol=2e-4, atol=1e-9)
    assert "robust" in fit.convention
    np.testing.assert_allclose(fit.naive_std_error, np.sqrt(np.diag(naive)), rtol=1e-12)


def test_clusters_of_one_are_subjects_and_doubled_subjects_halve_the_information() -> None:
    time, event, covariates, _ = random_data(5)
    single = compute_cox(time, event, covariates, robust=True, ties="breslow")
    own = compute_cox(time, event, covariates, cluster=np.arange(len(time)), ties="breslow")
    np.testing.assert_allclose(own.std_error, single.std_error, rtol=1e-12)
    twice = compute_cox(
        np.tile(time, 2),
        np.tile(event, 2),
        np.tile(covariates, (2, 1)),
        cluster=np.tile(np.arange(len(time)), 2),
        ties="breslow",
    )
    np.testing.assert_allclose(twice.coefficient, single.coefficient, rtol=1e-9)
    np.testing.assert_allclose(twice.std_error, single.std_error, rtol=1e-9)


def test_robust_variance_at_its_edges() -> None:
    """Nobody has influence: no robust interval. Fewer clusters than covariates: the Wald test loses a degree."""
    symmetric = compute_cox([1, 1, 1, 1], [1, 1, 1, 1], [0, 1, 0, 1], robust=True)
    assert (symmetric.estimable, symmetric.reason) == (False, "the robust variance is zero")
    time, event, covariates, _ = random_data(6)
    few = compute_cox(time, event, np.column_stack([covariates, time % 3]), cluster=np.arange(len(time)) % 2)
    assert few.estimable
    assert few.wald_test.df < 3


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10_000), st.floats(-50, 50), st.floats(0.01, 100))
def test_shift_and_scale_of_a_covariate(seed: int, shift: float, scale: float) -> None:
    time, event, covariates, _ = random_data(seed, n=25)
    plain = compute_cox(time, event, covariates)
    moved = compute_cox(time, event, covariates * np.array([1.0, scale]) + np.array([0.0, shift]))
    assert plain.estimable == moved.estimable
    if plain.estimable:
        np.testing.assert_allclose(moved.coefficient[1] * scale, plain.coefficient[1], rtol=1e-6, atol=1e-9)
        np.testing.assert_allclose(moved.coefficient[0], plain.coefficient[0], rtol=1e-6, atol=1e-9)
        assert moved.log_likelihood == pytest.approx(plain.log_likelihood, rel=1e-9)


@settings(max_examples=80, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(0, 4), st.booleans(), st.integers(0, 1), st.integers(0, 2)),
        min_size=0,
        max_size=9,
    )
)
def test_tiny_trials_give_an_answer_or_a_reason(rows: list[tuple[int, bool, int, int]]) -> None:
    """Separation, ties everywhere, constant covariates: never a warning, never a silent number."""
    columns = [list(column) for column in zip(*rows, strict=True)] or [[], [], [], []]
    covariates = np.array(columns[2:], dtype=float).T.reshape(len(rows), 2)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        fit = compute_cox(columns[0], columns[1], covariates)
        check = compute_proportional_hazards_test(columns[0], columns[1], covariates)
    if not fit.estimable:
        assert fit.reason
        assert not check.estimable
        assert np.isnan(fit.coefficient).all()
        assert np.isnan(fit.hazard_ratio).all()
        return
    assert np.isfinite(fit.coefficient).all()
    assert np.isfinite(fit.std_error).all()
    slow = slow_log_likelihood(
        np.array(columns[0], float), np.array(columns[1]), covariates, fit.coefficient, "efron"
    )
    assert fit.log_likelihood == pytest.approx(slow, rel=1e-9, abs=1e-9)
    for towards in np.eye(2):
        for sign in (-1, 1):
            there = fit.coefficient + sign * 0.01 * towards
            assert (
                slow_log_likelihood(
                    np.array(columns[0], float), np.array(columns[1]), covariates, there, "efron"
                )
                <= slow + 1e-12
            )


@pytest.mark.parametrize(
    ("event", "covariates", "words"),
    [
        ([0, 0, 0, 0, 0, 0], [0, 1, 0, 1, 0, 1], "no events"),
        ([1, 1, 1, 1, 0, 0], [3, 3, 3, 3, 3, 3], "x1 does not vary"),
        ([1, 1, 1, 0, 0, 0], [1, 1, 1, 0, 0, 0], "x1 separates"),
        ([1, 1, 1, 1, 1, 1], [6, 5, 4, 3, 2, 1], "x1 separates"),
        (
            [1, 0, 1, 1, 0, 1],
            [[0, 0], [1, 2], [0, 0], [1, 2], [1, 2], [0, 0]],
            "x1, x2 determine one another",
        ),
        ([0, 0, 0, 0, 0, 1], [0, 1, 0, 1, 0, 1], "x1 does not vary among the subjects at risk"),
    ],
)
def test_not_estimable(event: list[int], covariates: list[object], words: str) -> None:
    fit = compute_cox([1, 2, 3, 4, 5, 6], event, covariates)
    assert not fit.estimable
    assert words in fit.reason
    assert math.isnan(fit.coefficient[0])


def test_separation_keeps_the_score_test() -> None:
    fit = compute_cox([1, 2, 3, 4, 5, 6], [1, 1, 1, 0, 0, 0], [1, 1, 1, 0, 0, 0], names=["arm"])
    assert fit.reason.startswith("arm separates")
    assert fit.score_test.df == 1
    assert 0 < fit.score_test.p_value < 0.05
    assert math.isnan(fit.wald_test.p_value)


def test_one_stratum_without_events_and_one_constant() -> None:
    """A stratum that tells nothing changes nothing."""
    time, event, covariates, _ = random_data(11)
    fit = compute_cox(time, event, covariates)
    more = compute_cox(
        np.append(time, [3.0, 4.0]),
        np.append(event, [False, False]),
        np.vstack([covariates, [[1.0, 2.0], [0.0, 5.0]]]),
        strata=[0] * len(time) + [1, 1],
    )
    np.testing.assert_allclose(more.coefficient, fit.coefficient, rtol=1e-9)
    assert more.n_strata == 2


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"covariates": [1, 2]}, "covariates has 2 rows but there are 3 subjects"),
        ({"covariates": [1, 2, float("nan")]}, "1 of 3 subjects have a missing value"),
        ({"covariates": ["a", "b", "c"]}, "code categories"),
        ({"names": ["a", "b"]}, "2 names were given for 1 covariates"),
        ({"ties": "exact"}, "efron or breslow"),
        ({"strata": [1]}, "strata has 1 rows"),
        ({"cluster": [1]}, "cluster has 1 rows"),
    ],
)
def test_impossible_input_is_refused(change: dict[str, object], words: str) -> None:
    arguments = {"time": [1, 2, 3], "event": [1, 1, 0], "covariates": [0, 1, 0], **change}
    with pytest.raises(ValueError, match=words):
        compute_cox(**arguments)


def slow_transform(time: np.ndarray, event: np.ndarray, name: str, when: float) -> float:
    if name == "identity":
        return when
    if name == "rank":
        return sum(t < when for t in time) + (sum(t == when for t in time) + 1) / 2
    survival = 1.0
    for earlier in sorted({t for t, seen in zip(time, event, strict=True) if seen and t < when}):
        survival *= 1 - sum(event[time == earlier]) / sum(time >= earlier)
    return 1 - survival


@pytest.mark.parametrize(("seed", "transform"), list(itertools.product(range(3), TRANSFORMS)))
def test_proportional_hazards_is_the_score_test_of_the_wider_model(seed: int, transform: str) -> None:
    time, event, covariates, strata = random_data(seed, n=24)
    fit = compute_cox(time, event, covariates, strata=strata)
    result = compute_proportional_hazards_test(time, event, covariates, strata=strata, transform=transform)
    centre = np.mean([slow_transform(time, event, transform, t) for t in time[event]])

    def slow(theta: np.ndarray) -> float:
        """Every event time has its own coefficients beta + gamma (g(t) - mean)."""
        total = 0.0
        for when in sorted(set(time[event].tolist())):
            g = slow_transform(time, event, transform, when) - centre
            now = event & (time == when)
            later = time >= when
            total += slow_log_likelihood(
                time[later], now[later], covariates[later], theta[:2] + g * theta[2:], "efron", strata[later]
            )
        return total

    at = np.concatenate([fit.coefficient, [0.0, 0.0]])
    step = 1e-3 / max(1.0, float(np.max([slow_transform(time, event, transform, t) for t in time])))
    score, information = numeric_gradient(slow, at, step), -numeric_hessian(slow, at, step)
    expected = float(score @ np.linalg.solve(information, score))
    assert result.global_test.statistic == pytest.approx(expected, rel=2e-3)
    assert result.global_test.df == 2
    kept = [0, 1, 2]
    one = float(score[kept] @ np.linalg.solve(information[np.ix_(kept, kept)], score[kept]))
    assert result.tests[0].statistic == pytest.approx(one, rel=2e-3)


def test_terms_join_covariates() -> None:
    time, event, covariates, _ = random_data(2)
    names = ["arm", "age"]
    joint = compute_proportional_hazards_test(time, event, covariates, names=names, terms={"both": names})
    assert joint.tests[0] == joint.global_test
    assert joint.terms == ("both",)
    assert joint.residuals.shape == (int(event.sum()), 2)
    with pytest.raises(ValueError, match="1 covariate"):
        compute_proportional_hazards_test(time, event, covariates, names=names, terms={"x": ["sex"]})


def test_proportional_hazards_without_spread_in_time() -> None:
    result = compute_proportional_hazards_test([2, 2, 2, 5], [1, 1, 0, 0], [0, 1, 0, 1])
    assert not result.estimable
    assert "no spread over time" in result.reason
