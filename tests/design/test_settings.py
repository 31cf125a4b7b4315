"""The fields of a design page: what they hold, what they refuse, and the scenario that they make."""

from __future__ import annotations

from pathlib import Path

import pytest

from trialwright.design.from_study import make_design
from trialwright.design.settings import SETTINGS, parse_settings, read_settings, render_value
from trialwright.design.what_if import Changed, change_scenario
from trialwright.study.load import load_study
from trialwright.study.model import Study
from trialwright.study.model.scenario import Scenario

STUDY = Path(__file__).parents[2] / "studies/nct02632201"


@pytest.fixture(scope="module")
def study() -> Study:
    loaded = load_study(STUDY)
    assert loaded.study is not None
    return loaded.study


def planned(study: Study) -> Scenario:
    return next(one for one in study.scenarios if one.id == "planned_effect")


def changed(study: Study, **texts: str) -> Changed:
    scenario = planned(study)
    design, _ = make_design(study, scenario)
    initial = read_settings(scenario, design)
    values, problems = parse_settings(texts, initial)
    assert problems == {}
    return change_scenario(study, scenario, initial, values)


def test_untouched_settings_leave_every_scenario_as_the_file_has_it(study: Study) -> None:
    for scenario in study.scenarios:
        design, _ = make_design(study, scenario)
        initial = read_settings(scenario, design)
        assert initial.keys() == SETTINGS.keys()
        texts = {name: render_value(value) for name, value in initial.items()}
        values, problems = parse_settings(texts, initial)
        assert problems == {}
        assert change_scenario(study, scenario, initial, values).design == design


def test_people_and_time(study: Study) -> None:
    made = changed(study, subjects="60", ratio="2:1", accrual_months="12", drop_out="1.5", alpha="10").design
    assert made.arm_sizes == (20, 40)
    assert made.accrual == ((12.0, 5.0),)
    assert (made.drop_out_per_month, made.alpha) == (0.015, 0.1)


def test_medians_and_effect(study: Study) -> None:
    made = changed(
        study, control_pfs_months="4", control_os_months="9", hazard_ratio="0,5", delay_months="2"
    ).design
    assert made.control.course.median_months("pfs") == pytest.approx(4.0)
    assert made.control.course.median_months("os") == pytest.approx(9.0)
    before, after = made.experimental.course.progression.at(1.0), made.experimental.course.progression.at(3.0)
    assert before == made.control.course.progression.at(1.0)
    assert after == pytest.approx(before / 2)


def test_effect_on_progression_alone(study: Study) -> None:
    made = changed(study, death_hazard_ratio="1").design
    assert (
        made.experimental.course.death_after_progression
        == made.control.course.death_after_progression.scaled(1.0)
    )


def test_losses(study: Study) -> None:
    made = changed(study, product_failure="20", waiting_months="1.5").design
    assert (made.experimental.product_failure, made.experimental.vein_to_vein_months) == (0.2, 1.5)
    assert made.experimental.untreated == made.control.course


def test_looks_at_equal_steps_of_events_and_boundaries(study: Study) -> None:
    made = changed(
        study, looks="3", spending="pocock", futility="hwang_shih_decani", binding="yes", endpoint="pfs",
        analysis_months="40", sides="1",
    )  # fmt: skip
    assert [look.at_events for look in made.design.looks] == [12, 25, None]
    assert made.design.looks[-1].at_months == 40.0
    assert made.design.tests[0].endpoint == "pfs"
    assert made.design.monitoring.efficacy == "pocock"
    assert made.design.monitoring.futility_binding
    assert made.design.sides == 1


def test_scenario_with_hazards_of_its_own_keeps_its_experimental_arm(study: Study) -> None:
    own = [{"arm": arm, "progression": [{"per_month": 0.1}], "death_after_progression": [{"per_month": 0.2}]} for arm in ("a", "b")]  # fmt: skip  # noqa: E501
    scenario = Scenario.model_validate({
        "id": "own", "title": "own", "experimental_arm": "b", "control_arm": "a", "accrual_months": 12,
        "arms": own, "analyses": [{"id": "half", "at_events": 10}, {"id": "final", "at_months": 30}],
    })  # fmt: skip
    design, _ = make_design(study, scenario)
    initial = read_settings(scenario, design)
    assert initial["hazard_ratio"] is None
    values, problems = parse_settings({"subjects": "50"}, initial)
    assert problems == {}
    made = change_scenario(study, scenario, initial, values).design
    assert made.experimental == design.experimental
    assert made.looks == design.looks
    values, _ = parse_settings({"hazard_ratio": "0.5"}, initial)
    made = change_scenario(study, scenario, initial, values).design
    assert made.experimental.course.progression.at(0.0) == pytest.approx(0.05)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("subjects", "three"), ("subjects", "40.5"), ("subjects", ""), ("subjects", "1"), ("subjects", "1e9"),
        ("hazard_ratio", "0"), ("hazard_ratio", "nan"), ("hazard_ratio", "inf"), ("ratio", "1:0"),
        ("ratio", "two to one"), ("ratio", "1:2:3"), ("spending", "bayes"), ("sides", "3"), ("alpha", "-5"),
    ],
)  # fmt: skip
def test_bad_values_are_told_at_their_field(study: Study, name: str, text: str) -> None:
    scenario = planned(study)
    design, _ = make_design(study, scenario)
    initial = read_settings(scenario, design)
    values, problems = parse_settings({name: text}, initial)
    assert problems.keys() == {name}
    assert values[name] == initial[name]


def test_values_that_do_not_go_together(study: Study) -> None:
    scenario = planned(study)
    design, _ = make_design(study, scenario)
    initial = read_settings(scenario, design)
    assert parse_settings({"control_os_months": "5"}, initial)[1].keys() == {"control_os_months"}
    assert parse_settings({"futility": "pocock"}, initial)[1].keys() == {"futility"}
