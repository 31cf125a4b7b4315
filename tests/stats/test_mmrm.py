"""MMRM: a dense likelihood as slow twin, complete data against t-tests, missing data, refusals."""

from __future__ import annotations

import math
import warnings

import numpy as np
import pytest
from scipy import stats

from trialwright.stats.covariance_structures import STRUCTURES, CovarianceShape, compute_covariance
from trialwright.stats.longitudinal_change import compute_longitudinal_change
from trialwright.stats.mmrm import compute_contrast, compute_mmrm


def make_data(seed: int, subjects: int = 30, visits: int = 3, missing: float = 0.15) -> dict[str, np.ndarray]:
    """Two arms, a baseline, correlated visits, some responses missing."""
    rng = np.random.default_rng(seed)
    root = rng.normal(size=(visits, visits)) + 2 * np.eye(visits)
    noise = rng.normal(size=(subjects, visits)) @ root.T
    arm, baseline = np.arange(subjects) % 2, rng.normal(10, 3, subjects)
    y = 5 + 0.6 * baseline[:, None] + arm[:, None] * np.arange(visits) + noise
    y[rng.random((subjects, visits)) < missing] = np.nan
    return {
        "response": y.ravel(),
        "subject": np.repeat(np.arange(subjects), visits),
        "visit": np.tile(np.arange(visits), subjects),
        "arm": np.repeat(arm, visits),
        "baseline": np.repeat(baseline, visits),
    }


def design_of(data: dict[str, np.ndarray]) -> np.ndarray:
    return np.column_stack([np.ones(data["arm"].size), data["baseline"], data["arm"], data["visit"]])


def slow_criterion(
    data: dict[str, np.ndarray], design: np.ndarray, matrix: np.ndarray
) -> tuple[float, np.ndarray]:
    """-2 restricted log-likelihood and the variance of the fixed effects, with one matrix over all rows."""
    seen = ~np.isnan(data["response"])
    y, x = data["response"][seen], design[seen]
    same = data["subject"][seen][:, None] == data["subject"][seen][None, :]
    v = np.where(same, matrix[np.ix_(data["visit"][seen], data["visit"][seen])], 0.0)
    w = np.linalg.inv(v)
    spread = np.linalg.inv(x.T @ w @ x)
    residual = y - x @ (spread @ x.T @ w @ y)
    value = (
        (y.size - x.shape[1]) * math.log(2 * math.pi) + np.linalg.slogdet(v)[1] - np.linalg.slogdet(spread)[1]
    )
    return float(value + residual @ w @ residual), spread


@pytest.mark.parametrize("structure", STRUCTURES)
def test_likelihood_and_degrees_of_freedom_by_numerical_derivatives(structure: str) -> None:
    data = make_data(3)
    if structure == "random-slopes":
        own = np.random.default_rng(9).normal(scale=3.0, size=(2, 30))
        data["response"] = (
            data["response"] + own[0][data["subject"]] + own[1][data["subject"]] * data["visit"]
        )
    design = design_of(data)
    fit = compute_mmrm(data["response"], data["subject"], data["visit"], design, structure=structure)
    assert fit.estimable, fit.reason
    shape = CovarianceShape(structure, np.arange(3.0))

    def criterion(theta: np.ndarray) -> float:
        return slow_criterion(data, design, compute_covariance(shape, theta)[0])[0]

    def variances(theta: np.ndarray) -> np.ndarray:
        return np.diag(slow_criterion(data, design, compute_covariance(shape, theta)[0])[1])

    at, steps = fit.parameters, np.diag(3e-4 * np.maximum(np.abs(fit.parameters), 0.1))
    assert fit.minus_2_reml == pytest.approx(criterion(at), rel=1e-12)
    np.testing.assert_allclose(fit.std_error**2, variances(at), rtol=1e-9)
    sizes = np.diag(steps)
    gradient = np.array([criterion(at + h / 3) - criterion(at - h / 3) for h in steps]) / (sizes / 1.5)
    hessian = np.array(
        [
            [
                criterion(at + a + b) - criterion(at + a - b) - criterion(at - a + b) + criterion(at - a - b)
                for b in steps
            ]
            for a in steps
        ]
    ) / (4 * np.outer(sizes, sizes))
    np.testing.assert_allclose(gradient, 0, atol=5e-4)
    slope = np.array([(variances(at + h) - variances(at - h)) for h in steps]) / (2 * sizes)[:, None]
    spread = np.einsum("qp,qr,rp->p", slope, 2 * np.linalg.inv(hessian), slope)
    np.testing.assert_allclose(fit.df, 2 * variances(at) ** 2 / spread, rtol=2e-3)
    assert structure in fit.convention


def test_complete_data_without_covariates_is_a_t_test_at_each_visit() -> None:
    """Unstructured, nobody missing: each visit's difference is the two-sample t-test with n - 2 df."""
    data = make_data(5, missing=0.0)
    result = compute_longitudinal_change(data["response"], data["subject"], data["arm"], data["visit"])
    for visit in range(3):
        at = data["visit"] == visit
        groups = [data["response"][at & (data["arm"] == arm)] for arm in (0, 1)]
        plain = stats.ttest_ind(groups[1], groups[0])
        found = result.differences[1, visit]
        assert found.estimate == pytest.approx(groups[1].mean() - groups[0].mean(), rel=1e-9)
        assert found.t == pytest.approx(plain.statistic, rel=1e-8)
        assert found.df == pytest.approx(28, rel=1e-6)
        assert found.p_value == pytest.approx(plain.pvalue, rel=1e-6)
        assert found.lower == pytest.approx(plain.confidence_interval().low, rel=1e-6)
        assert result.means[1, visit].estimate == pytest.approx(groups[1].mean(), rel=1e-9)
        assert result.n_observed[1, visit] == 15


def test_compound_symmetry_with_complete_data_is_the_paired_analysis() -> None:
    """Two visits, one group: the visit effect is the paired t-test."""
    rng = np.random.default_rng(1)
    y = rng.normal(size=(12, 2)) + rng.normal(size=(12, 1))
    visit = np.tile([0, 1], 12)
    fit = compute_mmrm(
        y.ravel(),
        np.repeat(range(12), 2),
        visit,
        np.column_stack([np.ones(24), visit]),
        structure="compound-symmetry",
    )
    paired = stats.ttest_rel(y[:, 1], y[:, 0])
    assert fit.t[1] == pytest.approx(paired.statistic, rel=1e-8)
    assert fit.df[1] == pytest.approx(11, rel=1e-6)


def test_order_of_rows_and_reference_arm() -> None:
    data = make_data(8)
    first = compute_longitudinal_change(
        data["response"],
        data["subject"],
        data["arm"],
        data["visit"],
        covariates={"baseline": data["baseline"]},
    )
    mix = np.random.default_rng(0).permutation(data["arm"].size)
    second = compute_longitudinal_change(
        data["response"][mix],
        data["subject"][mix],
        data["arm"][mix],
        data["visit"][mix],
        covariates={"baseline": data["baseline"][mix]},
        arms=[1, 0],
    )
    for visit in range(3):
        there, back = first.differences[1, visit], second.differences[0, visit]
        assert back.estimate == pytest.approx(-there.estimate, rel=1e-6)
        assert back.df == pytest.approx(there.df, rel=1e-5)
        assert second.means[0, visit].estimate == pytest.approx(first.means[0, visit].estimate, rel=1e-6)
    assert first.fit.n_missing == int(np.isnan(data["response"]).sum())


def test_contrast_of_one_effect_is_that_effect() -> None:
    data = make_data(4)
    fit = compute_mmrm(data["response"], data["subject"], data["visit"], design_of(data))
    contrast = compute_contrast(fit, [0, 0, 1, 0])
    assert (contrast.estimate, contrast.df) == pytest.approx((fit.coefficient[2], fit.df[2]))
    assert not compute_contrast(fit, [0, 0, 0, 0]).estimable
    with pytest.raises(ValueError, match="has 4 weights"):
        compute_contrast(fit, [1])


def test_not_estimable_says_why() -> None:
    data = make_data(2, subjects=8)
    design = design_of(data)
    arguments = (data["subject"], data["visit"])
    nothing = compute_mmrm(np.full(24, np.nan), *arguments, design)
    assert nothing.reason == "no rows with a response"
    twice = compute_mmrm(data["response"], *arguments, np.column_stack([design, design[:, 2]]))
    assert "cannot be told apart" in twice.reason
    apart = data["response"].copy()
    apart[data["visit"] == np.where(data["subject"] % 2, 0, 2)] = np.nan
    assert "fewer than two subjects" in compute_mmrm(apart, *arguments, design).reason
    flat = compute_mmrm(np.ones(24), *arguments, np.ones((24, 1)))
    assert not flat.estimable
    assert math.isnan(flat.coefficient[0])
    empty_arm = compute_longitudinal_change(
        data["response"], data["subject"], np.zeros(24, int), data["visit"], arms=[0, 1]
    )
    assert not empty_arm.estimable
    assert not empty_arm.differences[1, 0].estimable
    assert empty_arm.differences[1, 0].reason == empty_arm.reason


@pytest.mark.parametrize("structure", STRUCTURES)
def test_responses_without_a_covariance_say_so(structure: str) -> None:
    """The same value at every visit, a perfect fit, one row a subject: reasons, not numbers and not warnings."""
    rng = np.random.default_rng(4)
    visit, subject, arm = np.tile([0, 1, 2], 10), np.repeat(range(10), 3), np.repeat([0, 1] * 5, 3)
    repeated = np.repeat(rng.normal(size=10), 3)
    perfect = 2.0 * arm + visit
    alone = np.where(visit == subject % 3, rng.normal(size=30), np.nan)
    for response in (repeated, perfect, alone):
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            change = compute_longitudinal_change(response, subject, arm, visit, structure=structure)
        if response is alone and structure == "random-slopes":
            continue  # variances that change with time can be told from one row a subject
        assert not change.estimable
        assert change.reason
        assert math.isnan(change.differences[1, 0].estimate)


def test_impossible_input_is_refused() -> None:
    data = make_data(2, subjects=8)
    design = design_of(data)
    with pytest.raises(ValueError, match="more than one row at a visit"):
        compute_mmrm(data["response"], data["subject"], np.zeros(24), design)
    with pytest.raises(ValueError, match="choose one of"):
        compute_mmrm(data["response"], data["subject"], data["visit"], design, structure="spatial")
    with pytest.raises(ValueError, match="visits that are numbers"):
        compute_mmrm(
            data["response"],
            data["subject"],
            [f"week {v}" for v in data["visit"]],
            design,
            structure="random-slopes",
        )
    broken = design.copy()
    broken[np.flatnonzero(~np.isnan(data["response"]))[0], 1] = np.nan
    with pytest.raises(ValueError, match="missing or infinite"):
        compute_mmrm(data["response"], data["subject"], data["visit"], broken)
