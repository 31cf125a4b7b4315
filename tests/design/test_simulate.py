"""Operating characteristics: reproducible, against analytic results, and honest about the impossible."""

from __future__ import annotations

import json
import math
import subprocess
import sys

import pytest
from scipy.integrate import quad
from scipy.stats import norm
from tests.design.scenarios import benchmark, everything, illness_death, nobody_dies

from trialwright.design.scenario import DesignTest, Look, Monitoring
from trialwright.design.simulate import simulate_design


def endpoint(result: dict, name: str = "os", look: int = 0) -> dict:
    return result["analyses"][look]["endpoints"][name]


def test_same_answer_on_one_core_and_two() -> None:
    scenario = everything()
    one = simulate_design(scenario, 9000, 5, cores=1).as_json()
    assert one == simulate_design(scenario, 9000, 5, cores=2).as_json()
    assert one != simulate_design(scenario, 9000, 6).as_json()
    json.dumps(one, allow_nan=False)


def test_progress_reaches_the_end() -> None:
    seen: list[tuple[int, int]] = []
    simulate_design(benchmark(), 9000, 1, progress=lambda done, total: seen.append((done, total)))
    assert seen[-1] == (9000, 9000)
    assert [done for done, _ in seen] == sorted(done for done, _ in seen)


def test_expected_events_equal_the_integral() -> None:
    """Events by month 42: entry uniform on (0, 18), death before drop-out, exponential in each arm."""
    drop = -math.log(0.95) / 12

    def share(median: float) -> float:
        death = math.log(2) / median
        total = death + drop
        return quad(lambda a: death / total * (1 - math.exp(-total * (42 - a))) / 18, 0, 18)[0]

    expected = 20 * (share(10) + share(16))
    events = endpoint(simulate_design(benchmark(), 60_000, 3).as_json())["events"]
    assert abs(events["estimate"] - expected) < 4 * events["se"]


def test_power_of_a_large_trial_is_schoenfelds() -> None:
    """400 subjects: formula and simulation agree within Monte Carlo error and a point of approximation."""
    result = endpoint(simulate_design(benchmark(400), 8000, 4).as_json())
    shift = math.sqrt(result["events"]["estimate"] / 4) * math.log(16 / 10)
    assert abs(result["power"]["estimate"] - norm.cdf(shift - 1.959964)) < 4 * result["power"]["se"] + 0.01


def test_type_one_error_of_a_large_trial() -> None:
    result = endpoint(simulate_design(illness_death(300, hazard_ratio=1.0), 10_000, 8).as_json())
    assert abs(result["rejected_either_way"]["estimate"] - 0.05) < 4 * math.sqrt(0.05 * 0.95 / 10_000)


def test_medians_are_those_asked_for() -> None:
    medians = simulate_design(illness_death(), 10, 1).as_json()["true_medians_months"]
    assert medians["control"] == {"os": pytest.approx(11.1, abs=1e-6), "pfs": pytest.approx(5.5, abs=1e-6)}


def test_look_by_events_counts_that_many() -> None:
    scenario = benchmark(looks=(Look("interim", None, 15), Look("final", None, 28)))
    result = simulate_design(scenario, 3000, 2).as_json()
    for k, wanted in enumerate((15, 28)):
        missed = result["analyses"][k]["events_not_reached"]["estimate"]
        assert endpoint(result, look=k)["events"]["estimate"] == pytest.approx(wanted, abs=missed * 28 + 1e-9)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"looks": (Look("final", None, 41),)}, "TW-DES-008"),
        ({"subjects": 1}, "TW-DES-001"),
        ({"accrual": ((18.0, 0.0),)}, "TW-DES-003"),
        ({"alpha": 1.5}, "TW-DES-002"),
        ({"looks": ()}, "TW-DES-006"),
        ({"drop_out_per_month": -0.1}, "TW-DES-004"),
        ({"tests": ()}, "TW-DES-013"),
        ({"looks": (Look("b", None, 30), Look("a", None, 20)), "monitoring": Monitoring()}, "TW-DES-014"),
        ({"looks": (Look("a", 0.0), Look("b", 30.0)), "monitoring": Monitoring()}, "TW-DES-014"),
        (
            {
                "looks": (Look("a", None, 15), Look("b", None, 30)),
                "monitoring": Monitoring("haybittle_peto", haybittle_peto_z=1.5),
            },
            "TW-DES-015",
        ),
    ],
)
def test_impossible_scenarios_are_findings_not_numbers(changes: dict, code: str) -> None:
    result = simulate_design(benchmark(**changes), 100, 1)
    assert result.tally is None
    assert code in [finding.code for finding in result.findings]
    assert result.as_json()["analyses"] == []


def test_no_events_is_said() -> None:
    result = simulate_design(nobody_dies(), 200, 1)
    assert {"TW-DES-005", "TW-DES-011"} <= {finding.code for finding in result.findings}
    os = endpoint(result.as_json())
    assert os["power"]["estimate"] == 0
    assert os["hazard_ratio"]["median"] is None
    assert os["too_few_events"]["estimate"] == 1


def test_events_that_never_come_are_said() -> None:
    scenario = benchmark(looks=(Look("final", 24.0, 38),), tests=(DesignTest("os"),))
    result = simulate_design(scenario, 500, 1)
    assert "TW-DES-010" in [finding.code for finding in result.findings]
    assert result.as_json()["analyses"][0]["events_not_reached"]["estimate"] > 0.9


def test_the_room_imports_no_web_framework() -> None:
    rooms = "trialwright.design.simulate, trialwright.design.from_study"
    code = f"import sys, {rooms}; print('django' in sys.modules)"
    printed = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert printed.strip() == "False"


def test_monitored_trial_crosses_as_often_as_computed() -> None:
    """300 subjects, three looks by events, no effect: simulated stops against the exact spending of alpha."""
    looks = (Look("a", None, 80), Look("b", None, 160), Look("c", None, 240))
    scenario = benchmark(300, looks=looks, monitoring=Monitoring())
    scenario = scenario.varied(experimental=scenario.control)
    stops = simulate_design(scenario, 40_000, 3, hazard_ratios=False).as_json()["monitoring"]
    spent = stops["boundaries"]["cumulative_alpha_spent"]
    for k in range(3):
        expected = spent[k] - (spent[k - 1] if k else 0.0)
        se = math.sqrt(expected * (1 - expected) / 40_000)
        assert abs(stops["stops"][k]["efficacy"]["estimate"] - expected) < 4 * se + 0.001
    assert sum(stop["no_result"]["estimate"] for stop in stops["stops"]) == pytest.approx(0.95, abs=0.006)


def test_futility_shortens_a_hopeless_trial() -> None:
    looks = (Look("half", None, 15), Look("final", None, 30))
    base = benchmark(40, looks=looks, monitoring=Monitoring(futility="pocock", futility_power=0.5))
    hopeless = base.varied(experimental=base.control)
    stops = simulate_design(hopeless, 5000, 3).as_json()["monitoring"]
    assert stops["stops"][0]["futility"]["estimate"] > 0.3
    unmonitored = simulate_design(hopeless.varied(monitoring=None), 5000, 3).as_json()
    assert unmonitored["monitoring"] is None
    assert stops["events"]["estimate"] < 30
    total = sum(
        stop[name]["estimate"]
        for stop in stops["stops"]
        for name in ("efficacy", "harm", "futility", "no_result")
    )
    assert total == pytest.approx(1.0)
