"""Analysis sets with the reasons for leaving subjects out."""

from __future__ import annotations

from collections.abc import Sequence

from trialwright.outcomes.analysis_sets import AnalysisSet, Membership
from trialwright.study.model.products import Arm

from .counting import Fact, count_people
from .dataset import Dataset
from .model import Cell, Row, Section, Table

SETS: tuple[tuple[AnalysisSet, str], ...] = (
    (AnalysisSet.SCREENED, "Screened"),
    (AnalysisSet.ITT, "All allocated (ITT)"),
    (AnalysisSet.MITT, "Allocated and treated (modified ITT)"),
    (AnalysisSet.PP, "Per protocol"),
    (AnalysisSet.SAFETY, "Safety"),
    (AnalysisSet.DLT, "Evaluable for dose-limiting toxicity"),
    (AnalysisSet.RESPONSE, "Evaluable for response"),
    (AnalysisSet.QOL, "Quality of life"),
)
TITLE = "Analysis sets"


def build_sets(data: Dataset) -> Section:
    """Who is analysed where, and why not."""
    words = (
        "Sets come from rules; safety and dose-limiting toxicity are analysed by the treatment received, all else "
        "as allocated.",
    )
    rows = [row for members, label in SETS for row in _rows(data, members, label)]
    columns = ("", "All", *(arm.label for arm in apart(data)))
    notes = ("Reasons are counted among allocated subjects, each under the first that holds.",)
    table = Table("sets_table", "Analysis sets", columns, tuple(rows), notes)
    return Section("sets", TITLE, words, (table,))


def apart(data: Dataset) -> Sequence[Arm]:
    """The arms that have a column besides that of all subjects: none where there is one arm."""
    return data.study.arms if len(data.study.arms) > 1 else ()


def _rows(data: Dataset, members: AnalysisSet, label: str) -> list[Row]:
    mine = [m for m in data.memberships if m.analysis_set is members]
    name = f"sets.{members.value.lower()}"
    rows = [_row(data, name, label, [m for m in mine if m.member], 0)]
    allocated = {subject.state.subject: subject.arm for subject in data.subjects if subject.arm}
    out = [m for m in mine if not m.member and m.subject in allocated]
    for place, reason in enumerate(dict.fromkeys(m.reason for m in out)):
        words = f"Not: {reason}"
        rows.append(_row(data, f"{name}.out_{place}", words, [m for m in out if m.reason == reason], 1))
    return rows


def _row(data: Dataset, name: str, label: str, found: Sequence[Membership], indent: int) -> Row:
    arm_of = {subject.state.subject: subject.arm for subject in data.subjects}
    definition = f"Subjects: {label[0].lower()}{label[1:]}."
    cells: list[Cell] = [count_people(name, definition, [_fact(m) for m in found])]
    for arm in apart(data):
        mine = [_fact(m) for m in found if (m.arm if m.member else arm_of[m.subject]) == arm.id]
        words = f"Subjects of {arm.label}: {label[0].lower()}{label[1:]}."
        cells.append(count_people(f"{name}.{arm.id}", words, mine))
    return Row(label, tuple(cells), indent)


def _fact(membership: Membership) -> Fact:
    return Fact(membership.subject, membership.source_ids)
