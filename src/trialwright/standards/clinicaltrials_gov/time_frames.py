"""Time frames of outcomes: the durations, days and visits in their words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from .schedule_words import number_of

_LONGEST = 2_000
_DAYS = {
    "minute": 1 / 1440,
    "hour": 1 / 24,
    "day": 1.0,
    "week": 7.0,
    "month": 30.4375,
    "quarter": 91.3125,
    "year": 365.25,
}
_SHORT = {
    "min": "minute",
    "hr": "hour",
    "h": "hour",
    "d": "day",
    "wk": "week",
    "w": "week",
    "mo": "month",
    "yr": "year",
    "y": "year",
}
_NUMBER = r"(?:\d{1,4}(?:\.\d{1,2})?|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)"
_UNIT = r"(?:(?:minute|min|hour|hr|day|week|wk|month|mo|year|yr)s?|h|d|w|y)\b"
_TOLERANCE = re.compile(
    r"\(?\s*(?:±|\+\s?/\s?[-−–]|\\?\+\\?-)\s*\d{1,3}(?:\.\d)?\s*(?:-?\s?(?:minutes?|hours?|days?|weeks?|months?|[hdw]\b))?\s*\)?",
    re.I,
)
_THOUSANDS = re.compile(r"(?<=\b\d),(?=\d{3}\b)")
_CYCLE_LENGTH = re.compile(
    r"\(?\s*(?:(?:each|one|every|a|1) )?cycles?(?: length)? ?(?:is|=|lasts|of|are) ?"
    r"(?P<n>\d{1,3})[\s-](?P<unit>day|week)s?\s*\)?",
    re.I,
)
_CYCLE_DAY = re.compile(r"\b(?:cycle |C)(?P<cycle>\d{1,2}),?\s?(?:day |D)(?P<day>\d{1,2})\b", re.I)
_CYCLE_COUNT = re.compile(r"\bcycle (?P<cycle>\d{1,2})\b|\b(?P<count>\d{1,2}) cycles\b", re.I)
_COMPOUND = re.compile(r"\b(?P<years>\d{1,2})\s?years?\s(?P<months>\d{1,2})\s?months?\b", re.I)
_HALF = re.compile(r"(?:\b1/2|½|\bhalf(?: an?)?)[\s-](?P<unit>year|hour|day)s?\b|\bhalf-(?:yearly?)\b", re.I)
_HALVES = {"year": "6 months", "hour": "30 minutes", "day": "12 hours"}
_LIST = re.compile(
    rf"(?P<list>{_NUMBER}(?:(?:\s*(?:,|/|;|and|&|or|to|-))+\s*{_NUMBER}){{0,40}})[\s-]*(?P<unit>{_UNIT})",
    re.I,
)
_NAMED = re.compile(
    r"\b(?P<unit>hour|day|week|month|year)s?\s?(?P<list>[-−]?\d{1,4}(?:(?:\s*(?:,|/|;|and|&|or|to|through|-))+\s*"
    r"(?:(?:hour|day|week|month|year)s?\s?[-−]?)?\d{1,4}){0,40})\b(?!\s*(?:hours?|days?|weeks?|months?|years?)\b)",
    re.I,
)
_POST_OPERATIVE = re.compile(r"\bPOD(?=\s?-?\d)", re.I)
_EVERY = re.compile(
    rf"\b(?:every|each) (?P<number>{_NUMBER})?(?:\s?(?:-|to|or)\s?{_NUMBER})?[\s-]*(?P<unit>{_UNIT}|quarters?\b)"
    r"|\b(?P<adverb>daily|weekly|monthly|quarterly|yearly|annually|hourly)\b",
    re.I,
)
_ADVERBS = {"daily": "day", "annually": "year"}
_BEFORE = re.compile(r"\s*(?:before|prior to|preceding|pre-?(?:operat|dose|treat|surg)\w*)\b", re.I)
_AGE_BEHIND = re.compile(
    r"\s*\(?\s*(?:of )?"
    r"(?:post-?menstrual|postconceptional|gestation\w*|corrected|adjusted|PMA\b|GA\b|old\b|of age\b|age\b)",
    re.I,
)
_AGE_BEFORE = re.compile(
    r"\b(?:age(?:d| of)?|gestation(?:al)? (?:age )?(?:of )?|weeks' gestation)\s*\Z", re.I
)
_EVENT = re.compile(
    r"\b(?:until|up to|through|till|to|at|during|from .{1,40}? to) (?:the )?(?:hospital )?(?:date of )?"
    r"(?P<event>(?:first |documented )*(?:disease )?progression|death|study completion"
    r"|end of (?:the )?(?:study|treatment)|discharge|hospital stay|hospitali[sz]ation|relapse"
    r"|recurrence|delivery|withdrawal|last follow-up)",
    re.I,
)
_BASELINE = re.compile(
    r"\b(?:baseline|pre-?dose|screening|day 0|(?:at|before|prior to) (?:the )?(?:enrol?lment|randomi[sz]ation))\b",
    re.I,
)


@dataclass(frozen=True, slots=True)
class TimeFrame:
    """A time frame as read.

    ``points_days`` are the stated time points and durations in days, in rising order (negative before the
    origin); months count 30.4375 days and years 365.25. ``every_days`` is a stated interval (the shorter of
    two), ``until`` a stated event. ``baseline`` tells whether a value before treatment is named. Tolerances and
    ages are no points.
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


@lru_cache(maxsize=64)
def parse_time_frame(words: str) -> TimeFrame:
    """The time frame in the words, as far as it is stated; the same few words stand in many outcomes."""
    text = _plain(words[:_LONGEST])
    every: float | None = None
    covered: list[tuple[int, int]] = []
    for match in _EVERY.finditer(text):
        adverb = (match.group("adverb") or "").lower()
        unit = match.group("unit") or _ADVERBS.get(adverb) or adverb.removesuffix("ly")
        days = number_of_words(match.group("number") or "1") * _days_of(unit)
        every = days if every is None else min(every, days)
        covered.append(match.span())
    points: set[float] = set()
    for pattern in (_NAMED, _LIST):
        for match in pattern.finditer(text):
            if any(start < match.end() and match.start() < end for start, end in covered):
                continue
            covered.append(match.span())
            if not _is_age(text, match):
                points.update(_points(text, match))
    event = _EVENT.search(text)
    return TimeFrame(
        words,
        tuple(sorted(points)),
        every,
        " ".join(event.group("event").lower().split()) if event else None,
        bool(_BASELINE.search(text)),
    )


def _plain(text: str) -> str:
    """The text without tolerances, sums written out, halves in smaller units."""
    text = _TOLERANCE.sub(" ", _THOUSANDS.sub("", text))
    text = _in_days(text)
    text = _COMPOUND.sub(lambda m: f"{12 * int(m['years']) + int(m['months'])} months", text)
    text = _HALF.sub(lambda m: _HALVES[(m["unit"] or "year").lower()], text)
    return _POST_OPERATIVE.sub("day", text)


def _in_days(text: str) -> str:
    """`Cycle 2 Day 1` and `end of cycle 2` in days of the study, where the length of a cycle is stated."""
    length = _CYCLE_LENGTH.search(text)
    if length is None:
        return text
    days = int(length["n"]) * (7 if length["unit"].lower() == "week" else 1)
    text = text[: length.start()] + text[length.end() :]
    text = _CYCLE_DAY.sub(lambda m: f"day {(int(m['cycle']) - 1) * days + int(m['day'])}", text)
    return _CYCLE_COUNT.sub(lambda m: f"{int(m['cycle'] or m['count']) * days} days", text)


def _is_age(text: str, match: re.Match[str]) -> bool:
    """Whether a time is somebody's age: `36 weeks postmenstrual age`, `at age 2 years`."""
    behind = _AGE_BEHIND.match(text, match.end())
    return (
        behind is not None or _AGE_BEFORE.search(text[max(0, match.start() - 30) : match.start()]) is not None
    )


def _points(text: str, match: re.Match[str]) -> Iterator[float]:
    scale = _days_of(match.group("unit"))
    before = -1 if _BEFORE.match(text, match.end()) else 1
    for found in re.finditer(
        rf"(?P<sign>(?:\A|[a-z]\s?)[-−])?(?P<number>{_NUMBER})", match.group("list"), re.I
    ):
        sign = -1 if found["sign"] else before
        yield round(sign * number_of_words(found["number"]) * scale, 4)


def number_of_words(words: str) -> float:
    """A number in digits, also with decimals, or as a word."""
    return float(words) if words[0].isdigit() else float(number_of(words))


def _days_of(unit: str) -> float:
    word = unit.lower()
    word = _SHORT.get(word) or _SHORT.get(word.rstrip("s")) or word.rstrip("s")
    return _DAYS[word]
