"""Every file of a report: documents, tables, figures, and the numbers for machines."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator
from datetime import date

from .export import export_csv, export_results, export_svg
from .html import render_html
from .model import Report
from .pdf import render_pdf
from .png import export_png
from .rtf import export_rtf


def export_files(report: Report) -> Iterator[tuple[str, bytes]]:
    """The path of each file and its bytes, made one after the other; the same report gives the same bytes."""
    simulated = report.stamp.simulated
    yield "index.html", render_html(report).encode()
    yield "results.json", render_results(report)
    for table in report.tables():
        yield f"tables/{table.id}.csv", export_csv(table, simulated).encode()
        yield f"tables/{table.id}.rtf", export_rtf(table, report.stamp).encode()
    for figure in report.figures():
        yield f"figures/{figure.id}.svg", export_svg(figure, simulated).encode()
        yield f"figures/{figure.id}.png", export_png(figure, simulated)
    yield "report.pdf", render_pdf(report)


def render_results(report: Report) -> bytes:
    """`results.json`."""
    text = json.dumps(export_results(report), indent=1, ensure_ascii=False, allow_nan=False)
    return f"{text}\n".encode()


def render_archive(report: Report) -> bytes:
    """Every file in one ZIP archive, dated by the day of the cut so that the same cut gives the same bytes."""
    on = date.fromisoformat(report.stamp.cut_on)
    moment = (max(on.year, 1980), on.month, on.day, 0, 0, 0)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, content in export_files(report):
            archive.writestr(zipfile.ZipInfo(path, moment), content, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def count_files(report: Report) -> int:
    """How many files `export_files` will make."""
    tables = sum(1 for _ in report.tables())
    return 3 + 2 * tables + 2 * sum(1 for _ in report.figures())
