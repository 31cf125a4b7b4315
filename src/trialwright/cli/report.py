"""`trialwright analyse`: the report of a study at a cut of its ledger."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from trialwright.study.model.report_plan import VARIANTS, Variant

from .dates import parse_optional_date
from .ledger import Data, store_faults
from .output import EXIT_USAGE, Stop, err, say_step, write_aside
from .serve import open_data

if TYPE_CHECKING:
    from trialwright.report.model import Report

VARIANT_HELP = f"Which report of the plan: {', '.join(VARIANTS)}."


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command("analyse")(analyse)


def analyse(
    study: Annotated[str, typer.Argument(help="The study's id in the ledger.")],
    out: Annotated[Path, typer.Option("--out", help="The folder to write.")] = Path("report"),
    as_of: Annotated[str, typer.Option("--as-of", help="Count nothing after this date.")] = "",
    until: Annotated[
        int | None, typer.Option("--until", min=1, help="Last ledger entry that counts.")
    ] = None,
    variant: Annotated[str, typer.Option("--variant", help=VARIANT_HELP)] = "final",
    pooled: Annotated[
        bool, typer.Option("--pooled", help="All arms together, for whom they are hidden.")
    ] = False,
    data: Data = None,
) -> None:
    """Write a report: HTML, PDF, results.json with every number, tables as CSV and RTF, figures as SVG and PNG."""
    wanted = parse_variant(variant)
    open_data(data)
    from trialwright.actions.analyse import analyse as make

    with store_faults(), err.status("Analysing") as status:
        report = make(
            study,
            as_of=parse_optional_date(as_of),
            until=until,
            variant=wanted,
            by_arm=not pooled,
            progress=lambda part: status.update(f"Analysing: {part}"),
        )
        write_report(report, out, lambda done, of: status.update(f"Writing {done} of {of} files"))
    say_step(f"Report written to {out / 'index.html'} ({len(report.numbers())} numbers)")


def parse_variant(text: str) -> Variant:
    """The variant of that name; wrong use ends the command."""
    for variant in VARIANTS:
        if variant == text:
            return variant
    raise Stop(EXIT_USAGE, f"There is no report {text}.", f"Choose one of {', '.join(VARIANTS)}.")


def write_report(report: Report, out: Path, progress: Callable[[int, int], None] | None = None) -> None:
    """Write every file of the report into a folder, each aside and renamed.

    Tables and figures of an earlier report in the folder that this one has not are taken away: beside a pooled
    report no file by arm may be left.
    """
    from trialwright.report.files import count_files, export_files

    before, total, written = find_written(out), count_files(report), set[Path]()
    for done, (path, content) in enumerate(export_files(report), start=1):
        write_aside(out / path, content)
        written.add(out / path)
        if progress is not None:
            progress(done, total)
    for stale in before - written:
        stale.unlink(missing_ok=True)


def find_written(out: Path) -> set[Path]:
    """The files of tables and figures that the report in a folder says it has; none without a report there."""
    try:
        sections: Any = json.loads((out / "results.json").read_text("utf-8"))["sections"]
        tables = [table["id"] for section in sections for table in section["tables"]]
        figures = [figure["id"] for section in sections for figure in section["figures"]]
    except (OSError, ValueError, KeyError, TypeError):
        return set()
    names = [f"tables/{name}.{kind}" for name in tables for kind in ("csv", "rtf")]
    names += [f"figures/{name}.{kind}" for name in figures for kind in ("svg", "png")]
    return {out / name for name in names if ".." not in name}
