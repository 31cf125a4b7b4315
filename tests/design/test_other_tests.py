"""Fleming-Harrington, MaxCombo, restricted mean and milestone against the estimators of the analysis room."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy.stats import multivariate_normal, norm
from tests.design.scenarios import benchmark, everything, illness_death
from tests.design.test_plain_engine import SEED, observations

from trialwright.design.normal_lattice import box_probability, normal_quantile
from trialwright.design.other_tests import AGAINST, IN_FAVOUR, NOT_REJECTED
from trialwright.design.philox import philox_keys
from trialwright.design.plain_engine import compute_stretch
from trialwright.design.scenario import DesignScenario, DesignTest
from trialwright.design.simulate import simulate_design
from trialwright.design.tables import compute_plan
from trialwright.stats.max_combo import compute_max_combo
from trialwright.stats.rmst import compute_restricted_mean_difference

REPLICATES = 30


def decisions_of(scenario: DesignScenario) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(decisions, effects, look months) of the first replicates, by the engine."""
    plan = compute_plan(scenario)
    results = np.full((REPLICATES, len(scenario.looks), 2, 5), np.nan)
    looks = np.zeros((REPLICATES, len(scenario.looks)))
    shape = (REPLICATES, len(scenario.looks), len(scenario.other_tests))
    decisions, effects = np.zeros(shape, np.int8), np.zeros(shape)
    compute_stretch(0, philox_keys(SEED), plan, results, looks, decisions, effects)
    return decisions, effects, np.abs(looks)


def decision(z: float, rejected: bool) -> int:
    return NOT_REJECTED if not rejected else IN_FAVOUR if z < 0 else AGAINST


def test_fleming_harrington_equals_the_analysis() -> None:
    test = DesignTest("os", "fleming_harrington", 0.0, 1.0)
    scenario = everything(40, tests=(test, DesignTest("pfs")))
    decisions, effects, looks = decisions_of(scenario)
    for r in range(REPLICATES):
        months, event, arm, stratum = observations(scenario, r, 1, looks[r, 1])
        found = compute_max_combo(months, event, arm, weights=[(0.0, 1.0)], strata=stratum, levels=[0, 1])
        if found.estimable:
            assert effects[r, 1, 0] == pytest.approx(found.z[0], abs=1e-9)
            assert decisions[r, 1, 0] == decision(found.z[0], abs(found.z[0]) >= norm.ppf(0.975))


def test_max_combo_decides_as_the_analysis() -> None:
    scenario = benchmark(60, tests=(DesignTest("os", "max_combo"),))
    decisions, _, looks = decisions_of(scenario)
    for r in range(REPLICATES):
        months, event, arm, _ = observations(scenario, r, 1, looks[r, 0])
        found = compute_max_combo(months, event, arm, levels=[0, 1])
        if abs(found.p_value - 0.05) > 0.003:
            assert decisions[r, 0, 0] == decision(found.z[found.largest], found.p_value <= 0.05)


def test_restricted_mean_equals_the_analysis() -> None:
    scenario = illness_death(50, tests=(DesignTest("os", "rmst", tau_months=18.0),))
    decisions, effects, looks = decisions_of(scenario)
    for r in range(REPLICATES):
        months, event, arm, _ = observations(scenario, r, 1, looks[r, 0])
        found: Any = compute_restricted_mean_difference(months, event, arm, tau=18.0, levels=[0, 1])
        assert effects[r, 0, 0] == pytest.approx(found.difference, abs=1e-6)
        assert decisions[r, 0, 0] == decision(-found.difference, found.p_value <= 0.05)


def test_milestone_is_the_difference_of_kaplan_meier() -> None:
    """Without censoring before the milestone the estimate is a plain difference of proportions."""
    scenario = benchmark(80, drop_out_per_month=0.0, tests=(DesignTest("os", "milestone", tau_months=12.0),))
    decisions, effects, looks = decisions_of(scenario)
    for r in range(REPLICATES):
        months, _, arm, _ = (np.array(x) for x in observations(scenario, r, 1, looks[r, 0]))
        alive = [float((months[arm == a] > 12.0).mean()) for a in (0, 1)]
        difference, n = alive[1] - alive[0], 40
        se = np.sqrt(sum(p * (1 - p) / n for p in alive))
        assert effects[r, 0, 0] == pytest.approx(difference, abs=1e-9)
        assert decisions[r, 0, 0] == decision(-difference, abs(difference / se) >= norm.ppf(0.975))


@pytest.mark.parametrize("two_sided", [True, False])
def test_box_probability(two_sided: bool) -> None:
    rng = np.random.default_rng(4)
    for _ in range(5):
        root = rng.normal(size=(3, 5))
        correlation = np.corrcoef(root)
        limit = rng.uniform(1.5, 2.5)
        low = np.full(3, -limit) if two_sided else np.full(3, -np.inf)
        expected = multivariate_normal(np.zeros(3), correlation).cdf(np.full(3, limit), lower_limit=low)
        assert box_probability(correlation, limit, two_sided) == pytest.approx(expected, abs=1e-3)


def test_normal_quantile() -> None:
    for p in (1e-10, 0.001, 0.02, 0.3, 0.5, 0.9, 0.999, 1 - 1e-9):
        assert normal_quantile(p) == pytest.approx(norm.ppf(p), rel=1e-7, abs=1e-9)
    assert (normal_quantile(0.0), normal_quantile(1.0)) == (-8.0, 8.0)


def test_weights_answer_to_a_late_effect() -> None:
    """A delayed effect: late weights gain on the log-rank, MaxCombo lies between; type I error holds."""
    late = illness_death(200, hazard_ratio=1.0)
    course = late.control.course.scaled(0.5, from_months=6.0)
    tests = (
        DesignTest("os", "fleming_harrington", 0.0, 1.0),
        DesignTest("os", "max_combo"),
        DesignTest("os", "fleming_harrington", 1.0, 0.0),
    )
    delayed = late.varied(experimental=type(late.experimental)(course), tests=tests)
    look = simulate_design(delayed, 2000, 3).as_json()["analyses"][0]
    late_power, combo, early = (test["power"]["estimate"] for test in look["other_tests"])
    plain = look["endpoints"]["os"]["power"]["estimate"]
    assert late_power > plain > early
    assert early < combo
    null = simulate_design(late.varied(tests=tests), 4000, 3).as_json()["analyses"][0]["other_tests"]
    for test in null:
        assert abs(test["rejected_either_way"]["estimate"] - 0.05) < 0.017
