"""Checks of lesions and readings, and of the response that somebody entered, as findings.

Source: RECIST 1.1, sections 3 and 4.3; house RECIST reference, sections 1 and 11. Messages name lesions and
assessments, never sizes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from trialwright.outcomes.recist.lesions import (
    Lesion,
    LesionHistory,
    Reading,
    State,
    Visit,
    compute_decimals,
)
from trialwright.outcomes.recist.responses import Response
from trialwright.outcomes.recist.time_points import TimePoint
from trialwright.study.findings import Finding, Place, Severity

_NODES = "lymph nodes"


@dataclass(frozen=True, slots=True)
class LesionRules:
    """The limits of the protocol. Defaults are those of RECIST 1.1 with CT slices of at most 5 mm."""

    max_targets: int = 5
    max_per_organ: int = 2
    min_target_mm: Decimal = Decimal(10)
    min_node_mm: Decimal = Decimal(15)
    baseline_window_days: int = 28

    @classmethod
    def for_slices(cls, slice_mm: Decimal) -> LesionRules:
        """The limits for thicker slices: a measurable lesion is at least twice the slice."""
        return cls(min_target_mm=max(Decimal(10), 2 * slice_mm))


DEFAULT_LESION_RULES = LesionRules()


def _organ_key(lesion: Lesion) -> str:
    """What counts as one organ: all lymph nodes together, else the organ's name."""
    return _NODES if lesion.nodal else lesion.organ.strip().casefold()


class _Report:
    """Collects findings about one subject."""

    def __init__(self, subject: str) -> None:
        self.subject = subject
        self.found: list[Finding] = []

    def add(self, code: str, severity: Severity, message: str, remedy: str, *path: str) -> None:
        place = Place(path=("subjects", self.subject, *path))
        self.found.append(Finding(code, severity, message, remedy, place))


def _check_choice(history: LesionHistory, rules: LesionRules, report: _Report) -> None:
    """How many targets, in which organs, each named once."""
    targets = history.targets
    if len(targets) > rules.max_targets:
        report.add(
            "TW-REC-001",
            Severity.ERROR,
            f"There are {len(targets)} target lesions; at most {rules.max_targets} are allowed.",
            "Follow the others as non-target lesions.",
            "lesions",
        )
    for organ, count in sorted(Counter(_organ_key(lesion) for lesion in targets).items()):
        if organ and count > rules.max_per_organ:
            report.add(
                "TW-REC-002",
                Severity.ERROR,
                f"There are {count} target lesions in {organ}; at most {rules.max_per_organ} are allowed.",
                "Follow the others as non-target lesions.",
                "lesions",
            )
    names = Counter(lesion.lesion for lesion in history.lesions)
    for lesion in history.lesions:
        if not lesion.organ.strip() and not lesion.nodal:
            message, remedy = f"Lesion {lesion.lesion} has no organ.", "Name the organ."
            report.add("TW-REC-003", Severity.ERROR, message, remedy, "lesions", lesion.lesion)
    for name, count in names.items():
        if count > 1:
            message = f"Lesion {name} is defined {count} times."
            report.add("TW-REC-004", Severity.ERROR, message, "Keep one definition.", "lesions", name)


def _check_baseline(
    history: LesionHistory, rules: LesionRules, start_on: date | None, report: _Report
) -> None:
    """Sizes and timing at baseline."""
    readings = {reading.lesion: reading for reading in history.baseline.targets}
    for lesion in history.targets:
        reading = readings.get(lesion.lesion)
        where = ("baseline", lesion.lesion)
        value = None if reading is None or reading.state is not State.MEASURED else reading.value_mm
        if value is None:
            message = f"Target lesion {lesion.lesion} has no measurement at baseline."
            remedy = "Enter its diameter, or follow it as a non-target lesion."
            report.add("TW-REC-005", Severity.ERROR, message, remedy, *where)
            continue
        least = rules.min_node_mm if lesion.nodal else rules.min_target_mm
        if value < least:
            what = "short axis" if lesion.nodal else "longest diameter"
            message = f"Target lesion {lesion.lesion} is smaller at baseline than {least} mm ({what})."
            remedy = "Correct the measurement, or follow it as a non-target lesion."
            report.add("TW-REC-006", Severity.ERROR, message, remedy, *where)
    if start_on is not None:
        days = (start_on - history.baseline.on).days
        if not 0 <= days <= rules.baseline_window_days:
            message = (
                f"The baseline assessment is not within {rules.baseline_window_days} days before the start."
            )
            remedy = "Confirm the date, or record the deviation."
            report.add("TW-REC-007", Severity.WARNING, message, remedy, "baseline")


def _check_readings(visit: Visit, lesions: dict[str, Lesion], report: _Report) -> None:
    """Readings of one assessment: known lesions, once each, resolution, merging."""
    where = ("visits", visit.visit)
    all_names = [r.lesion for r in (*visit.targets, *visit.non_targets, *visit.new)]
    for name, count in sorted(Counter(all_names).items()):
        if count > 1:
            message = f"Lesion {name} was read {count} times at this assessment."
            report.add("TW-REC-010", Severity.ERROR, message, "Keep one reading.", *where, name)
        if name not in lesions:
            message, remedy = f"Lesion {name} is not defined.", "Define it, or correct its name."
            report.add("TW-REC-011", Severity.ERROR, message, remedy, *where, name)
    measured = {r.lesion for r in visit.targets if r.state is State.MEASURED}
    for reading in visit.targets:
        if reading.state is State.MERGED and reading.merged_into not in measured:
            message = f"Lesion {reading.lesion} merged with one that was not measured at this assessment."
            remedy = "Name the target that carries the diameter of the merged mass, and enter that diameter."
            report.add("TW-REC-012", Severity.ERROR, message, remedy, *where, reading.lesion)
        if reading.mm is not None and compute_decimals(reading.mm) > 1:
            message = f"Lesion {reading.lesion} is given finer than 0.1 mm."
            report.add("TW-REC-013", Severity.WARNING, message, "Round to 0.1 mm.", *where, reading.lesion)


def _check_methods(history: LesionHistory, report: _Report) -> None:
    """One method a lesion, kept through follow-up."""
    first: dict[str, Reading] = {r.lesion: r for r in history.baseline.targets if r.method}
    for visit in history.visits:
        for reading in visit.targets:
            known = first.setdefault(reading.lesion, reading)
            if reading.method and known.method and reading.method != known.method:
                message = f"Lesion {reading.lesion} was measured by another method than before."
                remedy = "Use the method of baseline, or read the lesion as not evaluable."
                report.add(
                    "TW-REC-014", Severity.WARNING, message, remedy, "visits", visit.visit, reading.lesion
                )


def _check_twins(history: LesionHistory, report: _Report) -> None:
    """Two targets of one organ with the same sizes throughout: probably one lesion entered twice."""
    courses: dict[tuple[str, tuple[object, ...]], str] = {}
    visits = (history.baseline, *history.visits)
    for lesion in history.targets:
        course = tuple(r.value_mm for visit in visits for r in visit.targets if r.lesion == lesion.lesion)
        other = courses.setdefault((_organ_key(lesion), course), lesion.lesion)
        if other != lesion.lesion and len(course) > 1:
            message = (
                f"Lesions {other} and {lesion.lesion} of one organ have the same sizes at every assessment."
            )
            remedy = "Check that they are not one lesion entered twice."
            report.add("TW-REC-015", Severity.WARNING, message, remedy, "lesions", lesion.lesion)


def check_lesions(
    history: LesionHistory, rules: LesionRules = DEFAULT_LESION_RULES, start_on: date | None = None
) -> list[Finding]:
    """Everything wrong with one subject's lesions and readings.

    ``start_on``: the start of treatment, for the window of the baseline assessment.
    """
    report = _Report(history.subject)
    lesions = {lesion.lesion: lesion for lesion in history.lesions}
    _check_choice(history, rules, report)
    _check_baseline(history, rules, start_on, report)
    dates = Counter(visit.on for visit in history.visits)
    for visit in (history.baseline, *history.visits):
        _check_readings(visit, lesions, report)
    for visit in history.visits:
        if visit.on <= history.baseline.on:
            message = "An assessment after baseline is dated on or before the baseline."
            remedy = "Correct one of the two dates."
            report.add("TW-REC-008", Severity.ERROR, message, remedy, "visits", visit.visit)
        if dates[visit.on] > 1:
            message = "Two assessments have the same date."
            remedy = "Put them together, or correct a date."
            report.add("TW-REC-009", Severity.ERROR, message, remedy, "visits", visit.visit)
    _check_methods(history, report)
    _check_twins(history, report)
    return report.found


def check_entered_response(point: TimePoint, entered: str) -> list[Finding]:
    """A warning where the entered overall response is not the computed one."""
    if entered == point.overall.value:
        return []
    place = Place(path=("subjects", point.subject, "visits", point.visit))
    known = entered in {response.value for response in Response}
    if not known:
        message, remedy = "The entered response is not a RECIST response.", "Choose one from the list."
        return [Finding("TW-REC-020", Severity.ERROR, message, remedy, place)]
    message = "The entered response differs from the one that the measurements give."
    remedy = "Check the measurements and the response; if the response stays, say why."
    return [Finding("TW-REC-021", Severity.WARNING, message, remedy, place)]


def check_course(points: Sequence[TimePoint]) -> list[Finding]:
    """Findings for the flags raised along a subject's course."""
    said = {
        "AFTER_CR_NOT_CR": (
            "TW-REC-030",
            "Disease is present again after a complete response, without progression by the sum.",
            "Decide whether the response was complete; if it was, this is progression.",
        ),
        "EQUIVOCAL_NEW_LESION": (
            "TW-REC-031",
            "A possible new lesion was seen.",
            "Look at it at the next assessment; if it proves true, progression is dated to this one.",
        ),
        "SUM_FELL_BY_HALF": (
            "TW-REC-032",
            "The sum fell by more than half since the assessment before.",
            "Check that the same lesions were measured.",
        ),
    }
    return [
        Finding(
            code, Severity.WARNING, message, remedy, Place(path=("subjects", p.subject, "visits", p.visit))
        )
        for p in points
        for code, message, remedy in (said[flag] for flag in p.review)
    ]
