"""Partial dates as the days they may mean, and the registry's calendar arithmetic."""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Any, cast


@dataclass(frozen=True, slots=True)
class Span:
    """The first and the last day that a partial date may mean. A full date has both the same."""

    first: date
    last: date

    def is_before(self, other: Span) -> bool | None:
        """Whether this date lies before the other: yes, no, or undecidable."""
        if self.last < other.first:
            return True
        return False if self.first >= other.last else None

    def is_after(self, other: Span) -> bool | None:
        """Whether this date lies after the other."""
        return other.is_before(self)


def parse_span(words: object) -> Span | None:
    """``yyyy``, ``yyyy-mm`` or ``yyyy-mm-dd`` as a span; None for anything else or an impossible date."""
    return _read_span(words) if isinstance(words, str) and len(words) <= _LONGEST_DATE else None


_LONGEST_DATE = 40


@lru_cache(maxsize=256)
def _read_span(words: str) -> Span | None:
    """Remembered for a while: a dozen rules ask for the same few dates of a record."""
    parts = words.split("-")
    try:
        numbers = [int(part) for part in parts]
        if len(numbers) == 1:
            return Span(date(numbers[0], 1, 1), date(numbers[0], 12, 31))
        if len(numbers) == 2:
            return Span(date(numbers[0], numbers[1], 1), last_of_month(numbers[0], numbers[1]))
        if len(numbers) == 3:
            day = date(numbers[0], numbers[1], numbers[2])
            return Span(day, day)
    except ValueError:
        return None
    return None


def on_day(day: date) -> Span:
    """A known day as a span."""
    return Span(day, day)


def last_of_month(year: int, month: int) -> date:
    """The last day of a month."""
    return date(year, month, calendar.monthrange(year, month)[1])


def add_years(day: date, years: int) -> date:
    """The same day some years later; 29 February becomes 28 February, the earlier and so the safer day.

    What would lie past the last day of the calendar is that day.
    """
    if day.year + years > date.max.year:
        return date.max
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)


def add_days(day: date, days: int) -> date:
    """Some calendar days later, within the calendar: a record may state any year."""
    try:
        return day + timedelta(days=days)
    except OverflowError:
        return date.max if days > 0 else date.min


def months_between(earlier: date, later: date) -> int:
    """Difference of the months as written, days ignored."""
    return (later.year - earlier.year) * 12 + later.month - earlier.month


def date_of(module: dict[str, Any], key: str) -> tuple[Span | None, str | None]:
    """A date structure of the status module: its span and its type (``ACTUAL``, ``ESTIMATED`` or None)."""
    struct = module.get(key)
    if not isinstance(struct, dict):
        return None, None
    fields = cast("dict[str, Any]", struct)
    kind = fields.get("type")
    return parse_span(fields.get("date")), kind if isinstance(kind, str) else None
