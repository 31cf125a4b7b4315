"""Doses, volumes, routes and formulations in the words of an intervention."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from trialwright.study.sought import Sought, SoughtTable

_NUMBER = r"\d{1,3}(?:,\d{3}){1,3}(?:\.\d{1,6})?|\d{1,9}(?:\.\d{1,6})?"
_UNITS = (
    r"mg|g|mcg|μg|ug|micrograms?|milligrams?|grams?|ng|kg|IU|MIU|U|units?|mmol|μmol|mEq|Gy|cGy|MBq|GBq|mCi|μCi"
    r"|CFU|PFU|vg|cells|μmol|nmol|ppm|mL|ml|ML|L|%|puffs?|drops?|tablets?|capsules?|sachets?"
)
_PER = r"(?:\s*/\s*(?:kg|m\^?2|m²|day|d|dose|h|hr|hour|min|mL|ml|L|injection|infusion|cm\^?2|eye|fraction|lesion))"
_SPAN = r"(?:\s*(?:-|to|up to)\s*)"
_DOSE = re.compile(
    rf"(?<![\w.,/^×])(?P<low>{_NUMBER})(?:\s*×\s*10\^(?P<lowpower>\d{{1,2}}))?"
    rf"(?:{_SPAN}(?P<high>{_NUMBER}))?(?:\s*×\s*10\^(?P<power>\d{{1,2}}))?\s*-?\s*"
    rf"(?P<unit>(?:{_UNITS}){_PER}{{0,2}})(?![\w^])"
)
_COUNT = re.compile(
    rf"(?<![\w.,/^×])(?P<low>{_NUMBER})(?:\s*×\s*10\^(?P<lowpower>\d{{1,2}}))?"
    rf"(?:{_SPAN}(?P<high>{_NUMBER}))?\s*×\s*10\^(?P<power>\d{{1,2}})"
    rf"(?P<per>\s*/\s*(?:kg|m\^?2|mL|ml))?\s*(?P<what>[A-Za-z][\w+/-]*(?:\s+[A-Za-z][\w+-]*){{0,3}})?"
)
_PER_BEHIND = re.compile(r"(?:cells?|lymphocytes|MSCs?)\s*(/\s*(?:kg|m\^?2|ml))\b", re.I)
_MILLIONS = re.compile(
    rf"(?<![\w.,/^×])(?P<low>{_NUMBER})(?:{_SPAN}(?P<high>{_NUMBER}))?\s+(?P<scale>million|billion)\s+"
    r"(?:[A-Za-z][\w+/-]*\s+){0,5}?(?P<what>[A-Za-z-]*(?:cells|MSCs?|lymphocytes))\b"
)
_UCUM = {
    "mcg": "ug",
    "μg": "ug",
    "microgram": "ug",
    "micrograms": "ug",
    "milligram": "mg",
    "milligrams": "mg",
    "gram": "g",
    "grams": "g",
    "iu": "[iU]",
    "miu": "10*6.[iU]",
    "u": "[U]",
    "unit": "[U]",
    "units": "[U]",
    "ml": "mL",
    "l": "L",
    "cells": "{cells}",
    "cfu": "[CFU]",
    "pfu": "[PFU]",
    "vg": "{vector genomes}",
    "μmol": "umol",
    "meq": "meq",
    "mci": "mCi",
    "μci": "uCi",
}
_UCUM_PER = {
    "m^2": "m2",
    "m2": "m2",
    "m²": "m2",
    "day": "d",
    "hr": "h",
    "hour": "h",
    "dose": "{dose}",
    "ml": "mL",
}
_FORMS = frozenset(
    {"tablet", "tablets", "capsule", "capsules", "puff", "puffs", "drop", "drops", "sachet", "sachets"}
)


@dataclass(frozen=True, slots=True)
class Quantity:
    """An amount or a range, its UCUM unit and where in the text it stands."""

    minimum: Decimal
    maximum: Decimal
    unit: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Found:
    """A word of a lexicon and where it stands."""

    code: str
    start: int
    end: int


def parse_quantities(text: str) -> list[Quantity]:
    """Every amount with a unit, in order; a count of cells needs a power of ten."""
    found: list[Quantity] = []
    for match in _DOSE.finditer(text):
        quantity = _quantity(match, _ucum(match.group("unit")))
        if quantity is not None:
            found.append(quantity)
    taken = [(one.start, one.end) for one in found]
    for match in _COUNT.finditer(text):
        if any(start < match.end("power") and match.start() < end for start, end in taken):
            continue
        quantity = _quantity(match, _counted(match))
        if quantity is not None:
            found.append(quantity)
    for match in _MILLIONS.finditer(text):
        power = 6 if match.group("scale") == "million" else 9
        low = _number(match.group("low")).scaleb(power)
        high = _number(match.group("high")).scaleb(power) if match.group("high") else low
        if low <= high and not any(start < match.end() and match.start() < end for start, end in taken):
            found.append(Quantity(low, high, "{cells}", match.start(), match.end()))
    return sorted(found, key=lambda one: one.start)


def is_volume(quantity: Quantity) -> bool:
    """Whether the amount is a volume."""
    return quantity.unit in ("mL", "L")


def _quantity(match: re.Match[str], unit: str) -> Quantity | None:
    power = int(match.group("power") or 0)
    low_power = int(match.group("lowpower") or power)
    high = match.group("high")
    try:
        minimum = _number(match.group("low")).scaleb(low_power)
        maximum = _number(high).scaleb(power) if high else minimum
    except (InvalidOperation, ValueError):
        return None
    if maximum < minimum:
        return None
    end = match.end("unit") if "unit" in match.groupdict() else match.end("power")
    return Quantity(minimum, maximum, unit, match.start(), end)


def _number(words: str) -> Decimal:
    return Decimal(words.replace(",", ""))


def _ucum(words: str) -> str:
    head, *per = [part.strip() for part in words.split("/")]
    unit = _UCUM.get(head.lower(), head)
    unit = f"{{{head.lower().rstrip('s')}}}" if head.lower() in _FORMS else unit
    return "/".join([unit, *(_UCUM_PER.get(part.lower(), part) for part in per)])


def _counted(match: re.Match[str]) -> str:
    what = (match.group("what") or "").strip().lower()
    unit = "{vector genomes}" if what.startswith(("vg", "vector")) else "{cells}"
    if re.match(r"(cfu|colony)", what):
        unit = "[CFU]"
    elif re.match(r"(pfu|plaque)", what):
        unit = "[PFU]"
    elif what and "cell" not in match.string.lower():
        unit = "{" + re.split(r"\s", what)[0] + "}"
    behind = _PER_BEHIND.search(match.string, match.end("power"), match.end() + 6)
    per = (match.group("per") or (behind.group(1) if behind else "")).replace(" ", "").replace("^", "")
    return unit + (per.replace("/ml", "/mL") if per else "")


_NOT_A_NUMERAL = r"(?<!stage )(?<!phase )(?<!grade )(?<!class )(?<!type )(?<!factor )(?<!level )(?<!part )"
_ROUTES: tuple[tuple[str, Sought], ...] = tuple(
    (code, Sought(pattern))
    for code, pattern in (
        ("intravitreal", r"(?i:\bintra-?vitreal\w*)"),
        (
            "subcutaneous",
            r"(?i:\bsub-?cutaneous(?:ly)?\b|\bsub-?q\b|\bs\.c\.)|\bSC\b|\bSQ\b|\bSubQ\b|\bsc\b(?= inj)",
        ),
        (
            "intravenous",
            r"(?i:\bintra-?venous(?:ly)?\b|\bi\.v\.?|\bin(?:to)? (?:the |a )?veins?\b)"
            rf"|(?i:{_NOT_A_NUMERAL})\bIV\b|\biv\b",
        ),
        ("intramuscular", r"(?i:\bintra-?muscular(?:ly)?\b|\bi\.m\.)|\bIM\b"),
        ("intradermal", r"(?i:\bintra-?dermal(?:ly)?\b)|\bID (?=inject)"),
        ("intrathecal", r"(?i:\bintra-?thecal(?:ly)?\b)"),
        ("intraperitoneal", r"(?i:\bintra-?peritoneal(?:ly)?\b|\bi\.p\.)|\bHIPEC\b"),
        ("intratumoral", r"(?i:\bintra-?tumou?ral(?:ly)?\b|\bintra-?lesional(?:ly)?\b)"),
        ("intra-arterial", r"(?i:\bintra-?arterial(?:ly)?\b|\bhepatic arter\w+ infusion)|\bHAIC?\b"),
        ("intra-articular", r"(?i:\bintra-?articular(?:ly)?\b)"),
        ("intracavernous", r"(?i:\bintra-?cavern(?:ous|osal)(?:ly)?\b)"),
        ("intravesical", r"(?i:\bintra-?vesical(?:ly)?\b)"),
        ("epidural", r"(?i:\bepidural(?:ly)?\b)"),
        ("intranasal", r"(?i:\bintra-?nasal(?:ly)?\b|\bnasal (?:spray|drops)\b)"),
        ("inhaled", r"(?i:\binhal(?:ed|ation)\b|\bnebuli[sz]\w+)"),
        ("sublingual", r"(?i:\bsub-?lingual(?:ly)?\b)"),
        ("buccal", r"(?i:\bbuccal(?:ly)?\b)"),
        ("transdermal", r"(?i:\btrans-?dermal(?:ly)?\b|\bskin patch\b)"),
        ("topical", r"(?i:\btopical(?:ly)?\b|\bappl(?:y|ied) to the skin\b)"),
        ("ophthalmic", r"(?i:\bophthalmic\b|\beye ?drops?\b)"),
        ("rectal", r"(?i:\brectal(?:ly)?\b(?! (?:cancer|tumou?r|bleed)))"),
        ("vaginal", r"(?i:\bvaginal(?:ly)?\b(?! (?:deliver|birth|bleed)))"),
        (
            "oral",
            r"(?i:\boral(?:ly)?\b(?! (?:mucos|cancer|cavity|health|hygiene|lichen))|\bby mouth\b|\bper os\b"
            r"|\bp\.o\.)|\bPO\b|\bpo\b",
        ),
    )
)
_ROUTES_TABLE = SoughtTable([pattern for _, pattern in _ROUTES])
_FORMULATION = re.compile(r"\((?P<inner>[^()]{3,200})\)")
_CARRIER = Sought(
    r"\b(saline|albumin|dextrose|glucose|ringer|solution|buffer|dmso|excipient|sucrose|water for injection)\b",
    re.I,
)
_DOSAGE_FORM = Sought(
    r"\b(?:film-coated |extended-release |slow-release |oral |chewable )?(tablets?|capsules?|oral solution"
    r"|suspension|cream|ointment|gel|lozenges?|powder|granules|syrup|suppositor(?:y|ies)|eye drops|patch(?:es)?)\b",
    re.I,
)


def parse_routes(text: str) -> list[Found]:
    """Every route the words name, in order of place."""
    found = [
        Found(code, match.start(), match.end())
        for place in _ROUTES_TABLE.near(text)
        for code, pattern in _ROUTES[place : place + 1]
        for match in pattern.finditer(text)
    ]
    return sorted(found, key=lambda one: one.start)


def parse_formulation(text: str) -> tuple[int, int] | None:
    """Where the carrier of a suspension or the dosage form is named."""
    for match in _FORMULATION.finditer(text):
        inner = match.group("inner")
        if _CARRIER.search(inner):
            plus = inner.find("+ ")
            start = match.start("inner") + (plus + 2 if plus >= 0 else 0)
            return start, match.end("inner")
    match = _DOSAGE_FORM.search(text)
    return match.span() if match else None
