"""`trialwright stats`: estimators and tests over the columns of a file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from .output import EXIT_ERRORS, Format, Stop, out, print_json
from .tables import read_columns

app = typer.Typer(
    help="Estimators and tests over the columns of a CSV or Parquet file.", no_args_is_help=True
)

File = Annotated[Path, typer.Argument(help="A CSV or Parquet file.")]
Time = Annotated[str, typer.Option("--time", help="Column of times.")]
Event = Annotated[str, typer.Option("--event", help="Column of events: 1 event, 0 censored.")]
Strata = Annotated[str, typer.Option("--strata", help="Column of strata.")]
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
    answer: Answer = Format.TEXT,
) -> None:
    """Kaplan-Meier, medians and landmarks by arm; log-rank, hazard ratio and restricted mean between arms."""
    from trialwright.stats.summaries import summarise_survival

    if interval not in ("log-log", "log", "plain"):
        raise Stop(2, f"There is no interval `{interval}`.", "Use log-log, log or plain.")
    columns = read_columns(file, [time, event], [arm, strata])
    with refused_by_statistics():
        found = summarise_survival(
            columns[time],
            columns[event],
            columns[arm] if arm else None,
            strata=columns[strata] if strata else None,
            landmarks=landmark or (),
            tau=tau,
            interval=interval,  # type: ignore[arg-type]
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
    answer: Answer = Format.TEXT,
) -> None:
    """Cox proportional hazards, and the test of proportionality."""
    import numpy as np

    from trialwright.stats.summaries import summarise_cox

    if ties not in ("efron", "breslow"):
        raise Stop(2, f"There is no rule for ties `{ties}`.", "Use efron or breslow.")
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
        )
    show(found, answer)


@app.command("response")
def response(
    file: File,
    responded: Annotated[str, typer.Option("--responded", help="Column of 0 and 1; not evaluable is 0.")],
    arm: Annotated[str, typer.Option("--arm", help="Column of arms; its first value is the reference.")],
    answer: Answer = Format.TEXT,
) -> None:
    """Shares of responders by arm with their intervals, and their differences."""
    from trialwright.stats.summaries import summarise_response

    columns = read_columns(file, [responded, arm], [])
    with refused_by_statistics():
        found = summarise_response(columns[responded], columns[arm])
    show(found, answer)


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
