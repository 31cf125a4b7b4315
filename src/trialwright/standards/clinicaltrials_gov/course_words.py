"""Texts that hold more than one course, and amounts that are no dose: caps, conversions, second phases."""

from __future__ import annotations

import re

from .dose_words import Quantity
from .schedule_words import parse_days, parse_duration_days, parse_rate

_THEN = re.compile(
    r"\b(?:then|followed by|thereafter|subsequently|after which|afterwards?|maintenance|loading)\b", re.I
)
_POINTS = re.compile(
    r"\b(?:weeks?|months?|wks?)\s\d{1,3}(?:\s*(?:,|and|&)+\s*\d{1,3})+|\b(?:week|month|wk) \d{1,3}\b", re.I
)
_CAP = re.compile(
    r"[(,;]?\s*\b(?:max(?:imum|imal)?\.?|up to a max(?:imum)?|not (?:to )?exceed(?:ing)?|capped at|cap(?: of)?)\b"
    r"[^();.,]{0,60}(?:\.\d[^();.,]{0,40})?\)?",
    re.I,
)
_CHANGES = re.compile(
    r"\b(?:titrat\w+|taper\w+|(?:dose )?escalat\w+|ramp(?:ed)?[- ]?up|adjusted (?:every|to|according|based|by)"
    r"|increas(?:ed|ing) (?:to|by|every|gradually|up)|start(?:ing|ed) (?:at|dose|with)|initial(?:ly)? (?:dose|at))\b",
    re.I,
)
_DOSES = re.compile(
    r"\d(?:\.\d+)?(?:\s*(?:/|\bor\b|\band\b|,\s)\s*(?:and |or )?\d+(?:\.\d+)?)+\s*(?:mg|g|mcg|µg|μg|IU|units?|mL|ml)\b",
    re.I,
)
_BRACKETS = re.compile(r"\([^()]{0,120}\)")
_EXCEPTION = re.compile(r"\b(?:if|for|in|when|patients?|subjects?|children|elderly)\b", re.I)


def says_two_courses(text: str) -> bool:
    """Whether the schedule changes on the way: `daily for 3 months, then every 8 weeks`.

    A rest that follows is no second course. What belongs to which course is not guessed.
    """
    for match in _THEN.finditer(text):
        before, after = text[: match.start()], text[match.end() :]
        ends = match.group(0).lower() in ("thereafter", "subsequently", "afterward", "afterwards")
        if ends and _POINTS.search(before):
            return True
        if _says_when(before) and _says_when(after):
            return True
    return False


def says_changing_dose(text: str) -> bool:
    """Whether the dose is no constant one: titrated, tapered, one of a list."""
    return _CHANGES.search(text) is not None or _DOSES.search(text) is not None


def _says_when(text: str) -> bool:
    return (
        parse_rate(text) != (None, None)
        or parse_days(text, None) is not None
        or parse_duration_days(text) is not None
        or _POINTS.search(text) is not None
    )


def leave_out_limits(text: str, quantities: list[Quantity]) -> list[Quantity]:
    """The amounts that are doses: without the cap of one, a concentration, and the same dose again in brackets.

    Brackets that make an exception (`20 mg if older than 75`) state another dose and are kept.
    """
    caps = [match.span() for match in _CAP.finditer(text)]
    kept = [
        one
        for one in quantities
        if not one.unit.endswith("/mL") and not any(a <= one.start < b for a, b in caps)
    ]
    again = [match.span() for match in _BRACKETS.finditer(text) if not _EXCEPTION.search(match.group(0))]
    plain = [one for one in kept if not any(a < one.start < b for a, b in again)]
    return plain if plain else kept
