"""Dates and instants as people enter them: ISO 8601, dates perhaps partial, judged by the site's
calendar.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from trialwright.study.model.study import Study

_PARTIAL = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?")


def parse_date(text: str) -> date | None:
    """The whole date of an ISO text (``2026-11-22``), or None."""
    match = _PARTIAL.fullmatch(text)
    return _whole(match) if match is not None and match[3] else None


def earliest_date(text: str) -> date | None:
    """The first day that a perhaps partial date can mean, or None when it is no date."""
    match = _PARTIAL.fullmatch(text)
    return _whole(match) if match is not None else None


def _whole(match: re.Match[str]) -> date | None:
    try:
        return date(int(match[1]), int(match[2] or 1), int(match[3] or 1))
    except ValueError:
        return None


def parse_instant(text: str) -> datetime | None:
    """The instant of an ISO text that states its zone (``2026-11-22T08:15:00Z``), in UTC, or None."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return None
    return at.astimezone(UTC) if at.tzinfo is not None else None


def instant_text(at: datetime) -> str:
    """An aware instant as state and payloads hold it: UTC, milliseconds, ``Z``."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def local_date(study: Study, site_id: str, at: datetime) -> date:
    """The calendar date at the site at that instant (UTC where the site is not in the study)."""
    site = study.site(site_id)
    return at.astimezone(ZoneInfo(site.time_zone) if site else UTC).date()
