"""The report as one self-contained HTML file."""

from __future__ import annotations

from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined, Template

from .model import Report


def render_html(report: Report) -> str:
    """The report as HTML: styles and figures inside, nothing loaded from elsewhere, fit for printing."""
    return _template().render(report=report)


@cache
def _template() -> Template:
    loader = PackageLoader("trialwright.report", "templates")
    return Environment(loader=loader, autoescape=True, undefined=StrictUndefined).get_template("report.html")
