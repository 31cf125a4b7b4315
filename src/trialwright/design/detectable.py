"""The smallest effect that a design detects: by simulation, with the scenario's own losses."""

from __future__ import annotations

import math
from concurrent.futures import Executor
from dataclasses import dataclass
from typing import Any

from trialwright.design.explore import vary_scenario
from trialwright.design.monitoring import is_monitored
from trialwright.design.scenario import DesignScenario, Endpoint
from trialwright.design.simulate import simulate_design
from trialwright.design.tally import EFFICACY, Tally

STRONGEST_LOG_HR = math.log(0.02)
STEPS = 14


@dataclass(frozen=True, slots=True)
class DetectableEffect:
    """``hazard_ratio`` on progression and death at which the design has ``power``.

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


def power_of(scenario: DesignScenario, tally: Tally, endpoint: Endpoint) -> int:
    """How many trials show the effect: at any look of a monitored endpoint, at the last look of another."""
    if is_monitored(scenario, endpoint):
        return int(tally.stopped[:, EFFICACY].sum())
    return int(tally.rejected[-1, ("os", "pfs").index(endpoint), 1])


def find_detectable_effect(
    scenario: DesignScenario,
    endpoint: Endpoint,
    power: float,
    replicates: int,
    seed: int,
    cores: int = 1,
    delay_months: float = 0.0,
    executor: Executor | None = None,
) -> DetectableEffect:
    """Bisection on the log hazard ratio, with the same random numbers at every step.

    The effect acts on progression and death from ``delay_months`` on; losses stay as the scenario has them.
    """

    def reached(log_hr: float) -> float:
        varied = vary_scenario(scenario, {"hazard_ratio": math.exp(log_hr), "delay_months": delay_months})
        tally = simulate_design(varied, replicates, seed, cores, hazard_ratios=False, executor=executor).tally
        return -1.0 if tally is None else power_of(varied, tally, endpoint) / tally.replicates

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
