"""Expedited reporting: which events, which clock, due when, how it stands today.

Day 0 is the day on which the sponsor (or its delegate) first had the minimum: an identifiable subject, a
suspect product, an identifiable reporter and an event that fulfils the criteria. Days are calendar days; a
report is due on day 0 + n. Sources: ICH E2A; 21 CFR 312.32(c); Regulation (EU) 536/2014, articles 41, 42 and
52 to 54; ICH E2F. A study's own route (recipients, other limits) is configuration: a :class:`ReportingRoute`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from enum import StrEnum

from trialwright.outcomes.adverse_events import AdverseEvent


class Urgency(StrEnum):
    """How grave a reportable event is."""

    FATAL = "fatal"
    LIFE_THREATENING = "life_threatening"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class ReportingRoute:
    """The limits of one recipient, in calendar days from day 0.

    ``complete_after_days``: so many days after the first report of a grave event the complete one is due.
    """

    recipient: str = "competent authority"
    grave_days: int = 7
    complete_after_days: int = 8
    other_days: int = 15
    follow_up_days: int = 15
    investigator_hours: int = 24
    urgent_measure_days: int = 7
    breach_days: int = 7
    benefit_risk_days: int = 15
    annual_days: int = 60


DEFAULT_ROUTE = ReportingRoute()


@dataclass(frozen=True, slots=True)
class Deadlines:
    """When the first and the complete report are due (the same day for an event that is not grave)."""

    day_zero_on: date
    first_due_on: date
    complete_due_on: date


class OtherReport(StrEnum):
    """What must be reported besides single reactions; the value names the day-0 event."""

    URGENT_MEASURE = "an urgent safety measure was taken"
    SERIOUS_BREACH = "a serious breach became known"
    BENEFIT_RISK = "an event that changes benefit and risk became known"
    FOLLOW_UP = "relevant follow-up information was received"
    ANNUAL = "the yearly data lock of the safety update"


def compute_other_due(day_zero_on: date, report: OtherReport, route: ReportingRoute = DEFAULT_ROUTE) -> date:
    """When one of the other reports is due."""
    limits = {
        OtherReport.URGENT_MEASURE: route.urgent_measure_days,
        OtherReport.SERIOUS_BREACH: route.breach_days,
        OtherReport.BENEFIT_RISK: route.benefit_risk_days,
        OtherReport.FOLLOW_UP: route.follow_up_days,
        OtherReport.ANNUAL: route.annual_days,
    }
    return day_zero_on + timedelta(days=limits[report])


class ClockState(StrEnum):
    """How a report stands."""

    SENT_IN_TIME = "sent in time"
    SENT_LATE = "sent late"
    DUE = "due"
    OVERDUE = "overdue"


def compute_day_zero(aware_at: datetime, zone: tzinfo) -> date:
    """The calendar day of awareness in the receiver's time zone; refuses an instant without a zone."""
    if aware_at.tzinfo is None:
        raise ValueError("an instant of awareness needs a time zone")
    return aware_at.astimezone(zone).date()


def compute_deadlines(
    day_zero_on: date, urgency: Urgency, route: ReportingRoute = DEFAULT_ROUTE
) -> Deadlines:
    """When the reports of a suspected unexpected serious reaction are due."""
    if urgency is Urgency.OTHER:
        due_on = day_zero_on + timedelta(days=route.other_days)
        return Deadlines(day_zero_on, due_on, due_on)
    first_on = day_zero_on + timedelta(days=route.grave_days)
    return Deadlines(day_zero_on, first_on, first_on + timedelta(days=route.complete_after_days))


def compute_investigator_due(aware_at: datetime, route: ReportingRoute = DEFAULT_ROUTE) -> datetime:
    """By when the investigator must have told the sponsor of a serious event."""
    return aware_at + timedelta(hours=route.investigator_hours)


def compute_upgraded_deadlines(
    first: Deadlines, upgraded_on: date, route: ReportingRoute = DEFAULT_ROUTE
) -> Deadlines:
    """An event that became fatal or life-threatening: a new grave clock from the day that became known.

    Whatever was already due earlier stays due.
    """
    grave = compute_deadlines(upgraded_on, Urgency.FATAL, route)
    first_on = min(first.first_due_on, grave.first_due_on)
    return Deadlines(upgraded_on, first_on, grave.complete_due_on)


def compute_clock_state(due_on: date, today_on: date, sent_on: date | None = None) -> ClockState:
    """How a report with a due date stands today."""
    if sent_on is not None:
        return ClockState.SENT_IN_TIME if sent_on <= due_on else ClockState.SENT_LATE
    return ClockState.DUE if today_on <= due_on else ClockState.OVERDUE


def compute_reportable(event: AdverseEvent) -> bool | None:
    """Whether an event is a suspected unexpected serious adverse reaction.

    ``None`` while expectedness against the reference safety information has not been judged: an open
    question, to be settled before the clock of a grave event runs out, not a no.
    """
    if not event.serious or not event.related_to:
        return False
    return None if event.expected is None else not event.expected
