"""The swimmer plot: every subject's time on study with doses, response, progression and how it ended."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from itertools import groupby

from trialwright.outcomes.response_figures import (
    SwimmerHistory,
    SwimmerMark,
    derive_swimmer,
)
from trialwright.outcomes.traceability import merge_sources
from trialwright.study.model.products import Arm

from .answers import whole_date
from .dataset import Dataset, SubjectData
from .model import Figure, Row, Table
from .response_data import SubjectResponse
from .response_drawings import DOSE_SHAPES, FEW, Lane, draw_swimmer

Arms = Sequence[tuple[Arm, Sequence[SubjectResponse]]]
DOSE = "Dose given"
ENDINGS = {"death": "died", "ongoing": "still followed", "": "follow-up ended"}


def plot_swimmer(data: Dataset, arms: Arms) -> Figure:
    """A lane for each subject, the longest at the top, and a line of the table for each."""
    kinds = dose_kinds(data)
    lanes = {arm.id: _lanes([_history(data, arm, row, kinds) for row in rows], rows) for arm, rows in arms}
    per_day = data.study.analysis.months_per_day
    panels = [(arm.label, [_lane(marks, per_day) for marks in lanes[arm.id]]) for arm, _ in arms]
    doses = tuple(dict.fromkeys(kinds.values()))
    svg = draw_swimmer(panels, doses, "Months from allocation", "swimmer")
    notes = [
        "From allocation to death or the last contact, the longest at the top; the grey lane is time on study."
    ]
    if not data.one_plan:
        notes.append("Doses are left out: their days would tell the arms apart.")
    if max(len(found) for _, found in panels) > FEW:
        notes.append(f"Panels of more than {FEW} subjects show no doses.")
    table = _table(arms, lanes, doses)
    return Figure("swimmer", "Time on study", svg, _say(arms, lanes), tuple(notes), table)


def dose_kinds(data: Dataset) -> Mapping[str, str]:
    """Product -> the name of its mark: products that hold the same place in their arms share one.

    Empty where arms with different plans of doses were put together.
    """
    if not data.one_plan:
        return {}
    names = {product.id: product.name for product in data.study.products}
    places: dict[str, int] = {}
    for arm in data.study.arms:
        for place, product in enumerate(arm.products):
            places.setdefault(product, place)
    if max(places.values(), default=0) >= len(DOSE_SHAPES):
        return dict.fromkeys(places, DOSE)
    words = {
        place: " or ".join(names.get(p, p) for p, found in places.items() if found == place)
        for place in set(places.values())
    }
    return {product: f"{words[place]} given" for product, place in places.items()}


def _history(data: Dataset, arm: Arm, row: SubjectResponse, kinds: Mapping[str, str]) -> SwimmerHistory:
    survival = row.data.survival
    last = survival.end_on if survival is not None else row.history.start_on
    died = last if survival is not None and survival.event else None
    given = _doses(data, row.data, kinds)
    sources = (dose.seq for dose in row.data.state.administrations)
    return SwimmerHistory(
        row.subject,
        arm.id,
        row.history.start_on,
        last,
        died is None and _still_followed(data, row.data),
        given,
        died,
        merge_sources(survival.source_ids if survival else (), sources),
    )


def _doses(data: Dataset, subject: SubjectData, kinds: Mapping[str, str]) -> Mapping[str, Sequence[date]]:
    found: dict[str, list[date]] = {}
    for dose in subject.state.administrations:
        on = whole_date(dose.given_on)
        if on is not None and on <= data.cut_on and dose.product in kinds:
            found.setdefault(kinds[dose.product], []).append(on)
    return found


def _still_followed(data: Dataset, subject: SubjectData) -> bool:
    end = subject.state.follow_up_end
    ended_on = whole_date(end.ended_on) if end is not None else None
    return end is None or (ended_on is not None and ended_on > data.cut_on)


def _lanes(histories: Sequence[SwimmerHistory], rows: Sequence[SubjectResponse]) -> list[list[SwimmerMark]]:
    marks = derive_swimmer(histories, {row.subject: row.data.responses for row in rows})
    return [list(found) for _, found in groupby(marks, key=lambda mark: mark.subject)]


def _lane(marks: Sequence[SwimmerMark], months_per_day: float) -> Lane:
    whole = next(mark for mark in marks if mark.kind == "on study")
    stretches = [m for m in marks if m.kind == "response"]
    kinds = dict.fromkeys(m.kind for m in marks if m.kind not in ("on study", "response"))
    return Lane(
        whole.to_day * months_per_day,
        tuple((m.from_day * months_per_day, m.to_day * months_per_day) for m in stretches),
        {kind: tuple(m.from_day * months_per_day for m in marks if m.kind == kind) for kind in kinds},
    )


def _table(arms: Arms, lanes: Mapping[str, Sequence[Sequence[SwimmerMark]]], doses: Sequence[str]) -> Table:
    rows = tuple(_row(arm, marks, doses) for arm, _ in arms for marks in lanes[arm.id])
    heads = (
        "Subject",
        "Arm",
        "Days on study",
        "Doses",
        "In response, days",
        "Progression, day",
        "Last known",
    )
    notes = ("Days are counted from allocation, which is day 0 here as in the drawing.",)
    shown = heads if doses else tuple(head for head in heads if head != "Doses")
    return Table("swimmer_lanes", "Time on study, subject by subject", shown, rows, notes, listing=True)


def _row(arm: Arm, marks: Sequence[SwimmerMark], doses: Sequence[str]) -> Row:
    by_kind: dict[str, list[SwimmerMark]] = {}
    for mark in marks:
        by_kind.setdefault(mark.kind, []).append(mark)
    whole = by_kind["on study"][0]
    given = str(sum(len(by_kind.get(kind, ())) for kind in doses))
    stretches = ", ".join(f"{m.from_day} to {m.to_day}" for m in by_kind.get("response", ())) or "–"
    progressed = next((str(m.from_day) for m in by_kind.get("progression", ())), "–")
    ended = next((ENDINGS[kind] for kind in ("death", "ongoing") if kind in by_kind), ENDINGS[""])
    cells = (arm.label, str(whole.to_day), *((given,) if doses else ()), stretches, progressed, ended)
    sources = merge_sources(*(mark.source_ids for mark in marks))
    return Row(whole.subject, cells, subject=whole.subject, sources=sources)


def _say(arms: Arms, lanes: Mapping[str, Sequence[Sequence[SwimmerMark]]]) -> str:
    parts: list[str] = []
    for arm, _ in arms:
        found = lanes[arm.id]
        counts = {
            kind: sum(any(m.kind == kind for m in marks) for marks in found)
            for kind in ("response", "progression", "death", "ongoing")
        }
        parts.append(
            f"{arm.label}: of {len(found)} subjects {counts['response']} responded, {counts['progression']} had "
            f"progression, {counts['death']} died, {counts['ongoing']} are still followed"
        )
    return f"{'; '.join(parts)}."
