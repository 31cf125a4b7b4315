"""The grade history of an adverse event: worst grade, worsening under treatment, time at each grade.

Every change of grade is a row of its own, with its date; the event's grade in tables is the worst.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from trialwright.outcomes.adverse_events import AdverseEvent
from trialwright.outcomes.traceability import merge_sources


@dataclass(frozen=True, slots=True)
class GradeChange:
    """From this day on the event had this grade."""

    on: date
    grade: int
    source_ids: tuple[int, ...] = ()


def find_worsening(changes: Sequence[GradeChange], first_on: date) -> date | None:
    """The first day on or after ``first_on`` with a grade above the worst one before it.

    ``None`` where the event was not there before (it then began under treatment) or did not worsen.
    """
    ordered = sorted(changes, key=lambda change: change.on)
    before = [change.grade for change in ordered if change.on < first_on]
    if not before:
        return None
    return next((c.on for c in ordered if c.on >= first_on and c.grade > max(before)), None)


def compute_event(event: AdverseEvent, changes: Sequence[GradeChange], first_on: date | None) -> AdverseEvent:
    """The event with its onset, worst grade and day of worsening taken from the history.

    ``first_on``: the first treatment (``None``: never treated). Without a history the event stays as it is.
    """
    if not changes:
        return event
    ordered = sorted(changes, key=lambda change: change.on)
    return replace(
        event,
        onset_on=event.onset_on or ordered[0].on,
        grade=max(change.grade for change in changes),
        worsened_on=None if first_on is None else find_worsening(changes, first_on),
        source_ids=merge_sources(event.source_ids, *(change.source_ids for change in changes)),
    )


def compute_days_at_least(
    changes: Sequence[GradeChange], grade: int, ended_on: date | None, as_of: date
) -> int:
    """Days with at least that grade, up to the end of the event or ``as_of`` while it lasts."""
    ordered = sorted(changes, key=lambda change: change.on)
    until = as_of if ended_on is None else ended_on
    days = 0
    for index, change in enumerate(ordered):
        stop = ordered[index + 1].on if index + 1 < len(ordered) else until
        if change.grade >= grade:
            days += max(0, (min(stop, until) - change.on).days)
    return days


@dataclass(frozen=True, slots=True)
class IncidenceRate:
    """Subjects with a first event over the time at risk, in events per ``per_days`` subject-days."""

    subjects: int
    days_at_risk: int
    per_days: float

    @property
    def rate(self) -> float | None:
        """The exposure-adjusted rate; ``None`` without any time at risk."""
        return self.subjects * self.per_days / self.days_at_risk if self.days_at_risk else None


def compute_incidence_rate(
    at_risk_days: Sequence[int], first_event_days: Sequence[int | None], per_days: float = 36525.0
) -> IncidenceRate:
    """The exposure-adjusted incidence rate (by default per 100 subject-years).

    For every subject the days at risk, and the day of the first event (``None``: none); the time after it
    does not count. Refuses lists of different length.
    """
    pairs = list(zip(at_risk_days, first_event_days, strict=True))
    days = sum(risk if first is None else min(risk, first) for risk, first in pairs)
    return IncidenceRate(sum(1 for _, first in pairs if first is not None), days, per_days)
