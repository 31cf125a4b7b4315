"""The quick picture of a design: within its budget, the same each time, and true to the slow ways."""

from __future__ import annotations

import pytest
from tests.design.scenarios import everything, illness_death

from trialwright.design.detectable import find_detectable_effect
from trialwright.design.explore import explore_designs
from trialwright.design.picture import (
    BUDGET,
    LEAST,
    affordable_replicates,
    assumed_survival,
    milestone_survival,
    picture_design,
)
from trialwright.design.scenario import Look, Monitoring
from trialwright.design.simulate import simulate_design


def test_work_of_one_answer_is_limited() -> None:
    assert affordable_replicates(illness_death(40)) == 20_000
    for design in (illness_death(400), illness_death(1000), everything(90)):
        replicates = affordable_replicates(design)
        assert replicates == LEAST or replicates * design.subjects * len(design.looks) <= BUDGET
    assert affordable_replicates(everything(100_000)) == LEAST


def test_picture_agrees_with_the_single_verbs() -> None:
    design = illness_death(40)
    picture = picture_design(design, 3)
    again = picture_design(design, 3)
    assert (picture.document, picture.curves, picture.detectable) == (
        again.document, again.curves, again.detectable,
    )  # fmt: skip
    assert picture.document == simulate_design(design, 20_000, 3).as_json()
    curve = picture.curves[0]
    k = curve.hazard_ratios.index(0.6)
    [point] = explore_designs(design, {"hazard_ratio": [0.6]}, "os", curve.replicates, 3)
    assert (curve.powers[k], curve.errors[k]) == (point.power, point.power_se)
    assert picture.detectable[0] == find_detectable_effect(design, "os", 0.8, curve.replicates, 3)
    assert picture.boundaries is None


def test_boundaries_stay_when_the_effect_varies() -> None:
    """The boundaries belong to the plan: what the effect turns out to be does not move them."""
    looks = (Look("interim", None, 16), Look("final", 42.0))
    design = illness_death(40, looks=looks, monitoring=Monitoring())
    picture = picture_design(design, 1)
    stops = picture.document["monitoring"]
    k = picture.curves[0].hazard_ratios.index(0.6)
    error = stops["power"]["se"] + picture.curves[0].errors[k]
    assert picture.curves[0].powers[k] == pytest.approx(stops["power"]["estimate"], abs=4 * error)
    null = picture.curves[0].powers[-1]
    assert picture.curves[0].hazard_ratios[-1] == 1.0
    assert null == pytest.approx(0.025, abs=0.012)


def test_delay_lasts_along_the_curve() -> None:
    late = picture_design(illness_death(40), 1, delay_months=3.0, budget=BUDGET // 8)
    soon = picture_design(illness_death(40), 1, budget=BUDGET // 8)
    assert all(a < b for a, b in zip(late.curves[0].powers[:8], soon.curves[0].powers[:8], strict=True))
    assert late.detectable[0].hazard_ratio < soon.detectable[0].hazard_ratio


def test_assumed_survival() -> None:
    design = illness_death(40)
    belief = assumed_survival(design, "os")
    assert (belief.months[0], belief.control[0], belief.experimental[0]) == (0.0, 1.0, 1.0)
    assert belief.months[-1] == 42.0
    found = milestone_survival(design, 11.1)
    assert found["os"]["control"] == pytest.approx(0.5, abs=1e-6)
    assert found["pfs"]["experimental"] == pytest.approx(design.experimental.alive("pfs", 11.1))
