"""A subject's results as a JSON file, for a screening from the terminal."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any, cast

from trialwright.study.criteria import (
    Kind,
    LimitKind,
    Op,
    Value,
    Variable,
    leaves,
    limits_of,
)
from trialwright.study.model import Study

from .output import EXIT_USAGE, Stop

_REMEDY = 'Write {"on": "2026-03-16", "values": {"age": {"number": 52, "unit": "years"}, "liver_metastasis": true}}.'
_NUMBERS = ("number", "uln", "lln", "baseline")
_KEYS = {*_NUMBERS, "unit", "flag", "code", "on", "censored", "signed", "query_open", "label"}


@dataclass(frozen=True, slots=True)
class SubjectFile:
    """The values of one subject by variable, and the day that windows are measured from."""

    values: Mapping[str, list[Value]]
    anchor_on: date | None


def read_subject(path: Path) -> SubjectFile:
    """The subject in a file; ends the command where the file cannot be understood.

    ``values`` maps a variable to one result or a list of results. A result is a number, true or false, a
    code, or an object with ``number`` and ``unit`` (or ``flag``, or ``code``), ``on``, ``uln``, ``lln``,
    ``baseline``, ``censored``, ``signed`` and ``query_open``; ``label`` is for the reader only.
    """
    try:
        document: Any = json.loads(path.read_text(encoding="utf-8"), parse_float=Decimal)
    except OSError as error:
        reason = error.strerror or "unknown reason"
        raise Stop(EXIT_USAGE, f"{path} cannot be read: {reason}.", "Name a file that exists.") from error
    except (ValueError, RecursionError) as error:
        raise Stop(EXIT_USAGE, f"{path} is not JSON.", _REMEDY) from error
    if not isinstance(document, dict) or not isinstance(cast("Any", document).get("values"), dict):
        raise Stop(EXIT_USAGE, f"{path} holds no `values`.", _REMEDY)
    held = cast("dict[str, Any]", document)
    values = {name: _results(name, given) for name, given in held["values"].items()}
    return SubjectFile(values, _day("on", held.get("on")))


def blank_subject(study: Study) -> dict[str, Any]:
    """A subject file with every variable that the criteria of a study ask for and nothing filled in."""
    from trialwright.trial.protocol import protocol_of

    protocol = protocol_of(study)
    wanted: dict[str, list[str]] = {}
    for leaf in (leaf for rule in protocol.rules.values() for leaf in leaves(rule)):
        held = wanted.setdefault(leaf.variable, [])
        held += [
            limit.kind.value.lower() for limit in limits_of(leaf) if limit.kind is not LimitKind.ABSOLUTE
        ]
    values = {name: _blank(protocol.catalogue.find(name), name, kinds) for name, kinds in wanted.items()}
    return {"on": None, "values": values}


def _blank(known: Variable | None, name: str, relative: list[str]) -> dict[str, Any]:
    """One value to fill in, with the parts that its kind has."""
    label = (known.label if known else "") or name.replace("_", " ")
    if known is None or known.kind is Kind.ATTESTATION:
        return {"label": label, "flag": None, "signed": False}
    if known.kind is Kind.BOOLEAN:
        return {"label": label, "flag": None}
    if known.kind is Kind.CODE:
        return {"label": label, "code": None}
    unit = {"unit": known.unit} if known.unit else {}
    return {"label": label, "number": None, **unit, **dict.fromkeys(relative), "on": None}


def _results(name: str, given: Any) -> list[Value]:
    listed = cast("list[Any]", given) if isinstance(given, list) else [given]
    return [_result(name, one) for one in listed]


def _result(name: str, given: Any) -> Value:
    if isinstance(given, bool):
        return Value(flag=given)
    if isinstance(given, int | Decimal):
        return Value(number=_number(name, given))
    if isinstance(given, str):
        return Value(code=given)
    if given is None:
        return Value()
    if not isinstance(given, dict):
        raise _wrong(name)
    held = cast("dict[str, Any]", given)
    strange = sorted(set(held) - _KEYS)
    if strange:
        raise Stop(
            EXIT_USAGE, f"`{name}` has an unknown key `{strange[0]}`.", f"Use {', '.join(sorted(_KEYS))}."
        )
    number, uln, lln, baseline = (
        _number(name, held[key]) if held.get(key) is not None else None for key in _NUMBERS
    )
    try:
        return Value(
            number=number,
            uln=uln,
            lln=lln,
            baseline=baseline,
            unit=str(held.get("unit", "")),
            flag=held.get("flag"),
            code=held.get("code"),
            occurred_on=_day(name, held.get("on")),
            censored=Op(held["censored"]) if held.get("censored") else None,
            signed=held.get("signed") is True,
            query_open=held.get("query_open") is True,
        )
    except ValueError as error:
        raise _wrong(name) from error


def _number(name: str, given: Any) -> Decimal:
    try:
        return Decimal(str(given))
    except InvalidOperation as error:
        raise _wrong(name) from error


def _day(name: str, given: Any) -> date | None:
    if given is None:
        return None
    try:
        return date.fromisoformat(str(given))
    except ValueError as error:
        raise Stop(EXIT_USAGE, f"The date of `{name}` is none.", "Write it as 2026-03-16.") from error


def _wrong(name: str) -> Stop:
    return Stop(
        EXIT_USAGE, f"`{name}` cannot be read.", "Give a number with its unit, true or false, or a code."
    )
