"""The smallest effect that a design detects: by simulation, with the scenario's own losses."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from trialwright.design.scenario import DesignScenario, Endpoint
from trialwright.design.simulate import simulate_design

STRONGEST_LOG_HR = math.log(0.02)
STEPS = 14


@dataclass(frozen=True, slots=True)
class DetectableEffect:
    """``hazard_ratio`` on progression and death at which power at the last look is ``power``.

    None when even a hazard ratio of 0.02 does not reach it. ``se`` is the Monte Carlo standard error, from
    the slope of the power curve there.
    """

    endpoint: Endpoint
    power: float
    hazard_ratio: float | None
    se: float | None
    replicates: int

    def as_json(self) -> dict[str, Any]:
        """A JSON-ready mapping."""
        return {name: getattr(self, name) for name in self.__slots__}


def with_hazard_ratio(scenario: DesignScenario, hazard_ratio: float) -> DesignScenario:
    """The scenario with one proportional effect, once treated, as the experimental arm's course."""
    arm = scenario.experimental
    course = scenario.control.course.scaled(hazard_ratio)
    return scenario.varied(
        experimental=type(arm)(
            course, arm.untreated, arm.product_failure, arm.vein_to_vein_months, scenario.control.cured
        )
    )


def find_detectable_effect(
    scenario: DesignScenario, endpoint: Endpoint, power: float, replicates: int, seed: int, cores: int = 1
) -> DetectableEffect:
    """Bisection on the log hazard ratio, with the same random numbers at every step."""
    look, e = len(scenario.looks) - 1, ("os", "pfs").index(endpoint)

    def reached(log_hr: float) -> float:
        tally = simulate_design(
            with_hazard_ratio(scenario, math.exp(log_hr)), replicates, seed, cores, hazard_ratios=False
        ).tally
        return -1.0 if tally is None else int(tally.rejected[look, e, 1]) / tally.replicates

    if reached(STRONGEST_LOG_HR) < power:
        return DetectableEffect(endpoint, power, None, None, replicates)
    low, high = STRONGEST_LOG_HR, 0.0
    for _ in range(STEPS):
        middle = (low + high) / 2
        low, high = (middle, high) if reached(middle) >= power else (low, middle)
    log_hr = (low + high) / 2
    slope = (reached(log_hr - 0.1) - reached(log_hr + 0.1)) / 0.2
    se = math.sqrt(power * (1 - power) / replicates) / slope if slope > 0 else None
    ratio = math.exp(log_hr)
    return DetectableEffect(endpoint, power, ratio, None if se is None else ratio * se, replicates)
