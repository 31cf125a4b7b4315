"""What is read out of one criterion: the entry, its sense and its status."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

from .attesting import attested_rule
from .kinds import kind_of_words


class Sense(StrEnum):
    """What it means when the rule is true, whichever list it stands in."""

    ELIGIBLE_IF = "eligible_if"
    EXCLUDED_IF = "excluded_if"


class Status(StrEnum):
    """Whether the entry can be computed, must be attested, or can be read in more than one way."""

    COMPUTED = "computed"
    ATTESTED = "attested"
    AMBIGUOUS = "ambiguous"


Scalar = Decimal | str
Number = Scalar | tuple[Scalar, ...]


@dataclass(frozen=True, slots=True)
class Entry:
    """One criterion, or the part of one that speaks of one variable.

    ``text`` is an exact substring of the record. ``operator`` is one of ``>=  >  <=  <  ==  in  between
    known``, or empty where nothing is computed; ``value`` is a number, a code, or for ``in`` the items, and
    ``value2`` the upper end of ``between``. ``unit`` is the UCUM code of the unit as written, a word for a
    time (``years``), or ``ULN``, ``LLN`` and ``baseline`` for a multiple of one; ``canonical_value`` stands
    in ``canonical_unit``, the catalogue's unit. ``alt_group`` joins alternatives, ``condition`` holds the
    words under which the limit counts. ``kind_told`` and ``rule_told`` are empty where the words alone tell them.
    """

    id: str
    section: str
    text: str
    sense: Sense
    kind_told: str
    status: Status
    rule_told: str
    variable: str = ""
    operator: str = ""
    value: Number | None = None
    value2: Scalar | None = None
    unit: str = ""
    canonical_value: Scalar | None = None
    canonical_value2: Scalar | None = None
    canonical_unit: str = ""
    condition: str = ""
    alt_group: str = ""
    start: int = 0
    """Where ``text`` begins in the record's eligibility text, in characters."""

    @property
    def kind(self) -> str:
        """What the entry is about."""
        return self.kind_told or kind_of_words(self.text)

    @property
    def rule(self) -> str:
        """The rule as text of the criterion language; for a statement, the attestation of its words."""
        return self.rule_told or attested_rule(f"{self.id.split('_')[0]} {self.text}")

    def as_json(self) -> dict[str, Any]:
        """A JSON-ready mapping; numbers stay exact (integers, else the shortest float), nothing is null-less."""
        return {
            "id": self.id,
            "section": self.section,
            "text": self.text,
            "sense": self.sense.value,
            "kind": self.kind,
            "variable": self.variable or None,
            "operator": self.operator or None,
            "value": _plain(self.value),
            "value2": _plain(self.value2),
            "unit": self.unit or None,
            "canonical_value": _plain(self.canonical_value),
            "canonical_value2": _plain(self.canonical_value2),
            "canonical_unit": self.canonical_unit or None,
            "condition": self.condition or None,
            "alt_group": self.alt_group or None,
            "status": self.status.value,
            "rule": self.rule,
        }


def _plain(value: Number | None) -> Any:
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return value
