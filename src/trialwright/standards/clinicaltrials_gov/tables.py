"""The registry's enumerations: every code of the API and its older spelling.

The table is the data model dump of the U.S. National Library of Medicine, shipped as package data.
"""

from __future__ import annotations

import json
import re
from functools import cache
from importlib.resources import files
from typing import Any

DATA = files("trialwright.standards.clinicaltrials_gov") / "data"


def _key(words: str) -> str:
    """Letters and digits only, in lower case: how spellings are compared."""
    return re.sub(r"[^a-z0-9]+", "", words.lower())


@cache
def _enumerations() -> dict[str, tuple[tuple[str, str], ...]]:
    rows: list[dict[str, Any]] = json.loads((DATA / "api_v2_enums.json").read_text("utf-8"))
    return {row["type"]: tuple((v["value"], v["legacyValue"]) for v in row["values"]) for row in rows}


@cache
def codes_of(enumeration: str) -> frozenset[str]:
    """All codes of an enumeration (``Status``, ``Phase``, ``ArmGroupType``, ...)."""
    return frozenset(code for code, _ in _enumerations()[enumeration])


@cache
def _by_spelling(enumeration: str) -> dict[str, str]:
    table = {_key(legacy): code for code, legacy in _enumerations()[enumeration]}
    table.update({_key(code): code for code, _ in _enumerations()[enumeration]})
    table.update({_key(old): code for old, code in OLDER_SPELLINGS.get(enumeration, {}).items()})
    return table


def code_for(enumeration: str, words: str) -> str | None:
    """The API code for a spelling of the page, the old XML or the API itself; None if unknown."""
    return _by_spelling(enumeration).get(_key(words))


@cache
def _spellings(enumeration: str) -> dict[str, str]:
    return dict(_enumerations()[enumeration])


def spelling_of(enumeration: str, code: str) -> str:
    """How the page and the old XML write a code; the code itself if it is not in the table."""
    return _spellings(enumeration).get(code, code)


def spellings_of(enumeration: str) -> tuple[str, ...]:
    """All spellings of an enumeration as the page prints them."""
    return tuple(_spellings(enumeration).values())


OLDER_SPELLINGS: dict[str, dict[str, str]] = {
    "Status": {"Unknown": "UNKNOWN", "Temporarily unavailable": "TEMPORARILY_NOT_AVAILABLE"},
    "Phase": {"N/A": "NA", "Phase 0": "EARLY_PHASE1"},
    "DesignAllocation": {
        "Randomized Controlled Trial": "RANDOMIZED",
        "Nonrandomized Trial": "NON_RANDOMIZED",
    },
    "InterventionalAssignment": {"Single Group": "SINGLE_GROUP", "Parallel": "PARALLEL"},
    "DateType": {"Anticipated": "ESTIMATED", "Estimate": "ESTIMATED"},
    "EnrollmentType": {"Anticipated": "ESTIMATED"},
    "Sex": {"Both": "ALL"},
    "DesignMasking": {
        "Open Label": "NONE",
        "No masking": "NONE",
        "None": "NONE",
        "Single Blind": "SINGLE",
        "Double Blind": "DOUBLE",
        "Double-Blind": "DOUBLE",
    },
    "WhoMasked": {"Subject": "PARTICIPANT", "Caregiver": "CARE_PROVIDER"},
    "ArmGroupType": {"Case": "OTHER", "Control": "OTHER", "Treatment Comparison": "OTHER"},
    "SecondaryIdType": {
        "U.S. NIH Grant/Contract Award Number": "NIH",
        "CTIS Number": "CTIS",
        "EU Clinical Trial Number": "CTIS",
    },
}
"""Spellings of pages and files from before the present enumeration."""
