"""A design at a glance, quickly: what a page with fields shows after each change.

The work of one answer is limited by a budget of subjects simulated, so that no question can occupy a machine.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from trialwright.design.boundaries import Boundaries
from trialwright.design.detectable import DetectableEffect, find_detectable_effect, power_of
from trialwright.design.explore import vary_scenario
from trialwright.design.lane_subjects import fits_lanes
from trialwright.design.monitoring import compute_boundaries, compute_fractions
from trialwright.design.result import ENDPOINTS, DesignResult, share
from trialwright.design.scenario import DesignScenario, Endpoint
from trialwright.design.simulate import simulate_design
from trialwright.design.tables import compute_plan

BUDGET = 1_600_000
"""Subjects times looks that one simulation of an answer may take in the lane engine: about 0.1 s on one core."""
PLAIN_IS_SLOWER = 12
MOST, LEAST = 20_000, 200
CURVE_RATIOS = (0.3, 0.35, 0.4, 0.45, 0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95, 1.0)
STEPS = 60


@dataclass(frozen=True, slots=True)
class PowerCurve:
    """Power for an endpoint at hazard ratios, each with its Monte Carlo standard error."""

    endpoint: Endpoint
    hazard_ratios: tuple[float, ...]
    powers: tuple[float, ...]
    errors: tuple[float, ...]
    replicates: int


@dataclass(frozen=True, slots=True)
class SurvivalBelief:
    """The assumed survival of both arms for an endpoint, at ``months``; nothing of it is simulated."""

    endpoint: Endpoint
    months: tuple[float, ...]
    control: tuple[float, ...]
    experimental: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class DesignPicture:
    """Everything that the page of a design shows."""

    result: DesignResult
    document: dict[str, Any]
    curves: tuple[PowerCurve, ...]
    detectable: tuple[DetectableEffect, ...]
    survival: tuple[SurvivalBelief, ...]
    boundaries: Boundaries | None


def affordable_replicates(design: DesignScenario, budget: int = BUDGET, most: int = MOST) -> int:
    """Replicates of a design within a budget; designs that only the plain engine does get fewer."""
    cost = design.subjects * len(design.looks)
    if not fits_lanes(compute_plan(design)):
        cost *= PLAIN_IS_SLOWER
    affordable = min(max(budget // cost, LEAST), most)
    return affordable if affordable < 1000 else affordable // 1000 * 1000


def picture_design(
    design: DesignScenario, seed: int, delay_months: float = 0.0, budget: int = BUDGET, most: int = MOST
) -> DesignPicture:
    """The picture of a design without errors, the same for the same design and seed.

    ``delay_months`` is when the effect begins, for the power curve and for the detectable hazard ratio.
    ``most`` limits the replicates where the budget would allow more.
    """
    tested: list[Endpoint] = [e for e in ("os", "pfs") if design.tests_endpoint(e)]
    result = simulate_design(design, affordable_replicates(design, budget, most), seed)
    few = affordable_replicates(design, budget // 4, most // 2)
    planned = design.varied(planned_fractions=compute_fractions(design)) if design.monitoring else design
    return DesignPicture(
        result,
        result.as_json(),
        compute_power_curves(planned, tested, CURVE_RATIOS, few, seed, delay_months),
        tuple(find_detectable_effect(planned, e, 0.8, few, seed, delay_months=delay_months) for e in tested),
        tuple(assumed_survival(design, endpoint) for endpoint in tested),
        compute_boundaries(design),
    )


def compute_power_curves(
    design: DesignScenario,
    endpoints: Sequence[Endpoint],
    hazard_ratios: Sequence[float],
    replicates: int,
    seed: int,
    delay_months: float = 0.0,
) -> tuple[PowerCurve, ...]:
    """Power of each endpoint over hazard ratios on progression and death, all on the same random numbers."""
    found: dict[Endpoint, list[dict[str, float]]] = {endpoint: [] for endpoint in endpoints}
    for ratio in hazard_ratios:
        varied = vary_scenario(design, {"hazard_ratio": ratio, "delay_months": delay_months})
        tally = simulate_design(varied, replicates, seed, hazard_ratios=False).tally
        for endpoint in endpoints:
            count = 0 if tally is None else power_of(varied, tally, endpoint)
            found[endpoint].append(share(count, replicates))
    return tuple(
        PowerCurve(
            endpoint,
            tuple(hazard_ratios),
            tuple(point["estimate"] for point in points),
            tuple(point["se"] for point in points),
            replicates,
        )
        for endpoint, points in found.items()
    )


def assumed_survival(design: DesignScenario, endpoint: Endpoint) -> SurvivalBelief:
    """The survival curves that a design assumes, from allocation to its last calendar time."""
    end = design.looks[-1].at_months or 2 * design.enrolment_months
    months = tuple(end * k / STEPS for k in range(STEPS + 1))
    arms = (design.control, design.experimental)
    control, experimental = (tuple(arm.alive(endpoint, m) if m else 1.0 for m in months) for arm in arms)
    return SurvivalBelief(endpoint, months, control, experimental)


def milestone_survival(design: DesignScenario, months: float) -> dict[str, dict[str, float]]:
    """The assumed shares without event at a time, by endpoint and arm."""
    return {
        endpoint: {
            "control": design.control.alive(endpoint, months),
            "experimental": design.experimental.alive(endpoint, months),
        }
        for endpoint in ENDPOINTS
        if any(test.endpoint == endpoint for test in design.tests)
    }
