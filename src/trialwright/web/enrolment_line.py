"""Enrolment against plan as a small figure, drawn with classes of the style sheet only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from trialwright.study.model import Study
from trialwright.trial.study_state import StudyState
from trialwright.trial.subject import SubjectState

WIDTH, HEIGHT = 440, 150
LEFT, RIGHT, TOP, BOTTOM = 30, 12, 10, 22
DAYS_A_MONTH = 30.4375


@dataclass(frozen=True, slots=True)
class EnrolmentLine:
    """Points of both lines in the figure's own units, and the words that say the same."""

    actual: str
    plan: str
    planned: int
    count: int
    x_ticks: tuple[tuple[float, str], ...]
    y_ticks: tuple[tuple[float, int], ...]
    words: str
    width: int = WIDTH
    height: int = HEIGHT


def line_of(
    study: Study, conduct: StudyState, states: list[SubjectState], today: date
) -> EnrolmentLine | None:
    """Allocated subjects over time, and the plan: the planned number, evenly over the accrual that the study
    file's first scenario states. None before a site opened or without a planned number.
    """
    opened = min((site.opened_on for site in conduct.sites.values()), default="")
    planned = study.design.enrolment.count if study.design.enrolment else 0
    if not opened or not planned:
        return None
    start = date.fromisoformat(opened)
    dates = sorted(date.fromisoformat(s.allocation.allocated_on) for s in states if s.allocation)
    months = next((float(s.accrual_months) for s in study.scenarios if s.accrual_months), 0.0)
    last_on = dates[-1] if len(dates) >= planned else today
    end = max(last_on, start + timedelta(days=round(months * DAYS_A_MONTH)), start + timedelta(days=30))
    scale = _Scale(start, end, max(planned, len(dates)))
    actual = [scale.at(start, 0)]
    for number, on in enumerate(dates, start=1):
        actual += [scale.at(on, number - 1), scale.at(on, number)]
    actual.append(scale.at(min(today, end), len(dates)))
    plan_end = start + timedelta(days=round(months * DAYS_A_MONTH)) if months else start
    words = f"{len(dates)} of {planned} planned subjects allocated"
    due = round(planned * min((today - start).days / max((plan_end - start).days, 1), 1)) if months else 0
    words += f"; by the plan {due} by now." if months else "."
    return EnrolmentLine(
        " ".join(actual),
        f"{scale.at(start, 0)} {scale.at(plan_end, planned)} {scale.at(end, planned)}",
        planned,
        len(dates),
        tuple((scale.x(on), on.strftime("%b %Y")) for on in (start, start + (end - start) / 2, end)),
        tuple((scale.y(count), count) for count in (0, planned // 2, planned)),
        words,
    )


@dataclass(frozen=True, slots=True)
class _Scale:
    start: date
    end: date
    top: int

    def x(self, on: date) -> float:
        span = max((self.end - self.start).days, 1)
        return round(LEFT + (WIDTH - LEFT - RIGHT) * (on - self.start).days / span, 1)

    def y(self, count: int) -> float:
        return round(HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * count / max(self.top, 1), 1)

    def at(self, on: date, count: int) -> str:
        return f"{self.x(on)},{self.y(count)}"
