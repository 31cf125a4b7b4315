"""Which forms were expected of each subject up to the cut, and which were received.

A form is expected once the window of its visit has closed with the subject alive and in follow-up, on treatment
for a visit of the treatment, without progression for one that ends with it; a form that is there was expected.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, cast

from trialwright.study.model.forms import Form
from trialwright.study.schedule import VisitInstance
from trialwright.trial.schedule import PlannedVisit, Standing, plan_visits

from .answers import Sheet
from .dataset import Dataset, SubjectData

EXPECTED = (Standing.DONE, Standing.OVERDUE, Standing.MISSED, Standing.INCOMPLETE)


@dataclass(frozen=True, slots=True)
class ExpectedForm:
    """One form of one subject at one visit. ``sources``: the entry of the form, or the allocation without one."""

    subject: str
    arm: str
    visit: VisitInstance
    form: str
    received: bool
    in_window: bool
    open_answers: int
    sources: tuple[int, ...]


def derive_expected_forms(data: Dataset) -> list[ExpectedForm]:
    """Every expected form of every allocated subject, in the order of subjects and visits."""
    forms = {form.id: form for form in data.study.forms}
    return [
        form
        for subject in data.subjects
        if subject.state.allocation is not None
        for planned in plan_visits(data.study, subject.state, data.cut_on, progressed_on(subject))
        for form in _forms(forms, subject, planned)
    ]


def progressed_on(subject: SubjectData) -> date | None:
    """The date of the first progression that the lesions show; None without one."""
    return next((point.on for point in subject.responses if point.overall.value == "PD"), None)


def _forms(forms: Mapping[str, Form], subject: SubjectData, planned: PlannedVisit) -> list[ExpectedForm]:
    found: list[ExpectedForm] = []
    for name in planned.visit.forms:
        saved = subject.state.form(planned.visit.id, name)
        if saved is None and (planned.standing not in EXPECTED or _is_over(subject, planned)):
            continue
        allocation = subject.state.allocation
        sources = (saved.seq,) if saved is not None else (allocation.seq,) if allocation is not None else ()
        on = Sheet(forms[name], saved).collected_on if saved is not None else None
        document = saved.document if saved is not None else {}
        found.append(
            ExpectedForm(
                subject.state.subject,
                subject.arm,
                planned.visit,
                name,
                saved is not None,
                on is not None and _is_in_window(planned, on),
                sum(1 for cell in document.values() if _is_open(cell)),
                sources,
            )
        )
    return found


def _is_over(subject: SubjectData, planned: PlannedVisit) -> bool:
    """Whether nothing was expected any more when the window opened: treatment ended, or the subject had died."""
    ended = subject.state.treatment_end
    opens = planned.earliest_on
    if opens is None:
        return True
    if subject.survival is not None and subject.survival.event and opens > subject.survival.end_on:
        return True
    on_treatment = planned.visit.visit.track == "treatment"
    return on_treatment and ended is not None and opens > date.fromisoformat(ended.ended_on)


def _is_in_window(planned: PlannedVisit, on: date) -> bool:
    if planned.earliest_on is None or planned.latest_on is None:
        return False
    return planned.earliest_on <= on <= planned.latest_on


def _is_open(cell: Any) -> bool:
    """Whether an answer stands as missing with its code."""
    return isinstance(cell, Mapping) and bool(cast("Mapping[str, Any]", cell).get("missing"))
