"""The report as one self-contained HTML file."""

from __future__ import annotations

from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined, Template

from .extent import shorten
from .model import Report, Table


def render_html(report: Report) -> str:
    """The report as HTML: styles and figures inside, nothing loaded from elsewhere, fit for printing."""
    return _template().render(report=report, shorten=shorten, definitions=_definitions)


def _definitions(table: Table) -> list[str]:
    """What the numbers of a table mean, each meaning once, in order: a tooltip alone reaches no keyboard."""
    return list(dict.fromkeys(number.definition for number in table.numbers()))


@cache
def _template() -> Template:
    loader = PackageLoader("trialwright.report", "templates")
    return Environment(loader=loader, autoescape=True, undefined=StrictUndefined).get_template("report.html")
