"""Dates on the command line."""

from __future__ import annotations

from datetime import date

from .output import EXIT_USAGE, Stop


def parse_date(text: str) -> date:
    """A whole ISO date; wrong use ends the command."""
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise Stop(EXIT_USAGE, f"{text} is not a date.", "Write it as 2026-11-22.") from error


def parse_optional_date(text: str) -> date | None:
    """The same where the date may be left out ('')."""
    return parse_date(text) if text else None


def parse_day(text: str) -> date:
    """A date of judgement; today without one."""
    return parse_date(text) if text else date.today()  # noqa: DTZ011 - the registry's deadlines are calendar days
