"""The data behind the waterfall, spider and swimmer plots: a row for every mark, before anything is drawn.

Source: house analysis reference, section 10.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from trialwright.outcomes.recist.best_response import BestResponse
from trialwright.outcomes.recist.responses import Response
from trialwright.outcomes.recist.time_points import TimePoint
from trialwright.outcomes.traceability import merge_sources

CAP_PERCENT = 100.0
"""A bar of the waterfall is drawn no higher."""


@dataclass(frozen=True, slots=True)
class WaterfallBar:
    """The best change of one subject's target sum, in percent of baseline; ``None`` without a measured sum
    since.

    ``drawn_percent`` is capped at +100.
    """

    subject: str
    best_percent: float | None
    best_on: date | None
    response: Response
    source_ids: tuple[int, ...] = ()

    @property
    def drawn_percent(self) -> float | None:
        """The height of the bar."""
        return None if self.best_percent is None else min(self.best_percent, CAP_PERCENT)


def _until_progression(points: Sequence[TimePoint], new_therapy_on: date | None) -> list[TimePoint]:
    """Assessments up to and with the first progression, before new therapy."""
    kept: list[TimePoint] = []
    for point in sorted(points, key=lambda p: p.on):
        if new_therapy_on is not None and point.on >= new_therapy_on:
            break
        kept.append(point)
        if point.overall is Response.PD:
            break
    return kept


def derive_waterfall(
    points: Mapping[str, Sequence[TimePoint]],
    best: Mapping[str, BestResponse],
    new_therapy: Mapping[str, date] | None = None,
) -> list[WaterfallBar]:
    """One bar for every subject of ``best``: greatest growth first, subjects without a measured sum at the
    end.

    Counted are complete sums up to and with the first progression and before new therapy.
    """
    therapy = new_therapy or {}
    bars: list[WaterfallBar] = []
    for subject, response in best.items():
        kept = _until_progression(points.get(subject, ()), therapy.get(subject))
        measured = [
            (p.target.share_from_baseline, p) for p in kept if p.target.share_from_baseline is not None
        ]
        if not measured:
            bars.append(WaterfallBar(subject, None, None, response.response, response.source_ids))
            continue
        share, point = min(measured, key=lambda pair: pair[0] or 0)
        sources = merge_sources(point.source_ids, response.source_ids)
        percent = float(100 * (share or 0))
        bars.append(WaterfallBar(subject, percent, point.on, response.response, sources))
    return sorted(bars, key=lambda b: (b.best_percent is None, -(b.best_percent or 0), b.subject))


@dataclass(frozen=True, slots=True)
class SpiderPoint:
    """The change of one subject's target sum at one assessment; ``day`` counts from the start (day 0)."""

    subject: str
    day: int
    percent: float
    new_lesion: bool
    overall: Response | None
    source_ids: tuple[int, ...] = ()


def derive_spider(points: Mapping[str, Sequence[TimePoint]], starts: Mapping[str, date]) -> list[SpiderPoint]:
    """Every complete sum of every subject, each line beginning at 0 % on day 0."""
    rows: list[SpiderPoint] = []
    for subject in sorted(points):
        rows.append(SpiderPoint(subject, 0, 0.0, False, None))
        for point in sorted(points[subject], key=lambda p: p.on):
            share = point.target.share_from_baseline
            if share is not None:
                day = (point.on - starts[subject]).days
                percent = float(100 * share)
                rows.append(
                    SpiderPoint(subject, day, percent, point.new_lesion, point.overall, point.source_ids)
                )
    return rows


@dataclass(frozen=True, slots=True)
class SwimmerHistory:
    """What a lane of the swimmer plot is made of. ``marks``: kind -> dates (infusions, injections, ...)."""

    subject: str
    arm: str
    start_on: date
    last_on: date
    ongoing: bool
    marks: Mapping[str, Sequence[date]]
    died_on: date | None = None
    source_ids: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class SwimmerMark:
    """One mark or stretch of a lane: ``kind``, first and last day from the start (the same for a mark)."""

    subject: str
    arm: str
    kind: str
    from_day: int
    to_day: int
    source_ids: tuple[int, ...] = ()


def _find_responding(points: Sequence[TimePoint], last_on: date) -> list[tuple[TimePoint, date]]:
    """Stretches of CR or PR: from the first assessment that shows it to the first evaluable one that does
    not.
    """
    stretches: list[tuple[TimePoint, date]] = []
    began: TimePoint | None = None
    for point in sorted(points, key=lambda p: p.on):
        responding = point.overall in (Response.CR, Response.PR)
        if responding and began is None:
            began = point
        elif began is not None and not responding and point.overall is not Response.NE:
            stretches.append((began, point.on))
            began = None
    if began is not None:
        stretches.append((began, max(last_on, began.on)))
    return stretches


def derive_swimmer(
    histories: Sequence[SwimmerHistory], points: Mapping[str, Sequence[TimePoint]]
) -> list[SwimmerMark]:
    """All marks of all lanes, longest time on study first."""
    rows: list[SwimmerMark] = []
    longest = sorted(histories, key=lambda h: (h.start_on - h.last_on, h.subject))
    for lane in longest:
        sources = lane.source_ids

        def mark(kind: str, first: date, last: date, ids: tuple[int, ...], of: SwimmerHistory = lane) -> None:
            days = (first - of.start_on).days, (last - of.start_on).days
            rows.append(SwimmerMark(of.subject, of.arm, kind, *days, ids))

        mark("on study", lane.start_on, lane.last_on, sources)
        for kind, dates in lane.marks.items():
            for on in sorted(dates):
                mark(kind, on, on, sources)
        seen = points.get(lane.subject, ())
        for began, ended_on in _find_responding(seen, lane.last_on):
            mark("response", began.on, ended_on, began.source_ids)
        progressed = [p for p in seen if p.progression_on is not None]
        if progressed:
            first = min(progressed, key=lambda p: p.progression_on or date.max)
            on = first.progression_on or first.on
            mark("progression", on, on, first.source_ids)
        if lane.died_on is not None:
            mark("death", lane.died_on, lane.died_on, sources)
        elif lane.ongoing:
            mark("ongoing", lane.last_on, lane.last_on, sources)
    return rows
