"""Time frames of outcomes: the durations, days and visits in their words."""

from __future__ import annotations

import re
from dataclasses import dataclass

from .schedule_words import number_of

_LONGEST = 2_000
_DAYS = {"hour": 1 / 24, "day": 1.0, "week": 7.0, "month": 30.4375, "year": 365.25}
_NUMBER = r"(?:\d{1,4}(?:\.\d{1,2})?|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)"
_UNIT = r"(?:hour|hr|day|week|wk|month|mo|year|yr)s?\b"
_LIST = re.compile(
    rf"(?P<list>{_NUMBER}(?:(?:\s*(?:,|/|;|and|&|or|to|-))+\s*{_NUMBER}){{0,40}})[\s-]*(?P<unit>{_UNIT})",
    re.I,
)
_NAMED = re.compile(
    r"\b(?P<unit>hour|day|week|month|year)s?\s?-?(?P<list>\d{1,4}(?:(?:\s*(?:,|/|;|and|&|or|to|through|-))+\s*"
    r"(?:(?:hour|day|week|month|year)s?\s?)?\d{1,4}){0,40})\b(?!\s*(?:hours?|days?|weeks?|months?|years?)\b)",
    re.I,
)
_EVERY = re.compile(rf"\b(?:every|each) (?P<number>{_NUMBER})?[\s-]*(?P<unit>{_UNIT})", re.I)
_EVENT = re.compile(
    r"\b(?:until|up to|through|till|to|at|from .{1,40}? to) (?:the )?(?:date of )?(?P<event>(?:first |documented )*"
    r"(?:disease )?progression|death|study completion|end of (?:the )?(?:study|treatment)|discharge|relapse"
    r"|recurrence|delivery|withdrawal|last follow-up)",
    re.I,
)
_BASELINE = re.compile(r"\b(?:baseline|pre-?dose|screening|enrol?lment|randomi[sz]ation|day 0)\b", re.I)


@dataclass(frozen=True, slots=True)
class TimeFrame:
    """A time frame as read.

    ``points_days`` are the stated time points and durations in days, in rising order (negative before the
    origin); months count 30.4375 days and years 365.25. ``every_days`` is a stated interval, ``until`` a
    stated event. ``baseline`` tells whether a value before treatment is named.
    """

    words: str
    points_days: tuple[float, ...]
    every_days: float | None
    until: str | None
    baseline: bool

    @property
    def longest_days(self) -> float | None:
        """The last stated point."""
        return self.points_days[-1] if self.points_days else None

    @property
    def is_only_a_number(self) -> bool:
        """Whether nothing but digits stands there, which the registry refuses."""
        return self.words.strip().isdigit()


def parse_time_frame(words: str) -> TimeFrame:
    """The time frame in the words, as far as it is stated."""
    text = words[:_LONGEST]
    every: float | None = None
    covered: list[tuple[int, int]] = []
    for match in _EVERY.finditer(text):
        days = number_of_words(match.group("number") or "1") * _days_of(match.group("unit"))
        every = days if every is None else min(every, days)
        covered.append(match.span())
    points: set[float] = set()
    for pattern in (_NAMED, _LIST):
        for match in pattern.finditer(text):
            if any(start < match.end() and match.start() < end for start, end in covered):
                continue
            covered.append(match.span())
            scale = _days_of(match.group("unit"))
            sign = -1 if match.group(0)[: match.start("list") - match.start()].endswith("-") else 1
            numbers = re.findall(_NUMBER, match.group("list"), re.I)
            points.update(round(sign * number_of_words(number) * scale, 4) for number in numbers)
    event = _EVENT.search(text)
    return TimeFrame(
        words,
        tuple(sorted(points)),
        every,
        " ".join(event.group("event").lower().split()) if event else None,
        bool(_BASELINE.search(text)),
    )


def number_of_words(words: str) -> float:
    """A number in digits, also with decimals, or as a word."""
    return float(words) if words[0].isdigit() else float(number_of(words))


def _days_of(unit: str) -> float:
    word = unit.lower().rstrip("s")
    return _DAYS[{"hr": "hour", "wk": "week", "mo": "month", "yr": "year"}.get(word, word)]
