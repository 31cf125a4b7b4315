"""A grid over the beliefs of a scenario, and the power expected under a prior.

Every point of a grid uses the same random numbers, so that differences between points are more precise than
the points themselves.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from itertools import product
from typing import Any

import numpy as np

from trialwright.design.monitoring import compute_fractions
from trialwright.design.result import DesignResult
from trialwright.design.scenario import ArmBelief, DesignScenario, Endpoint
from trialwright.design.simulate import Progress, simulate_designs
from trialwright.study.findings import Finding, Severity

AXES = {
    "subjects": "number of subjects",
    "hazard_ratio": "hazard ratio on progression and death, once the effect has begun",
    "delay_months": "months from randomisation until the effect begins",
    "experimental_share": "share of subjects in the experimental arm, a simple fraction",
    "accrual_months": "months of even enrolment",
    "look_months": "calendar time of the last analysis",
    "look_events": "events of the last analysis",
    "product_failure": "share of the experimental arm without a product",
    "vein_to_vein_months": "months from randomisation to infusion",
    "drop_out_per_month": "drop-out hazard",
    "alpha": "type I error",
}
"""What a grid can vary."""

MOST_POINTS = 2000


@dataclass(frozen=True, slots=True)
class GridPoint:
    """Power (in favour of the experimental arm, at the last look) and what it costs, at one set of values."""

    values: dict[str, float]
    power: float | None
    power_se: float | None
    events: float | None
    duration_months: float | None
    hazard_ratio_median: float | None
    finding_codes: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        """A JSON-ready mapping."""
        return {name: getattr(self, name) for name in self.__slots__}


def check_axes(axes: Mapping[str, Sequence[float]]) -> list[Finding]:
    """Findings on axes that a grid cannot have."""
    found = [
        Finding(
            "TW-DES-030",
            Severity.ERROR,
            f"There is no parameter `{name}` to explore.",
            f"Choose from: {', '.join(AXES)}.",
        )
        for name in axes
        if name not in AXES
    ]
    points = math.prod(len(values) for values in axes.values())
    if points == 0 or points > MOST_POINTS:
        message = f"The grid has {points} points; between 1 and {MOST_POINTS} can be explored."
        found.append(
            Finding("TW-DES-031", Severity.ERROR, message, "Give each axis fewer values, at least one.")
        )
    return found


def vary_scenario(scenario: DesignScenario, values: Mapping[str, float]) -> DesignScenario:
    """The scenario with some of ``AXES`` changed; a hazard ratio replaces the experimental course."""
    arm, look = scenario.experimental, scenario.looks[-1]
    changes: dict[str, Any] = {}
    if "hazard_ratio" in values or "delay_months" in values:
        arm = _with_effect(scenario.control, arm, values)
        changes["stratum_beliefs"] = tuple(
            None if pair is None else (pair[0], _with_effect(pair[0], pair[1], values))
            for pair in scenario.stratum_beliefs
        )
    for name in ("product_failure", "vein_to_vein_months"):
        if name in values:
            untreated = arm.untreated or scenario.control.course
            arm = replace(arm, untreated=untreated, **{name: float(values[name])})
    if "look_months" in values:
        look = replace(look, at_months=float(values["look_months"]))
    if "look_events" in values:
        look = replace(look, at_events=int(values["look_events"]))
    for name in ("drop_out_per_month", "alpha"):
        if name in values:
            changes[name] = float(values[name])
    if "subjects" in values:
        changes["subjects"] = int(values["subjects"])
    if "accrual_months" in values:
        changes["accrual"] = ((float(values["accrual_months"]), 1.0),)
    if "experimental_share" in values:
        changes["ratio"] = _ratio_of(float(values["experimental_share"]))
    return scenario.varied(experimental=arm, looks=(*scenario.looks[:-1], look), **changes)


def _with_effect(reference: ArmBelief, arm: ArmBelief, values: Mapping[str, float]) -> ArmBelief:
    control, delay = reference.course, float(values.get("delay_months", 0.0))
    if "hazard_ratio" in values:
        return replace(arm, course=control.scaled(float(values["hazard_ratio"]), from_months=delay))
    return replace(arm, course=control.until(delay, arm.course))


def _ratio_of(share: float, most: int = 12) -> tuple[int, int]:
    pairs = [(e, c) for e in range(1, most) for c in range(1, most)]
    return min(pairs, key=lambda pair: (abs(pair[0] / sum(pair) - share), sum(pair)))


def explore_designs(
    scenario: DesignScenario,
    axes: Mapping[str, Sequence[float]],
    endpoint: Endpoint,
    replicates: int,
    seed: int,
    cores: int = 1,
    progress: Progress | None = None,
    executor: Executor | None = None,
) -> list[GridPoint]:
    """Simulate every combination of the values of ``axes``; the last axis varies fastest.

    ``executor`` may send the work to other processes or machines; the points are the same to the last bit.
    """
    points = [dict(zip(axes, values, strict=True)) for values in product(*axes.values())]
    varied = [vary_scenario(scenario, values) for values in points]
    results = simulate_designs(varied, replicates, seed, cores, progress, executor=executor)
    found = {i: _grid_point(points[i], result, endpoint) for i, result in results}
    return [found[i] for i in range(len(points))]


def _grid_point(values: dict[str, float], result: DesignResult, endpoint: Endpoint) -> GridPoint:
    codes = tuple(finding.code for finding in result.findings)
    if result.tally is None:
        return GridPoint(values, None, None, None, None, None, codes)
    document = result.as_json()
    look = document["analyses"][-1]
    shown, stops = look["endpoints"][endpoint], document["monitoring"]
    of = stops if stops is not None and stops["endpoint"] == endpoint else shown
    return GridPoint(
        values,
        of["power"]["estimate"],
        of["power"]["se"],
        of["events"]["estimate"],
        (stops or look)["duration_months"]["estimate"],
        shown["hazard_ratio"]["median"],
        codes,
    )


@dataclass(frozen=True, slots=True)
class Assurance:
    """Power averaged over a normal prior of the log hazard ratio; ``se`` is an upper bound of its Monte Carlo error.

    ``curve`` holds (hazard ratio, weight, power).
    """

    endpoint: Endpoint
    prior_hazard_ratio: float
    prior_log_sd: float
    assurance: float
    se: float
    curve: tuple[tuple[float, float, float], ...]

    def as_json(self) -> dict[str, Any]:
        """A JSON-ready mapping."""
        return {name: getattr(self, name) for name in self.__slots__}


def compute_assurance(
    scenario: DesignScenario,
    endpoint: Endpoint,
    prior_hazard_ratio: float,
    prior_log_sd: float,
    replicates: int,
    seed: int,
    cores: int = 1,
    nodes: int = 15,
    progress: Progress | None = None,
    executor: Executor | None = None,
    delay_months: float = 0.0,
) -> Assurance:
    """Assurance by Gauss-Hermite integration over the hazard ratio, one simulation a node.

    The prior is normal on the log hazard ratio around ``prior_hazard_ratio``; the effect begins after
    ``delay_months``, and the boundaries stay those of the plan. Source: O'Hagan, Stevens,
    Campbell (2005), Pharmaceutical Statistics 4:187.
    """
    standard, weights = np.polynomial.hermite_e.hermegauss(nodes)
    weights = weights / weights.sum()
    ratios = [math.exp(math.log(prior_hazard_ratio) + prior_log_sd * float(x)) for x in standard]
    planned = (
        scenario.varied(planned_fractions=compute_fractions(scenario)) if scenario.monitoring else scenario
    )
    axes = {"hazard_ratio": ratios, "delay_months": [delay_months]}
    points = explore_designs(planned, axes, endpoint, replicates, seed, cores, progress, executor)
    powers = [(point.power or 0.0, point.power_se or 0.0) for point in points]
    return Assurance(
        endpoint,
        prior_hazard_ratio,
        prior_log_sd,
        float(sum(w * p for w, (p, _) in zip(weights, powers, strict=True))),
        float(sum(w * se for w, (_, se) in zip(weights, powers, strict=True))),
        tuple((r, float(w), p) for r, w, (p, _) in zip(ratios, weights, powers, strict=True)),
    )
