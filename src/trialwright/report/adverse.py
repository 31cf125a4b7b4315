"""Adverse events: the overview, and every term by worst grade."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from trialwright.outcomes.adverse_events import (
    AdverseEvent,
    GradeCounts,
    OverviewRow,
    derive_overview,
    derive_worst_grades,
)
from trialwright.outcomes.analysis_sets import AnalysisSet

from .dataset import Dataset
from .figures import draw_bars
from .model import Cell, Figure, Number, Row, Section, Table
from .wording import write_share

SHOWN_TERMS = 12


def build_adverse(data: Dataset) -> Section:
    """Treatment-emergent adverse events in the safety set, by treatment received."""
    arms = data.sets[AnalysisSet.SAFETY]
    events = [event for subject in data.of(AnalysisSet.SAFETY) for event in subject.emergent]
    window = data.study.analysis.treatment_emergent_days
    words = (
        f"Events that began or worsened from the first dose to {window} days after the last, or to a new "
        "anticancer therapy. A subject counts once in each row, at the worst grade.",
    )
    if not arms:
        return Section("adverse", "Adverse events", ("No subject was treated.",))
    blocks = (_overview(data, events, arms), _figure(data, events, arms), _grades(data, events, arms))
    return Section("adverse", "Adverse events", words, blocks)


def _overview(data: Dataset, events: Sequence[AdverseEvent], arms: Mapping[str, str]) -> Table:
    agents = sorted({agent for event in events for agent in event.related_to})
    found = derive_overview(events, arms, agents)
    kinds = list(dict.fromkeys(row.kind for row in found))
    rows = tuple(
        Row(
            f"{kind[0].upper()}{kind[1:].replace('_', ' ')}",
            tuple(_overview_cell(kind, arm.id, found) for arm in data.study.arms),
        )
        for kind in kinds
    )
    return Table("adverse_overview", "Subjects with adverse events", _columns(data, arms), rows)


def _overview_cell(kind: str, arm: str, rows: Sequence[OverviewRow]) -> Cell:
    row = next((row for row in rows if row.kind == kind and row.arm == arm), None)
    if row is None:
        return "–"
    number = f"adverse.{kind.replace(' ', '_')}.{arm}"
    definition = f"Subjects with at least one event: {kind}. {row.events} events."
    return Number(
        number,
        write_share(row.count, row.at_risk),
        row.count,
        definition,
        "subjects",
        row.subjects,
        row.source_ids,
    )


def _grades(data: Dataset, events: Sequence[AdverseEvent], arms: Mapping[str, str]) -> Table:
    found = derive_worst_grades(events, arms)
    keys = list(dict.fromkeys((row.organ_class, row.term) for row in found))
    by_key = {(row.arm, row.organ_class, row.term): row for row in found}
    columns = [
        "",
        *(f"{arm.label}, {part}" for arm in data.study.arms for part in ("any grade", "grade 3 or higher")),
    ]
    rows = tuple(
        Row(
            term or organ_class or "Any event",
            tuple(
                cell
                for arm in data.study.arms
                for cell in _grade_cells(by_key.get((arm.id, organ_class, term)), arm.id)
            ),
            2 if term else int(bool(organ_class)),
        )
        for organ_class, term in keys
    )
    notes = (f"Terms and grades of CTCAE version {data.study.safety.ctcae_version}.",)
    return Table(
        "adverse_grades", "Adverse events by organ class, term and worst grade", tuple(columns), rows, notes
    )


def _grade_cells(row: GradeCounts | None, arm: str) -> tuple[Cell, Cell]:
    if row is None:
        return "0", "0"
    name = (row.term or row.organ_class or "any").replace(" ", "_").lower()
    grades = ", ".join(f"grade {grade}: {count}" for grade, count in sorted(row.by_grade.items()) if count)
    definition = (
        f"Subjects by worst grade of {row.term or row.organ_class or 'any event'} ({grades or 'none'})."
    )
    total = len(row.subjects)
    severe = sum(count for grade, count in row.by_grade.items() if grade >= 3)
    sources = row.source_ids
    return (
        Number(
            f"adverse.any.{name}.{arm}",
            write_share(total, row.at_risk),
            total,
            definition,
            "subjects",
            row.subjects,
            sources,
        ),
        Number(
            f"adverse.severe.{name}.{arm}",
            write_share(severe, row.at_risk),
            severe,
            definition,
            "subjects",
            row.subjects,
            sources,
        ),
    )


def _figure(data: Dataset, events: Sequence[AdverseEvent], arms: Mapping[str, str]) -> Figure:
    found = [row for row in derive_worst_grades(events, arms) if row.term]
    totals: dict[str, int] = {}
    for row in found:
        totals[row.term] = totals.get(row.term, 0) + len(row.subjects)
    terms = sorted(totals, key=lambda term: (-totals[term], term))[:SHOWN_TERMS]
    shares = {(row.arm, row.term): 100 * len(row.subjects) / row.at_risk for row in found if row.at_risk}
    series = [(arm.label, [shares.get((arm.id, term), 0.0) for term in terms]) for arm in data.study.arms]
    words = f"The most frequent are {', '.join(terms[:3])}." if terms else "No adverse event was recorded."
    svg = draw_bars(terms, series, "Subjects with the event, %", "adverse")
    return Figure("adverse_figure", f"Most frequent adverse events (up to {SHOWN_TERMS})", svg, words)


def _columns(data: Dataset, arms: Mapping[str, str]) -> tuple[str, ...]:
    sizes = {arm.id: sum(1 for other in arms.values() if other == arm.id) for arm in data.study.arms}
    return ("", *(f"{arm.label} (n = {sizes[arm.id]})" for arm in data.study.arms))
