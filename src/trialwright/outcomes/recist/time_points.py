"""Time-point responses of a subject: the lesions of every assessment put together, with dates.

Dates (house RECIST reference, section 8): a response is dated to the last scan needed to show it,
progression to the earliest scan of the assessment that shows it. An equivocal new lesion that a later
scan proves dates the progression to the first scan that showed it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from trialwright.outcomes.progression_free import Assessment
from trialwright.outcomes.recist.lesions import (
    LesionHistory,
    NewReading,
    NewState,
    NonTargetState,
    Visit,
)
from trialwright.outcomes.recist.overall import compute_non_target_response, compute_overall_response
from trialwright.outcomes.recist.responses import Response
from trialwright.outcomes.recist.target import TargetResult, compute_target_responses
from trialwright.outcomes.traceability import merge_sources

EQUIVOCAL_NEW_LESION = "EQUIVOCAL_NEW_LESION"
"""For review: a lesion that may be new; watch it at the next assessment."""

LARGE_FALL = "SUM_FELL_BY_HALF"
"""For review: the sum fell by more than half since the assessment before."""


@dataclass(frozen=True, slots=True)
class TimePoint:
    """One assessment of one subject with its responses.

    ``on`` is the last scan; ``progression_on`` the earliest scan that shows progression (only when ``PD``).
    """

    subject: str
    visit: str
    on: date
    target: TargetResult
    non_target: Response
    new_lesion: bool
    overall: Response
    progression_on: date | None = None
    review: tuple[str, ...] = ()
    source_ids: tuple[int, ...] = ()

    @property
    def why(self) -> str:
        """Why the overall response is what it is: the targets, and what else weighs. For who may see values."""
        if self.overall is Response.PD:
            causes = [self.target.why] if self.target.response is Response.PD else []
            if self.non_target is Response.PD:
                causes.append("Non-target lesions show unequivocal progression.")
            if self.new_lesion:
                causes.append("There is a new lesion.")
            return " ".join(causes)
        if self.target.response is Response.CR and self.non_target is Response.NON_CR_NON_PD:
            return f"{self.target.why} A non-target lesion persists."
        if self.non_target is Response.NE:
            return f"{self.target.why} A non-target lesion was not evaluated."
        return self.target.why

    def as_assessment(self) -> Assessment:
        """The same as an assessment for survival without progression."""
        return Assessment(self.on, self.overall.value, self.progression_on, self.source_ids)


def find_proven_new(visits: Sequence[Visit]) -> frozenset[str]:
    """The new lesions that some assessment calls unequivocal."""
    return frozenset(
        r.lesion for visit in visits for r in visit.new if r.state is NewState.UNEQUIVOCAL and r.is_seen
    )


def _find_scan_dates(visit: Visit) -> list[date]:
    readings = (*visit.targets, *visit.non_targets, *visit.new)
    return [reading.on for reading in readings if reading.on is not None] or [visit.on]


def _find_progression_date(visit: Visit, target: TargetResult, new: Sequence[NewReading]) -> date:
    """The earliest scan date of this assessment that shows progression."""
    dates = [reading.on or visit.on for reading in new]
    progressed = NonTargetState.UNEQUIVOCAL_PROGRESSION
    dates += [reading.on or visit.on for reading in visit.non_targets if reading.state is progressed]
    if target.response is Response.PD:
        dates.append(target.progression_on or visit.on)
    return min(dates)


def _review(
    visit: Visit, target: TargetResult, before: TargetResult | None, proven: frozenset[str]
) -> tuple[str, ...]:
    flags = list(target.review)
    if any(reading.is_seen and reading.lesion not in proven for reading in visit.new):
        flags.append(EQUIVOCAL_NEW_LESION)
    previous_mm = target.baseline_mm
    if before is not None:
        previous_mm = before.sum_mm if before.complete else None
    now_mm = target.sum_mm if target.complete else None
    if now_mm is not None and previous_mm is not None and 2 * now_mm < previous_mm:
        flags.append(LARGE_FALL)
    return tuple(flags)


def derive_time_points(history: LesionHistory) -> list[TimePoint]:
    """The time-point responses of one subject, in the order of date.

    A lesion called new and unequivocal at any assessment counts as new at every assessment that saw it,
    also at earlier ones that were unsure.
    """
    visits = sorted(history.visits, key=lambda visit: visit.on)
    proven = find_proven_new(visits)
    results = compute_target_responses(
        history.targets, history.baseline.targets, [visit.targets for visit in visits]
    )
    points: list[TimePoint] = []
    for index, (visit, target) in enumerate(zip(visits, results, strict=True)):
        non_target = compute_non_target_response(history.non_targets, visit.non_targets, visit.markers_normal)
        new = [reading for reading in visit.new if reading.is_seen and reading.lesion in proven]
        overall = compute_overall_response(target.response, non_target, bool(new))
        progressed = overall is Response.PD
        sources = merge_sources(
            history.source_ids,
            visit.source_ids,
            target.source_ids,
            *(reading.source_ids for reading in (*visit.non_targets, *visit.new)),
        )
        points.append(
            TimePoint(
                history.subject,
                visit.visit,
                max(_find_scan_dates(visit)),
                target,
                non_target,
                bool(new),
                overall,
                _find_progression_date(visit, target, new) if progressed else None,
                _review(visit, target, results[index - 1] if index else None, proven),
                sources,
            )
        )
    return points
