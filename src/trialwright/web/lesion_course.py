"""The course of a subject's tumours for the subject's page: the spider plot, and every assessment as a row."""

from __future__ import annotations

from dataclasses import dataclass

from trialwright.outcomes.recist.target import compute_sum
from trialwright.outcomes.recist.time_points import TimePoint, derive_time_points
from trialwright.report.subject_spider import draw_subject_spider
from trialwright.report.subjects import allocated_on, derive_lesion_history
from trialwright.study.model import Study
from trialwright.trial.records import FormState
from trialwright.trial.subject import SubjectState

WIDE, NARROW = 640, 330
"""Widths of the two drawings, so that letters keep their size on a telephone."""


@dataclass(frozen=True, slots=True)
class Assessed:
    """One assessment with the form that it stands on, None where that cannot be told."""

    point: TimePoint
    form: FormState | None


@dataclass(frozen=True, slots=True)
class CourseView:
    """The drawings at two widths ('' before anything can be drawn), the rows, and what is still missing."""

    wide: str
    narrow: str
    rows: tuple[Assessed, ...]
    words: str = ""


def view_course(study: Study, state: SubjectState) -> CourseView | None:
    """The course as far as it is on record; None for a study that assesses no tumours."""
    forms = {form.id for form in study.forms if form.records == "tumour_assessment"}
    if not forms:
        return None
    start = allocated_on(state)
    if start is None:
        return CourseView("", "", (), "Responses are computed from the day of allocation on.")
    history = derive_lesion_history(study, state)
    if history is None:
        return CourseView("", "", (), "No tumour assessment from before allocation is on record.")
    points = derive_time_points(history)
    if not points:
        total, whole = compute_sum(history.baseline.targets)
        base = f" The baseline sum is {total} mm." if whole and total is not None else ""
        return CourseView("", "", (), f"No tumour assessment since allocation yet.{base}")
    rows = tuple(Assessed(point, _form_of(state, forms, point)) for point in points)
    wide, narrow = (draw_subject_spider(points, start, width) for width in (WIDE, NARROW))
    return CourseView(wide, narrow, rows)


def _form_of(state: SubjectState, forms: set[str], point: TimePoint) -> FormState | None:
    found = [
        one
        for one in state.forms.values()
        if one.form in forms and one.visit == point.visit and one.seq in point.source_ids
    ]
    return max(found, key=lambda one: (one.occurred_on == point.on.isoformat(), one.seq), default=None)
