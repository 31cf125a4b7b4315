"""`trialwright stats`: estimators and tests over the columns of a file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from .output import EXIT_ERRORS, EXIT_USAGE, Format, Stop, out, print_json
from .tables import read_columns

app = typer.Typer(
    help="Estimators and tests over the columns of a CSV or Parquet file.", no_args_is_help=True
)

File = Annotated[Path, typer.Argument(help="A CSV or Parquet file.")]
Time = Annotated[str, typer.Option("--time", help="Column of times.")]
Event = Annotated[str, typer.Option("--event", help="Column of events: 1 event, 0 censored.")]
Strata = Annotated[str, typer.Option("--strata", help="Column of strata.")]
Level = Annotated[float, typer.Option("--level", min=0.5, max=0.9999, help="Level of the intervals.")]
Answer = Annotated[Format, typer.Option("--format", help="How to answer.")]


@app.command("survival")
def survival(
    file: File,
    time: Time = "time",
    event: Event = "event",
    arm: Annotated[str, typer.Option("--arm", help="Column of arms; its first value is the reference.")] = "",
    strata: Strata = "",
    interval: Annotated[str, typer.Option("--interval", help="log-log, log or plain.")] = "log-log",
    landmark: Annotated[list[float] | None, typer.Option("--landmark", help="Survival at this time.")] = None,
    tau: Annotated[float | None, typer.Option("--tau", help="Horizon of the restricted mean.")] = None,
    flat: Annotated[
        str, typer.Option("--flat", help="Median on a flat half: midpoint or first.")
    ] = "midpoint",
    ties: Annotated[str, typer.Option("--ties", help="efron or breslow.")] = "efron",
    level: Level = 0.95,
    answer: Answer = Format.TEXT,
) -> None:
    """Kaplan-Meier, medians and landmarks by arm; log-rank, hazard ratio and restricted mean between arms."""
    from trialwright.stats.summaries import summarise_survival

    one_of("interval", interval, ("log-log", "log", "plain"))
    one_of("rule for a flat half", flat, ("midpoint", "first"))
    one_of("rule for ties", ties, ("efron", "breslow"))
    columns = read_columns(file, [time, event], [arm, strata])
    with refused_by_statistics():
        found = summarise_survival(
            columns[time],
            columns[event],
            columns[arm] if arm else None,
            arms=_in_order(columns[arm]) if arm else None,
            strata=columns[strata] if strata else None,
            landmarks=landmark or (),
            tau=tau,
            interval=interval,  # type: ignore[arg-type]
            flat_rule=flat,  # type: ignore[arg-type]
            ties=ties,  # type: ignore[arg-type]
            level=level,
        )
    show(found, answer)


@app.command("cox")
def cox(
    file: File,
    covariates: Annotated[str, typer.Option("--covariates", help="Columns, separated by commas.")],
    time: Time = "time",
    event: Event = "event",
    strata: Strata = "",
    ties: Annotated[str, typer.Option("--ties", help="efron or breslow.")] = "efron",
    robust: Annotated[bool, typer.Option("--robust", help="Sandwich variance.")] = False,
    level: Level = 0.95,
    answer: Answer = Format.TEXT,
) -> None:
    """Cox proportional hazards, and the test of proportionality."""
    import numpy as np

    from trialwright.stats.summaries import summarise_cox

    one_of("rule for ties", ties, ("efron", "breslow"))
    names = [name.strip() for name in covariates.split(",") if name.strip()]
    columns = read_columns(file, [time, event, *names], [strata])
    matrix = np.column_stack([np.asarray(columns[name], dtype=float) for name in names])
    with refused_by_statistics():
        found = summarise_cox(
            columns[time],
            columns[event],
            matrix,
            names=names,
            strata=columns[strata] if strata else None,
            ties=ties,  # type: ignore[arg-type]
            robust=robust,
            level=level,
        )
    show(found, answer)


@app.command("response")
def response(
    file: File,
    responded: Annotated[str, typer.Option("--responded", help="Column of 0 and 1; not evaluable is 0.")],
    arm: Annotated[str, typer.Option("--arm", help="Column of arms; its first value is the reference.")],
    level: Level = 0.95,
    answer: Answer = Format.TEXT,
) -> None:
    """Shares of responders by arm with their intervals, and their differences."""
    from trialwright.stats.summaries import summarise_response

    columns = read_columns(file, [responded], [arm])
    with refused_by_statistics():
        found = summarise_response(
            columns[responded], columns[arm], arms=_in_order(columns[arm]), level=level
        )
    show(found, answer)


@app.command("competing-risks")
def competing_risks(
    file: File,
    of: Annotated[str, typer.Option("--of", help="The cause of interest, as it stands in the column.")],
    time: Time = "time",
    cause: Annotated[str, typer.Option("--cause", help="Column of causes: 0 censored, 1, 2, ...")] = "cause",
    arm: Annotated[str, typer.Option("--arm", help="Column of arms; its first value is the reference.")] = "",
    level: Level = 0.95,
    answer: Answer = Format.TEXT,
) -> None:
    """Cumulative incidence by arm (Aalen-Johansen), and Gray's test."""
    from trialwright.stats.summaries import summarise_competing_risks

    columns = read_columns(file, [time, cause], [arm])
    with refused_by_statistics():
        found = summarise_competing_risks(
            columns[time],
            [int(value) for value in columns[cause]],
            columns[arm] if arm else None,
            of_cause=int(of),
            arms=_in_order(columns[arm]) if arm else None,
            level=level,
        )
    show(found, answer)


@app.command("mmrm")
def mmrm(
    file: File,
    response: Annotated[str, typer.Option("--response", help="Column of the score or its change.")],
    subject: Annotated[str, typer.Option("--subject", help="Column of subjects.")] = "subject",
    arm: Annotated[
        str, typer.Option("--arm", help="Column of arms; its first value is the reference.")
    ] = "arm",
    visit: Annotated[
        str, typer.Option("--visit", help="Column of visits, in the order of the file.")
    ] = "visit",
    covariates: Annotated[
        str, typer.Option("--covariates", help="Numeric columns, such as the baseline.")
    ] = "",
    structure: Annotated[
        str,
        typer.Option("--structure", help="unstructured, toeplitz, ar1, compound-symmetry or random-slopes."),
    ] = "unstructured",
    level: Level = 0.95,
    answer: Answer = Format.TEXT,
) -> None:
    """Mixed model for repeated measures: arm by visit, covariance between visits, REML, Satterthwaite."""
    from trialwright.stats.covariance_structures import STRUCTURES
    from trialwright.stats.summaries import summarise_longitudinal

    one_of("covariance structure", structure, STRUCTURES)
    names = [name.strip() for name in covariates.split(",") if name.strip()]
    columns = read_columns(file, [response, *names], [subject, arm, visit])
    with refused_by_statistics():
        found = summarise_longitudinal(
            columns[response],
            columns[subject],
            columns[arm],
            columns[visit],
            covariates={name: columns[name] for name in names} or None,
            arms=_in_order(columns[arm]),
            visits=_in_order(columns[visit]),
            structure=structure,  # type: ignore[arg-type]
            level=level,
        )
    show(found, answer)


def _in_order(values: list[Any]) -> list[Any]:
    """Each value once, in the order of first appearance."""
    return list(dict.fromkeys(values))


def one_of(what: str, value: str, known: tuple[str, ...]) -> None:
    """End the command where a word is none of those known."""
    if value not in known:
        raise Stop(EXIT_USAGE, f"There is no {what} `{value}`.", f"Use one of {', '.join(known)}.")


class refused_by_statistics:  # noqa: N801 - used as a statement
    """Ends the command with the statistics' own words about input that cannot be used."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: Any, error: Any, trace: Any) -> None:
        if isinstance(error, ValueError):
            raise Stop(
                EXIT_ERRORS, f"The data cannot be used: {error}.", "Mend the file and try again."
            ) from error


def show(document: dict[str, Any], answer: Format) -> None:
    """A summary as JSON, or as indented names and values."""
    if answer is Format.JSON:
        print_json(document)
        return
    for line in _lines(document, 0):
        out.print(line, markup=False, soft_wrap=True)


def _lines(value: Any, depth: int) -> list[str]:
    pad = "  " * depth
    lines: list[str] = []
    for name, item in value.items():
        if isinstance(item, dict):
            lines += [f"{pad}{name}:", *_lines(item, depth + 1)]
        elif isinstance(item, list) and item and isinstance(item[0], dict):
            lines.append(f"{pad}{name}:")
            for entry in item:
                lines += ["  " * (depth + 1) + "-", *_lines(entry, depth + 2)]
        elif isinstance(item, list) and len(item) > 12:
            lines.append(f"{pad}{name}: {len(item)} values (see --format json)")
        else:
            lines.append(f"{pad}{name}: {item}")
    return lines
