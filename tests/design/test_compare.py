"""Differences between designs on common random numbers."""

from __future__ import annotations

import math

import pytest
from tests.design.scenarios import illness_death

from trialwright.design.compare import compare_power
from trialwright.design.explore import vary_scenario
from trialwright.design.simulate import simulate_design


@pytest.mark.requirement("TW-R-050")
def test_a_design_does_not_differ_from_itself() -> None:
    found = compare_power(illness_death(), illness_death(), "os", 2000, 4)
    assert (found.difference, found.se) == (0.0, 0.0)


def test_difference_is_that_of_the_powers_and_known_better() -> None:
    plain, lossy = illness_death(), vary_scenario(illness_death(), {"product_failure": 0.1})
    found = compare_power(plain, lossy, "os", 8000, 4)
    power = [
        simulate_design(scenario, 8000, 4).as_json()["analyses"][0]["endpoints"]["os"]["power"]
        for scenario in (plain, lossy)
    ]
    assert found.difference == pytest.approx(power[1]["estimate"] - power[0]["estimate"], abs=1e-12)
    assert found.difference < -4 * found.se
    assert found.se < 0.6 * math.hypot(power[0]["se"], power[1]["se"])
