"""Laboratory values to CTCAE grades, by version, in exact decimals.

A rule is a set of ladders. A rising ladder gives the highest grade whose limit the value exceeds, a falling
one the highest grade whose limit it stays below; a value on a limit belongs to the milder grade. Limits are
multiples of the upper or lower limit of normal or of the subject's baseline, or numbers of a unit. Where
several ladders apply the worst grade counts. Only what a number alone decides is graded: symptoms, admission
and treatment are the investigator's to grade.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from trialwright.outcomes.ctcae_lab_rules import RULES, Condition, LabRule, Ladder, Reference

Number = Decimal | int | float


@dataclass(frozen=True, slots=True)
class LabValue:
    """One result: value and unit as reported, limits of normal of that laboratory, the subject's baseline.

    Floats are read by their shortest decimal form, so that 3.6 is exactly three times 1.2.
    """

    value: Number
    unit: str
    lln: Number | None = None
    uln: Number | None = None
    baseline: Number | None = None


class NotGraded(StrEnum):
    """Why a value has no grade."""

    NO_RULE = "no rule for this term in this version"
    UNIT = "the rule does not know this unit"
    LIMIT_MISSING = "a limit of normal is missing"
    BASELINE_MISSING = "the baseline is missing"


@dataclass(frozen=True, slots=True)
class LabGrade:
    """The grade (0 for none), or why there is none.

    ``incomplete``: a ladder that might give a worse grade could not be used because its reference was
    missing.
    """

    grade: int | None
    reason: NotGraded | None = None
    incomplete: bool = False


def _exact(number: Number | None) -> Decimal | None:
    if number is None or isinstance(number, Decimal):
        return number
    return Decimal(str(number))


def _applies(condition: Condition, value: LabValue) -> bool | None:
    """Whether a ladder applies; ``None`` when that cannot be known."""
    if condition is Condition.ALWAYS:
        return True
    baseline, lln, uln = _exact(value.baseline), _exact(value.lln), _exact(value.uln)
    if condition is Condition.BASELINE_BELOW_LLN:
        return None if baseline is None or lln is None else baseline < lln
    if baseline is None or uln is None:
        return None
    abnormal = baseline > uln
    return abnormal if condition is Condition.BASELINE_ABNORMAL else not abnormal


def _find_reference(value: LabValue, reference: Reference) -> Decimal | None:
    if reference is Reference.NUMBER:
        return Decimal(1)
    chosen = {Reference.ULN: value.uln, Reference.LLN: value.lln, Reference.BASELINE: value.baseline}
    return _exact(chosen[reference])


def _grade_ladder(ladder: Ladder, value: LabValue) -> int | None:
    """The grade on one ladder; ``None`` when a limit that would decide is missing."""
    number = _exact(value.value) or Decimal(0)
    grade = 0
    unknown = False
    for level, step in enumerate(ladder.steps, start=1):
        if step is None:
            continue
        reference = _find_reference(value, step.reference)
        if reference is None:
            unknown = True
            continue
        limit = reference * step.factor
        beyond = number > limit if ladder.rising else number < limit
        if beyond or (step.inclusive and number == limit):
            grade = level
    # A missing limit of normal only matters when no further step was passed.
    return None if unknown and grade == 0 else grade


def _missing(rule: LabRule, value: LabValue) -> NotGraded:
    needs_baseline = any(
        ladder.condition is not Condition.ALWAYS
        or any(step is not None and step.reference is Reference.BASELINE for step in ladder.steps)
        for ladder in rule.ladders
    )
    return (
        NotGraded.BASELINE_MISSING if needs_baseline and value.baseline is None else NotGraded.LIMIT_MISSING
    )


def compute_lab_grade(term: str, value: LabValue, version: str = "5.0") -> LabGrade:
    """The CTCAE grade of a laboratory value under a term and version."""
    rule = RULES[version].get(term)
    if rule is None:
        return LabGrade(None, NotGraded.NO_RULE)
    usable = [ladder for ladder in rule.ladders if not ladder.units or value.unit in ladder.units]
    if not usable:
        return LabGrade(None, NotGraded.UNIT)
    grades: list[int] = []
    unknown = False
    for ladder in usable:
        applies = _applies(ladder.condition, value)
        if applies is None:
            unknown = True
        elif applies:
            grade = _grade_ladder(ladder, value)
            if grade is None:
                unknown = True
            else:
                grades.append(grade)
    if not grades:
        return LabGrade(None, _missing(rule, value))
    return LabGrade(max(grades), incomplete=unknown)


def list_terms(version: str) -> Mapping[str, LabRule]:
    """The laboratory terms that can be graded in a version, each with its rule."""
    return RULES[version]
