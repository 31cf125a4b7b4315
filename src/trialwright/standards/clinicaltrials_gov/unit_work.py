"""What is done with a unit of records, here or on another machine: judged, its criteria read, converted."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from typing import Any

from trialwright.study.findings import Finding, Severity
from trialwright.study.reader import read_criteria

from .convert import convert_records
from .criteria_draft import check_eligibility
from .lint import internal_finding, lint_record
from .read_json import Item
from .record import Record
from .record_units import RecordUnit, read_unit


@dataclass(frozen=True, slots=True)
class Linted:
    """What was found in one record, or in a place where no record could be read (``nct_id`` is then empty)."""

    nct_id: str
    origin: str
    is_record: bool
    findings: tuple[Finding, ...]


def lint_unit(unit: RecordUnit, on: date) -> tuple[Linted, ...]:
    """Every record of a unit, linted at the day ``on``, in the unit's order.

    A record that cannot be read is a finding; so is a record on which a rule fails, since one defect here
    must not stop the reading of thousands.
    """
    return tuple(_lint(item, on) for item in read_unit(unit))


def _lint(item: Item, on: date) -> Linted:
    if not isinstance(item, Record):
        return Linted("", item.place.file, is_record=False, findings=(item,))
    try:
        findings = lint_record(item, on)
    except Exception as error:  # a defect of ours: named in the finding, the others are judged
        findings = (internal_finding(item.origin, type(error).__name__),)
    return Linted(item.nct_id, item.origin, is_record=True, findings=findings)


def read_unit_criteria(unit: RecordUnit) -> tuple[dict[str, Any] | Finding, ...]:
    """The entries of every record of a unit, each with its NCT number, and what could not be read."""
    found: list[dict[str, Any] | Finding] = []
    for item in read_unit(unit):
        if isinstance(item, Record):
            found += [finding for finding in item.findings if finding.severity is Severity.ERROR]
            found += check_eligibility(item)
            text = item.module("eligibilityModule").get("eligibilityCriteria")
            found += list_entries(item.nct_id, text if isinstance(text, str) else "")
        else:
            found.append(item)
    return tuple(found)


def list_entries(nct: str, text: str) -> list[dict[str, Any]]:
    """The entries of an eligibility text, JSON-ready, with the number of its record."""
    return [{"nct": nct, **entry.as_json()} for entry in read_criteria(text)]


def convert_unit(unit: RecordUnit) -> tuple[tuple[str | None, tuple[Finding, ...]], ...]:
    """Every record of a unit as a line of API v2 JSON after its way through the study model, with its findings;
    None where there is no record."""
    return tuple(
        (None if document is None else json.dumps(document, ensure_ascii=False), findings)
        for document, findings in convert_records(read_unit(unit))
    )
