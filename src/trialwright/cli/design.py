"""`trialwright design`: what the design can show, before the first subject."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from .ledger import progress_bar
from .output import (
    EXIT_ERRORS,
    EXIT_USAGE,
    Format,
    Stop,
    err,
    print_findings,
    print_json,
    print_table,
    stop_on_errors,
)
from .stats import show
from .study import read_study

app = typer.Typer(
    help="What the design can show: simulation, boundaries, size, safety.", no_args_is_help=True
)

StudyPath = Annotated[Path, typer.Argument(help="The study: its folder or its study.yaml.")]
ScenarioId = Annotated[str, typer.Option("--scenario", help="The scenario's id in the study file.")]
Power = Annotated[float, typer.Option("--power", help="The power wanted.")]
Answer = Annotated[Format, typer.Option("--format", help="How to answer.")]


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


@app.command("boundaries")
def boundaries(
    study: StudyPath,
    scenario: ScenarioId,
    power: Power = 0.8,
    answer: Answer = Format.TEXT,
) -> None:
    """The group-sequential boundaries of a scenario, computed exactly, and what they cost."""
    from trialwright.design.verbs import answer_boundaries

    _answer(answer_boundaries(_scenario(study, scenario), power), answer)


@app.command("size")
def size(
    study: StudyPath,
    scenario: ScenarioId,
    hazard_ratio: Annotated[float, typer.Option("--hazard-ratio", help="The ratio to be found.")],
    power: Power = 0.8,
    answer: Answer = Format.TEXT,
) -> None:
    """Events and subjects for a hazard ratio by the named formulas, beside what the scenario can give."""
    from trialwright.design.verbs import answer_size

    _answer(answer_size(_scenario(study, scenario), hazard_ratio, power), answer)


@app.command("explore")
def explore(
    study: StudyPath,
    scenario: ScenarioId,
    vary: Annotated[list[str], typer.Option("--vary", help="NAME=V1,V2,...; once or twice.")],
    endpoint: Annotated[str, typer.Option("--endpoint", help="os or pfs.")] = "os",
    replicates: Annotated[int, typer.Option("--replicates", min=1)] = 10_000,
    seed: Annotated[int, typer.Option("--seed", min=0)] = 1,
    cores: Annotated[int, typer.Option("--cores", min=1)] = 1,
    answer: Answer = Format.TEXT,
) -> None:
    """Power over a grid of one or two parameters."""
    from trialwright.design.verbs import answer_explore

    if endpoint not in ("os", "pfs"):
        raise Stop(EXIT_USAGE, f"There is no endpoint `{endpoint}`.", "Use os or pfs.")
    made = _scenario(study, scenario)
    with progress_bar("Exploring") as tell:
        found = answer_explore(made, _axes(vary), replicates, seed, cores, endpoint, tell)  # type: ignore[arg-type]
    _answer(found, answer)


@app.command("safety")
def safety(
    limit: Annotated[float, typer.Option("--limit", help="The rate of toxicity that must not be exceeded.")],
    certainty: Annotated[
        float, typer.Option("--certainty", help="Stop when it is exceeded this surely.")
    ] = 0.95,
    prior: Annotated[str, typer.Option("--prior", help="Beta prior, A,B.")] = "0.5,0.5",
    subjects: Annotated[int, typer.Option("--subjects", min=1, max=500)] = 20,
    first_look: Annotated[int, typer.Option("--first-look", min=1)] = 3,
    true_rate: Annotated[
        str, typer.Option("--true", help="True rates, separated by commas.")
    ] = "0.1,0.2,0.3,0.4",
    dose_rate: Annotated[
        str, typer.Option("--doses", help="True rates of the dose levels, for 3+3 and BOIN.")
    ] = "",
    target: Annotated[float, typer.Option("--target", help="Target rate of the dose finding.")] = 0.3,
    seed: Annotated[int, typer.Option("--seed", min=0)] = 1,
    answer: Answer = Format.TEXT,
) -> None:
    """A stopping rule for toxicity: its boundary and its exact operating characteristics; dose finding."""
    from trialwright.design.toxicity import ToxicityRule
    from trialwright.design.verbs import answer_safety

    a, b = _numbers(prior, 2)
    try:
        rule = ToxicityRule((a, b), limit, certainty, subjects, first_look)
    except ValueError as error:
        raise Stop(EXIT_USAGE, f"The rule cannot be used: {error}.", "Change the options.") from error
    doses = _numbers(dose_rate) if dose_rate else ()
    _answer(answer_safety(rule, _numbers(true_rate), doses, target, seed=seed), answer)


def _scenario(study: Path, scenario: str) -> Any:
    from trialwright.design.from_study import scenario_from_study

    made, findings = scenario_from_study(read_study(study), scenario)
    if made is None:
        print_findings(findings, Format.TEXT, err)
        raise Stop(EXIT_ERRORS)
    return made


def _answer(document: dict[str, Any], answer: Format) -> None:
    """The answer of a verb; its findings end the command where one is an error."""
    show(document, answer)
    if any(finding["severity"] == "error" for finding in document["findings"]):
        raise Stop(EXIT_ERRORS)


def _axes(vary: list[str]) -> dict[str, tuple[float, ...]]:
    axes: dict[str, tuple[float, ...]] = {}
    for text in vary:
        name, _, values = text.partition("=")
        axes[name.strip()] = _numbers(values)
    return axes


def _numbers(text: str, count: int | None = None) -> tuple[float, ...]:
    try:
        numbers = tuple(float(part) for part in text.split(","))
    except ValueError:
        numbers = ()
    if not numbers or (count is not None and len(numbers) != count):
        raise Stop(
            EXIT_USAGE, f"`{text}` is not a list of numbers.", "Write numbers separated by commas: 0.6,0.7."
        )
    return numbers


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
