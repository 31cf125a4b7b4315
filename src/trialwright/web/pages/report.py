"""The report as pages: its sections, its figures, and a page for every number with what made it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse

from trialwright.report.export import export_svg
from trialwright.report.extent import shorten
from trialwright.report.files import render_archive, render_results
from trialwright.report.html import render_html
from trialwright.report.model import Cell, Figure, Number, Report, Table
from trialwright.report.pdf import render_pdf
from trialwright.store.ledger import read
from trialwright.study.model.report_plan import VARIANTS, Variant
from trialwright.web.audit import describe, names_of_accounts
from trialwright.web.frame import page, show
from trialwright.web.reading import visible_states
from trialwright.web.report_room import find_figure, find_section, find_variant, may_open, report_of
from trialwright.web.viewer import Viewer

MOST_SOURCES = 200
FILE_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
"""A downloaded report carries its styles and figures inside, and loads nothing."""


def _variant(request: HttpRequest, viewer: Viewer) -> Variant:
    """The report that the address asks for; one that the role may not open is not there for it."""
    found = find_variant(request.GET.get("variant", ""))
    if found is None or not may_open(viewer, found):
        raise Http404
    return found


def _query(variant: Variant) -> str:
    return "" if variant == "final" else f"?variant={variant}"


@page("report", "see_report")
def report(request: HttpRequest, viewer: Viewer, section: str = "") -> HttpResponse:
    """The whole report, or one of its sections."""
    variant = _variant(request, viewer)
    made = report_of(viewer, variant)
    wanted = find_section(made, section) if section else None
    if section and wanted is None:
        raise Http404
    sections = [wanted] if wanted else list(made.sections)
    context = {
        "report": made,
        "section": wanted,
        "sections": [(one, [_block(block) for block in one.blocks]) for one in sections],
        "query": _query(variant),
        "variants": [
            (viewer.study.analysis.report_plan(one).heading, one, _query(one))
            for one in VARIANTS
            if may_open(viewer, one)
        ],
    }
    return show(request, viewer, "web/report.html", context)


def _block(block: Table | Figure) -> dict[str, Any]:
    if isinstance(block, Figure):
        return {"figure": block, "table": _table(block.data) if block.data else None}
    return {"figure": None, "table": _table(block)}


def _table(whole: Table) -> dict[str, Any]:
    table = shorten(whole)
    return {"table": table, "rows": [(row, [_cell(cell) for cell in row.cells]) for row in table.rows]}


def _cell(cell: Cell) -> dict[str, Any]:
    return {"number": cell, "text": cell.text} if isinstance(cell, Number) else {"number": None, "text": cell}


@page("report", "see_report")
def report_number(request: HttpRequest, viewer: Viewer, number: str) -> HttpResponse:
    """One number: its definition, the subjects it rests on, and the ledger entries that made it."""
    variant = _variant(request, viewer)
    made = report_of(viewer, variant)
    found = made.numbers().get(number)
    if found is None:
        raise Http404
    states = {state.subject: state for state in visible_states(viewer)}
    names = names_of_accounts()
    wanted = sorted(found.sources)[:MOST_SOURCES] if states else []
    entries = [_entry(viewer, states, seq, names) for seq in wanted]
    context = {
        "report": made,
        "number": found,
        "subjects": [subject for subject in found.subjects if subject in states],
        "entries": [entry for entry in entries if entry is not None],
        "left_out": max(len(found.sources) - MOST_SOURCES, 0),
        "may_see": bool(states),
        "query": _query(variant),
    }
    return show(request, viewer, "web/report_number.html", context)


def _entry(viewer: Viewer, states: Mapping[str, Any], seq: int, names: dict[str, str]) -> Any:
    recorded = next(read(viewer.study.id, after=seq - 1, until=seq), None)
    if recorded is None or (recorded.event.subject and recorded.event.subject not in states):
        return None
    return describe(viewer, states.get(recorded.event.subject), recorded, names)


@page("report", "see_report")
def report_figure(request: HttpRequest, viewer: Viewer, figure: str) -> HttpResponse:
    """A figure as an image of its own, so that the page around it needs no inline style."""
    made = report_of(viewer, _variant(request, viewer))
    found = find_figure(made, figure)
    if found is None:
        raise Http404
    image = export_svg(found, made.stamp.simulated)
    response = HttpResponse(image, content_type="image/svg+xml; charset=utf-8")
    response["Content-Security-Policy"] = FILE_POLICY
    return response


FILES: Mapping[str, tuple[str, Callable[[Report], bytes]]] = MappingProxyType(
    {
        "html": ("text/html; charset=utf-8", lambda made: render_html(made).encode()),
        "pdf": ("application/pdf", render_pdf),
        "json": ("application/json; charset=utf-8", render_results),
        "zip": ("application/zip", render_archive),
    }
)


@page("report", "see_report")
def report_file(request: HttpRequest, viewer: Viewer, form: str) -> HttpResponse:
    """The report as one file: ``html``, ``pdf``, ``json``, or ``zip`` with tables and figures too."""
    if form not in FILES:
        raise Http404
    kind, render = FILES[form]
    made = report_of(viewer, _variant(request, viewer))
    response = HttpResponse(render(made), content_type=kind)
    response["Content-Security-Policy"] = FILE_POLICY
    name = f"{viewer.study.id}-{made.stamp.variant}-report-{made.stamp.cut_on}.{form}"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
