"""Grids, detectable effects, assurance, and the answers that the terminal and the web show."""

from __future__ import annotations

import json
import math

import pytest
from scipy.stats import norm
from tests.design.scenarios import benchmark, illness_death

from trialwright.design.detectable import find_detectable_effect
from trialwright.design.explore import compute_assurance, explore_designs, vary_scenario
from trialwright.design.scenario import Look, Monitoring
from trialwright.design.simulate import simulate_design
from trialwright.design.sizing import compute_schoenfeld_hazard_ratio
from trialwright.design.toxicity import ToxicityRule
from trialwright.design.verbs import (
    answer_assurance,
    answer_boundaries,
    answer_compare,
    answer_explore,
    answer_safety,
    answer_simulate,
    answer_size,
)


def test_power_rises_with_effect_and_subjects() -> None:
    axes = {"hazard_ratio": [0.8, 0.5, 0.3], "subjects": [20, 40, 80]}
    points = explore_designs(benchmark(), axes, "os", 4000, 1)
    power = [[points[3 * i + j].power for j in range(3)] for i in range(3)]
    for i in range(3):
        assert power[i] == sorted(power[i])
        assert [row[i] for row in power] == sorted(row[i] for row in power)
    assert points[4].values == {"hazard_ratio": 0.5, "subjects": 40}


def test_a_point_of_the_grid_is_the_simulation_of_its_scenario() -> None:
    values = {"hazard_ratio": 0.5, "delay_months": 2.0, "product_failure": 0.1, "look_months": 36.0}
    point = explore_designs(illness_death(), {k: [v] for k, v in values.items()}, "pfs", 3000, 2)[0]
    direct = simulate_design(vary_scenario(illness_death(), values), 3000, 2).as_json()
    assert point.power == direct["analyses"][0]["endpoints"]["pfs"]["power"]["estimate"]


@pytest.mark.parametrize(
    ("name", "value", "read"),
    [
        ("subjects", 60, lambda s: s.subjects),
        ("accrual_months", 24.0, lambda s: s.enrolment_months),
        ("look_months", 50.0, lambda s: s.looks[-1].at_months),
        ("look_events", 25, lambda s: s.looks[-1].at_events),
        ("product_failure", 0.2, lambda s: s.experimental.product_failure),
        ("vein_to_vein_months", 1.5, lambda s: s.experimental.vein_to_vein_months),
        ("drop_out_per_month", 0.02, lambda s: s.drop_out_per_month),
        ("alpha", 0.1, lambda s: s.alpha),
        ("experimental_share", 2 / 3, lambda s: s.ratio[0] / sum(s.ratio)),
        (
            "hazard_ratio",
            0.7,
            lambda s: s.experimental.course.progression.at(0) / s.control.course.progression.at(0),
        ),
    ],
)
def test_every_axis_changes_what_it_says(name: str, value: float, read) -> None:
    assert read(vary_scenario(illness_death(), {name: value})) == pytest.approx(value)


def test_product_failure_and_delay_cost_power() -> None:
    axes = {"product_failure": [0.0, 0.3], "delay_months": [0.0, 6.0]}
    power = [point.power for point in explore_designs(illness_death(100), axes, "os", 4000, 1)]
    assert power[0] > power[1] > power[3]
    assert power[0] > power[2] > power[3]


def test_detectable_effect_lies_near_schoenfelds() -> None:
    """200 subjects, where the formula is good; events at the effect found, from the simulation itself."""
    found = find_detectable_effect(benchmark(200), "os", 0.8, 4000, 1)
    assert found.hazard_ratio is not None and found.se is not None
    at = vary_scenario(benchmark(200), {"hazard_ratio": found.hazard_ratio})
    events = simulate_design(at, 4000, 1).as_json()["analyses"][0]["endpoints"]["os"]["events"]["estimate"]
    formula = compute_schoenfeld_hazard_ratio(events, 0.8, 0.05)
    assert abs(found.hazard_ratio - formula) < 4 * found.se + 0.02


def test_no_detectable_effect_is_none() -> None:
    assert find_detectable_effect(benchmark(4), "os", 0.8, 500, 1).hazard_ratio is None


def test_assurance_with_a_sure_prior_is_power() -> None:
    sure = compute_assurance(benchmark(100), "os", 0.625, 1e-9, 4000, 1)
    power = simulate_design(vary_scenario(benchmark(100), {"hazard_ratio": 0.625}), 4000, 1).as_json()
    assert sure.assurance == pytest.approx(
        power["analyses"][0]["endpoints"]["os"]["power"]["estimate"], abs=1e-9
    )


def test_assurance_under_a_wide_prior() -> None:
    """Against the closed form for a normal statistic with the same events: Phi((mu - z) / sqrt(1 + s^2))."""
    found = compute_assurance(benchmark(300), "os", 0.7, 0.2, 3000, 1)
    events = simulate_design(vary_scenario(benchmark(300), {"hazard_ratio": 0.7}), 3000, 1).as_json()
    information = events["analyses"][0]["endpoints"]["os"]["events"]["estimate"] / 4
    shift, spread = -math.log(0.7) * math.sqrt(information), 0.2 * math.sqrt(information)
    assert found.assurance == pytest.approx(norm.cdf((shift - 1.96) / math.sqrt(1 + spread**2)), abs=0.03)


def test_answers_are_json() -> None:
    monitored = benchmark(looks=(Look("a", None, 15), Look("b", None, 30)), monitoring=Monitoring())
    answers = [
        answer_simulate(benchmark(), 500, 1, detectable_replicates=200),
        answer_boundaries(monitored),
        answer_size(benchmark(), 0.6),
        answer_explore(benchmark(), {"subjects": [30, 40], "hazard_ratio": [0.5, 0.7]}, 300, 1),
        answer_assurance(benchmark(), 0.6, 0.3, 200, 1),
        answer_compare(benchmark(), benchmark(30), 500, 1),
        answer_safety(
            ToxicityRule((0.3, 0.7), 0.3, 0.95, 20, 3), [0.1, 0.5], [0.1, 0.3, 0.5], skeleton=[0.1, 0.2, 0.4]
        ),
    ]
    for answer in answers:
        json.dumps(answer, allow_nan=False)
        assert answer["findings"] == []
    assert answers[1]["efficacy_z"] == pytest.approx([2.9626, 1.9686], abs=1e-4)
    assert answers[2]["events"]["Schoenfeld 1981"] == pytest.approx(120.3157, abs=1e-4)
    assert len(answers[3]["heat_map"]) == 2


def test_wrong_questions_get_findings() -> None:
    assert answer_boundaries(benchmark())["findings"][0]["code"] == "TW-DES-040"
    assert answer_size(benchmark(), 1.2)["findings"][0]["code"] == "TW-DES-041"
    assert answer_explore(benchmark(), {"weather": [1.0]}, 10, 1)["findings"][0]["code"] == "TW-DES-030"
    too_many = {"subjects": range(2, 100), "hazard_ratio": [i / 100 for i in range(1, 100)]}
    assert answer_explore(benchmark(), too_many, 10, 1)["findings"][0]["code"] == "TW-DES-031"


def test_impossible_points_keep_their_place() -> None:
    points = explore_designs(benchmark(), {"subjects": [1, 40]}, "os", 100, 1)
    assert points[0].power is None
    assert "TW-DES-001" in points[0].finding_codes
    assert points[1].power is not None
