"""`trialwright design`: what the design can show, before the first subject."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from .ledger import progress_bar
from .output import Format, Stop, print_findings, print_json, print_table, stop_on_errors
from .study import read_study

app = typer.Typer(help="Simulate the design of a study.", no_args_is_help=True)


@app.callback()
def design() -> None:
    """Simulate the design of a study."""


@app.command("simulate")
def simulate(
    study: Annotated[Path, typer.Argument(help="The study: its folder or its study.yaml.")],
    scenario: Annotated[str, typer.Option("--scenario", help="One scenario; all without it.")] = "",
    replicates: Annotated[int, typer.Option("--replicates", min=1, max=100_000_000)] = 10_000,
    seed: Annotated[int, typer.Option("--seed", min=0)] = 1,
    cores: Annotated[int, typer.Option("--cores", min=1, help="The answer does not depend on it.")] = 1,
    answer: Annotated[Format, typer.Option("--format", help="How to answer.")] = Format.TEXT,
) -> None:
    """Simulate the study's scenarios: power with its Monte Carlo error, events, duration, hazard ratios."""
    results = simulate_scenarios(read_study(study), scenario, replicates, seed, cores)
    if answer is Format.JSON:
        print_json([result.as_json() for result in results])
    else:
        for result in results:
            print_result(result.as_json())
            if result.findings:
                print_findings(result.findings, Format.TEXT)
    stop_on_errors(finding for result in results for finding in result.findings)


def simulate_scenarios(study: Any, scenario: str, replicates: int, seed: int, cores: int) -> list[Any]:
    """The results of one scenario or of all; ends the command where a scenario cannot be simulated at all."""
    from trialwright.design.from_study import scenario_from_study
    from trialwright.design.simulate import simulate_design

    wanted = [scenario] if scenario else [found.id for found in study.scenarios]
    results: list[Any] = []
    for name in wanted:
        made, findings = scenario_from_study(study, name)
        if made is None:
            print_findings(findings, Format.TEXT)
            raise Stop(1)
        with progress_bar(f"Simulating {name}") as tell:
            results.append(simulate_design(made, replicates, seed, cores, tell))
    return results


def print_result(document: dict[str, Any]) -> None:
    """One scenario as a table: a row for each test at each analysis."""
    rows: list[tuple[str, ...]] = []
    for look in document["analyses"]:
        for name, found in look["endpoints"].items():
            power, events = found["power"], found["events"]
            detectable = found["detectable_hazard_ratio"]
            rows.append(
                (
                    look["id"],
                    name.upper(),
                    f"{100 * power['estimate']:.1f} % (± {100 * power['se']:.1f})",
                    f"{events['estimate']:.1f}" if events else "–",
                    f"{found['hazard_ratio']['median']:.2f}" if found["hazard_ratio"]["median"] else "–",
                    f"{detectable['estimate']:.2f}" if detectable["estimate"] else "–",
                )
            )
    title = f"{document['title']} ({document['subjects']} subjects, {document['replicates']} trials)"
    columns = ("Analysis", "Endpoint", "Power", "Events", "Hazard ratio, median", "Detectable at 80 %")
    print_table(title, columns, rows)
