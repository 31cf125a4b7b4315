"""How soon a response came and how long it lasted, among those who responded; and every subject's time on study.

Responders are chosen by what happened after allocation: their arms are described and not compared (house
analysis reference, section 2).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

import numpy as np

from trialwright.outcomes.progression_free import PROGRESSION_RULES
from trialwright.outcomes.recist.durations import compute_duration_of_response, compute_time_to_response
from trialwright.outcomes.survival_times import TimeToEvent
from trialwright.outcomes.traceability import merge_sources
from trialwright.stats.kaplan_meier import KaplanMeier, compute_kaplan_meier
from trialwright.stats.landmarks import compute_landmarks, compute_numbers_at_risk
from trialwright.stats.survival_quantiles import compute_median
from trialwright.study.model.products import Arm

from .censoring import build_censoring
from .dataset import Dataset, assessment_schedule, keep_possible
from .figures import Curve, draw_survival
from .model import Cell, Figure, Number, Row, Section, Table
from .response_data import SubjectResponse, derive_subject_responses, way_in_words
from .swimmer import plot_swimmer
from .wording import finite, write_decimal, write_interval

TITLE = "Duration of response and time on study"


@dataclass(frozen=True, slots=True)
class Responders:
    """The responders of one arm: how long the responses lasted, with the curve, and how soon they came."""

    arm: Arm
    durations: tuple[TimeToEvent, ...]
    delays: tuple[TimeToEvent, ...]
    curve: KaplanMeier

    @property
    def subjects(self) -> tuple[str, ...]:
        """Who responded."""
        return tuple(row.subject for row in self.durations)

    @property
    def sources(self) -> tuple[int, ...]:
        """The ledger entries behind the durations."""
        return merge_sources(*(row.source_ids for row in self.durations))


def build_duration(data: Dataset) -> Section:
    """Duration of and time to response with the censoring table; then the swimmer plot of all subjects."""
    arms = [(arm, derive_subject_responses(data, arm)) for arm in data.study.arms]
    arms = [(arm, rows) for arm, rows in arms if rows]
    if not arms:
        return Section("duration", TITLE, ("No subject was allocated: there is no time to show.",))
    way = data.study.analysis.response.confirmed
    everyone = [_responders(data, arm, rows, way) for arm, rows in arms]
    found = [responders for responders in everyone if responders.durations]
    swimmer = plot_swimmer(data, arms)
    if not found:
        words = f"Nobody had an objective response {way_in_words(way)}: there is no duration to estimate."
        return Section("duration", TITLE, (words,), (swimmer,))
    endings = build_censoring("dor", "Duration of response", [(r.arm, r.durations) for r in found])
    blocks = (_curve(data, found), _table(data, found, way), endings, swimmer)
    return Section("duration", TITLE, (_say(found, way),), blocks)


def _responders(data: Dataset, arm: Arm, rows: Sequence[SubjectResponse], confirmed: bool) -> Responders:
    rules, schedule = PROGRESSION_RULES[data.study.analysis.progression_rule], assessment_schedule(data.study)
    durations = [
        time
        for row in rows
        if (
            time := keep_possible(
                compute_duration_of_response(
                    row.history, row.objective[confirmed], rules, schedule, cut_on=data.cut_on
                )
            )
        )
    ]
    delays = [t for row in rows if (t := compute_time_to_response(row.history, row.objective[confirmed]))]
    analysis = data.study.analysis
    curve = compute_kaplan_meier(
        np.array([time.days * analysis.months_per_day for time in durations], dtype=float),
        np.array([time.event for time in durations], dtype=bool),
        interval=analysis.survival_interval,
        level=analysis.confidence_level,
    )
    return Responders(arm, tuple(durations), tuple(delays), curve)


def _table(data: Dataset, arms: Sequence[Responders], confirmed: bool) -> Table:
    rows = [
        Row("Responders", tuple(_count(one) for one in arms)),
        Row("Progression or death since", tuple(_events(one) for one in arms)),
        Row("Median duration, months", tuple(_median(one) for one in arms)),
        Row("Shortest to longest, months", tuple(_range(data, one) for one in arms)),
    ]
    for month in data.study.analysis.landmark_months:
        cells = tuple(_landmark(one, month) for one in arms)
        rows.append(Row(f"Response lasting {month:g} months, %", cells))
    rows.append(Row("Time to response, median (range), months", tuple(_delay(data, one) for one in arms)))
    notes = (
        f"Subjects with an objective response {way_in_words(confirmed)}. From the first assessment that shows it "
        "to progression or death, censored as progression-free survival is. A plus marks a duration that was "
        "censored. NE: not estimable.",
    )
    columns = ("", *(one.arm.label for one in arms))
    return Table("dor_table", "Duration of and time to response", columns, tuple(rows), notes)


def _number(
    one: Responders, name: str, text: str, value: float | None, definition: str, unit: str = "months"
) -> Number:
    return Number(f"dor.{name}.{one.arm.id}", text, value, definition, unit, one.subjects, one.sources)


def _count(one: Responders) -> Number:
    count = len(one.durations)
    definition = f"Subjects of {one.arm.label} with an objective response."
    return _number(one, "n", str(count), count, definition, "subjects")


def _events(one: Responders) -> Number:
    rows = [row for row in one.durations if row.event]
    sources = merge_sources(*(row.source_ids for row in rows))
    definition = f"Responders of {one.arm.label} with progression or death after the response."
    subjects = tuple(row.subject for row in rows)
    text = f"{len(rows)} of {len(one.durations)}"
    return Number(f"dor.events.{one.arm.id}", text, len(rows), definition, "subjects", subjects, sources)


def _median(one: Responders) -> Number:
    found = compute_median(one.curve)
    definition = f"Kaplan-Meier median duration with {found.level:.0%} interval; {found.convention}."
    text = write_interval(found.estimate, found.lower, found.upper, 1)
    return _number(one, "median", text, finite(found.estimate), definition)


def _range(data: Dataset, one: Responders) -> Number:
    per_day = data.study.analysis.months_per_day
    ordered = sorted(one.durations, key=lambda row: (row.days, row.event))
    ends = [
        f"{write_decimal(row.days * per_day, 1)}{'' if row.event else '+'}"
        for row in (ordered[0], ordered[-1])
    ]
    definition = "Shortest and longest duration observed; a plus marks one that was censored."
    return _number(one, "longest", " to ".join(ends), ordered[-1].days * per_day, definition)


def _landmark(one: Responders, month: float) -> Number:
    found = compute_landmarks(one.curve, [month])
    estimate, lower, upper = (100 * float(v[0]) for v in (found.survival, found.lower, found.upper))
    definition = (
        f"Kaplan-Meier estimate that a response lasts {month:g} months, with {found.level:.0%} interval; "
        f"{found.convention}."
    )
    text = write_interval(estimate, lower, upper, 0)
    return _number(one, f"at_{month:g}", text, finite(float(found.survival[0])), definition, "proportion")


def _delay(data: Dataset, one: Responders) -> Number:
    months = [row.days * data.study.analysis.months_per_day for row in one.delays]
    ends = f"{write_decimal(min(months), 1)} to {write_decimal(max(months), 1)}"
    return Number(
        f"dor.time_to_response.{one.arm.id}",
        f"{write_decimal(median(months), 1)} ({ends})",
        median(months),
        f"Months from allocation to the first assessment that shows the response, among responders of {one.arm.label}.",
        "months",
        tuple(row.subject for row in one.delays),
        merge_sources(*(row.source_ids for row in one.delays)),
    )


def _curve(data: Dataset, arms: Sequence[Responders]) -> Figure:
    months = data.study.analysis.at_risk_months
    curves = [Curve(one.arm.label, one.curve) for one in arms]
    svg = draw_survival(curves, months, "Months from response", "dor")
    rows = tuple(Row(one.arm.label, tuple(_at_risk(data, one, month) for month in months)) for one in arms)
    columns = ("Month", *(f"{month:g}" for month in months))
    risk = Table("dor_risk", "Responders at risk", columns, rows)
    band = f"{arms[0].curve.level:.0%} intervals ({arms[0].curve.interval}) as bands; a tick is a censored subject."
    words = "; ".join(
        f"{one.arm.label}: {len(one.durations)} with a response, {one.curve.n_events} of them with an event since"
        for one in arms
    )
    return Figure("dor_curve", "Duration of response: Kaplan-Meier", svg, f"{words}.", (band,), risk)


def _at_risk(data: Dataset, one: Responders, month: float) -> Cell:
    per_day = data.study.analysis.months_per_day
    count = int(compute_numbers_at_risk(one.curve, [month])[0])
    rows = [row for row in one.durations if row.days * per_day >= month]
    return Number(
        f"dor.at_risk_{month:g}.{one.arm.id}",
        str(count),
        count,
        f"Responders of {one.arm.label} at risk just before month {month:g} of the response.",
        "subjects",
        tuple(row.subject for row in rows),
        merge_sources(*(row.source_ids for row in rows)),
    )


def _say(arms: Sequence[Responders], confirmed: bool) -> str:
    parts: list[str] = []
    for one in arms:
        found = compute_median(one.curve)
        middle = (
            f"a median of {write_interval(found.estimate, found.lower, found.upper, 1)} months"
            if np.isfinite(found.estimate)
            else "a median that is not reached"
        )
        count = len(one.durations)
        parts.append(
            f"{count} {'responder' if count == 1 else 'responders'} in {one.arm.label} with {middle}"
        )
    return (
        f"Counted {way_in_words(confirmed)}: {'; '.join(parts)}. Responders are chosen by what happened after "
        "allocation, so their arms are described and not compared."
    )
