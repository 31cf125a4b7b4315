"""The report as data: `results.json` with every number, and tables as CSV."""

from __future__ import annotations

import csv
import io
from dataclasses import asdict
from typing import Any

from .model import Figure, Number, Report, Table


def export_results(report: Report) -> dict[str, Any]:
    """Every number with its definition, subjects and ledger entries, and where it stands in the report."""
    return {
        "format": "trialwright-results/1",
        "title": report.title,
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
            }
            for section in report.sections
        ],
        "numbers": {name: number.as_json() for name, number in report.numbers().items()},
    }


def _table(table: Table) -> dict[str, Any]:
    rows = [
        {
            "label": row.label,
            "indent": row.indent,
            "cells": [{"number": cell.id} if isinstance(cell, Number) else cell for cell in row.cells],
        }
        for row in table.rows
    ]
    return {
        "id": table.id,
        "title": table.title,
        "columns": list(table.columns),
        "rows": rows,
        "notes": list(table.notes),
    }


def export_csv(table: Table) -> str:
    """A table as CSV, cells as they are read."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(table.columns)
    for row in table.rows:
        writer.writerow([row.label, *(cell.text if isinstance(cell, Number) else cell for cell in row.cells)])
    return buffer.getvalue()
