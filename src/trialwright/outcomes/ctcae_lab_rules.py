"""The laboratory rules of CTCAE version 5.0 and 6.0 as data: what a number alone decides.

Read from the grade texts of the dictionaries in ``data/``. Version 6.0 changed neutrophils, platelets (now
"Thrombocytopenia"), the enzymes and bilirubin with an abnormal baseline, and creatinine against baseline.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum


class Reference(StrEnum):
    """What a limit is a multiple of."""

    ULN = "upper limit of normal"
    LLN = "lower limit of normal"
    BASELINE = "baseline"
    NUMBER = "number"


class Condition(StrEnum):
    """When a ladder applies."""

    ALWAYS = "always"
    BASELINE_NORMAL = "baseline not above the upper limit of normal"
    BASELINE_ABNORMAL = "baseline above the upper limit of normal"
    BASELINE_BELOW_LLN = "baseline below the lower limit of normal"


@dataclass(frozen=True, slots=True)
class Step:
    """One limit. ``inclusive``: a value on the limit already has the grade."""

    reference: Reference
    factor: Decimal
    inclusive: bool = False


@dataclass(frozen=True, slots=True)
class Ladder:
    """Limits of grade 1, 2, 3, 4 (``None``: no such step); ``units`` empty where multiples need no unit."""

    rising: bool
    steps: tuple[Step | None, ...]
    condition: Condition = Condition.ALWAYS
    units: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class LabRule:
    """A term and its ladders; the worst grade of those that apply counts."""

    term: str
    ladders: tuple[Ladder, ...]


_COUNT_UNITS = frozenset({"10*9/L", "10*3/uL"})
_PER_MM3 = frozenset({"/uL", "/mm3"})


def _step(reference: Reference, factor: str | None, inclusive: bool = False) -> Step | None:
    return None if factor is None else Step(reference, Decimal(factor), inclusive)


def _multiples(
    reference: Reference,
    factors: Sequence[str | None],
    condition: Condition = Condition.ALWAYS,
    first_inclusive: bool = False,
) -> Ladder:
    """A rising ladder of multiples of one reference."""
    steps = [_step(reference, f, first_inclusive and k == 0) for k, f in enumerate(factors)]
    return Ladder(True, tuple(steps), condition)


def _numbers(
    rising: bool, units: frozenset[str], limits: Sequence[str | None], first: Reference | None
) -> Ladder:
    """A ladder of numbers of a unit; grade 1 begins at a limit of normal when ``first`` names it."""
    head = () if first is None else (Step(first, Decimal(1)),)
    return Ladder(rising, (*head, *(_step(Reference.NUMBER, x) for x in limits)), units=units)


def _by_baseline(term: str, normal: Sequence[str], abnormal: Sequence[str], first_inclusive: bool) -> LabRule:
    """Multiples of ULN with a normal baseline, of the baseline with one above ULN."""
    return LabRule(
        term,
        (
            _multiples(Reference.ULN, normal, Condition.BASELINE_NORMAL),
            _multiples(Reference.BASELINE, abnormal, Condition.BASELINE_ABNORMAL, first_inclusive),
        ),
    )


def _count(term: str, limits: Sequence[str], from_lln: bool = True) -> LabRule:
    """A falling cell count, limits in 10*9/L."""
    first = Reference.LLN if from_lln else None
    per_mm3 = [str(Decimal(limit) * 1000) for limit in limits]
    return LabRule(
        term,
        (_numbers(False, _COUNT_UNITS, limits, first), _numbers(False, _PER_MM3, per_mm3, first)),
    )


def _limits(term: str, rising: bool, by_unit: Mapping[str, Sequence[str | None]]) -> LabRule:
    """Numbers of one or more units, grade 1 from the limit of normal."""
    first = Reference.ULN if rising else Reference.LLN
    return LabRule(
        term,
        tuple(_numbers(rising, frozenset({unit}), limits, first) for unit, limits in by_unit.items()),
    )


def _uln(term: str, *factors: str | None) -> LabRule:
    return LabRule(term, (_multiples(Reference.ULN, factors),))


_SAME_IN_BOTH = (
    _limits("Anemia", False, {"g/dL": ("10", "8"), "g/L": ("100", "80"), "mmol/L": ("6.2", "4.9")}),
    _count("White blood cell decreased", ("3", "2", "1")),
    _uln("Activated partial thromboplastin time prolonged", "1", "1.5", "2.5"),
    _uln("Blood lactate dehydrogenase increased", "1"),
    _limits("Hyperkalemia", True, {"mmol/L": ("5.5", "6.0", "7.0")}),
    _limits("Hypokalemia", False, {"mmol/L": (None, "3.0", "2.5")}),
    _limits("Hypernatremia", True, {"mmol/L": ("150", "155", "160")}),
    _limits("Hyponatremia", False, {"mmol/L": ("130", "125", "120")}),
    _limits("Hypermagnesemia", True, {"mg/dL": (None, "3.0", "8.0"), "mmol/L": (None, "1.23", "3.30")}),
    _limits("Hypomagnesemia", False, {"mg/dL": ("1.2", "0.9", "0.7"), "mmol/L": ("0.5", "0.4", "0.3")}),
    _limits("Hypercalcemia", True, {"mg/dL": ("11.5", "12.5", "13.5"), "mmol/L": ("2.9", "3.1", "3.4")}),
    _limits("Hypocalcemia", False, {"mg/dL": ("8.0", "7.0", "6.0"), "mmol/L": ("2.0", "1.75", "1.5")}),
    _limits("Hypoglycemia", False, {"mg/dL": ("55", "40", "30"), "mmol/L": ("3.0", "2.2", "1.7")}),
    _limits("Hypoalbuminemia", False, {"g/dL": ("3", "2"), "g/L": ("30", "20")}),
)

_ENZYME_NORMAL = ("1", "3", "5", "20")
_GGT_NORMAL = ("1", "2.5", "5", "20")
_BILIRUBIN_NORMAL = ("1", "1.5", "3", "10")

_V5 = (
    *_SAME_IN_BOTH,
    _by_baseline("Alanine aminotransferase increased", _ENZYME_NORMAL, ("1.5", "3", "5", "20"), True),
    _by_baseline("Aspartate aminotransferase increased", _ENZYME_NORMAL, ("1.5", "3", "5", "20"), True),
    _by_baseline("Alkaline phosphatase increased", _GGT_NORMAL, ("2", "2.5", "5", "20"), True),
    _by_baseline("GGT increased", _GGT_NORMAL, ("2", "2.5", "5", "20"), True),
    _by_baseline("Blood bilirubin increased", _BILIRUBIN_NORMAL, ("1", "1.5", "3", "10"), False),
    LabRule(
        "Creatinine increased",
        (
            _multiples(Reference.ULN, ("1", "1.5", "3", "6")),
            _multiples(Reference.BASELINE, (None, "1.5", "3")),
        ),
    ),
    _uln("CPK increased", "1", "2.5", "5", "10"),
    _count("Platelet count decreased", ("75", "50", "25")),
    _count("Neutrophil count decreased", ("1.5", "1.0", "0.5")),
    _count("Lymphocyte count decreased", ("0.8", "0.5", "0.2")),
)

_V6 = (
    *_SAME_IN_BOTH,
    _by_baseline("Alanine aminotransferase increased", _ENZYME_NORMAL, ("1", "1.5", "2", "4"), True),
    _by_baseline("Aspartate aminotransferase increased", _ENZYME_NORMAL, ("1", "1.5", "2", "4"), True),
    _by_baseline("GGT increased", _GGT_NORMAL, ("1", "1.5", "3", "10"), True),
    _by_baseline("Blood bilirubin increased", _BILIRUBIN_NORMAL, ("1", "1.5", "2.5", "10"), True),
    LabRule(
        "Creatinine increased",
        (
            _multiples(Reference.ULN, ("1", "1.5", "3", "6")),
            _multiples(Reference.BASELINE, (None, "1.5", "3"), Condition.BASELINE_BELOW_LLN),
        ),
    ),
    _count("Thrombocytopenia", ("75", "50", "10")),
    _count("Neutrophil count decreased", ("1.5", "1.0", "0.5", "0.1"), from_lln=False),
)

RULES: Mapping[str, Mapping[str, LabRule]] = {
    "5.0": {rule.term: rule for rule in _V5},
    "6.0": {rule.term: rule for rule in _V6},
}
