"""Office hours at a site: when, on a local date, somebody sits down and does something."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from trialwright.study.model.study import Study


def at_site(study: Study, site: str, on: date, hour: float) -> datetime:
    """The instant (UTC) of a local time of day at a site; ``hour`` 8.5 is half past eight."""
    found = study.site(site)
    zone = ZoneInfo(found.time_zone) if found else UTC
    minutes = round(hour * 60)
    return datetime.combine(on, time(minutes // 60, minutes % 60), tzinfo=zone).astimezone(UTC)


def working_day(on: date) -> date:
    """The date itself, or the Monday after a weekend."""
    return on + timedelta(days=max(7 - on.weekday(), 0) if on.weekday() >= 5 else 0)
