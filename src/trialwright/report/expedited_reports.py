"""Expedited reports: which events are reportable, when each report is due, and how it stands at the cut."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from trialwright.outcomes.expedited import (
    ClockState,
    Deadlines,
    ReportingRoute,
    Urgency,
    compute_clock_state,
    compute_deadlines,
)
from trialwright.study.model import Study
from trialwright.study.model.safety import ReportingRoute as StatedRoute

from .counting import Fact, count_things
from .dataset import Dataset
from .model import Cell, Row, Section, Table
from .safety_events import SafetyCase

URGENCY_WORDS = {
    Urgency.FATAL: "Fatal",
    Urgency.LIFE_THREATENING: "Life-threatening",
    Urgency.OTHER: "Other serious",
}


@dataclass(frozen=True, slots=True)
class ReportClock:
    """The reports of one case to one recipient: when they are due and how they stand.

    ``complete`` is None for an event that is not grave: its first report is the complete one.
    """

    case: SafetyCase
    recipient: str
    deadlines: Deadlines
    first: ClockState
    complete: ClockState | None

    @property
    def states(self) -> tuple[ClockState, ...]:
        """How its one or two reports stand."""
        return (self.first,) if self.complete is None else (self.first, self.complete)


def derive_clocks(study: Study, cases: Sequence[SafetyCase], today_on: date) -> list[ReportClock]:
    """The clocks of every reportable case whose day 0 is known, by day 0; one a recipient."""
    found = [
        _clock(case, stated, case.aware_on, today_on)
        for case in cases
        if case.reportable and case.aware_on is not None
        for stated in study.safety.routes
    ]
    return sorted(found, key=lambda c: (c.deadlines.day_zero_on, c.case.event.subject, c.case.event.event))


def _clock(case: SafetyCase, stated: StatedRoute, day_zero_on: date, today_on: date) -> ReportClock:
    route = ReportingRoute(stated.recipient, stated.grave_days, stated.complete_after_days, stated.other_days)
    deadlines = compute_deadlines(day_zero_on, case.urgency, route)
    first = compute_clock_state(deadlines.first_due_on, today_on, case.first_sent_on)
    complete = None
    if case.urgency is not Urgency.OTHER:
        complete = compute_clock_state(deadlines.complete_due_on, today_on, case.complete_sent_on)
    return ReportClock(case, stated.recipient, deadlines, first, complete)


def build_expedited(data: Dataset) -> Section:
    """Every serious event of an allocated subject on its way to the recipients, and each report with its clock."""
    title = "Expedited reports"
    cases = [case for subject in data.subjects for case in subject.cases]
    words = (
        "A suspected unexpected serious reaction is reported to every recipient of the plan. Day 0 is the day on "
        "which the sponsor was informed; days are calendar days, and a report is due on the last of them.",
    )
    if not data.study.safety.routes:
        reason = "The study file names no recipient of expedited reports, so that no clock can run."
        return Section("expedited", title, (reason,))
    clocks = derive_clocks(data.study, cases, data.cut_on)
    return Section("expedited", title, words, (_summary(data, cases, clocks), _list(clocks)))


def _fact(case: SafetyCase) -> Fact:
    return Fact(case.event.subject, case.event.source_ids)


def _summary(data: Dataset, cases: Sequence[SafetyCase], clocks: Sequence[ReportClock]) -> Table:
    serious = [case for case in cases if case.event.serious]
    rows = [
        _cases_row(data, "serious", "Serious events", serious, 0),
        _cases_row(data, "suspected", "Suspected reactions", [c for c in serious if c.event.related_to], 1),
        _cases_row(data, "reportable", "Unexpected: to be reported", [c for c in serious if c.reportable], 2),
        _cases_row(
            data, "unjudged", "Expectedness not judged yet", [c for c in serious if c.reportable is None], 2
        ),
    ]
    rows += [_state_row(data, state, clocks) for state in ClockState]
    columns = ("", *(arm.label for arm in data.study.arms))
    notes = (
        f"As of {data.cut_on.isoformat()}. Reports are counted for each recipient; a grave event has two, the "
        "first and the complete one.",
    )
    return Table("expedited_summary", "Serious events and expedited reports", columns, tuple(rows), notes)


def _cases_row(data: Dataset, name: str, label: str, cases: Sequence[SafetyCase], indent: int) -> Row:
    arm_of = {subject.state.subject: subject.arm for subject in data.subjects}
    cells = tuple(
        count_things(
            f"expedited.{name}.{arm.id}",
            f"Adverse events of {arm.label}: {label[0].lower()}{label[1:]}.",
            [_fact(case) for case in cases if arm_of[case.event.subject] == arm.id],
            "events",
        )
        for arm in data.study.arms
    )
    return Row(label, cells, indent)


def _state_row(data: Dataset, state: ClockState, clocks: Sequence[ReportClock]) -> Row:
    arm_of = {subject.state.subject: subject.arm for subject in data.subjects}
    label = f"Reports {state.value}"
    cells = tuple(
        count_things(
            f"expedited.{state.name.lower()}.{arm.id}",
            f"{label} for {arm.label}, as of the cut.",
            [
                _fact(clock.case)
                for clock in clocks
                for found in clock.states
                if found is state and arm_of[clock.case.event.subject] == arm.id
            ],
            "reports",
        )
        for arm in data.study.arms
    )
    return Row(label, cells)


def _list(clocks: Sequence[ReportClock]) -> Table:
    columns = (
        "Subject",
        "Event",
        "Gravity",
        "Recipient",
        "Day 0",
        "First report due",
        "Sent",
        "Complete report due",
        "Sent",
    )
    rows = tuple(_line(clock) for clock in clocks)
    notes = () if rows else ("No event was reportable.",)
    return Table(
        "expedited_clocks", "Suspected unexpected serious reactions", columns, rows, notes, listing=True
    )


def _line(clock: ReportClock) -> Row:
    event, due = clock.case.event, clock.deadlines
    grade = f", grade {event.grade}" if event.grade else ""
    complete: tuple[Cell, Cell] = ("–", "–")
    if clock.complete is not None:
        complete = (due.complete_due_on.isoformat(), _sent(clock.case.complete_sent_on, clock.complete))
    cells: tuple[Cell, ...] = (
        f"{event.term}{grade}",
        URGENCY_WORDS[clock.case.urgency],
        clock.recipient,
        due.day_zero_on.isoformat(),
        due.first_due_on.isoformat(),
        _sent(clock.case.first_sent_on, clock.first),
        *complete,
    )
    return Row(event.subject, cells, subject=event.subject, sources=event.source_ids)


def _sent(sent_on: date | None, state: ClockState) -> str:
    if sent_on is None:
        return state.value
    return f"{sent_on.isoformat()}, {'late' if state is ClockState.SENT_LATE else 'in time'}"
