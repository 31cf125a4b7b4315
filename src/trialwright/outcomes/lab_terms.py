"""Which CTCAE terms a laboratory analyte is graded by, in which direction, by version.

Only terms that a number alone can grade (see `ctcae_lab_rules`). An analyte may have two terms: too high and
too low.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from trialwright.outcomes.ctcae_labs import list_terms


class Direction(StrEnum):
    """Which way is bad."""

    HIGH = "high"
    LOW = "low"


@dataclass(frozen=True, slots=True)
class LabTerm:
    """One way to grade an analyte. ``unit``: the unit in which the rule's own limits stand."""

    term: str
    direction: Direction
    unit: str


_HIGH, _LOW = Direction.HIGH, Direction.LOW

_TERMS: Mapping[str, tuple[tuple[str, Direction, str], ...]] = {
    "creatinine": (("Creatinine increased", _HIGH, "umol/L"),),
    "alt": (("Alanine aminotransferase increased", _HIGH, "U/L"),),
    "ast": (("Aspartate aminotransferase increased", _HIGH, "U/L"),),
    "alp": (("Alkaline phosphatase increased", _HIGH, "U/L"),),
    "ggt": (("GGT increased", _HIGH, "U/L"),),
    "ldh": (("Blood lactate dehydrogenase increased", _HIGH, "U/L"),),
    "ck": (("CPK increased", _HIGH, "U/L"),),
    "bilirubin": (("Blood bilirubin increased", _HIGH, "umol/L"),),
    "albumin": (("Hypoalbuminemia", _LOW, "g/L"),),
    "haemoglobin": (("Anemia", _LOW, "g/L"),),
    "platelets": (
        ("Platelet count decreased", _LOW, "10*9/L"),
        ("Thrombocytopenia", _LOW, "10*9/L"),
    ),
    "leukocytes": (("White blood cell decreased", _LOW, "10*9/L"),),
    "neutrophils": (("Neutrophil count decreased", _LOW, "10*9/L"),),
    "lymphocytes": (("Lymphocyte count decreased", _LOW, "10*9/L"),),
    "potassium": (("Hyperkalemia", _HIGH, "mmol/L"), ("Hypokalemia", _LOW, "mmol/L")),
    "sodium": (("Hypernatremia", _HIGH, "mmol/L"), ("Hyponatremia", _LOW, "mmol/L")),
    "magnesium": (("Hypermagnesemia", _HIGH, "mmol/L"), ("Hypomagnesemia", _LOW, "mmol/L")),
    "calcium": (("Hypercalcemia", _HIGH, "mmol/L"), ("Hypocalcemia", _LOW, "mmol/L")),
    "glucose": (("Hypoglycemia", _LOW, "mmol/L"),),
    "aptt": (("Activated partial thromboplastin time prolonged", _HIGH, "s"),),
}

LAB_TERMS: Mapping[str, tuple[LabTerm, ...]] = MappingProxyType(
    {name: tuple(LabTerm(*row) for row in rows) for name, rows in _TERMS.items()}
)
"""Analyte (by its name in the study's catalogue) -> the terms it can be graded by in any version."""


def find_lab_terms(analyte: str, version: str) -> tuple[LabTerm, ...]:
    """The terms of an analyte that a number alone grades in a version; none for an analyte without a rule."""
    known = list_terms(version)
    return tuple(term for term in LAB_TERMS.get(analyte, ()) if term.term in known)
