"""The status matrix: subjects down, visits across, one glyph a cell and the same in words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from trialwright.study.schedule import VisitInstance
from trialwright.trial.protocol import protocol_of
from trialwright.trial.schedule import PlannedVisit, Standing
from trialwright.trial.subject import SubjectState

from .reading import visits_of
from .viewer import Viewer
from .words import STANDING_MARKS, Mark, mark_of_standing

PARTLY = Mark("◐", "partly entered", "warn")
VERIFIED = Mark("✓", "all verified", "good")
SIGNED = Mark("✎", "all signed", "good")
LOCKED = Mark("■", "all locked", "good")
QUERIED = Mark("?", "open query", "warn")
LEGEND = (*STANDING_MARKS.values(), PARTLY, VERIFIED, SIGNED, LOCKED, QUERIED)


@dataclass(frozen=True, slots=True)
class MatrixCell:
    """One visit of one subject."""

    visit: str
    mark: Mark
    queries: int
    words: str


@dataclass(frozen=True, slots=True)
class MatrixRow:
    """One subject."""

    state: SubjectState
    cells: tuple[MatrixCell | None, ...]


def matrix_of(
    viewer: Viewer, states: Iterable[SubjectState]
) -> tuple[tuple[VisitInstance, ...], tuple[MatrixRow, ...]]:
    """The heads and the rows of the matrix."""
    heads = tuple(protocol_of(viewer.study).visits.values())
    rows: list[MatrixRow] = []
    for state in states:
        planned = {one.visit.id: one for one in visits_of(viewer, state)}
        cells = (_cell(state, planned[head.id]) if head.id in planned else None for head in heads)
        rows.append(MatrixRow(state, tuple(cells)))
    return heads, tuple(rows)


def _cell(state: SubjectState, planned: PlannedVisit) -> MatrixCell:
    queries = sum(q.pending and q.visit == planned.visit.id for q in state.queries.values())
    found = mark_of_visit(planned)
    words = f"{state.subject}, {planned.visit.label}: {found.word}"
    if planned.planned_on is not None:
        words += f"; planned {planned.planned_on.isoformat()}"
    if queries:
        words += f"; {queries} open {'query' if queries == 1 else 'queries'}"
    return MatrixCell(planned.visit.id, found, queries, words)


def mark_of_visit(planned: PlannedVisit) -> Mark:
    """How a visit stands, told by its forms once all are entered, by the calendar before."""
    states = {form.state for form in planned.forms}
    if planned.standing is Standing.DONE:
        for state, found in (("locked", LOCKED), ("signed", SIGNED), ("verified", VERIFIED)):
            if states == {state}:
                return found
        return STANDING_MARKS[Standing.DONE]
    if states - {"empty"} and planned.standing not in (Standing.NOT_EXPECTED, Standing.INCOMPLETE):
        return Mark(PARTLY.glyph, f"{PARTLY.word}, {STANDING_MARKS[planned.standing].word}", PARTLY.tone)
    return mark_of_standing(planned)
