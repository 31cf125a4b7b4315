"""`trialwright design simulate --level rehearsal`: many trials with the study's allocation and questionnaires."""

from __future__ import annotations

from concurrent.futures import Executor
from enum import StrEnum
from typing import Any

from .design_print import mean_text, share_text
from .ledger import progress_bar
from .output import EXIT_ERRORS, Format, Stop, print_findings, print_json, print_table


class Allocation(StrEnum):
    """How the subjects of simulated trials are allocated."""

    STUDY = "study"
    BLOCKS = "blocks"
    MINIMISATION = "minimisation"
    SIMPLE = "simple"


def rehearse_scenarios(
    study: Any,
    scenario: str,
    trials: int,
    seed: int,
    allocation: Allocation,
    quality_day: int | None,
    executor: Executor | None,
) -> list[dict[str, Any]]:
    """What one scenario or all of them show; ends the command where a scenario cannot be simulated."""
    from trialwright.design.check import check_scenario
    from trialwright.design.from_study import scenario_from_study
    from trialwright.rehearsal.many_trials import plan_many_trials, simulate_many_trials
    from trialwright.study.findings import has_errors

    wanted = [scenario] if scenario else [found.id for found in study.scenarios]
    method = None if allocation is Allocation.STUDY else allocation.value
    results: list[dict[str, Any]] = []
    for name in wanted:
        made, findings = scenario_from_study(study, name)
        findings = findings if made is None else check_scenario(made)
        if made is None or has_errors(findings):
            print_findings(findings, Format.TEXT)
            raise Stop(EXIT_ERRORS)
        plan = plan_many_trials(study, made, method, quality_day)
        with progress_bar(f"Simulating {name}") as tell:
            results.append(simulate_many_trials(plan, trials, seed, tell, executor))
    return results


def give_rehearsed(results: list[dict[str, Any]], as_json: bool) -> None:
    """The answers as JSON, or a table for each scenario."""
    if as_json:
        print_json(results)
        return
    for found in results:
        rows = [
            (
                name.upper(),
                share_text(of["power"]),
                share_text(of["power_stratified"]),
                mean_text(of["events"]),
            )
            for name, of in found["endpoints"].items()
        ]
        quality = found["quality"]
        if quality is not None:
            named = f"{quality['scale']}, change to day {quality['day']}"
            rows.append((named, share_text(quality["power"]), "–", "–"))
        title = f"{found['title']} ({found['subjects']} subjects, {found['replicates']} trials, {found['allocation']})"
        print_table(title, ("Outcome", "Power", "Power, stratified", "Events"), rows)
        facts = [
            (words, mean_text(found[name]["mean"]), f"{found[name]['most']:g}")
            for name, words in (
                ("imbalance", "Subjects too many in an arm"),
                ("stratum_imbalance", "In a stratum"),
            )
        ]
        if quality is not None:
            facts.append(("Difference of the changes, points", mean_text(quality["difference"]), "–"))
            facts.append(("Without a change", share_text(quality["missing"]), "–"))
        print_table("", ("", "Mean", "Most"), facts)
