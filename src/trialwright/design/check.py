"""What is wrong with a scenario, before and after it is simulated."""

from __future__ import annotations

from trialwright.design.monitoring_check import check_monitoring
from trialwright.design.scenario import DesignScenario, Endpoint, Look
from trialwright.design.tally import Tally
from trialwright.study.findings import Finding, Place, Severity, has_errors

OFTEN = 0.05
"""A share of replicates from which a misfortune is worth a warning."""


def check_scenario(scenario: DesignScenario) -> list[Finding]:
    """Findings on a scenario that cannot, or can hardly, be simulated."""
    found = [*scenario.notes, *_check_numbers(scenario), *_check_hazards(scenario), *_check_looks(scenario)]
    return found if has_errors(found) else [*found, *check_monitoring(scenario)]


def _finding(scenario: DesignScenario, code: str, severity: Severity, message: str, remedy: str) -> Finding:
    return Finding(
        code, severity, f"Scenario `{scenario.id}`: {message}", remedy, Place(path=("scenarios", scenario.id))
    )


def _check_numbers(scenario: DesignScenario) -> list[Finding]:
    found: list[Finding] = []
    if scenario.subjects < 2 or min(scenario.arm_sizes) == 0:
        sizes = f"{scenario.arm_sizes[0]} in control and {scenario.arm_sizes[1]} in the experimental arm"
        found.append(
            _finding(
                scenario,
                "TW-DES-001",
                Severity.ERROR,
                f"an arm stays empty ({sizes}).",
                "Plan more subjects, or a ratio that gives every arm one.",
            )
        )
    if not scenario.tests:
        found.append(
            _finding(scenario, "TW-DES-013", Severity.ERROR, "nothing is tested.", "Name at least one test.")
        )
    shares = [scenario.alpha, *(share for _, share, _ in scenario.strata)]
    for arm in (scenario.control, scenario.experimental):
        shares += [arm.product_failure, arm.cured]
    if any(not 0 <= share <= 1 for share in shares):
        found.append(
            _finding(
                scenario,
                "TW-DES-002",
                Severity.ERROR,
                "a probability lies outside 0 to 1.",
                "Write alpha, failure, cure and stratum proportions as numbers from 0 to 1.",
            )
        )
    if not scenario.accrual or sum(months * rate for months, rate in scenario.accrual) <= 0:
        found.append(
            _finding(
                scenario,
                "TW-DES-003",
                Severity.ERROR,
                "nobody is ever enrolled.",
                "Give at least one accrual period with a positive rate.",
            )
        )
    return found


def _check_hazards(scenario: DesignScenario) -> list[Finding]:
    found: list[Finding] = []
    for name, arm in (("control", scenario.control), ("experimental", scenario.experimental)):
        hazards = [
            hazard
            for course in (arm.course, arm.untreated or arm.course)
            for hazard in (
                course.progression,
                course.death_before_progression,
                course.death_after_progression,
            )
        ]
        if (
            any(value < 0 for hazard in hazards for value in hazard.per_month)
            or scenario.drop_out_per_month < 0
        ):
            found.append(
                _finding(
                    scenario,
                    "TW-DES-004",
                    Severity.ERROR,
                    f"the {name} arm has a negative hazard.",
                    "Hazards are events per month at risk: 0 or more.",
                )
            )
        elif all(value == 0 for hazard in hazards for value in hazard.per_month):
            found.append(
                _finding(
                    scenario,
                    "TW-DES-005",
                    Severity.WARNING,
                    f"the {name} arm has no events.",
                    "Give the arm medians, landmarks or hazards above 0.",
                )
            )
    return found


def _check_looks(scenario: DesignScenario) -> list[Finding]:
    if not scenario.looks:
        return [
            _finding(
                scenario,
                "TW-DES-006",
                Severity.ERROR,
                "there is no analysis.",
                "Add an analysis at a time or at a number of events.",
            )
        ]
    found = [finding for look in scenario.looks for finding in _check_look(scenario, look)]
    return [*found, *_check_horizons(scenario)]


def _check_horizons(scenario: DesignScenario) -> list[Finding]:
    """A restricted mean or milestone needs subjects who are followed up to its time."""
    months = scenario.looks[-1].at_months
    shortest = None if months is None else months - scenario.enrolment_months
    found: list[Finding] = []
    for test in scenario.other_tests:
        if test.tau_months is not None and shortest is not None and test.tau_months > shortest:
            message = (
                f"the {test.kind} at month {test.tau_months:g} lies beyond the shortest follow-up of "
                f"{shortest:g} months."
            )
            remedy = "The curves then rest on the early subjects; choose an earlier time or a later analysis."
            found.append(_finding(scenario, "TW-DES-012", Severity.WARNING, message, remedy))
    return found


def _check_look(scenario: DesignScenario, look: Look) -> list[Finding]:
    found: list[Finding] = []
    if look.at_events is None and look.at_months is None:
        found.append(
            _finding(
                scenario,
                "TW-DES-007",
                Severity.ERROR,
                f"analysis `{look.id}` has no time.",
                "Give it a calendar time, a number of events, or both.",
            )
        )
    if look.at_events is not None and look.at_events > scenario.subjects:
        message = f"analysis `{look.id}` waits for {look.at_events} events of {scenario.subjects} subjects."
        found.append(
            _finding(
                scenario,
                "TW-DES-008",
                Severity.ERROR,
                message,
                "Ask for fewer events than subjects, or plan more subjects.",
            )
        )
    if look.at_events is None and look.at_months is not None and look.at_months < scenario.enrolment_months:
        message = (
            f"analysis `{look.id}` at month {look.at_months:g} comes before enrolment ends at month "
            f"{scenario.enrolment_months:g}."
        )
        found.append(
            _finding(
                scenario,
                "TW-DES-009",
                Severity.WARNING,
                message,
                "Later subjects do not count in it; move it if that is not meant.",
            )
        )
    return found


def check_tested(scenario: DesignScenario, endpoint: Endpoint) -> list[Finding]:
    """A finding where an endpoint is asked for that the scenario does not test."""
    if scenario.tests_endpoint(endpoint):
        return []
    message = f"{endpoint.upper()} is not tested."
    remedy = "Name a test on it in `tests`, or ask for the other endpoint."
    return [_finding(scenario, "TW-DES-016", Severity.ERROR, message, remedy)]


def check_tally(scenario: DesignScenario, tally: Tally) -> list[Finding]:
    """Findings on what the simulation met: events that never came, analyses without events."""
    found: list[Finding] = []
    for k, look in enumerate(scenario.looks):
        missed = int(tally.missed[k]) / tally.replicates
        if missed > OFTEN:
            message = f"analysis `{look.id}` did not reach {look.at_events} events in {missed:.1%} of trials."
            found.append(
                _finding(
                    scenario,
                    "TW-DES-010",
                    Severity.WARNING,
                    message,
                    "Plan fewer events, more subjects or longer follow-up.",
                )
            )
        for e, endpoint in enumerate(("os", "pfs")):
            none = int(tally.none[k, e]) / tally.replicates
            tested = any(test.endpoint == endpoint for test in scenario.tests)
            if tested and none > 0:
                severity = Severity.WARNING if none > OFTEN else Severity.INFO
                message = (
                    f"analysis `{look.id}` had no {endpoint.upper()} information in {none:.2%} of trials."
                )
                found.append(
                    _finding(
                        scenario,
                        "TW-DES-011",
                        severity,
                        message,
                        "Such trials count as not rejected; look later or with more subjects.",
                    )
                )
    return found
