"""Dates of endpoints: partial dates and their imputation, days and months between two dates.

Sources: the house analysis reference, section 2 (AVAL = date - start + 1, months = days / 30.4375; day
missing -> 15, month missing -> July, never before the last date known alive, flagged as CDISC's date
imputation flag).
"""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

DAYS_PER_MONTH = 30.4375
"""Mean length of a month of the Julian year: 365.25 / 12."""

_ISO_PARTIAL = re.compile(r"^(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?$")


class DayCount(StrEnum):
    """How days between a start and an end are counted; the analysis plan fixes one."""

    INCLUSIVE = "inclusive"
    """end - start + 1: the start is day 1 (CDISC AVAL; the default)."""

    ELAPSED = "elapsed"
    """end - start: the start is day 0."""


def compute_days(start_on: date, end_on: date, count: DayCount = DayCount.INCLUSIVE) -> int:
    """Days from ``start_on`` to ``end_on`` by the stated count; negative when the end comes first."""
    elapsed = (end_on - start_on).days
    return elapsed + 1 if count is DayCount.INCLUSIVE else elapsed


def compute_months(days: float) -> float:
    """Months of 30.4375 days."""
    return days / DAYS_PER_MONTH


@dataclass(frozen=True, slots=True)
class PartialDate:
    """A date of which the day, or the day and the month, may be unknown."""

    year: int
    month: int | None = None
    day: int | None = None

    @classmethod
    def of(cls, whole: date) -> PartialDate:
        """The partial date that is in fact whole."""
        return cls(whole.year, whole.month, whole.day)

    @property
    def earliest(self) -> date:
        """The first calendar day it can mean."""
        return date(self.year, self.month or 1, self.day or 1)

    @property
    def latest(self) -> date:
        """The last calendar day it can mean."""
        month = self.month or 12
        return date(self.year, month, self.day or calendar.monthrange(self.year, month)[1])

    def __str__(self) -> str:
        parts = [f"{self.year:04d}"]
        if self.month is not None:
            parts.append(f"{self.month:02d}")
            if self.day is not None:
                parts.append(f"{self.day:02d}")
        return "-".join(parts)


def parse_partial_date(text: str) -> PartialDate | None:
    """``2026``, ``2026-03`` or ``2026-03-14`` (a time after ``T`` is ignored); ``None`` for anything else."""
    match = _ISO_PARTIAL.match(text.strip().split("T", 1)[0])
    if match is None:
        return None
    year, month, day = (int(part) if part else None for part in match.groups())
    try:
        date(year or 0, month or 1, day or 1)
    except ValueError:
        return None
    return PartialDate(year or 0, month, day)


@dataclass(frozen=True, slots=True)
class ImputationRule:
    """How a missing day or month is filled in. All of it belongs in the analysis plan.

    ``day``: the day of the month when only the day is missing. ``month`` and ``month_day``: what stands
    in when the month is missing. ``after_alive_days``: an imputed death lies at least so many days after
    the last date the subject was known to be alive (0 or 1).
    """

    day: int = 15
    month: int = 7
    month_day: int = 1
    after_alive_days: int = 0


DEFAULT_IMPUTATION = ImputationRule()


@dataclass(frozen=True, slots=True)
class ImputedDate:
    """A whole date and how it came about.

    ``flag`` is CDISC's date imputation flag: ``D`` when the day, ``M`` when month and day were imputed, empty
    when nothing was. ``contradicts`` is true when the bound lies after every day the partial date can mean.
    """

    on: date
    flag: str = ""
    contradicts: bool = False


def compute_imputed_date(
    partial: PartialDate, rule: ImputationRule = DEFAULT_IMPUTATION, alive_on: date | None = None
) -> ImputedDate:
    """Fill in what is missing by ``rule``, never earlier than ``alive_on``; a whole date is left as it is."""
    if partial.month is not None and partial.day is not None:
        whole = partial.earliest
        return ImputedDate(whole, "", alive_on is not None and alive_on > whole)
    flag = "M" if partial.month is None else "D"
    month = rule.month if partial.month is None else partial.month
    day = rule.month_day if partial.month is None else rule.day
    filled = date(partial.year, month, min(day, calendar.monthrange(partial.year, month)[1]))
    if alive_on is None:
        return ImputedDate(filled, flag)
    bound = alive_on + timedelta(days=rule.after_alive_days)
    return ImputedDate(max(filled, min(bound, partial.latest), alive_on), flag, alive_on > partial.latest)
