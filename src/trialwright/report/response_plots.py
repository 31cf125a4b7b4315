"""The waterfall and the spider plot with their words and tables: how far the target sums fell and rose."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from trialwright.outcomes.progression_free import ProgressionHistory
from trialwright.outcomes.recist.responses import Response
from trialwright.outcomes.recist.time_points import TimePoint
from trialwright.outcomes.response_figures import CAP_PERCENT, WaterfallBar, derive_waterfall
from trialwright.outcomes.traceability import merge_sources
from trialwright.study.model.products import Arm
from trialwright.study.schedule import VisitInstance, expand_visits

from .dataset import Dataset
from .model import Cell, Figure, Number, Row, Table
from .response_data import SubjectResponse
from .response_drawings import FEW, Bar, Thread, draw_spider, draw_waterfall
from .wording import write_decimal

Arms = Sequence[tuple[Arm, Sequence[SubjectResponse]]]

CHANGE = "Change of the target sum from baseline, %"
CROWDED = f"Panels of more than {FEW} subjects show no mark of a single subject."


@dataclass(frozen=True, slots=True)
class Column:
    """One subject's bar with what is marked on it."""

    arm: Arm
    bar: WaterfallBar
    new_lesion: bool
    ongoing: bool


def plot_waterfall(data: Dataset, arms: Arms) -> Figure:
    """The best change of every subject before progression or new therapy, and a line of the table for each."""
    way = data.study.analysis.response.confirmed
    columns = [column for arm, rows in arms for column in _columns(arm, rows, way)]
    panels = [
        (
            arm.label,
            [
                Bar(c.bar.drawn_percent, _letters(c.bar.response), c.new_lesion, c.ongoing)
                for c in columns
                if c.arm is arm and c.bar.drawn_percent is not None
            ],
        )
        for arm, _ in arms
    ]
    notes = [
        "Each bar is a subject; dashed lines at −30 % and +20 %. The second is the limit of progression only where "
        "the baseline is the smallest sum so far.",
        "Counted are sums of all target lesions up to the first progression and before any new therapy.",
    ]
    if any((c.bar.best_percent or 0) > CAP_PERCENT for c in columns):
        notes.append(f"Growth beyond +{CAP_PERCENT:.0f} % is drawn as that.")
    if max(len(bars) for _, bars in panels) > FEW:
        notes.append(CROWDED)
    return Figure(
        "response_waterfall",
        "Best change of the target sum",
        draw_waterfall(panels, CHANGE, "waterfall"),
        _say_waterfall(arms, columns),
        tuple(notes),
        _waterfall_table(columns),
    )


def _columns(arm: Arm, rows: Sequence[SubjectResponse], confirmed: bool) -> list[Column]:
    by_subject = {row.subject: row for row in rows}
    bars = derive_waterfall(
        {row.subject: row.data.responses for row in rows},
        {row.subject: row.best[confirmed] for row in rows},
        {row.subject: on for row in rows if (on := row.history.new_therapy_on) is not None},
    )
    return [
        Column(
            arm,
            bar,
            any(point.new_lesion for point in counted_points(by_subject[bar.subject])),
            _is_ongoing(by_subject[bar.subject]),
        )
        for bar in bars
    ]


def counted_points(row: SubjectResponse) -> list[TimePoint]:
    """The assessments up to and with the first progression, before new therapy."""
    return _until_end(row.data.responses, row.history)


def find_best_change(row: SubjectResponse) -> float | None:
    """The greatest fall (or least growth) of the target sum among them, in percent; None without a whole sum."""
    changes = (point.target.percent_from_baseline for point in counted_points(row))
    return min((change for change in changes if change is not None), default=None)


def _until_end(points: Sequence[TimePoint], history: ProgressionHistory) -> list[TimePoint]:
    kept: list[TimePoint] = []
    for point in sorted(points, key=lambda p: p.on):
        if history.new_therapy_on is not None and point.on >= history.new_therapy_on:
            break
        kept.append(point)
        if point.overall is Response.PD:
            break
    return kept


def _is_ongoing(row: SubjectResponse) -> bool:
    """Alive, without progression and without new therapy at the cut, and not gone from follow-up."""
    survival, progression = row.data.survival, row.data.progression
    if survival is None or progression is None or survival.event or progression.event:
        return False
    seen = any(point.overall is Response.PD for point in row.data.responses)
    return not seen and row.history.new_therapy_on is None and row.data.state.follow_up_end is None


def _letters(response: Response) -> str:
    return "" if response is Response.MISSING else response.value


def _waterfall_table(columns: Sequence[Column]) -> Table:
    rows = tuple(
        Row(
            c.bar.subject,
            (
                c.arm.label,
                "–" if c.bar.best_percent is None else f"{write_decimal(c.bar.best_percent, 1)} %",
                "–" if c.bar.best_on is None else c.bar.best_on.isoformat(),
                _letters(c.bar.response) or "not assessed",
                "yes" if c.new_lesion else "no",
                "yes" if c.ongoing else "no",
            ),
            subject=c.bar.subject,
            sources=c.bar.source_ids,
        )
        for c in columns
    )
    heads = ("Subject", "Arm", "Best change", "Date", "Best response", "New lesion", "Without progression")
    notes = ("From the greatest growth to the greatest fall in each arm; without a measured sum at the end.",)
    return Table(
        "response_waterfall_bars", "Best change, subject by subject", heads, rows, notes, listing=True
    )


def _say_waterfall(arms: Arms, columns: Sequence[Column]) -> str:
    parts: list[str] = []
    for arm, rows in arms:
        found = [c.bar.best_percent for c in columns if c.arm is arm and c.bar.best_percent is not None]
        if not found:
            parts.append(f"{arm.label}: no sum was measured after baseline")
            continue
        fallen = sum(percent <= -30 for percent in found)
        middle = f"{write_decimal(median(found), 1)} %"
        missing = len(rows) - len(found)
        rest = f", {missing} without a measured sum" if missing else ""
        parts.append(
            f"{arm.label}: best change {middle} in the middle ({write_decimal(min(found), 1)} to "
            f"{write_decimal(max(found), 1)} %), {fallen} of {len(rows)} fell by 30 % or more{rest}"
        )
    return f"{'; '.join(parts)}."


def plot_spider(data: Dataset, arms: Arms) -> Figure:
    """Every subject's sums over time, with the middle and the range at each planned assessment as a table."""
    per_day = data.study.analysis.months_per_day
    panels = [
        (arm.label, [thread for row in rows if (thread := _thread(row, per_day))]) for arm, rows in arms
    ]
    notes = [
        "Dashed lines at −30 % and +20 % of baseline. Every complete sum is drawn, also after progression."
    ]
    if any(p > CAP_PERCENT for _, found in panels for one in found for p in one.percents):
        notes.append(f"Growth beyond +{CAP_PERCENT:.0f} % is drawn as that.")
    if max(len(found) for _, found in panels) > FEW:
        notes.append(CROWDED)
    capped = [(title, [_capped(one) for one in found]) for title, found in panels]
    table = _course_table(data, arms)
    svg = draw_spider(capped, "Months from allocation", CHANGE, "spider")
    words = _say_spider(arms, panels)
    return Figure("response_spider", "Change of the target sum over time", svg, words, tuple(notes), table)


def _thread(row: SubjectResponse, months_per_day: float) -> Thread | None:
    months, percents, new, seen = [0.0], [0.0], list[int](), False
    for point in sorted(row.data.responses, key=lambda p: p.on):
        percent = point.target.percent_from_baseline
        if percent is None:
            continue
        if point.new_lesion and not seen:
            new.append(len(months))
            seen = True
        months.append((point.on - row.history.start_on).days * months_per_day)
        percents.append(percent)
    return Thread(tuple(months), tuple(percents), tuple(new)) if len(months) > 1 else None


def _capped(thread: Thread) -> Thread:
    return Thread(thread.months, tuple(min(p, CAP_PERCENT) for p in thread.percents), thread.new_lesions)


def _course_table(data: Dataset, arms: Arms) -> Table:
    measured = {
        arm.id: [
            (row, point)
            for row in rows
            for point in row.data.responses
            if point.target.percent_from_baseline is not None
        ]
        for arm, rows in arms
    }
    seen = {point.visit for found in measured.values() for _, point in found}
    visits = [visit for visit in expand_visits(data.study) if visit.id in seen]
    rows = tuple(
        Row(visit.label, tuple(_course(visit, arm, measured[arm.id]) for arm, _ in arms)) for visit in visits
    )
    columns = ("Assessment", *(f"{arm.label}, median % (range); n" for arm, _ in arms))
    notes = ("Subjects with progression are assessed no longer: later rows are of those without it.",)
    return Table("response_course", "Change of the target sum by assessment", columns, rows, notes)


def _course(visit: VisitInstance, arm: Arm, found: Sequence[tuple[SubjectResponse, TimePoint]]) -> Cell:
    here = [(row, point) for row, point in found if point.visit == visit.id]
    values = [p for _, point in here if (p := point.target.percent_from_baseline) is not None]
    if not values:
        return "–"
    middle = median(values)
    ends = f"{write_decimal(min(values), 1)} to {write_decimal(max(values), 1)}"
    return Number(
        f"response.course.{visit.id}.{arm.id}",
        f"{write_decimal(middle, 1)} ({ends}); {len(values)}",
        middle,
        f"Median and range of the change of the target sum from baseline at {visit.label} in {arm.label}, and how "
        "many subjects had a complete sum.",
        "percent",
        tuple(row.subject for row, _ in here),
        merge_sources(*(point.source_ids for _, point in here)),
    )


def _say_spider(arms: Arms, panels: Sequence[tuple[str, Sequence[Thread]]]) -> str:
    parts: list[str] = []
    for (arm, rows), (_, threads) in zip(arms, panels, strict=True):
        new = sum(any(point.new_lesion for point in row.data.responses) for row in rows)
        parts.append(
            f"{arm.label}: {len(threads)} of {len(rows)} with a sum after baseline, {new} with a new lesion"
        )
    return f"{'; '.join(parts)}."
