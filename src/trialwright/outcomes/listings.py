"""Line listings of adverse events: one line an event, with study day, duration and what it counts as."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from trialwright.outcomes.adverse_events import AdverseEvent, TreatmentPeriod, compute_treatment_emergent
from trialwright.outcomes.dates import compute_days


@dataclass(frozen=True, slots=True)
class EventLine:
    """One line. ``onset_day`` has no day 0: the day before the first treatment is day -1 (CDISC's study
    day).
    """

    subject: str
    arm: str
    event: str
    verbatim: str
    term: str
    organ_class: str
    grade: int | None
    onset_on: date | None
    onset_day: int | None
    duration_days: int | None
    ongoing: bool
    treatment_emergent: bool
    serious: bool
    related_to: tuple[str, ...]
    fatal: bool
    special_interest: str
    source_ids: tuple[int, ...] = ()


def compute_study_day(on: date, first_on: date) -> int:
    """The study day: 1 on the first treatment, -1 the day before, never 0."""
    elapsed = (on - first_on).days
    return elapsed + 1 if elapsed >= 0 else elapsed


def derive_event_lines(
    events: Sequence[AdverseEvent],
    arms: Mapping[str, str],
    periods: Sequence[TreatmentPeriod],
    *,
    serious_only: bool = False,
) -> list[EventLine]:
    """Lines of the subjects in ``arms``, by arm, subject, onset (unknown first) and event."""
    by_subject = {period.subject: period for period in periods}
    lines: list[EventLine] = []
    for event in events:
        if event.subject not in arms or (serious_only and not event.serious):
            continue
        period = by_subject.get(event.subject)
        first_on = None if period is None else period.first_on
        onset, ended = event.onset_on, event.ended_on
        lines.append(
            EventLine(
                event.subject,
                arms[event.subject],
                event.event,
                event.verbatim,
                event.term,
                event.organ_class,
                event.grade,
                onset,
                None if onset is None or first_on is None else compute_study_day(onset, first_on),
                None if onset is None or ended is None else compute_days(onset, ended),
                ended is None,
                period is not None and compute_treatment_emergent(event, period),
                event.serious,
                tuple(sorted(event.related_to)),
                event.fatal or event.grade == 5,
                event.special_interest,
                event.source_ids,
            )
        )
    return sorted(lines, key=lambda x: (x.arm, x.subject, x.onset_on or date.min, x.event))
