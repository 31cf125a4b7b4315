"""The stopping boundaries of a scenario, and the rule by which its trials are counted."""

from __future__ import annotations

import math
from functools import lru_cache
from statistics import NormalDist

import numpy as np

from trialwright.design.boundaries import (
    Boundaries,
    compute_boundaries_of,
    compute_classical_boundaries,
    compute_spending_boundaries,
    with_futility,
)
from trialwright.design.scenario import DesignScenario, Monitoring
from trialwright.design.tally import Rule

_NORMAL = NormalDist()


def compute_fractions(scenario: DesignScenario) -> tuple[float, ...]:
    """Planned information of each look as a share of the last.

    By events where looks count events; a look by calendar counts the events expected by then, from the
    beliefs and without drop-out. A scenario that brings its plan keeps it.
    """
    if scenario.planned_fractions:
        return scenario.planned_fractions
    monitored = scenario.tests[0].endpoint
    counts = [
        float(look.at_events)
        if look.at_events is not None
        else expected_events(scenario, monitored, look.at_months or 0.0)
        for look in scenario.looks
    ]
    return tuple(count / counts[-1] if counts[-1] > 0 else 1.0 for count in counts)


def expected_events(scenario: DesignScenario, endpoint: str, at_months: float, steps: int = 100) -> float:
    """Events expected by a calendar time, without drop-out: an average over entry times (midpoint rule)."""
    control, experimental = scenario.arm_sizes
    arms = ((control, False), (experimental, True))
    weight = sum(months * rate for months, rate in scenario.accrual)
    total, opened = 0.0, 0.0
    for months, subjects_per_month in scenario.accrual:
        for step in range(steps):
            waited = at_months - (opened + months * (step + 0.5) / steps)
            if waited > 0 and subjects_per_month > 0:
                share = months * subjects_per_month / weight / steps
                total += share * sum(n * (1 - scenario.alive(arm, endpoint, waited)) for n, arm in arms)
        opened += months
    return total


def compute_boundaries(scenario: DesignScenario) -> Boundaries | None:
    """The boundaries of a scenario with group-sequential monitoring; None without."""
    plan = scenario.monitoring
    if plan is None or plan.efficacy == "none":
        return None
    one_sided, two_sided = scenario.alpha / scenario.sides, scenario.sides == 2 and plan.futility == "none"
    return _boundaries_of(plan, compute_fractions(scenario), one_sided, two_sided)


@lru_cache(maxsize=64)
def _boundaries_of(
    plan: Monitoring, fractions: tuple[float, ...], one_sided: float, two_sided: bool
) -> Boundaries:
    """The boundaries of a plan; kept, because every point of a power curve asks for the same."""
    if plan.efficacy in ("haybittle_peto", "obrien_fleming_shape", "pocock_shape"):
        efficacy = compute_classical_boundaries(
            fractions, one_sided, plan.efficacy, plan.haybittle_peto_z, two_sided
        )
    elif plan.efficacy == "stated":
        shares = [one_sided * share for share in plan.efficacy_spent]
        efficacy = compute_boundaries_of(fractions, shares, two_sided)
    else:
        efficacy = compute_spending_boundaries(
            fractions, one_sided, plan.efficacy, plan.efficacy_gamma, two_sided
        )
    if plan.futility == "none":
        return efficacy
    return with_futility(
        efficacy, plan.futility_power, plan.futility, plan.futility_gamma, plan.futility_binding
    )


def is_monitored(scenario: DesignScenario, endpoint: str) -> bool:
    """Whether the scenario's boundaries stop the trial on this endpoint."""
    plan = scenario.monitoring
    return plan is not None and plan.efficacy != "none" and scenario.tests[0].endpoint == endpoint


def compute_rule(scenario: DesignScenario) -> Rule:
    """The rule of a scenario: fixed critical values, replaced by the boundaries on the monitored endpoint.

    Without boundaries the trial goes on to its last look, whatever the looks before show.
    """
    looks = len(scenario.looks)
    fixed = _NORMAL.inv_cdf(1.0 - scenario.alpha / scenario.sides)
    critical, futility = np.full((looks, 2), fixed), np.full(looks, -np.inf)
    monitored = ("os", "pfs").index(scenario.tests[0].endpoint)
    boundaries = compute_boundaries(scenario)
    if boundaries is not None and scenario.monitoring is not None:
        critical[:, monitored] = boundaries.upper
        futility[:] = boundaries.lower if scenario.monitoring.futility != "none" else -math.inf
    stops = boundaries is not None
    return Rule(critical, futility, monitored, stops, scenario.sides, scenario.fewest_events)
