"""The report as this viewer may see it: by arm, or with the arms put together before anything is computed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from functools import lru_cache

from django.db import connections
from django.utils import timezone

from trialwright.actions.analyse import take_cut
from trialwright.report.build import build_report
from trialwright.report.model import Figure, Number, Report, Row, Section, Stamp, Table
from trialwright.store.databases import LEDGER
from trialwright.store.ledger import SOFTWARE, read_head
from trialwright.study.model.report_plan import VARIANTS, Variant

from .viewer import Viewer

NO_LISTING = (
    "The rows, one a subject or a record, are left out for roles that see numbers and not every subject."
)


def may_open(viewer: Viewer, variant: Variant) -> bool:
    """Whether a role may open a variant: the closed part only roles that see the arms of the whole study."""
    return variant != "dsmb-closed" or (
        viewer.may("see_arms") and viewer.may("see_subjects") and not viewer.site
    )


def find_variant(text: str) -> Variant | None:
    """The variant of that name, the final report without a name, None where there is no such report."""
    return next((variant for variant in VARIANTS if variant == (text or "final")), None)


def report_of(viewer: Viewer, variant: Variant = "final") -> Report:
    """A report of everything recorded so far, kept until something new is recorded.

    Whom a number counts is left out for those who may not know of every subject of the study.
    """
    database = str(connections[LEDGER].settings_dict["NAME"])
    today = timezone.now().date()
    made = _report(database, viewer.study.id, read_head().seq, today, viewer.may("see_arms"), variant)
    sees_all = viewer.may("see_subjects") and not viewer.site
    return made if sees_all else _hide_members(made, tuple(section.id for section in made.sections))


@lru_cache(maxsize=8)
def _report(_database: str, study: str, seq: int, today: date, by_arm: bool, variant: Variant) -> Report:
    cut = take_cut(study, seq)
    on = min(cut.last_recorded_on, today)
    stamp = Stamp(
        study=study,
        study_version=cut.conduct.version,
        protocol_version=cut.study.version,
        ledger_head=cut.hash,
        cut_seq=cut.seq,
        cut_on=on.isoformat(),
        software=SOFTWARE,
        simulated=cut.conduct.simulated,
    )
    return build_report(cut.study, cut.subjects, stamp, on, by_arm=by_arm, variant=variant)


def _hide_members(report: Report, hidden: tuple[str, ...]) -> Report:
    sections = (
        replace(section, blocks=tuple(_hide(block) for block in section.blocks))
        if section.id in hidden
        else section
        for section in report.sections
    )
    return replace(report, sections=tuple(sections))


def _hide(block: Table | Figure) -> Table | Figure:
    if not isinstance(block, Figure):
        return _hide_table(block)
    if block.data is None:
        return block
    # A figure with a lane for each subject is a listing, drawn.
    return _hide_table(block.data) if block.data.listing else replace(block, data=_hide_table(block.data))


def _hide_table(table: Table) -> Table:
    if table.listing:
        return replace(table, rows=(), notes=(*table.notes, NO_LISTING))
    rows = (
        Row(
            row.label,
            tuple(replace(c, subjects=(), sources=()) if isinstance(c, Number) else c for c in row.cells),
            row.indent,
        )
        for row in table.rows
    )
    return replace(table, rows=tuple(rows))


def find_section(report: Report, section_id: str) -> Section | None:
    """The section of that id, or None."""
    return next((section for section in report.sections if section.id == section_id), None)


def find_figure(report: Report, figure_id: str) -> Figure | None:
    """The figure of that id, or None."""
    figures = (block for section in report.sections for block in section.blocks if isinstance(block, Figure))
    return next((figure for figure in figures if figure.id == figure_id), None)
