"""The protocol: the study file as prose, criteria with their rules, the schedule, what is still open."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from django.http import Http404, HttpRequest, HttpResponse

from trialwright.actions.unit import study_of_version
from trialwright.report.number_line import NumberLine, draw_number_lines, pick_line
from trialwright.study.checks import check_study
from trialwright.study.criteria import render_prose
from trialwright.study.findings import Finding, Severity
from trialwright.study.model import Study
from trialwright.study.model.eligibility import Criterion
from trialwright.study.prose import render_design, render_dose, render_randomisation
from trialwright.study.schedule import VisitInstance, expand_visits
from trialwright.trial.protocol import protocol_of
from trialwright.web.frame import page, show
from trialwright.web.viewer import Viewer

ASSUMED = "TW-ASM-001"
"""The code under which the linter lists what was assumed."""

TABS = (
    ("synopsis", "Synopsis"),
    ("criteria", "Criteria"),
    ("schedule", "Schedule"),
    ("forms", "Forms"),
    ("findings", "Findings"),
)


@page("protocol")
def protocol(request: HttpRequest, viewer: Viewer, tab: str = "synopsis") -> HttpResponse:
    """One tab of the protocol of the version in force."""
    if tab not in dict(TABS):
        raise Http404
    study = viewer.study
    findings = findings_of_version(study.id, viewer.version)
    lines = number_lines_of_version(study.id, viewer.version) if tab in ("criteria", "findings") else ()
    told = tell_findings([f for f in findings if f.code != ASSUMED], lines, study)
    context = {
        "tabs": TABS,
        "tab": tab,
        "design_prose": render_design(study),
        "randomisation_prose": render_randomisation(study),
        "doses": [(product, render_dose(product)) for product in study.products],
        "criteria": _criteria(study),
        "codes": _codes_by_criterion(told),
        "grid": schedule_grid(study),
        "number_lines": lines,
        "findings": told,
        "finding_count": len(findings),
        "assumptions": [f for f in findings if f.code == ASSUMED],
    }
    return show(request, viewer, "web/protocol.html", context)


@lru_cache(maxsize=8)
def findings_of_version(study: str, version: str) -> tuple[Finding, ...]:
    """What the linter says of a version; kept, since a version never changes."""
    return tuple(check_study(study_of_version(study, version)))


@lru_cache(maxsize=8)
def number_lines_of_version(study: str, version: str) -> tuple[NumberLine, ...]:
    """Inclusion against exclusion, drawn, for every variable that both lists limit."""
    return draw_number_lines(study_of_version(study, version))


@dataclass(frozen=True, slots=True)
class ToldFinding:
    """A finding, the criterion it stands at ('' elsewhere), and the drawing of the region that it speaks of."""

    finding: Finding
    criterion: str
    line: NumberLine | None


def tell_findings(
    findings: Sequence[Finding], lines: Sequence[NumberLine], study: Study
) -> tuple[ToldFinding, ...]:
    """Findings in the order of their severity. A drawing stands at the first finding that speaks of it."""
    drawn: set[str] = set()
    told: list[ToldFinding] = []
    for finding in sorted(findings, key=lambda one: one.severity.rank):
        line = pick_line(finding, lines, study)
        if line is not None and line.svg in drawn:
            line = None
        elif line is not None:
            drawn.add(line.svg)
        told.append(ToldFinding(finding, _criterion_of(finding, study), line))
    return tuple(told)


def _criterion_of(finding: Finding, study: Study) -> str:
    path = finding.place.path
    if len(path) < 3 or path[:2] != ("eligibility", "criteria") or not isinstance(path[2], int):
        return ""
    return study.eligibility.criteria[path[2]].id


def _codes_by_criterion(told: Sequence[ToldFinding]) -> dict[str, list[str]]:
    """The codes of errors and warnings at each criterion."""
    found: dict[str, list[str]] = {}
    for one in told:
        if one.criterion and one.finding.severity is not Severity.INFO:
            found.setdefault(one.criterion, []).append(one.finding.code)
    return {name: list(dict.fromkeys(codes)) for name, codes in found.items()}


def _criteria(study: Study) -> list[tuple[str, list[tuple[Criterion, str]]]]:
    """Both lists, each criterion with its rule told in a sentence."""
    protocol = protocol_of(study)
    told = {name: render_prose(rule, protocol.catalogue) for name, rule in protocol.rules.items()}
    return [
        (title, [(c, told.get(c.id, "")) for c in study.eligibility.criteria if c.section == section])
        for title, section in (("Inclusion", "inclusion"), ("Exclusion", "exclusion"))
    ]


@dataclass(frozen=True, slots=True)
class Grid:
    """The schedule of activities: visits across; forms and doses down, each with a mark where it is planned."""

    visits: tuple[VisitInstance, ...]
    rows: tuple[tuple[str, tuple[str, ...]], ...]


def schedule_grid(study: Study) -> Grid:
    """The schedule of activities; a visit that returns stands once, with the first of its days."""
    visits = tuple(visit for visit in expand_visits(study) if visit.number == 1)
    collections = {product.collection.day for product in study.products if product.collection}
    rows = (
        [("Collection", tuple("●" if visit.day in collections else "" for visit in visits))]
        if collections
        else []
    )
    for product in study.products:
        rows.append((product.name, tuple("●" if visit.day in product.days else "" for visit in visits)))
    for form in study.forms:
        marks = tuple("●" if form.id in visit.forms else "" for visit in visits)
        rows.append((form.title, marks if any(marks) else tuple("○" for _ in visits)))
    return Grid(visits, tuple(rows))
