"""What an intervention's text says of its products: read, component by component, nothing added."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from trialwright.study.findings import Finding

from .codes import registry_finding
from .course_words import leave_out_limits, says_changing_dose, says_two_courses
from .dose_words import Quantity, is_volume, parse_formulation, parse_quantities, parse_routes
from .repairs import Repaired, check_repairs, repair_text
from .schedule_words import (
    Days,
    Rate,
    parse_cycles,
    parse_days,
    parse_duration_days,
    parse_rate,
    says_single,
)
from .slugs import make_slug

Row = dict[str, Any]
_LONGEST = 20_000
_SENTENCE = re.compile(r"(?<=[^\W\d_][.;!?])\s+(?=[A-Z])|(?<=\d\.)\s+(?=[A-Z][a-z\-]|[A-Z]{2})|\n+")
_NAME = re.compile(
    r"(?P<name>[A-Z][\w+/-]{0,30}(?: (?=[\w+/-]{0,30}[A-Za-z])[A-Za-z][\w+/-]{0,30}){0,6}?)(?=\s*[(:,]|\s+\d)"
)
_VERB = re.compile(
    r"\b(will|is|are|be|was|were|receives?|received|given|administered|patients?|subjects?|participants?|with|on"
    r"|dose|doses|starting|cycle|day|days|week|oral|tablets?|capsules?|infusion|injection|intravenous|per|group|arm)\b",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Administrations:
    """Rows for the study file, and the findings of the reading."""

    rows: tuple[Row, ...]
    findings: tuple[Finding, ...]


def derive_administrations(interventions: list[Row], arms: list[Row], origin: str) -> Administrations:
    """The administrations of all interventions.

    An intervention's description is read; where it says nothing of dose, route or schedule, the description of
    an arm that has no other intervention is read instead.
    """
    rows: list[Row] = []
    findings: list[Finding] = []
    used: dict[str, int] = {}
    for index, one in enumerate(interventions):
        base = ("protocolSection", "armsInterventionsModule")
        sources = [(one.get("description"), (*base, "interventions", index, "description"))]
        for number, arm in enumerate(arms):
            if arm.get("interventions") == [one["id"]]:
                sources.append((arm.get("description"), (*base, "armGroups", number, "description")))
        for text, path in sources:
            if not isinstance(text, str) or len(text) > _LONGEST:
                continue
            repaired = repair_text(text)
            found = _read(repaired, one, used)
            if _left_open(repaired.text, found):
                findings.append(_open_finding(one, origin, path, text))
            if found:
                findings += check_repairs(repaired.repairs, origin, path)
                findings.append(_read_finding(found, one, origin, path))
                rows += found
                break
    return Administrations(tuple(rows), tuple(findings))


def _left_open(text: str, rows: list[Row]) -> bool:
    """Whether the text states amounts or a change of schedule of which nothing was taken."""
    if _has_dose(text) and not any("dose" in row for row in rows):
        return True
    return says_two_courses(text)


def _open_finding(one: Row, origin: str, path: tuple[str | int, ...], text: str) -> Finding:
    return registry_finding(
        "TW-REG-051",
        f"The words of {one['name']} hold several doses or courses: none was taken.",
        "Write the products and their days by hand.",
        file=origin,
        path=path,
        evidence=text,
    )


def _read_finding(rows: list[Row], one: Row, origin: str, path: tuple[str | int, ...]) -> Finding:
    parts = sorted({key for row in rows for key in row} & set(_TOLD), key=list(_TOLD).index)
    return registry_finding(
        "TW-REG-050",
        f"Read from the words of {one['name']}: {', '.join(_TOLD[part] for part in parts)}.",
        "Compare with the protocol.",
        file=origin,
        path=path,
        evidence=" | ".join(row["words"] for row in rows),
    )


_TOLD = {
    "dose": "dose",
    "volume": "volume",
    "route": "route",
    "formulation": "formulation",
    "frequency": "frequency",
    "single": "single dose",
    "cycles": "cycles",
    "cycle_days": "length of a cycle",
    "days": "days",
    "duration_days": "duration",
}


def _read(repaired: Repaired, one: Row, used: dict[str, int]) -> list[Row]:
    rows: list[Row] = []
    for start, end, name in _components(repaired.text, str(one["name"])):
        row = _component(repaired, start, end)
        if row:
            identifier = make_slug(name, used, "administration")
            words = repaired.words(start, end).strip()
            rows.append({"id": identifier, "intervention": one["id"], "name": name, "words": words, **row})
    return rows


def _components(text: str, name: str) -> list[tuple[int, int, str]]:
    """Stretches of the text, one a product.

    A sentence that begins with a name of its own and states a dose begins a new product; the sentences after
    it go with it. Without such a sentence the whole text speaks of the intervention.
    """
    edges = [0, *(match.end() for match in _SENTENCE.finditer(text)), len(text)]
    starts: list[tuple[int, str]] = []
    for a, b in pairwise(edges):
        sentence = text[a:b]
        match = _NAME.match(sentence)
        if match and not _VERB.search(match.group("name")) and _has_dose(sentence):
            starts.append((a, match.group("name").strip(" -")))
    if len(starts) < 2:
        return [(0, len(text), name)]
    bounds = [place for place, _ in starts[1:]] + [len(text)]
    return [(0 if i == 0 else place, bounds[i], own) for i, (place, own) in enumerate(starts)]


def _has_dose(sentence: str) -> bool:
    return any(not is_volume(one) and one.unit != "%" for one in parse_quantities(sentence))


def _component(repaired: Repaired, start: int, end: int) -> Row:
    text = repaired.text[start:end]
    row: Row = {}
    quantities = parse_quantities(text)
    doses = leave_out_limits(text, [one for one in quantities if not is_volume(one) and one.unit != "%"])
    volumes = [one for one in quantities if is_volume(one)]
    changing = says_changing_dose(text)
    if doses and not changing and len({(one.minimum, one.maximum, one.unit) for one in doses}) == 1:
        row["dose"] = _amount(doses[0], repaired, start)
    if volumes and len({(one.minimum, one.maximum, one.unit) for one in volumes}) == 1:
        row["volume"] = _amount(volumes[0], repaired, start)
    routes = parse_routes(text)
    if routes and len({one.code for one in routes}) == 1:
        row["route"] = routes[0].code
        row["route_words"] = repaired.words(start + routes[0].start, start + routes[0].end)
    formulation = parse_formulation(text)
    if formulation:
        row["formulation"] = repaired.words(start + formulation[0], start + formulation[1])
    one_dose = len({(one.minimum, one.maximum, one.unit) for one in doses}) < 2
    if one_dose and not changing and not says_two_courses(text):
        row.update(_schedule(repaired, text, start))
    if not row.keys() & {"dose", "route", "frequency", "days", "single", "cycles"}:
        return {}
    return row


def _amount(quantity: Quantity, repaired: Repaired, start: int) -> Row:
    return {
        "minimum": _plain(quantity.minimum),
        "maximum": _plain(quantity.maximum),
        "unit": quantity.unit,
        "words": repaired.words(start + quantity.start, start + quantity.end),
    }


def _plain(number: Any) -> str:
    return f"{number:f}" if abs(number) < 1_000_000 else f"{number.normalize():E}".replace("E+", "e")


_PERIODS = {"hour": 0, "day": 1, "week": 7, "month": 0}


def _length_of(rate: Rate | None, days: Days | None) -> int | None:
    """`day 1, every 21 days` gives the length of the cycle that the days stand in."""
    if rate is None or days is None or rate.times != 1 or len(days.groups) > 1:
        return None
    length = rate.every * _PERIODS[rate.unit]
    last = max(day for group in days.groups for day in group)
    return length if length >= 7 and last <= length else None


def _counts_in_cycle(days: Days, cycles: int | None, length: int | None) -> bool:
    """Whether days count within a cycle: they fit into its stated length, or are fewer than the cycles."""
    flat = [day for group in days.groups for day in group]
    if len(days.groups) > 1:
        return False
    if length is not None and flat[0] >= 1 and flat[-1] <= length:
        return True
    return bool(cycles and cycles > len(flat))


def _schedule(repaired: Repaired, text: str, start: int) -> Row:
    row: Row = {}
    cycles, length = parse_cycles(text)
    rate, repeat_days = parse_rate(text)
    days = parse_days(text, cycles)
    length = length or repeat_days or _length_of(rate, days)
    if rate and not (rate.times == 1 and length and days and rate.every * _PERIODS[rate.unit] == length):
        words = repaired.words(start + rate.start, start + rate.end)
        row["frequency"] = {"times": rate.times, "every": rate.every, "unit": rate.unit, "words": words}
    if says_single(text):
        row["single"] = True
    if cycles:
        row["cycles"] = cycles
    if length:
        row["cycle_days"] = length
    if days:
        row["days"] = [list(group) for group in days.groups]
        row["days_within_cycle"] = days.within_cycle or _counts_in_cycle(days, cycles, length)
        row["days_words"] = repaired.words(start + days.start, start + days.end)
    duration = parse_duration_days(text)
    if duration:
        row["duration_days"] = duration
    return row
