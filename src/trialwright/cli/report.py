"""`trialwright analyse`: the report of a study at a cut of its ledger."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from trialwright.study.model.report_plan import VARIANTS, Variant

from .dates import parse_optional_date
from .ledger import Data, store_faults
from .output import EXIT_USAGE, Stop, err, say_step, write_aside
from .serve import open_data

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
    """Write a report of the plan: HTML, PDF, results.json with every number, tables as CSV, figures as SVG."""
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
        status.update("Writing")
        write_report(report, out)
    say_step(f"Report written to {out / 'index.html'} ({len(report.numbers())} numbers)")


def parse_variant(text: str) -> Variant:
    """The variant of that name; wrong use ends the command."""
    for variant in VARIANTS:
        if variant == text:
            return variant
    raise Stop(EXIT_USAGE, f"There is no report {text}.", f"Choose one of {', '.join(VARIANTS)}.")


def write_report(report, out: Path) -> None:
    """Write every form of the report into a folder, each file aside and renamed."""
    from trialwright.report.export import export_csv, export_results, export_svg
    from trialwright.report.html import render_html
    from trialwright.report.model import Figure
    from trialwright.report.pdf import render_pdf

    write_aside(out / "index.html", render_html(report))
    write_aside(out / "report.pdf", render_pdf(report))
    results = json.dumps(export_results(report), indent=1, ensure_ascii=False, allow_nan=False)
    write_aside(out / "results.json", results + "\n")
    for table in report.tables():
        write_aside(out / "tables" / f"{table.id}.csv", export_csv(table, report.stamp.simulated))
    for section in report.sections:
        for block in section.blocks:
            if isinstance(block, Figure):
                write_aside(out / "figures" / f"{block.id}.svg", export_svg(block, report.stamp.simulated))
