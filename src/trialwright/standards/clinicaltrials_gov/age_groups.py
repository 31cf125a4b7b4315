"""The registry's age groups, which it derives from the age limits: child to 17, adult 18 to 64, older adult."""

from __future__ import annotations

import re

_AGE = re.compile(r"(\d{1,4}) (Year|Month|Week|Day|Hour|Minute)s?\Z")
_YEARS = {"Year": 1.0, "Month": 1 / 12, "Week": 7 / 365.25, "Day": 1 / 365.25, "Hour": 0.0, "Minute": 0.0}


def derive_age_groups(minimum: str | None, maximum: str | None) -> list[str]:
    """The groups that the limits touch; a missing limit is none."""
    low, high = _years(minimum, 0.0), _years(maximum, 999.0)
    groups: list[str] = []
    if low < 18:
        groups.append("CHILD")
    if low < 65 and high >= 18:
        groups.append("ADULT")
    if high >= 65:
        groups.append("OLDER_ADULT")
    return groups


def _years(words: str | None, without: float) -> float:
    match = _AGE.match(words or "")
    return int(match.group(1)) * _YEARS[match.group(2)] if match else without
