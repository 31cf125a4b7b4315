"""One answer of a form against its item: kind, unit, limits, codes, date, or the reason why it is missing.

An answer is a mapping: ``{"value": "2.1", "unit": "mg/dL", "upper": "1.2", "lower": "0.6"}`` or
``{"missing": "ND"}``. Every value is text as entered: a decimal numeral, a code, ``true`` or ``false``, an
ISO date, words. A result beyond the limit of measurement may be entered as ``<0.2`` where the laboratory's
limits are asked. Findings never repeat the value.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from trialwright.study.criteria import Op
from trialwright.study.findings import Finding
from trialwright.study.model.forms import Item
from trialwright.study.units import convert_exact
from trialwright.trial.dates import earliest_date, parse_date
from trialwright.trial.protocol import Protocol
from trialwright.trial.refusals import refusal, warning

MISSING_CODES = {
    "ND": "not done",
    "NA": "not applicable",
    "UNK": "unknown",
    "ASKU": "asked but unknown",
    "REF": "refused",
}
LONGEST_TEXT = 4000
_KEYS = {"value", "unit", "upper", "lower"}
_NUMBER = re.compile(r"(?P<sign><=|>=|<|>)?\s?(?P<number>-?\d{1,18}(?:\.\d{1,18})?(?:[eE][+-]?\d{1,2})?)")
_INTEGER = re.compile(r"-?\d{1,18}")

Answer = Mapping[str, Any]
Path = tuple[str | int, ...]


def is_missing(answer: Answer) -> bool:
    """Whether the answer says why there is none."""
    return "missing" in answer


def parse_number(text: str) -> tuple[Decimal, Op | None] | None:
    """The number of an entered text and, for a result beyond the limit of measurement, its sign; or None."""
    match = _NUMBER.fullmatch(text)
    return None if match is None else (Decimal(match["number"]), Op(match["sign"]) if match["sign"] else None)


def check_answer(protocol: Protocol, item: Item, answer: Answer, today: date, path: Path) -> list[Finding]:
    """Findings of one answer that is not of kind rows; errors refuse, warnings ask to look again."""
    if is_missing(answer):
        if set(answer) == {"missing"} and answer["missing"] in MISSING_CODES:
            return []
        remedy = f"Give one of {', '.join(MISSING_CODES)} and nothing else."
        return [refusal("DAT-021", "The reason why the value is missing is not known.", remedy, *path)]
    if not answer.keys() <= _KEYS or not all(isinstance(part, str) for part in answer.values()):
        return [refusal("DAT-022", "The answer is not in the form of an answer.", "Enter it again.", *path)]
    value = answer.get("value", "").strip()
    if not value:
        remedy = "Enter it, or say why it is missing."
        return [refusal("DAT-023", "The value is missing.", remedy, *path)]
    if item.kind in ("number", "integer"):
        return _check_quantity(protocol, item, answer, path)
    return [*_check_bare(answer, path), *_check_word(item, value, today, path)]


def _check_bare(answer: Answer, path: Path) -> list[Finding]:
    if set(answer) == {"value"}:
        return []
    return [refusal("DAT-024", "This item has no unit and no limits.", "Enter the value alone.", *path)]


def _check_word(item: Item, value: str, today: date, path: Path) -> list[Finding]:
    if item.kind == "code" and value not in {code.value for code in item.codes}:
        remedy = "Choose one of the answers offered."
        return [refusal("DAT-025", "The answer is not one of the codes.", remedy, *path)]
    if item.kind == "boolean" and value not in ("true", "false"):
        return [refusal("DAT-026", "The answer must be yes or no.", "Choose one of both.", *path)]
    if item.kind == "text" and len(value) > LONGEST_TEXT:
        remedy = "Shorten it, or attach the rest as a note."
        return [refusal("DAT-027", f"The text is longer than {LONGEST_TEXT} characters.", remedy, *path)]
    return _check_date(item, value, today, path) if item.kind == "date" else []


def _check_date(item: Item, value: str, today: date, path: Path) -> list[Finding]:
    on = earliest_date(value)
    if on is None or (parse_date(value) is None and not item.partial):
        shape = "2026-11-22, 2026-11 or 2026" if item.partial else "2026-11-22"
        return [refusal("DAT-028", "This is not a date of the calendar.", f"Write it as {shape}.", *path)]
    if on > today:
        remedy = "Enter the day on which it happened."
        return [refusal("DAT-029", "The date lies in the future.", remedy, *path)]
    return []


def _check_quantity(protocol: Protocol, item: Item, answer: Answer, path: Path) -> list[Finding]:
    parsed = parse_number(answer["value"].strip())
    if parsed is None or (item.kind == "integer" and not _INTEGER.fullmatch(answer["value"].strip())):
        shape = "a whole number" if item.kind == "integer" else "a number with a decimal point"
        return [refusal("DAT-030", f"This is not {shape}.", f"Enter {shape}, without its unit.", *path)]
    if parsed[1] is not None and not item.limits_of_normal:
        remedy = "Enter a plain number."
        return [refusal("DAT-031", "A result beyond a limit cannot be entered here.", remedy, *path)]
    problems = [*_check_unit(item, answer, path), *_check_normal_limits(item, answer, path)]
    return problems or _check_range(protocol, item, parsed[0], answer.get("unit", ""), path)


def _check_unit(item: Item, answer: Answer, path: Path) -> list[Finding]:
    unit = answer.get("unit", "")
    if item.units and unit not in item.units:
        remedy = f"Choose one of: {', '.join(item.units)}."
        return [refusal("DAT-032", "The unit is missing or not one of this item's.", remedy, *path)]
    if unit and not item.units:
        return [refusal("DAT-024", "This item has no unit and no limits.", "Enter the value alone.", *path)]
    return []


def _check_normal_limits(item: Item, answer: Answer, path: Path) -> list[Finding]:
    given = {name: answer[name].strip() for name in ("lower", "upper") if name in answer}
    if given and not item.limits_of_normal:
        return [refusal("DAT-024", "This item has no unit and no limits.", "Enter the value alone.", *path)]
    parsed = {name: parse_number(text) for name, text in given.items()}
    problems = [
        refusal("DAT-033", f"The {name} limit of normal is not a number.", "Enter a plain number.", *path)
        for name, number in parsed.items()
        if number is None or number[1] is not None
    ]
    lower, upper = parsed.get("lower"), parsed.get("upper")
    if not problems and lower and upper and lower[0] > upper[0]:
        remedy = "Check both against the laboratory's report."
        problems.append(refusal("DAT-034", "The lower limit of normal is above the upper.", remedy, *path))
    return problems


def _check_range(protocol: Protocol, item: Item, number: Decimal, unit: str, path: Path) -> list[Finding]:
    limits = item.range
    if limits is None:
        return []
    usual = item.units[0] if item.units else ""
    bridge = protocol.measured(item).bridge
    exact = convert_exact(Fraction(number), unit, usual, bridge) if unit != usual else Fraction(number)
    if exact is None:
        message = f"The range cannot be checked: {unit} does not convert to {usual}."
        return [warning("DAT-035", message, "Tell the data manager.", *path)]
    hard = _outside(exact, limits.hard_minimum, limits.hard_maximum)
    if hard:
        message = f"The value lies outside {hard} {usual}".rstrip() + ", the widest range that is possible."
        return [refusal("DAT-036", message, "Check the value and its unit.", *path)]
    expected = _outside(exact, limits.expected_minimum, limits.expected_maximum)
    if expected:
        message = f"The value lies outside {expected} {usual}".rstrip() + ", the range that is expected."
        return [warning("DAT-037", message, "Check it against the source; keep it if it is right.", *path)]
    return []


def _outside(number: Fraction, minimum: Decimal | None, maximum: Decimal | None) -> str:
    """The limits in words when ``number`` lies outside them, else nothing."""
    below = minimum is not None and number < Fraction(minimum)
    above = maximum is not None and number > Fraction(maximum)
    if not below and not above:
        return ""
    if minimum is None or maximum is None:
        return f"at least {minimum}" if maximum is None else f"at most {maximum}"
    return f"{minimum} to {maximum}"
