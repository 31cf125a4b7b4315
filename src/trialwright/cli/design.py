"""`trialwright design`: what the design can show, before the first subject."""

from __future__ import annotations

import math
from collections.abc import Iterator
from concurrent.futures import Executor
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from .cluster import Address, connect
from .design_print import print_answer_findings, print_boundaries, print_grid, print_result, write_grid
from .design_rehearsed import Allocation, give_rehearsed, rehearse_scenarios
from .design_safety import safety
from .ledger import progress_bar
from .output import (
    EXIT_ERRORS,
    EXIT_USAGE,
    Format,
    Stop,
    err,
    print_findings,
    print_json,
    stop_on_errors,
)
from .stats import show
from .study import read_study

app = typer.Typer(
    help="What the design can show: simulation, boundaries, size, safety.", no_args_is_help=True
)


class Shape(StrEnum):
    """How a design is answered; `text` is another word for `table`."""

    TABLE = "table"
    JSON = "json"
    TEXT = "text"

    @property
    def common(self) -> Format:
        """The same as the other commands have it."""
        return Format.JSON if self is Shape.JSON else Format.TEXT


class Level(StrEnum):
    """How much of a trial is simulated."""

    TRIAL = "trial"
    REHEARSAL = "rehearsal"


StudyPath = Annotated[Path, typer.Argument(help="The study: its folder or its study.yaml.")]
ScenarioId = Annotated[str, typer.Option("--scenario", help="The scenario's id in the study file.")]
Power = Annotated[float, typer.Option("--power", help="The power wanted.")]
Answer = Annotated[Shape, typer.Option("--format", help="How to answer.")]
Replicates = Annotated[int, typer.Option("--replicates", min=1, max=10_000_000_000)]
Seed = Annotated[int, typer.Option("--seed", min=0)]
Cores = Annotated[int, typer.Option("--cores", min=1, help="The answer does not depend on it.")]
Endpoint = Annotated[str, typer.Option("--endpoint", help="os or pfs.")]
Delay = Annotated[float, typer.Option("--delay", min=0, help="Months until the effect begins.")]


@app.command("simulate")
def simulate(
    study: StudyPath,
    scenario: Annotated[str, typer.Option("--scenario", help="One scenario; all without it.")] = "",
    replicates: Replicates = 10_000,
    seed: Seed = 1,
    cores: Cores = 1,
    cluster: Address = "",
    level: Annotated[
        Level, typer.Option("--level", help="`rehearsal`: allocation and questionnaires as in the rehearsal.")
    ] = Level.TRIAL,
    allocation: Annotated[
        Allocation, typer.Option("--allocation", help="Of the rehearsal level; `study` as the file says.")
    ] = Allocation.STUDY,
    quality_day: Annotated[
        int | None,
        typer.Option("--quality-day", min=2, help="Rehearsal level: analyse the visit nearest to it."),
    ] = None,
    answer: Answer = Shape.TABLE,
) -> None:
    """Simulate the study's scenarios: power with its Monte Carlo error, events, duration, hazard ratios."""
    if level is Level.REHEARSAL:
        with hands(cluster) as executor:
            found = rehearse_scenarios(
                read_study(study), scenario, replicates, seed, allocation, quality_day, executor
            )
        give_rehearsed(found, answer is Shape.JSON)
        return
    with hands(cluster) as executor:
        results = simulate_scenarios(read_study(study), scenario, replicates, seed, cores, executor)
    if answer is Shape.JSON:
        print_json([result.as_json() for result in results])
    else:
        for result in results:
            print_result(result.as_json())
            if result.findings:
                print_findings(result.findings, Format.TEXT)
    stop_on_errors(finding for result in results for finding in result.findings)


def simulate_scenarios(
    study: Any, scenario: str, replicates: int, seed: int, cores: int, executor: Executor | None = None
) -> list[Any]:
    """The results of one scenario or of all; ends the command where a scenario cannot be simulated at all."""
    from trialwright.design.from_study import scenario_from_study
    from trialwright.design.simulate import simulate_design

    wanted = [scenario] if scenario else [found.id for found in study.scenarios]
    results: list[Any] = []
    for name in wanted:
        made, findings = scenario_from_study(study, name)
        if made is None:
            print_findings(findings, Format.TEXT)
            raise Stop(EXIT_ERRORS)
        with progress_bar(f"Simulating {name}") as tell:
            results.append(simulate_design(made, replicates, seed, cores, tell, executor=executor))
    return results


@app.command("boundaries")
def boundaries(
    study: StudyPath, scenario: ScenarioId, power: Power = 0.8, answer: Answer = Shape.TABLE
) -> None:
    """The group-sequential boundaries of a scenario, computed exactly, and what they cost."""
    from trialwright.design.verbs import answer_boundaries

    give(answer_boundaries(find_design(study, scenario), power), answer)


@app.command("interim")
def interim(
    study: StudyPath,
    scenario: ScenarioId,
    look: Annotated[str, typer.Option("--look", help="The id of the interim analysis.")],
    z: Annotated[float, typer.Option("--z", help="The statistic; positive favours the experimental arm.")],
    prior_mean: Annotated[float, typer.Option("--prior-mean", help="Mean of the prior of the drift.")] = 0.0,
    prior_sd: Annotated[
        float,
        typer.Option("--prior-sd", min=0, help="Its standard deviation; without it the data alone count."),
    ] = math.inf,
    answer: Answer = Shape.TABLE,
) -> None:
    """Conditional and predictive power after a statistic seen at an interim analysis."""
    from trialwright.design.verbs import answer_interim

    give(answer_interim(find_design(study, scenario), look, z, prior_mean, prior_sd or math.inf), answer)


@app.command("size")
def size(
    study: StudyPath,
    scenario: ScenarioId,
    hazard_ratio: Annotated[float, typer.Option("--hazard-ratio", help="The ratio to be found.")],
    power: Power = 0.8,
    answer: Answer = Shape.TABLE,
) -> None:
    """Events and subjects for a hazard ratio by the named formulas, beside what the scenario can give."""
    from trialwright.design.verbs import answer_size

    give(answer_size(find_design(study, scenario), hazard_ratio, power), answer)


@app.command("detectable")
def detectable(
    study: StudyPath,
    scenario: ScenarioId,
    power: Power = 0.8,
    delay: Delay = 0.0,
    replicates: Replicates = 20_000,
    seed: Seed = 1,
    cores: Cores = 1,
    cluster: Address = "",
    answer: Answer = Shape.TABLE,
) -> None:
    """The largest hazard ratio that a scenario shows with the power wanted, all its losses counted."""
    from trialwright.design.verbs import answer_detectable

    made = find_design(study, scenario)
    with hands(cluster) as executor:
        found = answer_detectable(made, power, replicates, seed, cores, delay, executor)
    give(found, answer)


@app.command("compare")
def compare(
    study: StudyPath,
    scenario: ScenarioId,
    against: Annotated[str, typer.Option("--with", help="The scenario to compare with.")],
    endpoint: Endpoint = "os",
    replicates: Replicates = 100_000,
    seed: Seed = 1,
    cluster: Address = "",
    answer: Answer = Shape.TABLE,
) -> None:
    """The difference in power of two scenarios, on the same patients: more precise than either power."""
    from trialwright.design.verbs import answer_compare

    pair = find_design(study, scenario), find_design(study, against)
    name = endpoint_of(endpoint)
    with hands(cluster) as executor, progress_bar("Comparing") as tell:
        found = answer_compare(*pair, replicates, seed, name, tell, executor)
    give(found, answer)


@app.command("assurance")
def assurance(
    study: StudyPath,
    scenario: ScenarioId,
    hazard_ratio: Annotated[float, typer.Option("--hazard-ratio", help="The median of the prior.")],
    log_sd: Annotated[float, typer.Option("--log-sd", help="Standard deviation of the log hazard ratio.")],
    delay: Delay = 0.0,
    endpoint: Endpoint = "os",
    replicates: Replicates = 20_000,
    seed: Seed = 1,
    cores: Cores = 1,
    cluster: Address = "",
    answer: Answer = Shape.TABLE,
) -> None:
    """The power expected when the hazard ratio is only believed, not known: an average over a prior."""
    from trialwright.design.verbs import answer_assurance

    made, name = find_design(study, scenario), endpoint_of(endpoint)
    with hands(cluster) as executor, progress_bar("Averaging") as tell:
        found = answer_assurance(
            made, hazard_ratio, log_sd, replicates, seed, cores, name, delay, tell, executor
        )
    give(found, answer)


@app.command("explore")
def explore(
    study: StudyPath,
    scenario: ScenarioId,
    vary: Annotated[list[str], typer.Option("--vary", help="NAME=V1,V2,...; once or more.")],
    endpoint: Endpoint = "os",
    replicates: Replicates = 10_000,
    seed: Seed = 1,
    cores: Cores = 1,
    cluster: Address = "",
    csv_file: Annotated[Path | None, typer.Option("--csv", help="Write the points to this file.")] = None,
    svg_file: Annotated[
        Path | None, typer.Option("--svg", help="Draw a heat map (of one axis, a curve) to this file.")
    ] = None,
    answer: Answer = Shape.TABLE,
) -> None:
    """Power over a grid of parameters, as a table and as a heat map."""
    from trialwright.design.verbs import answer_explore

    made, name = find_design(study, scenario), endpoint_of(endpoint)
    with hands(cluster) as executor, progress_bar("Exploring") as tell:
        found = answer_explore(made, axes_of(vary), replicates, seed, cores, name, tell, executor)
    if "points" in found:
        write_grid(found, csv_file, svg_file)
    if answer is not Shape.JSON and "points" in found:
        print_grid(found)
        return
    give(found, answer)


app.command("safety")(safety)


@contextmanager
def hands(cluster: str) -> Iterator[Executor | None]:
    """Who does the work: the cluster that was named, or nobody but this process."""
    if not cluster:
        yield None
        return
    with connect(cluster) as connected:
        yield connected.executor


def find_design(study: Path, scenario: str) -> Any:
    """The design of a scenario of a study; ends the command where there is none."""
    from trialwright.design.from_study import scenario_from_study

    made, findings = scenario_from_study(read_study(study), scenario)
    if made is None:
        print_findings(findings, Format.TEXT, err)
        raise Stop(EXIT_ERRORS)
    return made


def give(document: dict[str, Any], answer: Shape) -> None:
    """The answer of a verb; its findings end the command where one is an error."""
    if answer is Shape.JSON:
        show(document, answer.common)
    else:
        if "information_inflation" in document:
            print_boundaries(document)
        else:
            show({name: value for name, value in document.items() if name != "findings"}, answer.common)
        print_answer_findings(document)
    if any(finding["severity"] == "error" for finding in document["findings"]):
        raise Stop(EXIT_ERRORS)


def endpoint_of(text: str) -> Literal["os", "pfs"]:
    """The endpoint, or the end of the command."""
    if text == "os":
        return "os"
    if text == "pfs":
        return "pfs"
    raise Stop(EXIT_USAGE, f"There is no endpoint `{text}`.", "Use os or pfs.")


def axes_of(vary: list[str]) -> dict[str, tuple[float, ...]]:
    """The axes of a grid from their text."""
    axes: dict[str, tuple[float, ...]] = {}
    for text in vary:
        name, _, values = text.partition("=")
        axes[name.strip()] = numbers_of(values)
    return axes


def numbers_of(text: str, count: int | None = None) -> tuple[float, ...]:
    """Numbers separated by commas, or the end of the command."""
    try:
        numbers = tuple(float(part) for part in text.split(","))
    except ValueError:
        numbers = ()
    if not numbers or (count is not None and len(numbers) != count) or not all(map(math.isfinite, numbers)):
        raise Stop(
            EXIT_USAGE, f"`{text}` is not a list of numbers.", "Write numbers separated by commas: 0.6,0.7."
        )
    return numbers
