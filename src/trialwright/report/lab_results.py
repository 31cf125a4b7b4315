"""Laboratory results as captured: by analyte, in one unit a subject, graded by CTCAE against the baseline."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, cast

from trialwright.outcomes.ctcae_labs import LabGrade, LabValue, compute_lab_grade, list_terms
from trialwright.outcomes.lab_shifts import LabResult, LabWindow
from trialwright.outcomes.lab_terms import LabTerm, find_lab_terms
from trialwright.study.criteria.variables import Variable, builtin_catalogue, convert
from trialwright.study.model import Study
from trialwright.study.model.forms import Form, Item

from .answers import Sheet, sheets
from .dataset import Dataset, SubjectData


@dataclass(frozen=True, slots=True)
class LabItem:
    """An item of a laboratory form with the analyte it measures and the terms it is graded by."""

    form: Form
    item: Item
    analyte: Variable
    terms: tuple[LabTerm, ...]


@dataclass(frozen=True, slots=True)
class Measured:
    """One result as entered, with the laboratory's own limits of normal."""

    on: date
    value: Decimal
    unit: str
    lower: Decimal | None
    upper: Decimal | None
    seq: int
    visit: str


@dataclass(frozen=True, slots=True)
class Graded:
    """One result with its grade under a term, against the subject's baseline."""

    measured: Measured
    value: LabValue
    grade: LabGrade


def find_lab_items(study: Study) -> list[LabItem]:
    """The items that can be graded: known by the study's variable, else by their own name."""
    version, known = study.safety.ctcae_version, builtin_catalogue()
    named = {(v.form, v.item): v.analyte for v in study.eligibility.variables if v.analyte}
    found: list[LabItem] = []
    for form in (form for form in study.forms if form.records == "laboratory"):
        for item in form.items:
            analyte = known.find(named.get((form.id, item.id), "")) or known.find(item.meaning)
            terms = find_lab_terms(analyte.name, version) if analyte is not None else ()
            if analyte is not None and terms and item.kind in ("number", "integer"):
                found.append(LabItem(form, item, analyte, terms))
    return found


def find_results(study: Study, subject: SubjectData, labs: Sequence[LabItem]) -> list[list[Measured]]:
    """The results of one subject for each item, in the order of their dates; cells without a number are left out."""
    found: list[list[Measured]] = [[] for _ in labs]
    for sheet in sheets(study, subject.state, "laboratory"):
        if sheet.collected_on is not None:
            for lab, results in zip(labs, found, strict=True):
                if sheet.form.id == lab.form.id:
                    results.extend(_measured(sheet, sheet.collected_on, lab.item))
    return found


def _measured(sheet: Sheet, on: date, item: Item) -> Iterator[Measured]:
    cell: Any = sheet.state.document.get(item.id)
    if not isinstance(cell, Mapping):
        return
    answer = cast("Mapping[str, Any]", cell)
    value = _number(answer.get("value"))
    if value is not None:
        unit = str(answer.get("unit") or (item.units[0] if item.units else ""))
        lower, upper = _number(answer.get("lower")), _number(answer.get("upper"))
        yield Measured(on, value, unit, lower, upper, sheet.seq, sheet.state.visit)


def _number(text: object) -> Decimal | None:
    try:
        number = Decimal(str(text))
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def find_windows(data: Dataset, arms: Mapping[str, str]) -> dict[str, LabWindow]:
    """For every subject of the set, from the first treatment to the end of the treatment-emergent period."""
    return {
        subject.state.subject: LabWindow(subject.period.first_on, subject.period.ends_on)
        for subject in data.subjects
        if subject.state.subject in arms
        and subject.period is not None
        and subject.period.first_on is not None
    }


def in_one_unit(lab: LabItem, term: LabTerm, results: Sequence[Measured], version: str) -> list[Measured]:
    """The results in one unit that the rule knows: that of the first one where it can be.

    A result whose unit does not convert is left out: it cannot be graded.
    """
    if not results:
        return []
    accepted = {unit for ladder in list_terms(version)[term.term].ladders for unit in ladder.units}
    first = results[0].unit
    unit = first if not accepted or first in accepted else term.unit
    moved = (_in_unit(result, unit, lab.analyte) for result in results)
    return [result for result in moved if result is not None]


def _in_unit(result: Measured, unit: str, analyte: Variable) -> Measured | None:
    if result.unit == unit:
        return result
    value = convert(result.value, result.unit, unit, analyte)
    if value is None:
        return None
    limits = [
        None if limit is None else convert(limit, result.unit, unit, analyte)
        for limit in (result.lower, result.upper)
    ]
    return Measured(result.on, value, unit, limits[0], limits[1], result.seq, result.visit)


def as_lab_results(subject: str, term: LabTerm, results: Sequence[Measured]) -> list[LabResult]:
    """The results as the shift table wants them."""
    return [
        LabResult(subject, term.term, r.on, LabValue(r.value, r.unit, r.lower, r.upper), (r.seq,))
        for r in results
    ]


def grade_results(term: LabTerm, results: list[Measured], window: LabWindow, version: str) -> list[Graded]:
    """Every result with its grade; the baseline is the last one on or before the first treatment."""
    before = [result for result in results if result.on <= window.first_on]
    base = before[-1].value if before else None
    found: list[Graded] = []
    for result in results:
        own = result.value if result.on <= window.first_on else base
        value = LabValue(result.value, result.unit, result.lower, result.upper, own)
        found.append(Graded(result, value, compute_lab_grade(term.term, value, version)))
    return found
