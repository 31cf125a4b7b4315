"""The report as data: `results.json` with every number, and tables as CSV."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import asdict
from typing import Any

from .model import Figure, Number, Report, Row, Table

SIMULATED = "Simulated data"
MARK_HEIGHT = 16
"""Room under a figure for the mark, in the units of its drawing."""


def export_results(report: Report) -> dict[str, Any]:
    """Every number with its definition, subjects and ledger entries, and where it stands in the report."""
    return {
        "format": "trialwright-results/1",
        "title": report.title,
        "heading": report.heading,
        "stamp": asdict(report.stamp),
        "conventions": list(report.conventions),
        "sections": [
            {
                "id": section.id,
                "title": section.title,
                "words": list(section.words),
                "tables": [
                    _table(block)
                    for block in (b.data if isinstance(b, Figure) else b for b in section.blocks)
                    if block is not None
                ],
                "figures": [_figure(block) for block in section.blocks if isinstance(block, Figure)],
            }
            for section in report.sections
        ],
        "numbers": {name: number.as_json() for name, number in report.numbers().items()},
    }


def _figure(figure: Figure) -> dict[str, Any]:
    table = figure.data.id if figure.data is not None else None
    words = {"words": figure.words, "notes": list(figure.notes)}
    return {"id": figure.id, "title": figure.title, **words, "data": table}


def _row(row: Row) -> dict[str, Any]:
    cells = [{"number": cell.id} if isinstance(cell, Number) else cell for cell in row.cells]
    made: dict[str, Any] = {"label": row.label, "indent": row.indent, "cells": cells}
    if row.subject:
        made["subject"] = row.subject
    if row.sources:
        made["sources"] = list(row.sources)
    return made


def _table(table: Table) -> dict[str, Any]:
    rows = [_row(row) for row in table.rows]
    return {
        "id": table.id,
        "title": table.title,
        "columns": list(table.columns),
        "rows": rows,
        "notes": list(table.notes),
        "listing": table.listing,
    }


def export_svg(figure: Figure, simulated: bool = False) -> str:
    """A figure as a file of its own; a line below the drawing says so where the data are simulated."""
    if not simulated:
        return figure.svg
    width, height = find_view_box(figure.id, figure.svg)
    taller = f"{float(height) + MARK_HEIGHT:g}"
    grown = figure.svg.replace(f'viewBox="0 0 {width} {height}"', f'viewBox="0 0 {width} {taller}"', 1)
    grown = grown.replace(f'height="{height}pt"', f'height="{taller}pt"', 1)
    text = (
        f'<text x="6" y="{float(height) + MARK_HEIGHT - 5:g}" font-family="DejaVu Sans, Verdana, sans-serif" '
        f'font-size="9" fill="#5b3a8c">{SIMULATED}</text>'
    )
    head, tail = grown.rsplit("</svg>", 1)
    return f"{head}{text}</svg>{tail}"


def find_view_box(figure: str, svg: str) -> tuple[str, str]:
    """Width and height of a drawing as they stand in its view box."""
    box = re.search(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', svg)
    if box is None:
        raise ValueError(f"The figure {figure} has no view box.")
    return box.group(1), box.group(2)


def export_csv(table: Table, simulated: bool = False) -> str:
    """A table as CSV, cells as they are read; the head of the first column says so where the data are simulated."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    first, *others = table.columns
    mark = SIMULATED if not first else f"{first} ({SIMULATED.lower()})"
    writer.writerow([mark if simulated else first, *others])
    for row in table.rows:
        writer.writerow([row.label, *(cell.text if isinstance(cell, Number) else cell for cell in row.cells)])
    return buffer.getvalue()
