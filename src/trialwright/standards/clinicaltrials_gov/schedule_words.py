"""Frequencies, cycles, days and durations in the words of an intervention."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from trialwright.study.sought import Sought, SoughtTable

_WORDS = {
    "a": 1,
    "an": 1,
    "one": 1,
    "two": 2,
    "three": 3,
    "four": 4,
    "five": 5,
    "six": 6,
    "seven": 7,
    "eight": 8,
    "nine": 9,
    "ten": 10,
    "eleven": 11,
    "twelve": 12,
    "once": 1,
    "twice": 2,
    "thrice": 3,
    "single": 1,
}
_COUNT = r"(?P<{name}>\d{{1,3}}|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)"
_UNIT_DAYS = {"hour": Decimal(1) / 24, "day": Decimal(1), "week": Decimal(7), "month": Decimal("30.4375")}
_LONGEST_DAY = 4000


@dataclass(frozen=True, slots=True)
class Rate:
    """So many times every so many units, and where the text says so."""

    times: int
    every: int
    unit: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Days:
    """Days in the groups the text makes, and whether they count within a cycle."""

    groups: tuple[tuple[int, ...], ...]
    within_cycle: bool
    start: int
    end: int


def number_of(words: str) -> int:
    """A number in digits or as a word."""
    return int(words) if words.isdigit() else _WORDS[words.lower()]


def _n(name: str) -> str:
    return _COUNT.format(name=name)


_RATES: tuple[tuple[Sought, tuple[int, int, str] | None], ...] = tuple(
    (Sought(pattern, re.I), fixed)
    for pattern, fixed in (
        (
            rf"\b(?:once )?every {_n('every')} ?-?(?P<unit>hour|hr|day|week|month)s?\b(?![- ]*(?:treatment )?cycles?)",
            None,
        ),
        (r"\bq ?(?P<every>\d{1,2}) ?(?P<unit>h|d|w|m|weeks?|days?|hours?)\b", None),
        (rf"\b(?:{_n('times')}|once|twice) (?:times )?(?:per|a|each|every) (?P<unit>day|week|month)\b", None),
        (rf"\b{_n('times')} times (?P<unit>daily|weekly|monthly)\b", None),
        (r"\bevery other (?P<unit>day|week)\b", None),
        (r"\b(?:twice (?:a day|daily)|bid|b\.i\.d\.?|two times daily)\b", (2, 1, "day")),
        (r"\b(?:three times (?:a day|daily)|thrice daily|tid|t\.i\.d\.?)\b", (3, 1, "day")),
        (r"\b(?:four times (?:a day|daily)|qid|q\.i\.d\.?)\b", (4, 1, "day")),
        (r"\b(?:qod|q\.o\.d\.?)\b", (1, 2, "day")),
        (r"\btwice weekly\b", (2, 1, "week")),
        (r"\bbi-?weekly\b|\bfortnightly\b", (1, 2, "week")),
        (r"\b(?:once )?weekly\b|\bonce (?:a|per) week\b|\bqw\b", (1, 1, "week")),
        (r"\b(?:once )?monthly\b|\bonce (?:a|per) month\b", (1, 1, "month")),
        (r"\b(?:once (?:a day|daily|per day)|daily|qd|q\.d\.?|every day|each day)\b", (1, 1, "day")),
    )
)
_RATES_TABLE = SoughtTable([pattern for pattern, _ in _RATES])
_UNITS = {
    "h": "hour",
    "hr": "hour",
    "d": "day",
    "w": "week",
    "m": "month",
    "daily": "day",
    "weekly": "week",
    "monthly": "month",
}


def parse_rate(text: str) -> tuple[Rate | None, int | None]:
    """The frequency, if the text states one; and the days after which it repeats, if it states both.

    ``daily`` inside ``twice daily`` is not a second frequency. ``Twice daily on days 1-14 every 3 weeks``
    states a frequency and the length of a cycle. Texts of several different frequencies state none.
    """
    found: list[Rate] = []
    for place in _RATES_TABLE.near(text):
        pattern, fixed = _RATES[place]
        for match in pattern.pattern.finditer(text):
            if any(rate.start < match.end() and match.start() < rate.end for rate in found):
                continue
            found.append(Rate(*fixed, *match.span()) if fixed else _spelled(match))
    different = {(rate.times, rate.every, rate.unit): rate for rate in reversed(found)}
    if len(different) == 1:
        return next(iter(different.values())), None
    if len(different) == 2:
        short, long = sorted(different.values(), key=_period_days)
        if _period_days(short) <= 1 and _period_days(long) >= 7 and long.times == 1 and _DAYS.search(text):
            return short, int(_period_days(long))
    return None, None


def _period_days(rate: Rate) -> Decimal:
    return rate.every * _UNIT_DAYS[rate.unit]


def _spelled(match: re.Match[str]) -> Rate:
    groups = match.groupdict()
    words = groups["unit"].lower()
    unit = _UNITS.get(words, words.rstrip("s"))
    said = match.group(0).lower()
    every = 2 if "every other" in said else number_of(groups.get("every") or "1")
    times = number_of(groups["times"]) if groups.get("times") else 2 if said.startswith("twice") else 1
    return Rate(times, max(every, 1), unit, *match.span())


_CYCLES = Sought(
    rf"\b{_n('n')} (?:treatment |chemotherapy )?(?:cycles|courses|periods)\b",
    re.I,
)
_CYCLE_LENGTH = (
    Sought(r"\b(?P<n>\d{1,3})[- ](?P<unit>day|week)s?(?:[- ](?:treatment )?(?:cycles?|courses?)\b)", re.I),
    Sought(
        rf"\b(?:each|one|every|a|1) cycle (?:is|lasts|of|=|has|consists of|will be) {_n('n')} (?P<unit>day|week)s\b",
        re.I,
    ),
    Sought(r"\bcycles? ?(?:=|of|\() ?(?P<n>\d{1,3}) (?P<unit>day|week)s?\b", re.I),
    Sought(rf"\b(?:repeated |repeat(?:s|ing)? )?every {_n('n')} (?P<unit>day|week)s (?:for|up to)\b", re.I),
)


_RANGE = re.compile(r"\d\s*(?:-|to|or)\s*\Z", re.I)
_NUMBERED = Sought(r"\bcycles? 1 ?(?:-|to|through) ?(?P<n>\d{1,2})\b", re.I)


def parse_cycles(text: str) -> tuple[int | None, int | None]:
    """Number of cycles, and days of one, where stated."""
    match = _CYCLES.search(text) or _NUMBERED.search(text)
    if match and _RANGE.search(text[max(0, match.start() - 12) : match.start()]):
        match = None
    count = number_of(match.group("n")) if match else None
    for pattern in _CYCLE_LENGTH:
        length = pattern.search(text)
        if length:
            days = number_of(length.group("n")) * (7 if length.group("unit").lower() == "week" else 1)
            return count, days if 0 < days <= _LONGEST_DAY else None
    return count, None


_DAYS = re.compile(
    r"\b(?:on |at )?(?:days?|D)\s?"
    r"(?P<list>\d{1,4}(?:(?:\s*(?:,|;|and|&|\+|-|to|through|/|or))+\s*(?:days?\s?|D)?\d{1,4}){0,80})"
    r"(?!\s*(?:mg|ml|%|\d|years?|weeks?|months?|hours?|-?day cycle))",
    re.I,
)
_START = re.compile(
    r"(?:beginning|starting|start|begins?|starts|from|prior to|before|after|until|by|since|within|to)"
    r"(?: on| at| from| the)?(?: study| cycle \d+)?\s*\Z",
    re.I,
)
_MENSTRUAL = re.compile(r"\bcycle\s*\Z", re.I)
"""`cycle days 3-7` are those of the menstrual cycle."""
_WITHIN = re.compile(
    r"\s*(?:,\s*)?(?:of|in|within) (?:each|every|a|the|\d)[^.;]{0,40}?(?:cycle|course|period)", re.I
)
_OF_CYCLE = re.compile(r"\bcycle\s?\d|\bC\d{1,2}D\d|\beach (?:\d+[- ](?:day|week)s? )?(?:cycle|course)", re.I)
_PER_CYCLE = re.compile(
    r"\beach (?:cycle|course|period)\b[^.;]{0,40}?\b(?P<n>one|two|three|four|five|\d)\s+"
    r"(?:infusion|injection|dose|administration)",
    re.I,
)


def parse_days(text: str, cycles: int | None) -> Days | None:
    """The one list of days. Semicolons make groups; else the stated number of doses a cycle does.

    Days before the first one (`days -5 to -3`) are negative. Several different lists state none.
    """
    found = {one.groups: one for one in _lists_of_days(text, cycles)}
    return next(iter(found.values())) if len(found) == 1 else None


_BEFORE = re.compile(
    r"\bdays?\s?(?P<list>[-−–]\s?\d{1,2}(?:(?:\s*(?:,|and|&|to|through|/))+\s*(?:days?\s)?[-−–]\s?\d{1,2}){0,12})\b",
    re.I,
)


def _lists_of_days(text: str, cycles: int | None) -> Iterator[Days]:
    for match in _BEFORE.finditer(text):
        if _START.search(text, max(0, match.start() - 30), match.start()):
            continue
        days = _negative(match.group("list"))
        if days:
            yield Days((tuple(days),), False, match.start(), match.end())
    for match in _DAYS.finditer(text):
        before = text[max(0, match.start() - 30) : match.start()]
        if _START.search(before) or _MENSTRUAL.search(before):
            continue
        groups = [_members(part) for part in match.group("list").split(";")]
        if any(not group for group in groups):
            continue
        flat = [day for group in groups for day in group]
        within = bool(_WITHIN.match(text, match.end())) or (
            bool(_OF_CYCLE.search(text[max(0, match.start() - 40) : match.start()])) and len(flat) < 2
        )
        if len(groups) == 1 and cycles:
            groups = _grouped(flat, cycles, text)
        yield Days(tuple(tuple(group) for group in groups), within, match.start(), match.end())


def _negative(words: str) -> list[int]:
    """``-5, -4 and -3`` and ``-5 to -3``, both -5, -4, -3; nothing if the days do not rise."""
    days = [-int(number) for number in re.findall(r"\d{1,2}", words)]
    if len(days) == 2 and re.search(r"\b(?:to|through)\b", words, re.I):
        days = list(range(days[0], days[1] + 1))
    return days if days == sorted(set(days)) else []


def _members(words: str) -> list[int]:
    """``1, 8-10 and 15`` -> 1, 8, 9, 10, 15; nothing if the days do not rise."""
    tokens = re.findall(r"\d{1,4}|-|\bto\b|\bthrough\b", words, re.I)
    days: list[int] = []
    span = False
    for token in tokens:
        if not token.isdigit():
            span = bool(days)
            continue
        day = int(token)
        if days and day <= days[-1]:
            return []
        if span and day - days[-1] <= 100:
            days += range(days[-1] + 1, day)
        days.append(day)
        span = False
    return days if days and days[-1] <= _LONGEST_DAY else []


def _grouped(days: list[int], cycles: int, text: str) -> list[list[int]]:
    """Days in cycles if the text says how many doses a cycle has and the numbers agree."""
    each = _PER_CYCLE.search(text)
    size = number_of(each.group("n")) if each else 0
    if size and size * cycles == len(days):
        return [days[start : start + size] for start in range(0, len(days), size)]
    return [days]


_DURATION = re.compile(
    rf"(?:\b(?:for|over|during|duration of|total of|period of)(?: up to| a total of| about)?|\bx) ?{_n('n')} ?"
    r"(?P<unit>day|week|month|year)s?\b",
    re.I,
)


def parse_duration_days(text: str) -> int | None:
    """How long the product is given, where the text says ``for 16 weeks``; months of 30.4375 days."""
    match = _DURATION.search(text)
    if match is None or _REST.search(text, match.end(), match.end() + 40) or _AGAIN.match(text, match.end()):
        return None
    unit = match.group("unit").lower()
    factor = Decimal("365.25") if unit == "year" else _UNIT_DAYS[unit]
    return int((number_of(match.group("n")) * factor).to_integral_value())


_AGAIN = re.compile(r"[\s,]*(?:every|of each|of every|of a|per|q\d)\b", re.I)
"""`7 days every 28 days` is a part of a cycle, not how long the product is given."""
_REST = re.compile(r"\b(?:rest|off|break|pause)\b", re.I)
_SINGLE = re.compile(
    r"\b(?:single (?:oral |intravenous |subcutaneous )?(?:dose|injection|infusion|administration)"
    r"|one[- ]time (?:dose|injection|infusion)|once only)\b",
    re.I,
)


def says_single(text: str) -> bool:
    """Whether the text says that a single dose is given."""
    return _SINGLE.search(text) is not None
