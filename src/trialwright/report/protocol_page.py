"""A study file as one page: criteria with their rules, products, schedule, outcomes, and what was found.

For a draft that no study runs on yet: it needs no ledger, no account and no server.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined, Template

from trialwright.study.catalogue import study_catalogue
from trialwright.study.criteria import parse_rule, render_prose
from trialwright.study.findings import Finding
from trialwright.study.model import Study
from trialwright.study.model.eligibility import Criterion
from trialwright.study.prose import render_design, render_dose, render_randomisation

from .number_line import NumberLine, draw_number_lines, pick_line

_ESCAPED = re.compile(r"\\([<>~*_\[\]#.+&-])")


@dataclass(frozen=True, slots=True)
class ShownCriterion:
    """A criterion, its rule told in a sentence ('' where it has none), and the codes found at it."""

    criterion: Criterion
    prose: str
    codes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ShownFinding:
    """A finding and, at the first that speaks of a region of numbers, its drawing."""

    finding: Finding
    line: NumberLine | None


def render_protocol_page(study: Study, findings: Sequence[Finding]) -> str:
    """The page as HTML: styles and drawings inside, nothing loaded from elsewhere.

    ``findings`` are those of the linter, with or without places in a file.
    """
    lines = draw_number_lines(study)
    ordered = sorted(findings, key=lambda finding: finding.severity.rank)
    return _template().render(
        study=study,
        prose=" ".join(words for words in (render_design(study), render_randomisation(study)) if words),
        lists=[(name, _criteria(study, name, findings)) for name in ("inclusion", "exclusion")],
        lines=lines,
        findings=_shown(ordered, lines, study),
        doses=[(product, render_dose(product)) for product in study.products],
        given={row.id: row for row in study.interventions},
    )


def _criteria(study: Study, section: str, findings: Sequence[Finding]) -> list[ShownCriterion]:
    catalogue = study_catalogue(study)
    found: dict[int, list[str]] = {}
    for finding in findings:
        path = finding.place.path
        at = path[2] if len(path) > 2 and path[:2] == ("eligibility", "criteria") else None
        if isinstance(at, int) and finding.severity.rank < 2:
            found.setdefault(at, []).append(finding.code)
    shown: list[ShownCriterion] = []
    for index, criterion in enumerate(study.eligibility.criteria):
        if criterion.section == section:
            rule = parse_rule(criterion.rule, catalogue).rule if criterion.rule else None
            prose = render_prose(rule, catalogue) if rule is not None else ""
            shown.append(ShownCriterion(criterion, prose, tuple(dict.fromkeys(found.get(index, ())))))
    return shown


def _shown(findings: Sequence[Finding], lines: Sequence[NumberLine], study: Study) -> list[ShownFinding]:
    drawn: set[str] = set()
    shown: list[ShownFinding] = []
    for finding in findings:
        line = pick_line(finding, lines, study)
        new = line is not None and line.svg not in drawn
        if line is not None:
            drawn.add(line.svg)
        shown.append(ShownFinding(finding, line if new else None))
    return shown


def _unescaped(text: str | None) -> str:
    """The registry's text without the backslashes that its markup puts before signs."""
    return _ESCAPED.sub(r"\1", text or "")


@cache
def _template() -> Template:
    loader = PackageLoader("trialwright.report", "templates")
    environment = Environment(loader=loader, autoescape=True, undefined=StrictUndefined)
    environment.filters["unescaped"] = _unescaped
    return environment.get_template("protocol.html")
