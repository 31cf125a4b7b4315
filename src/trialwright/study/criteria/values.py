"""What is on record about a subject, and which record a rule looks at."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time
from decimal import Decimal
from enum import StrEnum

from .ast import Op

_WIDEST_EXPONENT = 100
"""Exact arithmetic on 1E+999999999 would fill the memory; no measurement comes near 1E+100."""


class Why(StrEnum):
    """Why a leaf could not be decided."""

    MISSING = "MISSING"
    NOT_A_NUMBER = "NOT_A_NUMBER"
    UNIT_MISSING = "UNIT_MISSING"
    UNIT_NOT_CONVERTIBLE = "UNIT_NOT_CONVERTIBLE"
    ULN_MISSING = "ULN_MISSING"
    LLN_MISSING = "LLN_MISSING"
    BASELINE_MISSING = "BASELINE_MISSING"
    WINDOW = "WINDOW"
    DATE_MISSING = "DATE_MISSING"
    ANCHOR_MISSING = "ANCHOR_MISSING"
    CENSORED = "CENSORED"
    QUERY_OPEN = "QUERY_OPEN"
    NOT_SIGNED = "NOT_SIGNED"


@dataclass(frozen=True, slots=True)
class Value:
    """One result on record.

    Exactly one of ``number``, ``flag`` and ``code`` is given; none of them means recorded as missing.
    ``unit`` is as entered (UCUM code or usual word). ``uln``, ``lln`` and ``baseline`` stand in the unit of
    ``number`` and belong to the laboratory, sample, sex and age of this very result. ``censored`` is the
    comparator of a result reported beyond a limit ("< 3.2"). ``signed`` matters for attestations only.
    ``source`` names the record.
    """

    number: Decimal | None = None
    unit: str = ""
    flag: bool | None = None
    code: str | None = None
    occurred_on: date | None = None
    occurred_at_time: time | None = None
    uln: Decimal | None = None
    lln: Decimal | None = None
    baseline: Decimal | None = None
    censored: Op | None = None
    query_open: bool = False
    signed: bool = False
    source: str = ""

    def __post_init__(self) -> None:
        if sum(held is not None for held in (self.number, self.flag, self.code)) > 1:
            raise ValueError("a value is a number, a flag or a code, not two of them")
        if any(held is not None and not held.is_finite() for held in self._numbers()):
            raise ValueError("a value must be a finite number")
        if any(held and abs(held.adjusted()) > _WIDEST_EXPONENT for held in self._numbers()):
            raise ValueError("a value lies outside what any measurement can be")
        if self.censored in {Op.EQ, Op.NE}:
            raise ValueError("a censored result has one of the signs <, <=, > and >=")

    def _numbers(self) -> tuple[Decimal | None, ...]:
        return (self.number, self.uln, self.lln, self.baseline)

    @property
    def is_missing(self) -> bool:
        """Whether nothing was recorded but the absence."""
        return self.number is None and self.flag is None and self.code is None


@dataclass(frozen=True, slots=True)
class Window:
    """Days around the anchor in which a result counts: [anchor - before, anchor + after], calendar days.

    ``before_days`` None sets no limit to a result's age.
    """

    before_days: int | None = None
    after_days: int = 0

    def holds(self, occurred_on: date, anchor_on: date) -> bool:
        """Whether a result of that day lies inside; the day of the anchor is day 0."""
        age_days = (anchor_on - occurred_on).days
        return -self.after_days <= age_days and (self.before_days is None or age_days <= self.before_days)


Values = Mapping[str, Value | Sequence[Value]]


def records_of(values: Values, variable: str) -> tuple[Value, ...]:
    """Every record of a variable, whose name is found without regard to case; empty where there is none."""
    held = values.get(variable)
    if held is None:
        folded = variable.casefold()
        held = next((found for name, found in values.items() if name.casefold() == folded), ())
    return (held,) if isinstance(held, Value) else tuple(held)


def select_value(
    records: Sequence[Value], anchor_on: date | None, window: Window | None
) -> tuple[Value | None, Why | None]:
    """The record a rule looks at: the latest valid one in the window, or None and why there is none.

    The choice is fixed, so that no older, better result can be picked: of two on one day the later by time,
    of two at one time the one listed last. A result with an open query is still the latest result. Without a
    window, every result up to the anchor counts, and so does an undated one (sex, histology); without an
    anchor, every result counts, unless a window asks for one. Source: eligibility reference of the project,
    section 8.
    """
    valid = [record for record in records if not record.is_missing]
    if not valid:
        return None, Why.MISSING
    if window is not None and anchor_on is None:
        return None, Why.ANCHOR_MISSING
    dated = [record for record in valid if record.occurred_on is not None]
    inside = dated if anchor_on is None else [r for r in dated if _counts(r, anchor_on, window)]
    if inside:
        return sorted(inside, key=_order)[-1], None
    undated = [record for record in valid if record.occurred_on is None]
    if undated and window is None:
        return undated[-1], None
    return None, (Why.DATE_MISSING if undated else Why.WINDOW)


def _counts(record: Value, anchor_on: date, window: Window | None) -> bool:
    return record.occurred_on is not None and (window or Window()).holds(record.occurred_on, anchor_on)


def _order(record: Value) -> tuple[date, time]:
    return (record.occurred_on or date.min, record.occurred_at_time or time.min)
