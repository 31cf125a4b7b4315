"""Laboratory shifts: grade at baseline against the worst grade since, by arm and term.

Source: house analysis reference, section 8. The baseline is the last result on or before the first
treatment; the worst grade is taken over the results after it up to the end of the window.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from trialwright.outcomes.ctcae_labs import LabValue, compute_lab_grade
from trialwright.outcomes.traceability import merge_sources


@dataclass(frozen=True, slots=True)
class LabResult:
    """One result of one subject under the CTCAE term it is graded by; the baseline inside ``value`` is not
    needed.
    """

    subject: str
    term: str
    on: date
    value: LabValue
    source_ids: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class LabWindow:
    """The first treatment of a subject and the last day whose results count (``None``: no end)."""

    first_on: date
    last_on: date | None = None


@dataclass(frozen=True, slots=True)
class SubjectShift:
    """One subject's grades for one term; ``None`` where there was no result or it could not be graded."""

    subject: str
    arm: str
    term: str
    baseline_grade: int | None
    worst_grade: int | None
    worst_on: date | None = None
    source_ids: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class ShiftCount:
    """How many subjects of an arm went from one grade to another for one term."""

    arm: str
    term: str
    baseline_grade: int | None
    worst_grade: int | None
    subjects: tuple[str, ...]
    source_ids: tuple[int, ...] = ()


def _shift(
    subject: str, arm: str, term: str, results: Sequence[LabResult], window: LabWindow, version: str
) -> SubjectShift:
    ordered = sorted(results, key=lambda r: r.on)
    before = [r for r in ordered if r.on <= window.first_on]
    after = [
        r for r in ordered if r.on > window.first_on and (window.last_on is None or r.on <= window.last_on)
    ]
    base = before[-1] if before else None
    base_grade = None
    if base is not None:
        # At baseline the value is its own baseline: the rule for a normal or an abnormal start then applies.
        base_grade = compute_lab_grade(term, replace(base.value, baseline=base.value.value), version).grade
    worst: LabResult | None = None
    worst_grade: int | None = None
    for result in after:
        value = replace(result.value, baseline=None if base is None else base.value.value)
        grade = compute_lab_grade(term, value, version).grade
        if grade is not None and (worst_grade is None or grade > worst_grade):
            worst, worst_grade = result, grade
    used = [r for r in (base, worst) if r is not None]
    sources = merge_sources(*(r.source_ids for r in used))
    return SubjectShift(subject, arm, term, base_grade, worst_grade, worst.on if worst else None, sources)


def derive_subject_shifts(
    results: Sequence[LabResult],
    windows: Mapping[str, LabWindow],
    arms: Mapping[str, str],
    version: str = "5.0",
) -> list[SubjectShift]:
    """One row for every subject of ``arms`` with a window and every term that any result has."""
    terms = sorted({result.term for result in results})
    by_key: dict[tuple[str, str], list[LabResult]] = {}
    for result in results:
        by_key.setdefault((result.subject, result.term), []).append(result)
    return [
        _shift(subject, arm, term, by_key.get((subject, term), []), windows[subject], version)
        for term in terms
        for subject, arm in sorted(arms.items())
        if subject in windows
    ]


def derive_shift_counts(shifts: Sequence[SubjectShift]) -> list[ShiftCount]:
    """The shift table: subjects by arm, term, baseline grade and worst grade; only cells that anyone is
    in.
    """
    cells: dict[tuple[str, str, int | None, int | None], list[SubjectShift]] = {}
    for shift in shifts:
        key = (shift.arm, shift.term, shift.baseline_grade, shift.worst_grade)
        cells.setdefault(key, []).append(shift)

    def order(key: tuple[str, str, int | None, int | None]) -> tuple[str, str, int, int]:
        arm, term, base, worst = key
        return term, arm, -1 if base is None else base, -1 if worst is None else worst

    return [
        ShiftCount(
            *key,
            tuple(shift.subject for shift in cells[key]),
            merge_sources(*(shift.source_ids for shift in cells[key])),
        )
        for key in sorted(cells, key=order)
    ]
