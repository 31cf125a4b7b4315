"""The baseline table by arm. Without p-values: differences at baseline are chance (CONSORT 2010, item 15)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from statistics import mean, median, stdev

from trialwright.outcomes.analysis_sets import AnalysisSet
from trialwright.study.model.analysis import BaselineRow
from trialwright.study.model.forms import Form, Item

from .answers import Sheet, cell_text, sheets, whole_date
from .dataset import Dataset, SubjectData
from .model import Cell, Number, Row, Section, Table
from .subjects import allocated_on
from .wording import write_decimal, write_share

DAYS_PER_YEAR = 365.25

Found = tuple[SubjectData, str, int]
"""A subject, the answer as text, and the ledger sequence of the form it stands in."""


def build_baseline(data: Dataset) -> Section:
    """The rows that the analysis plan names, for every arm and all subjects together, in the ITT set."""
    groups = [(arm.id, [s for s in data.of(AnalysisSet.ITT) if s.arm == arm.id]) for arm in data.study.arms]
    groups.append(("all", data.of(AnalysisSet.ITT)))
    rows = [
        row
        for index, plan in enumerate(data.study.analysis.baseline)
        for row in _rows(data, plan, index, groups)
    ]
    sizes = [
        f"{arm.label} (n = {len(found)})" for arm, (_, found) in zip(data.study.arms, groups, strict=False)
    ]
    columns = ("", *sizes, f"All (n = {len(groups[-1][1])})")
    notes = ("Last value on or before the day of allocation. Percentages are of subjects with a value.",)
    return Section(
        "baseline", "Baseline", (), (Table("baseline_table", "Baseline by arm", columns, tuple(rows), notes),)
    )


def _rows(
    data: Dataset, plan: BaselineRow, index: int, groups: Sequence[tuple[str, list[SubjectData]]]
) -> Iterator[Row]:
    form = data.study.form(plan.form) if plan.form else None
    item = form.item(plan.item) if form is not None and plan.item else None
    found = {
        group: [find_baseline_answer(data, plan, form, s) for s in subjects] for group, subjects in groups
    }
    values = {group: [answer for answer in answers if answer is not None] for group, answers in found.items()}
    if item is not None and item.kind in ("code", "boolean"):
        yield Row(plan.label, tuple("" for _ in groups))
        for value, label in _levels(item):
            cells = tuple(
                _share(f"baseline.{index}.{value}.{group}", plan, label, value, values[group])
                for group, _ in groups
            )
            yield Row(label, cells, 1)
    else:
        yield Row(plan.label, tuple("" for _ in groups))
        yield Row(
            "Mean (SD)", tuple(_mean(f"baseline.{index}.mean.{g}", plan, values[g]) for g, _ in groups), 1
        )
        yield Row(
            "Median (range)",
            tuple(_median(f"baseline.{index}.median.{g}", plan, values[g]) for g, _ in groups),
            1,
        )
    missing = tuple(_missing(f"baseline.{index}.missing.{g}", plan, s, values[g]) for g, s in groups)
    if any(isinstance(cell, Number) and cell.value for cell in missing):
        yield Row("Missing", missing, 1)


def _levels(item: Item) -> list[tuple[str, str]]:
    if item.kind == "boolean":
        return [("true", "Yes"), ("false", "No")]
    return [(code.value, code.label) for code in item.codes]


def find_baseline_answer(
    data: Dataset, plan: BaselineRow, form: Form | None, subject: SubjectData
) -> Found | None:
    """The last answer on or before the day of allocation; None where there is none."""
    if plan.variable == "age":
        return _age(data, subject)
    start = allocated_on(subject.state)
    if form is None or plan.item is None or start is None:
        return None
    for sheet in reversed(sheets(data.study, subject.state, form.records)):
        text = cell_text(sheet.state.document.get(plan.item)) if sheet.form.id == form.id else ""
        if text and _is_baseline(sheet, subject):
            return subject, text, sheet.seq
    return None


def _is_baseline(sheet: Sheet, subject: SubjectData) -> bool:
    start = allocated_on(subject.state)
    return start is not None and sheet.collected_on is not None and sheet.collected_on <= start


def _age(data: Dataset, subject: SubjectData) -> Found | None:
    """Whole years from birth to consent; a birth date with a year only counts as 1 July of that year."""
    consent = subject.state.consent
    consented = whole_date(consent.given_on) if consent is not None else None
    for sheet in sheets(data.study, subject.state, "demographics"):
        born = sheet.partial("birth_date")
        if born is not None and consented is not None:
            day = (born.year, born.month or 7, born.day or 1)
            before = (consented.month, consented.day) < day[1:]
            return subject, str(consented.year - born.year - int(before)), sheet.seq
    return None


def _share(number: str, plan: BaselineRow, label: str, value: str, values: Sequence[Found]) -> Cell:
    found = [answer for answer in values if answer[1] == value]
    definition = f"Subjects with {plan.label}: {label}, of those with a value."
    return _number(number, write_share(len(found), len(values)), len(found), definition, found)


def _mean(number: str, plan: BaselineRow, values: Sequence[Found]) -> Cell:
    numbers = [float(text) for _, text, _ in values]
    if not numbers:
        return "–"
    spread = write_decimal(stdev(numbers), 1) if len(numbers) > 1 else "NE"
    text = f"{write_decimal(mean(numbers), 1)} ({spread})"
    return _number(number, text, mean(numbers), f"Mean and standard deviation of {plan.label}.", values)


def _median(number: str, plan: BaselineRow, values: Sequence[Found]) -> Cell:
    numbers = [float(text) for _, text, _ in values]
    if not numbers:
        return "–"
    text = f"{median(numbers):g} ({min(numbers):g} to {max(numbers):g})"
    return _number(number, text, median(numbers), f"Median and range of {plan.label}.", values)


def _missing(
    number: str, plan: BaselineRow, subjects: Sequence[SubjectData], values: Sequence[Found]
) -> Cell:
    known = {answer[0].state.subject for answer in values}
    absent = tuple(s.state.subject for s in subjects if s.state.subject not in known)
    definition = f"Subjects without a baseline value of {plan.label}."
    return Number(number, str(len(absent)), len(absent), definition, "subjects", absent)


def _number(number: str, text: str, value: float, definition: str, found: Sequence[Found]) -> Number:
    subjects = tuple(answer[0].state.subject for answer in found)
    return Number(number, text, value, definition, "", subjects, tuple(sorted(answer[2] for answer in found)))
