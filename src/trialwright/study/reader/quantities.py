"""Numbers and their units as protocols write them, with lost superscripts, commas and missing signs."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Any, cast

from ..sought import fold_case
from .data import read_yaml

NUMBER = re.compile(
    r"\d{1,3}(?:,\d{3})+(?![\d])(?:\.\d+)?|\d{1,3}(?: 000)+(?!\d)|\d+\.\d+|\d+,\d{1,2}(?!\d)|\d+|\.\d+"
)
_LONGEST_NUMBER = 15
_VOLUME = (
    r"(?:mm\s?\^?\s?\(?3\)?|cu\.?\s?mm\.?|cmm|mmc|cubic\s+mill?imet(?:er|re)s?|mm(?=\s|[;,.)]|$)|µ\s?[lL]|[uU][lL]|mc[lL]|mic(?:ro)?\s?[lL]"
    r"|micro\s?-?(?:liters?|litres?)|mL|ml|ML|L|l|lit(?:er|re)s?|dL|dl|cc)(?![A-Za-z])"
)
_CELLS = (
    r"(?:\s?(?:cells?|platelets?|neutrophils?|cop(?:y|ies)|plt|wbc|leukocytes|lymphocytes|granulocytes|K|k"
    r"|thou|thousand|(?:asexual\s)?parasit(?:es?|ic\sforms)|asexual\sforms|p(?=\s?/)))?"
)
_POWER = re.compile(
    r"\s{0,2}[×*]?\s?\(?10\s?(?:\^|\*\*|\*|[eE])?\s?\(?\+?(?:-\s?)?([23456789]|1[0-2])\)?(?!\d|\.\d)"
    rf"{_CELLS}(?:\s*(?:/|per)\s?({_VOLUME}))?"
)
_E_NOTATION = re.compile(rf"[eE]\+?([3-9]|1[0-2])(?!\d){_CELLS}(?:\s?(?:/|per)\s?({_VOLUME}))?")
_VIRAL = re.compile(
    r"\s?[×*]?\s?10\s?(?:\^|\*\*?|e)?\s?([2-9])\s*(copies|copy|cps|IU|iu|cop|viral copies)"
    r"\s?(?:/|per)\s?(?:m[lL]|ML|milliliter)"
)
_COUNT = re.compile(rf"({_CELLS})\s?(?:/|per\s)\s?({_VOLUME})")
_THOUSAND = re.compile(
    rf"\s?(?:[Kk]|thousand|thou|x\s?K)\s?(?:{_CELLS})\s?(?:/|per\s)\s?({_VOLUME})|[Kk](?![A-Za-z])"
)
_NANOLITRE = re.compile(r"\s?/\s?n[lL](?![A-Za-z])")
_GOES_ON = re.compile(
    r"(?:/|\s?per\s)(?:day|d|h|hr|hour|min|year|yr|week|month|kg|m2|m\^2|cm2|mL|L)(?![A-Za-z0-9])",
    re.IGNORECASE,
)
"""What makes another quantity of a unit that has been read: `mg/dL/day`, `cm2/m2`."""
_UNKNOWN = re.compile(
    r"\s?(?:[kmcdnpuµ]?(?:g|L|l|mol|mmol|U|IU|m|s|J|W|N|Pa)|kcal|lit(?:er|re)s?)\s?/\s?"
    r"(?:[kmcdnpuµ]?[gLlms]|min|h|hr|hour|sec|day|week|kg|cm|m2|mm2)(?![A-Za-z])"
)
"""A unit of a quotient that no spelling knows: the number is no limit of a variable with another unit."""
_GIGA = re.compile(r"\s?(?:G|Gi|Giga|GPT|Gpt|Gpa)\s?/\s?[lL](?![A-Za-z])")


@cache
def _spellings() -> tuple[re.Pattern[str], tuple[tuple[str, ...], ...]]:
    """One pattern over every spelling of a unit, and the readings of each by its number."""
    listed = cast("list[dict[str, Any]]", read_yaml("eligibility_units")["spellings"])
    joined = "|".join(f"(?P<u{number}>{entry['pattern']})" for number, entry in enumerate(listed))
    return re.compile(rf"\s?-?\s?(?:{joined})"), tuple(tuple(entry["units"]) for entry in listed)


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number with what stands behind it; ``units`` are the readings of the unit, the likeliest first."""

    number: Decimal
    units: tuple[str, ...] = ()
    relative: str = ""
    start: int = 0
    end: int = 0
    number_end: int = 0
    raw: str = ""

    @property
    def unit(self) -> str:
        """The likeliest unit, or empty."""
        return self.units[0] if self.units else ""


def read_quantity(text: str, at: int, end: int) -> Quantity | None:
    """The number that begins at ``at`` with its unit; None where none does or it is beyond all measure."""
    found = NUMBER.match(text, at, end)
    if found is None or len(found.group()) > _LONGEST_NUMBER:
        return None
    if (found.end() - at <= 2 and text[found.end() : found.end() + 3].strip(" 0123456789")) and (
        special := _weeks(text, at, end) or _acuity(text, at, end)
    ):
        return special
    raw, stop = found.group(), found.end()
    units, after, factor = _read_unit(text, stop, end)
    if units and (further := _GOES_ON.match(text, after, end)):
        units, after = ("?",), further.end()
    number = _decimal(raw, units)
    return Quantity(number * factor, units, "", at, after, stop, raw)


_SPELLED = re.compile(
    r"\s?(pico|nano|micro|milli|kilo)?-?\s?(grams?|mol(?:e|es)?|equivalents?|international\sunits?|units?)(?:\s?\([^)]{1,6}\))?"
    r"\s?(?:/|per)\s?(milli|deci|micro)?-?\s?lit(?:er|re)s?(?:\s?\([^)]{1,8}\))?",
    re.IGNORECASE,
)
_LONGEST_QUOTIENT = 80
"""More characters than a quotient takes up to its litre."""
_PREFIXES = {"pico": "p", "nano": "n", "micro": "u", "milli": "m", "kilo": "k", "deci": "d"}
_BASES = {"g": "g", "m": "mol", "e": "eq", "i": "[IU]", "u": "U"}


def _spelled_out(text: str, at: int, end: int) -> tuple[str, int] | None:
    """A quotient in words: `picogram/milliliter (pg/mL)`, `milligrams per deciliter`; its code and end."""
    words = fold_case(text[at : min(end, at + _LONGEST_QUOTIENT)])
    found = _SPELLED.match(text, at, end) if "lit" in words else None
    if found is None:
        return None
    above = _PREFIXES.get((found.group(1) or "").casefold(), "") + _BASES[found.group(2)[0].casefold()]
    return f"{above}/{_PREFIXES.get((found.group(3) or '').casefold(), '')}L", found.end()


_WEEKS = re.compile(
    r"(\d\d)\s?(?:[-+^]\s?|(?:w|wks?|weeks?)\s)?([0-6])\s?/\s?7(?:\s?(?:weeks?'?|wks?|d(?:ays?)?\b))?"
    r"|(\d\d)\s?\+\s?([0-6])(?![\d.])(?=[^.;]{0,40}(?:weeks?|wks?\b|gest|\bGA\b))(?:\s?(?:weeks?'?|wks?))?"
    r"|(\d\d)\s?(?:w|wks?|weeks?)[\s,+]{0,3}(?:and\s)?([0-6])\s?d(?:ays?)?\b",
    re.IGNORECASE,
)
_ACUITY = re.compile(
    r"(20)\s?/\s?(\d{2,3})(?![\d/]|[.,]\d)|(6)\s?/\s?(4|5|6|7\.5|9|12|15|18|24|30|36|38|48|60)(?![\d/]|[.,]\d)"
)
_SIXTH = Decimal("0.001")


def _weeks(text: str, at: int, end: int) -> Quantity | None:
    """Weeks and days of a gestation: `28 0/7`, `33+6 weeks`, `36 weeks 6 days`."""
    found = _WEEKS.match(text, at, end) if text[at + 1 : at + 2].isdigit() else None
    if found is None:
        return None
    weeks, days = [part for part in found.groups() if part is not None]
    number = (Decimal(weeks) + Decimal(days) / 7).quantize(_SIXTH).normalize()
    return Quantity(number, ("wk",), "", at, found.end(), found.end(), found.group())


def _acuity(text: str, at: int, end: int) -> Quantity | None:
    """A Snellen fraction as decimal acuity: `20/40` is 0.5."""
    found = _ACUITY.match(text, at, end) if text[at] in "26" else None
    if found is None:
        return None
    above, below = [part for part in found.groups() if part is not None]
    number = (Decimal(above) / Decimal(below)).quantize(_SIXTH).normalize()
    return Quantity(number, ("{snellen}",), "", at, found.end(), found.end(), found.group())


def _decimal(raw: str, units: tuple[str, ...]) -> Decimal:
    plain = raw.replace(" ", "")
    if "," in plain:
        thousands = len(plain.rsplit(",", 1)[1].split(".")[0]) == 3
        plain = plain.replace(",", "" if thousands else ".")
    elif "." in plain and len(plain.split(".")[1]) == 3 and units and units[0] in {"/uL", "/mm3"}:
        plain = plain.replace(".", "")
    return Decimal(plain)


def _read_unit(text: str, at: int, end: int) -> tuple[tuple[str, ...], int, int]:
    """The unit at ``at``: its readings, where it ends, and a factor for the number."""
    first = text[at : at + 3].lstrip()[:1]
    if not first:
        return (), at, 1
    if first in _OPENS_POWER and (found := _read_power(text, at, end)):
        return found
    if first == "G" and (found := _GIGA.match(text, at, end)):
        return ("10*9/L", "g/L"), found.end(), 1
    if first in "Kktx" and (found := _THOUSAND.match(text, at, end)):
        return ("10*3/uL",), found.end(), 1
    pattern, readings = _spellings()
    simple = pattern.match(text, at, end)
    if simple is not None and simple.lastgroup is not None:
        return readings[int(simple.lastgroup[1:])], simple.end(), 1
    if first == "/" and (found := _NANOLITRE.match(text, at, end)):
        return ("10*9/L",), found.end(), 1
    if found := _COUNT.match(text, at, end):
        return (_per(found.group(2)),), found.end(), 1
    if spelled := _spelled_out(text, at, end):
        return (spelled[0],), spelled[1], 1
    if found := _UNKNOWN.match(text, at, end):
        return ("?",), found.end(), 1
    return (), at, 1


_OPENS_POWER = frozenset("×*(1eE")


def _read_power(text: str, at: int, end: int) -> tuple[tuple[str, ...], int, int] | None:
    """A power of ten with its volume: `x 10^9/L`, `E9/L`, `10^3 copies/mL`."""
    if found := _VIRAL.match(text, at, end):
        return (
            ("[IU]/mL" if found.group(2)[0] in "Ii" else "{copies}/mL",),
            found.end(),
            10 ** int(found.group(1)),
        )
    found = _POWER.match(text, at, end) or _E_NOTATION.match(text, at, end)
    if found is not None and (found.group(2) or _has_sign(found.group())):
        return (_power_unit(int(found.group(1)), found.group(2)),), found.end(), 1
    return None


def _has_sign(words: str) -> bool:
    """Whether a power of ten without a volume shows itself as one: by a sign before or inside it."""
    return any(sign in words for sign in "×*^eE")


def _per(volume: str) -> str:
    folded = volume.casefold().replace(" ", "")
    if folded.startswith(("mm", "cu", "cmm")):
        return "/mm3"
    if folded in {"l", "liter", "litre", "liters", "litres"}:
        return "/L"
    if folded in {"ml", "cc"}:
        return "/mL"
    return "/dL" if folded == "dl" else "/uL"


def _power_unit(power: int, volume: str | None) -> str:
    per = _per(volume) if volume else ("/L" if power >= 6 else "/uL")
    return f"10*{power}{per}"
