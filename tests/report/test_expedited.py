"""Expedited reports: what is reportable, day 0, due dates by hand, and how each report stands."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from trialwright.outcomes.expedited import ClockState
from trialwright.report.dataset import derive_dataset
from trialwright.report.expedited_reports import ReportClock, build_expedited, derive_clocks
from trialwright.report.model import Number, Table
from trialwright.study.model import Study

from .safety_trial import ARMS, Happening, Life, write_states

AWARE = date(2026, 2, 25)
"""Day 0 of the vectors of the house safety reference, section 4."""
LATE_CUT = date(2027, 1, 1)


def life(
    grade: int = 3, term: str = "Nausea", cause: str = "possible", serious: bool = True, **said: str
) -> Life:
    # the form says that the sponsor was informed a day after the start, and the start is on day 21
    day_one = AWARE - timedelta(days=21)
    happening = Happening(term, grade, 0, 3, serious, {"dc": "no", "t_cells": cause})
    return Life("S01-001", ARMS[0], day_one, (happening,), (), 500, died=False, forms=dict(said))


def clocks(study: Study, one: Life, today: date = LATE_CUT) -> list[ReportClock]:
    data = derive_dataset(study, write_states(study, [one]), today)
    return derive_clocks(study, data.subjects[0].cases, today)


@pytest.mark.requirement("TW-R-047")
def test_an_other_serious_reaction_is_due_after_fifteen_days(study: Study) -> None:
    (clock,) = clocks(study, life(seriousness="hospital"))
    assert clock.deadlines.day_zero_on == AWARE
    assert clock.deadlines.first_due_on == date(2026, 3, 12)
    assert clock.states == (ClockState.OVERDUE,)


@pytest.mark.parametrize("because", ["death", "life_threatening"])
def test_a_grave_reaction_is_due_after_seven_days_and_complete_after_eight_more(
    study: Study, because: str
) -> None:
    (clock,) = clocks(study, life(grade=4, term="Cytokine release syndrome", seriousness=because))
    assert clock.deadlines.first_due_on == date(2026, 3, 4)
    assert clock.deadlines.complete_due_on == date(2026, 3, 12)
    assert clock.states == (ClockState.OVERDUE, ClockState.OVERDUE)


@pytest.mark.parametrize(
    ("today", "sent", "state"),
    [
        ("2026-03-12", None, ClockState.DUE),
        ("2026-03-13", None, ClockState.OVERDUE),
        ("2026-06-01", "2026-03-12", ClockState.SENT_IN_TIME),
        ("2026-06-01", "2026-03-13", ClockState.SENT_LATE),
        ("2026-03-05", "2026-03-06", ClockState.DUE),
    ],
)
def test_a_report_stands_as_of_the_cut(study: Study, today: str, sent: str | None, state: ClockState) -> None:
    said = {"seriousness": "hospital"} | ({"reported_on": sent} if sent else {})
    (clock,) = clocks(study, life(**said), date.fromisoformat(today))
    assert clock.first is state


@pytest.mark.parametrize(
    ("one", "reportable"),
    [
        (life(), True),
        (life(serious=False), False),
        (life(cause="no"), False),
        (life(term="Fever", grade=3), False),
        (life(term="Fever", grade=4), True),
        (life(term="Cytokine release syndrome", grade=2), False),
        (life(term="Cytokine release syndrome", grade=3), True),
    ],
)
def test_serious_suspected_and_not_in_the_reference(study: Study, one: Life, reportable: bool) -> None:
    assert bool(clocks(study, one)) is reportable


def test_without_a_reference_expectedness_is_an_open_question(study: Study) -> None:
    bare = study.model_copy(update={"safety": study.safety.model_copy(update={"expected": ()})})
    data = derive_dataset(bare, write_states(bare, [life()]), LATE_CUT)
    assert data.subjects[0].cases[0].reportable is None
    numbers = _numbers(build_expedited(data).blocks[0])
    assert numbers[f"expedited.unjudged.{ARMS[0]}"].value == 1
    assert numbers[f"expedited.reportable.{ARMS[0]}"].value == 0


def test_every_recipient_has_its_own_limits(study: Study) -> None:
    route = study.safety.routes[0]
    second = route.model_copy(update={"id": "committee", "recipient": "Ethics committee", "other_days": 10})
    safety = study.safety.model_copy(update={"routes": (route, second)})
    found = clocks(study.model_copy(update={"safety": safety}), life())
    assert sorted((c.recipient, c.deadlines.first_due_on) for c in found) == [
        ("Competent authority", date(2026, 3, 12)),
        ("Ethics committee", date(2026, 3, 7)),
    ]


def _numbers(block: object) -> dict[str, Number]:
    assert isinstance(block, Table)
    return {number.id: number for number in block.numbers()}


def test_the_section_lists_every_clock_with_its_entries(study: Study) -> None:
    one = life(
        grade=4, term="Cytokine release syndrome", seriousness="life_threatening", reported_on="2026-03-04"
    )
    data = derive_dataset(study, write_states(study, [one]), LATE_CUT)
    summary, lines = build_expedited(data).blocks
    numbers = _numbers(summary)
    assert numbers[f"expedited.sent_in_time.{ARMS[0]}"].value == 1
    assert numbers[f"expedited.overdue.{ARMS[0]}"].value == 1
    assert numbers[f"expedited.reportable.{ARMS[1]}"].value == 0
    assert isinstance(lines, Table)
    assert lines.listing
    (row,) = lines.rows
    assert (row.subject, row.sources) == ("S01-001", numbers[f"expedited.reportable.{ARMS[0]}"].sources)
    assert row.cells[4:] == ("2026-03-04", "2026-03-04, in time", "2026-03-12", "overdue")


def test_without_recipients_no_clock_runs(study: Study) -> None:
    bare = study.model_copy(update={"safety": study.safety.model_copy(update={"routes": ()})})
    section = build_expedited(derive_dataset(bare, write_states(bare, [life()]), LATE_CUT))
    assert section.blocks == ()
    assert "no recipient" in section.words[0]
