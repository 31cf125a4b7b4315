"""Many trials at the level of the rehearsal: allocation as stated, outcomes as the slow ways have them."""

from __future__ import annotations

import math
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from trialwright.design.from_study import scenario_from_study
from trialwright.design.scenario import DesignScenario
from trialwright.design.simulate import simulate_design
from trialwright.outcomes.qlq_c30 import QLQ_C30, compute_qlq_c30
from trialwright.rehearsal.many_trials import plan_many_trials, simulate_many_trials, simulate_some_trials
from trialwright.rehearsal.simulated_allocation import AllocationPlan, allocate_subjects
from trialwright.rehearsal.simulated_quality import make_quality_plan, score_items, simulate_changes
from trialwright.study.load import load_study
from trialwright.study.model import Study
from trialwright.trial.randomisation import make_block_list

STUDY = Path(__file__).parents[2] / "studies/nct02632201"


@pytest.fixture(scope="module")
def study() -> Study:
    loaded = load_study(STUDY)
    assert loaded.study is not None
    return loaded.study


@pytest.fixture(scope="module")
def scenario(study: Study) -> DesignScenario:
    made, _ = scenario_from_study(study, "planned_effect")
    assert made is not None
    return made


def stratified(scenario: DesignScenario) -> DesignScenario:
    return scenario.varied(strata=(("low", 0.5, 0.6), ("high", 0.5, 1.8)))


def test_blocks_are_those_of_the_trial_room() -> None:
    plan = AllocationPlan("blocks", (1, 1), (4, 6))
    strata = [0, 1, 0, 0, 1, 0, 1, 1, 0, 0]
    arms = allocate_subjects(plan, strata, [0] * 10, "seed")
    for stratum in (0, 1):
        listed = make_block_list("seed", str(stratum), ("control", "experimental"), (1, 1), (4, 6), 10)
        own = [int(arm) for arm, of in zip(arms, strata, strict=True) if of == stratum]
        assert own == [int(arm == "experimental") for arm in listed[: len(own)]]


def test_every_method_keeps_the_ratio_and_minimisation_balances_the_factors() -> None:
    random = np.random.default_rng(1)
    sites = random.integers(0, 6, 300).tolist()
    strata = random.integers(0, 2, 300).tolist()
    most: dict[str, float] = {}
    for method in ("blocks", "minimisation", "simple"):
        arms = allocate_subjects(AllocationPlan(method, (1, 2), (3, 6)), strata, sites, "s")
        assert arms.mean() == pytest.approx(2 / 3, abs=0.09)
        own = [arms[np.array(sites) == site] for site in range(6)]
        most[method] = max(abs(float(of.sum()) - of.size * 2 / 3) for of in own)
        assert (allocate_subjects(AllocationPlan(method, (1, 2), (3, 6)), strata, sites, "s") == arms).all()
    assert most["minimisation"] < most["simple"]


def test_power_is_that_of_the_design_room(study: Study, scenario: DesignScenario) -> None:
    found = simulate_many_trials(plan_many_trials(study, scenario), 400, 2)
    expected = simulate_design(scenario, 50_000, 2).as_json()["analyses"][-1]["endpoints"]
    for endpoint in ("os", "pfs"):
        shown, wanted = found["endpoints"][endpoint], expected[endpoint]
        assert shown["power"]["estimate"] == pytest.approx(
            wanted["power"]["estimate"], abs=4 * shown["power"]["se"]
        )
        assert shown["events"]["estimate"] == pytest.approx(
            wanted["events"]["estimate"], abs=4 * shown["events"]["se"]
        )
        assert shown["power_stratified"] == shown["power"], "there is one stratum"
    assert found["imbalance"]["most"] <= 3, "a block of six leaves at most three too many"


def test_stratified_tests_gain_where_strata_differ(study: Study, scenario: DesignScenario) -> None:
    plan = plan_many_trials(study, stratified(scenario).varied(subjects=80))
    found = simulate_many_trials(plan, 300, 1)["endpoints"]["os"]
    assert found["power_stratified"]["estimate"] > found["power"]["estimate"]


def test_same_trials_whoever_does_the_work(study: Study, scenario: DesignScenario) -> None:
    plan = plan_many_trials(study, stratified(scenario), "minimisation")
    alone = simulate_many_trials(plan, 230, 5)
    with ThreadPoolExecutor(2) as threads:
        assert simulate_many_trials(plan, 230, 5, executor=threads) == alone
    some = simulate_some_trials(plan, 5, (100, 3))
    np.testing.assert_array_equal(some, simulate_some_trials(plan, 5, (98, 5))[2:])


def test_scores_are_those_of_the_manual(study: Study) -> None:
    scale = next(one for one in QLQ_C30.scales if one.code == "QL")
    codes = np.array([[7, 7], [1, 1], [4, 5], [6, np.nan], [np.nan, np.nan]])
    for row, score in zip(codes, score_items(scale, codes), strict=True):
        answers = {
            item: int(code) for item, code in zip(scale.items, row, strict=True) if not math.isnan(code)
        }
        expected = compute_qlq_c30(answers)["QL"]
        assert (math.isnan(score) and expected is None) or score == pytest.approx(float(expected))
    function = next(one for one in QLQ_C30.scales if one.code == "PF")
    half = np.array([[1, 2, 3, np.nan, np.nan], [1, 2, np.nan, np.nan, np.nan]])
    scored = score_items(function, half)
    assert scored[0] == pytest.approx(float(compute_qlq_c30({1: 1, 2: 2, 3: 3})["PF"]))
    assert math.isnan(scored[1])


def test_quality_is_missing_after_death_and_lower_after_progression(study: Study) -> None:
    plan = make_quality_plan(study)
    assert plan is not None and plan.day == 169
    n, random = 4000, np.random.default_rng(1)
    alive, dead = np.full(n, 30.0), np.full(n, 2.0)
    never = np.zeros(n, dtype=bool)
    assert np.isnan(simulate_changes(plan, dead, dead, never, random)).all()
    well = simulate_changes(plan, alive, alive, never, random)
    ill = simulate_changes(plan, alive, np.full(n, 1.0), ~never, random)
    assert np.nanmean(ill) < np.nanmean(well) - 5
    open_forms = 1 - (1 - plan.course.form_missing) ** 2
    assert np.isnan(well).mean() == pytest.approx(open_forms, abs=0.02)
    assert make_quality_plan(study, 85).day == 85
    assert make_quality_plan(study.model_copy(update={"rehearsal": None})) is None


def test_study_without_a_questionnaire_has_no_quality(study: Study, scenario: DesignScenario) -> None:
    bare = study.model_copy(update={"forms": (), "rehearsal": None})
    found = simulate_many_trials(plan_many_trials(bare, scenario), 20, 1)
    assert found["quality"] is None
    assert found["replicates"] == 20
