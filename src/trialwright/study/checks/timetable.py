"""The arithmetic of the treatment schedule: cycles, days and counts that the words state."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from ..findings import Finding
from ..positions import Path
from ..sought import Sought
from .components import Component, components
from .protocol import Protocol
from .rulebook import find

_EVERY = Sought(
    r"\bevery (?P<number>\d{1,2}|two|three|four|five|six|eight)?\s?-?(?P<unit>week|day|month)s?\b", re.I
)
_WORDS = {
    "two": 2,
    "three": 3,
    "four": 4,
    "five": 5,
    "six": 6,
    "eight": 8,
    "one": 1,
    "seven": 7,
    "nine": 9,
    "ten": 10,
    "twelve": 12,
}
_DAYS = {"day": 1.0, "week": 7.0, "month": 30.4375}
_TOTAL = Sought(
    r"\b(?:total of |for )?(?P<number>\d{1,2}|one|two|three|four|five|six|eight|ten|twelve) (?:cycles"
    r"|periods|courses)\b",
    re.I,
)
_EACH = Sought(
    r"\beach (?:cycle|period|course) \w*\s?(?P<number>one|two|three|four|five|six) (?:infusion"
    r"|injection|dose)s?\b",
    re.I,
)
_ORIGIN = Sought(
    r"\bday (?:0|1) (?:is|was|being|=|will be)|\bafter (?:randomi[sz]ation|enrol|apheresis|collection"
    r"|surgery)|\bfrom randomi[sz]",
    re.I,
)
_LATE_DAYS = 7


def check_timetable(protocol: Protocol) -> Iterator[Finding]:
    """TW-SCD-001 days against "every ...", -002 days against the number of cycles, -003 days against the count
    in a cycle, -004 day one undefined."""
    for part in components(protocol.study):
        if part.cycles and part.over_study:
            yield from _interval(protocol, part)
            yield from _cycles(protocol, part)
            yield from _in_cycle(part)
    yield from _origin(protocol)


def _near(protocol: Protocol, part: Component) -> list[tuple[Path, str]]:
    """The words of the arms that get the component."""
    study = protocol.study
    return [
        (("arms", n, "description"), arm.description or "")
        for n, arm in enumerate(study.arms)
        if part.key in arm.products or part.intervention in arm.interventions
    ]


def _interval(protocol: Protocol, part: Component) -> Iterator[Finding]:
    starts = [min(cycle) for cycle in part.cycles if cycle]
    if len(starts) < 2 or len(part.cycles) < 2:
        return
    steps = {later - earlier for earlier, later in pairwise(starts)}
    for path, text in [*_near(protocol, part), (part.path, part.words)]:
        stated = {_number(m["number"] or "1") * _DAYS[m["unit"].lower()] for m in _EVERY.finditer(text)}
        if len(stated) == 1 and all(abs(step - next(iter(stated))) > 2 for step in steps):
            shown = ", ".join(str(step) for step in sorted(steps))
            said = next(iter(stated))
            message = f"The words say every {said:g} days; the days of {part.name} are {shown} days apart."
            yield find("TW-SCD-001", path, message, text)


def _cycles(protocol: Protocol, part: Component) -> Iterator[Finding]:
    for path, text in [*_near(protocol, part), (part.path, part.words)]:
        stated = {_number(match["number"]) for match in _TOTAL.finditer(text)}
        grouped = len(part.cycles) if len(part.cycles) > 1 else len(part.days)
        if len(stated) == 1 and grouped > 1 and next(iter(stated)) not in (grouped, len(part.days)):
            message = f"The words say {next(iter(stated))} cycles; the days of {part.name} make {grouped}."
            yield find("TW-SCD-002", path, message, text)


def _in_cycle(part: Component) -> Iterator[Finding]:
    match = _EACH.search(part.words)
    if match is None or len(part.cycles) < 2:
        return
    counts = {len(cycle) for cycle in part.cycles}
    if counts != {_number(match["number"])}:
        message = (
            f"`{match.group(0)}`, but the cycles hold {', '.join(str(n) for n in sorted(counts))} day(s)."
        )
        yield find("TW-SCD-003", part.path, message, part.words)


def _origin(protocol: Protocol) -> Iterator[Finding]:
    parts = [part for part in components(protocol.study) if part.days and part.over_study]
    if not parts or _ORIGIN.search(protocol.words):
        return
    first = min(part.days[0] for part in parts)
    if first > _LATE_DAYS and not any(visit.day < first for visit in protocol.study.visits):
        message = f"The first treatment is on day {first}; nothing says what day 1 is or what is done before."
        yield find("TW-SCD-004", parts[0].path, message, parts[0].words)


def _number(words: str) -> int:
    return int(words) if words.isdigit() else _WORDS[words.lower()]
