"""One function for each thing a statistician asks of a design; each answers with a JSON-ready mapping.

``findings`` of an answer say what was wrong with the question; then the numbers are left out. The terminal
and the web show these answers and add nothing.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import asdict
from typing import Any

from trialwright.design.boundaries import compute_drift, compute_inflation
from trialwright.design.check import check_scenario, check_tested
from trialwright.design.compare import compare_power
from trialwright.design.detectable import find_detectable_effect
from trialwright.design.dose_finding import PowerModel, simulate_boin, simulate_crm
from trialwright.design.explore import check_axes, compute_assurance, explore_designs
from trialwright.design.interim import compute_conditional_power, compute_predictive_power
from trialwright.design.monitoring import compute_boundaries, compute_fractions, expected_events
from trialwright.design.result import true_medians
from trialwright.design.scenario import DesignScenario, Endpoint
from trialwright.design.simulate import Progress, simulate_design
from trialwright.design.sizing import (
    compute_freedman_events,
    compute_lachin_foulkes,
    compute_schoenfeld_events,
    compute_schoenfeld_hazard_ratio,
)
from trialwright.design.toxicity import (
    ToxicityRule,
    compute_stopping_characteristics,
    compute_three_plus_three,
)
from trialwright.study.findings import Finding, Severity, has_errors

Answer = dict[str, Any]
ENDPOINTS: tuple[Endpoint, ...] = ("os", "pfs")


def answer_simulate(
    scenario: DesignScenario,
    replicates: int,
    seed: int,
    cores: int = 1,
    progress: Progress | None = None,
    detectable_replicates: int = 0,
    executor: Executor | None = None,
) -> Answer:
    """`design simulate`: operating characteristics.

    With ``detectable_replicates`` also the hazard ratio that the design detects with 80 % power, by
    simulation with all the scenario's losses.
    """
    answer = simulate_design(scenario, replicates, seed, cores, progress, executor=executor).as_json()
    if detectable_replicates > 0 and answer["analyses"]:
        endpoints: list[Endpoint] = [e for e in ("os", "pfs") if scenario.tests_endpoint(e)]
        answer["detectable"] = [
            find_detectable_effect(
                scenario, endpoint, 0.8, detectable_replicates, seed, cores, executor=executor
            ).as_json()
            for endpoint in endpoints
        ]
    return answer


def answer_boundaries(scenario: DesignScenario, power: float = 0.8) -> Answer:
    """`design boundaries`: the group-sequential boundaries of a scenario, and what they cost.

    A futility boundary is made for the power that the scenario states, which takes the place of ``power``.
    """
    findings = check_scenario(scenario)
    if not scenario.alpha / scenario.sides < power < 1:
        findings = [*findings, _power_out_of_range()]
    boundaries = None if has_errors(findings) else compute_boundaries(scenario)
    if boundaries is None:
        if not findings:
            message = f"Scenario `{scenario.id}` has no group-sequential boundaries."
            remedy = "Add `group_sequential` to the scenario, with an efficacy boundary."
            findings = [Finding("TW-DES-040", Severity.ERROR, message, remedy)]
        return {"scenario": scenario.id, "findings": [finding.as_json() for finding in findings]}
    plan = scenario.monitoring
    if plan is not None and plan.futility != "none":
        power = plan.futility_power
    return {
        "scenario": scenario.id,
        "endpoint": scenario.tests[0].endpoint,
        "looks": [asdict(look) for look in scenario.looks],
        "alpha": scenario.alpha,
        "sides": scenario.sides,
        **boundaries.as_json(),
        "information_inflation": compute_inflation(boundaries, power),
        "power": power,
        "findings": [finding.as_json() for finding in findings],
    }


def answer_size(scenario: DesignScenario, hazard_ratio: float, power: float = 0.8) -> Answer:
    """`design size`: events for a hazard ratio by formula, against the events that the scenario can give."""
    if not 0 < hazard_ratio < 1 or not scenario.alpha / scenario.sides < power < 1:
        message = "A hazard ratio between 0 and 1 and a power above alpha and below 1 are needed."
        finding = Finding("TW-DES-041", Severity.ERROR, message, "Change `hazard_ratio` or `power`.")
        return {"scenario": scenario.id, "findings": [finding.as_json()]}
    control, experimental = scenario.arm_sizes
    share, ratio = experimental / scenario.subjects, experimental / max(control, 1)
    given = hazard_ratio, power, scenario.alpha, scenario.sides
    at_months = scenario.looks[-1].at_months
    reachable: dict[str, Any] = {}
    for endpoint in ("os", "pfs"):
        if at_months is not None and scenario.tests_endpoint(endpoint):
            events = expected_events(scenario, endpoint, at_months)
            detects = compute_schoenfeld_hazard_ratio(events, power, scenario.alpha, scenario.sides, share)
            reachable[endpoint] = {"events_without_drop_out": events, "detectable_hazard_ratio": detects}
    return {
        "scenario": scenario.id,
        "hazard_ratio": hazard_ratio,
        "power": power,
        "alpha": scenario.alpha,
        "sides": scenario.sides,
        "events": {
            "Schoenfeld 1981": compute_schoenfeld_events(*given, share),
            "Freedman 1982": compute_freedman_events(*given, ratio),
        },
        "subjects": _lachin_foulkes(scenario, hazard_ratio, power),
        "at_the_last_analysis": reachable,
        "findings": [finding.as_json() for finding in check_scenario(scenario)],
    }


def _lachin_foulkes(scenario: DesignScenario, hazard_ratio: float, power: float) -> dict[str, Any] | None:
    """Subjects for OS with an exponential control of the same median; None without a median or a fixed end."""
    median, end = true_medians(scenario)["control"]["os"], scenario.looks[-1].at_months
    if median is None or end is None or end < scenario.enrolment_months:
        return None
    hazard = math.log(2) / median
    subjects, events = compute_lachin_foulkes(
        hazard,
        hazard * hazard_ratio,
        scenario.enrolment_months,
        end,
        power,
        scenario.alpha,
        scenario.sides,
        scenario.drop_out_per_month,
        scenario.arm_sizes[1] / scenario.subjects,
    )
    return {"method": "Lachin & Foulkes 1986", "endpoint": "os", "subjects": subjects, "events": events}


def answer_explore(
    scenario: DesignScenario,
    axes: Mapping[str, Sequence[float]],
    replicates: int,
    seed: int,
    cores: int = 1,
    endpoint: Endpoint = "os",
    progress: Progress | None = None,
    executor: Executor | None = None,
) -> Answer:
    """`design explore`: a table of power over a grid; with two axes also the rows of a heat map."""
    findings = [*check_scenario(scenario), *check_axes(axes), *check_tested(scenario, endpoint)]
    answer: Answer = {
        "scenario": scenario.id,
        "endpoint": endpoint,
        "replicates": replicates,
        "seed": seed,
        "axes": {name: list(values) for name, values in axes.items()},
        "findings": [finding.as_json() for finding in findings],
    }
    if has_errors(findings):
        return answer
    points = explore_designs(scenario, axes, endpoint, replicates, seed, cores, progress, executor)
    answer["points"] = [point.as_json() for point in points]
    if len(axes) == 2:
        width = len(list(axes.values())[1])
        power = [point.power for point in points]
        answer["heat_map"] = [power[i : i + width] for i in range(0, len(power), width)]
    return answer


def answer_compare(
    first: DesignScenario,
    second: DesignScenario,
    replicates: int,
    seed: int,
    endpoint: Endpoint = "os",
    progress: Progress | None = None,
    executor: Executor | None = None,
) -> Answer:
    """`design compare`: the difference in power of two scenarios on the same random numbers."""
    both = (first, second)
    findings = [f for one in both for f in (*check_scenario(one), *check_tested(one, endpoint))]
    answer: Answer = {"findings": [finding.as_json() for finding in findings]}
    if not has_errors(findings):
        answer |= compare_power(first, second, endpoint, replicates, seed, progress, executor).as_json()
    return answer


def answer_assurance(
    scenario: DesignScenario,
    prior_hazard_ratio: float,
    prior_log_sd: float,
    replicates: int,
    seed: int,
    cores: int = 1,
    endpoint: Endpoint = "os",
    delay_months: float = 0.0,
    progress: Progress | None = None,
    executor: Executor | None = None,
) -> Answer:
    """`design assurance`: power expected under a prior of the hazard ratio."""
    findings = [*check_scenario(scenario), *check_tested(scenario, endpoint)]
    if not (0 < prior_hazard_ratio < math.inf and 0 < prior_log_sd < math.inf):
        findings.append(_prior_out_of_range())
    answer: Answer = {"scenario": scenario.id, "findings": [finding.as_json() for finding in findings]}
    if not has_errors(findings):
        found = compute_assurance(
            scenario,
            endpoint,
            prior_hazard_ratio,
            prior_log_sd,
            replicates,
            seed,
            cores,
            progress=progress,
            executor=executor,
            delay_months=delay_months,
        )
        answer |= found.as_json()
    return answer


def _power_out_of_range() -> Finding:
    message = "The power must lie above alpha and below 1."
    return Finding("TW-DES-041", Severity.ERROR, message, "Change `power`; 0.8 is usual.")


def _prior_out_of_range() -> Finding:
    message = "The prior needs a hazard ratio above 0 and a standard deviation above 0 of its logarithm."
    return Finding("TW-DES-042", Severity.ERROR, message, "A ratio of 0.6 with a deviation of 0.3 is usual.")


def answer_detectable(
    scenario: DesignScenario,
    power: float,
    replicates: int,
    seed: int,
    cores: int = 1,
    delay_months: float = 0.0,
    executor: Executor | None = None,
) -> Answer:
    """`design detectable`: the largest hazard ratio that the design shows with a power, for each endpoint."""
    findings = check_scenario(scenario)
    if not scenario.alpha / scenario.sides < power < 1:
        findings.append(_power_out_of_range())
    answer: Answer = {
        "scenario": scenario.id,
        "subjects": scenario.subjects,
        "seed": seed,
        "findings": [finding.as_json() for finding in findings],
    }
    if not has_errors(findings):
        planned = (
            scenario.varied(planned_fractions=compute_fractions(scenario))
            if scenario.monitoring
            else scenario
        )
        answer["detectable"] = [
            find_detectable_effect(
                planned, endpoint, power, replicates, seed, cores, delay_months, executor
            ).as_json()
            for endpoint in ENDPOINTS
            if scenario.tests_endpoint(endpoint)
        ]
    return answer


def answer_interim(
    scenario: DesignScenario, look: str, z: float, prior_mean: float = 0.0, prior_sd: float = math.inf
) -> Answer:
    """`design interim`: conditional and predictive power after a statistic seen at one of the planned looks.

    ``z`` is positive in favour of the experimental arm. The trend is assumed to go on, to be as planned (the drift
    at which the design has its power), or to be none.
    """
    document = answer_boundaries(scenario)
    names = [one.id for one in scenario.looks[:-1]]
    if "efficacy_z" not in document:
        return document
    if look not in names:
        message = f"Scenario `{scenario.id}` has no interim analysis `{look}`."
        listed = f"Choose from: {', '.join(names)}." if names else "Add an interim analysis to the scenario."
        finding = Finding("TW-DES-043", Severity.ERROR, message, listed)
        return {"scenario": scenario.id, "findings": [finding.as_json()]}
    if not (math.isfinite(z) and math.isfinite(prior_mean) and prior_sd > 0):
        message = "The statistic and the prior's mean must be numbers, the prior's deviation above 0."
        finding = Finding(
            "TW-DES-042", Severity.ERROR, message, "Correct the number; Z is mostly within 5 of 0."
        )
        return {"scenario": scenario.id, "findings": [finding.as_json()]}
    k = names.index(look)
    fraction, final_z = document["information_fractions"][k], document["efficacy_z"][-1]
    boundaries = compute_boundaries(scenario)
    assert boundaries is not None
    drift = boundaries.drift if boundaries.drift is not None else compute_drift(boundaries, document["power"])
    return {
        "scenario": scenario.id,
        "look": look,
        "z": z,
        "information_fraction": fraction,
        "efficacy_z": document["efficacy_z"][k],
        "lower_z": document["lower_z"][k],
        "conditional_power": {
            "current_trend": compute_conditional_power(z, fraction, final_z),
            "planned_effect": compute_conditional_power(z, fraction, final_z, drift),
            "no_effect": compute_conditional_power(z, fraction, final_z, 0.0),
        },
        "predictive_power": compute_predictive_power(z, fraction, final_z, prior_mean, prior_sd),
        "findings": document["findings"],
    }


def answer_safety(
    rule: ToxicityRule,
    true_rates: Sequence[float],
    dose_rates: Sequence[float] = (),
    target: float = 0.3,
    cohort: int = 3,
    cohorts: int = 10,
    replicates: int = 2000,
    seed: int = 1,
    skeleton: Sequence[float] = (),
) -> Answer:
    """`design safety`: a stopping rule at true rates, and dose finding at true rates of the dose levels."""
    answer: Answer = {
        "rule": asdict(rule),
        "boundary": rule.boundary(),
        "characteristics": [asdict(row) for row in compute_stopping_characteristics(rule, true_rates)],
        "findings": list[Any](),
    }
    if dose_rates:
        answer["three_plus_three"] = compute_three_plus_three(dose_rates).as_json()
        answer["boin"] = simulate_boin(dose_rates, target, cohort, cohorts, replicates, seed).as_json()
    if skeleton:
        model = PowerModel(tuple(skeleton), target)
        answer["crm"] = simulate_crm(dose_rates, model, cohort, cohorts, replicates, seed).as_json()
    return answer
