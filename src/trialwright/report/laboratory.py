"""Laboratory: grade at baseline against the worst grade since, and the worst values, by arm and term."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from trialwright.outcomes.analysis_sets import AnalysisSet
from trialwright.outcomes.lab_shifts import LabWindow, SubjectShift, derive_subject_shifts
from trialwright.outcomes.lab_terms import Direction, LabTerm
from trialwright.study.model.products import Arm
from trialwright.study.units import typeset_unit

from .adverse import arm_columns, count_arms
from .counting import NOBODY, Fact, count_people, count_share, summarise
from .dataset import Dataset
from .figures import draw_bars
from .lab_results import (
    LabItem,
    Measured,
    as_lab_results,
    find_lab_items,
    find_results,
    find_windows,
    in_one_unit,
)
from .model import Cell, Figure, Row, Section, Table

GRADES: tuple[int | None, ...] = (0, 1, 2, 3, 4, None)
"""Grades as columns and rows; None where there was no result or it could not be graded."""


@dataclass(frozen=True, slots=True)
class TermResults:
    """One term: its shifts by subject, and the results of every subject in one unit."""

    lab: LabItem
    term: LabTerm
    shifts: Mapping[str, SubjectShift]
    results: Mapping[str, Sequence[Measured]]


def build_laboratory(data: Dataset) -> Section:
    """The safety set, from the first treatment to the end of the treatment-emergent period."""
    title = "Laboratory"
    arms = data.sets[AnalysisSet.SAFETY]
    items = find_lab_items(data.study)
    if not arms or not items:
        reason = (
            "No subject was treated." if items else "The study asks for no laboratory value that is graded."
        )
        return Section("laboratory", title, (reason,))
    windows = find_windows(data, arms)
    captured = {s.state.subject: find_results(data.study, s, items) for s in data.of(AnalysisSet.SAFETY)}
    found = [
        _term(data, lab, term, {name: every[place] for name, every in captured.items()}, windows)
        for place, lab in enumerate(items)
        for term in lab.terms
    ]
    words = (
        "Grades of CTCAE as far as a number decides them. The baseline is the last result on or before the first "
        "dose; the worst grade and value are of the results after it, to the end of the treatment-emergent period. "
        "What can be too high and too low is graded both ways.",
    )
    shifts = [_shift_table(found, arm) for arm in data.study.arms]
    blocks = (_figure(data, found, arms), _worst(data, found, arms, windows), *shifts)
    return Section("laboratory", title, words, blocks)


def _term(
    data: Dataset,
    lab: LabItem,
    term: LabTerm,
    captured: Mapping[str, Sequence[Measured]],
    windows: Mapping[str, LabWindow],
) -> TermResults:
    version, arms = data.study.safety.ctcae_version, data.sets[AnalysisSet.SAFETY]
    results = {name: in_one_unit(lab, term, mine, version) for name, mine in captured.items()}
    rows = [row for name, mine in results.items() for row in as_lab_results(name, term, mine)]
    shifts = {shift.subject: shift for shift in derive_subject_shifts(rows, windows, arms, version)}
    return TermResults(lab, term, shifts, results)


def name_of(term: LabTerm) -> str:
    """A term as part of the id of a number."""
    return term.term.replace(" ", "_").lower()


def _shift_table(found: Sequence[TermResults], arm: Arm) -> Table:
    """One arm. Rows: grade at baseline; columns: worst grade since."""
    columns = ("Grade at baseline", *(f"Worst {_word(grade)}" for grade in GRADES))
    rows: list[Row] = []
    blank: tuple[Cell, ...] = tuple("" for _ in GRADES)
    for one in found:
        rows.append(Row(one.term.term, blank))
        for base in GRADES:
            here = [s for s in one.shifts.values() if s.arm == arm.id and s.baseline_grade == base]
            if here:
                cells = tuple(_shift_cell(one, arm, base, worst, here) for worst in GRADES)
                rows.append(Row(_word(base).capitalize(), cells, 1))
    notes = (
        "Subjects of the safety set; each stands once under every term. Not known: no result, or one that cannot "
        "be graded.",
    )
    title = f"Shifts from baseline to the worst grade: {arm.label}"
    return Table(f"laboratory_shifts_{arm.id}", title, columns, tuple(rows), notes)


def _word(grade: int | None) -> str:
    return "not known" if grade is None else f"grade {grade}"


def _shift_cell(
    one: TermResults, arm: Arm, base: int | None, worst: int | None, here: Sequence[SubjectShift]
) -> Cell:
    mine = [shift for shift in here if shift.worst_grade == worst]
    if not mine:
        return "0"
    number = f"laboratory.shift.{name_of(one.term)}.{_code(base)}_{_code(worst)}.{arm.id}"
    definition = (
        f"Subjects of {arm.label}: {one.term.term}, {_word(base)} at baseline, worst since {_word(worst)}."
    )
    facts = [Fact(shift.subject, shift.source_ids) for shift in mine]
    return count_people(number, definition, facts)


def _code(grade: int | None) -> str:
    return "unknown" if grade is None else str(grade)


def _worst(
    data: Dataset, found: Sequence[TermResults], arms: Mapping[str, str], windows: Mapping[str, LabWindow]
) -> Table:
    sizes = count_arms(data, arms)
    blank: tuple[Cell, ...] = tuple("" for _ in data.study.arms)
    rows: list[Row] = []
    for one in found:
        rows.append(Row(one.term.term, blank))
        for code, label, test in _KINDS:
            cells = tuple(
                count_share(
                    f"laboratory.{code}.{name_of(one.term)}.{arm.id}",
                    f"Subjects of {arm.label}: {one.term.term}, {label[0].lower()}{label[1:]}.",
                    [
                        Fact(s.subject, s.source_ids)
                        for s in one.shifts.values()
                        if s.arm == arm.id and test(s)
                    ],
                    sizes[arm.id],
                )
                for arm in data.study.arms
            )
            rows.append(Row(label, cells, 1))
        rows += _extreme_rows(data, one, arms, windows)
    columns = arm_columns(data, arms)
    return Table("laboratory_worst", "Worst grades and values since the first dose", columns, tuple(rows))


def _worsened(shift: SubjectShift) -> bool:
    return shift.worst_grade is not None and shift.worst_grade > (shift.baseline_grade or 0)


_KINDS = (
    ("graded", "With a graded result since", lambda s: s.worst_grade is not None),
    ("worse", "Worse than at baseline", _worsened),
    ("severe", "Grade 3 or 4", lambda s: (s.worst_grade or 0) >= 3),
    (
        "severe_new",
        "Grade 3 or 4, not so at baseline",
        lambda s: (s.worst_grade or 0) >= 3 and (s.baseline_grade or 0) < 3,
    ),
)


def _extreme_rows(
    data: Dataset, one: TermResults, arms: Mapping[str, str], windows: Mapping[str, LabWindow]
) -> list[Row]:
    """Median and range over subjects of the highest (or lowest) value, a row a unit."""
    high = one.term.direction is Direction.HIGH
    extremes = {
        subject: _extreme(results, windows.get(subject), high) for subject, results in one.results.items()
    }
    units = sorted({worst.unit for worst in extremes.values() if worst is not None})
    rows: list[Row] = []
    for place, unit in enumerate(units):
        label = f"{'Highest' if high else 'Lowest'} value, {typeset_unit(unit)}, median (range)"
        cells: list[Cell] = []
        for arm in data.study.arms:
            facts = [
                Fact(subject, (worst.seq,), float(worst.value))
                for subject, worst in extremes.items()
                if worst is not None and worst.unit == unit and arms.get(subject) == arm.id
            ]
            number = f"laboratory.extreme_{place}.{name_of(one.term)}.{arm.id}"
            definition = f"{label[0]}{label[1:]} of {one.lab.item.label} in {arm.label}, over subjects."
            cells.append(summarise(number, definition, facts, unit, _digits(facts)) if facts else NOBODY)
        rows.append(Row(label, tuple(cells), 1))
    return rows


def _digits(facts: Sequence[Fact]) -> int:
    largest = max(abs(fact.value) for fact in facts)
    return 0 if largest >= 100 else 1 if largest >= 10 else 2


def _extreme(results: Sequence[Measured], window: LabWindow | None, high: bool) -> Measured | None:
    if window is None:
        return None
    after = [
        r for r in results if r.on > window.first_on and (window.last_on is None or r.on <= window.last_on)
    ]
    if not after:
        return None
    return max(after, key=lambda r: r.value) if high else min(after, key=lambda r: r.value)


def _figure(data: Dataset, found: Sequence[TermResults], arms: Mapping[str, str]) -> Figure:
    sizes = count_arms(data, arms)
    terms = [one.term.term for one in found]
    series = [
        (
            arm.label,
            [
                100
                * sum(s.arm == arm.id and _worsened(s) for s in one.shifts.values())
                / (sizes[arm.id] or 1)
                for one in found
            ],
        )
        for arm in data.study.arms
    ]
    worse = sorted(found, key=lambda one: -sum(_worsened(s) for s in one.shifts.values()))
    most = [one.term.term for one in worse[:3] if any(_worsened(s) for s in one.shifts.values())]
    words = (
        f"Most often worse than at baseline: {', '.join(most)}." if most else "No value worsened by a grade."
    )
    svg = draw_bars(terms, series, "Subjects worse than at baseline, %", "laboratory")
    return Figure("laboratory_figure", "Laboratory values worse than at baseline", svg, words)
