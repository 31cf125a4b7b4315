"""What is wrong with the group-sequential plan of a scenario."""

from __future__ import annotations

from itertools import pairwise
from statistics import NormalDist

from trialwright.design.monitoring import compute_fractions
from trialwright.design.recursion import compute_crossing
from trialwright.design.scenario import DesignScenario
from trialwright.study.findings import Finding, Place, Severity


def check_monitoring(scenario: DesignScenario) -> list[Finding]:
    """Findings on looks whose information does not grow, and on boundaries that spend more than alpha."""
    plan = scenario.monitoring
    if plan is None or plan.efficacy == "none":
        return []
    fractions = compute_fractions(scenario)
    if fractions[0] <= 0 or any(later <= earlier for earlier, later in pairwise(fractions)):
        return [
            _finding(
                scenario,
                "TW-DES-014",
                "the expected information does not grow from each analysis to the next.",
                "Order the analyses by events or time, the first late enough to have events.",
            )
        ]
    if plan.futility != "none" and plan.futility_power <= scenario.alpha / scenario.sides:
        return [
            _finding(
                scenario,
                "TW-DES-041",
                f"a futility boundary for a power of {plan.futility_power:g} cannot be made: no more than alpha.",
                "Raise `futility_power`; 0.8 is usual.",
            )
        ]
    if plan.efficacy == "haybittle_peto" and not _leaves_alpha(scenario, fractions):
        return [
            _finding(
                scenario,
                "TW-DES-015",
                f"interim values of {plan.haybittle_peto_z:g} leave no alpha for the last analysis.",
                "Raise `haybittle_peto_z`; 3 is usual.",
            )
        ]
    return []


def _leaves_alpha(scenario: DesignScenario, fractions: tuple[float, ...]) -> bool:
    """Whether the interim looks spend less than alpha, and the last value so stays below 6."""
    alpha = scenario.alpha / scenario.sides
    interim_z = scenario.monitoring.haybittle_peto_z if scenario.monitoring else 0.0
    upper = [interim_z] * (len(fractions) - 1) + [6.0]
    two_sided = scenario.sides == 2
    lower = [-z if two_sided else -float("inf") for z in upper]
    spent = float(compute_crossing(fractions, lower, upper, 0.0)[0].sum())
    return spent < alpha and NormalDist().inv_cdf(1 - alpha) < 6.0


def _finding(scenario: DesignScenario, code: str, message: str, remedy: str) -> Finding:
    place = Place(path=("scenarios", scenario.id))
    return Finding(code, Severity.ERROR, f"Scenario `{scenario.id}`: {message}", remedy, place)
