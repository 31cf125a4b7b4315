"""Lesion measurements to sums and time-point responses: the tidy file, a row a lesion and assessment."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal

from trialwright.outcomes.files.columns import Column, FileShape, Row, Sheet, lacks_columns, open_sheet
from trialwright.outcomes.recist.checks import check_lesions
from trialwright.outcomes.recist.irecist import compute_immune_course, derive_immune_points
from trialwright.outcomes.recist.lesions import (
    Lesion,
    LesionHistory,
    NewReading,
    NewState,
    NonTargetReading,
    NonTargetState,
    Reading,
    Role,
    State,
    Visit,
    parse_reading,
)
from trialwright.outcomes.recist.responses import Response
from trialwright.outcomes.recist.target import compute_carried_responses, compute_sum
from trialwright.outcomes.recist.time_points import TimePoint, derive_time_points
from trialwright.outcomes.traceability import Derived
from trialwright.study.findings import Finding, Severity

LESIONS = FileShape(
    "Lesion measurements",
    (
        Column("subject", "Identifier of the subject.", ("USUBJID", "SUBJID", "subject_id"), True),
        Column("visit", "Name of the assessment; without it every date is one.", ("VISIT", "time_point")),
        Column("date", "Date of the scan.", ("TRDTC", "ADT", "scan_date"), True),
        Column("lesion", "Name of the lesion, the same at every assessment.", ("TRLNKID", "lesion_id"), True),
        Column(
            "role",
            "TARGET, NON-TARGET or NEW.",
            ("TUSTRESC", "TRGRPID", "lesion_type", "category"),
            True,
        ),
        Column("organ", "Organ or site.", ("TULOC", "location", "site")),
        Column("nodal", "Y for a lymph node (short axis).", ("node", "is_node")),
        Column(
            "value",
            "Target: a size, TSTM (too small to measure), ABSENT, NE or MERGED. Non-target: PRESENT, ABSENT, PD "
            "or NE. New: UNEQUIVOCAL (or PRESENT, or a size), EQUIVOCAL, ABSENT or NE.",
            ("TRSTRESC", "TRORRES", "diameter_mm", "size"),
            True,
        ),
        Column("unit", "mm (the default) or cm.", ("TRSTRESU", "TRORRESU")),
        Column(
            "baseline", "Y on the rows of the baseline; without it the earliest date.", ("TRBLFL", "ABLFL")
        ),
        Column("method", "Method of imaging.", ("TRMETHOD",)),
        Column("merged_into", "For MERGED: the target that carries the diameter."),
        Column("fragment", "For a lesion that split: the name of the piece; the pieces are added up."),
        Column("source_id", "Number of the ledger event, carried into the result."),
    ),
)

_ROLES = {
    "TARGET": Role.TARGET,
    "T": Role.TARGET,
    "NON-TARGET": Role.NON_TARGET,
    "NON_TARGET": Role.NON_TARGET,
    "NONTARGET": Role.NON_TARGET,
    "NT": Role.NON_TARGET,
    "NEW": Role.NEW,
}
_NON_TARGET = {
    "PRESENT": NonTargetState.PRESENT,
    "NON-CR/NON-PD": NonTargetState.PRESENT,
    "ABSENT": NonTargetState.ABSENT,
    "CR": NonTargetState.ABSENT,
    "PD": NonTargetState.UNEQUIVOCAL_PROGRESSION,
    "UNEQUIVOCAL": NonTargetState.UNEQUIVOCAL_PROGRESSION,
    "UNEQUIVOCAL PROGRESSION": NonTargetState.UNEQUIVOCAL_PROGRESSION,
    "NE": NonTargetState.NOT_EVALUABLE,
    "NOT EVALUABLE": NonTargetState.NOT_EVALUABLE,
}
_NEW = {
    "UNEQUIVOCAL": NewState.UNEQUIVOCAL,
    "PRESENT": NewState.UNEQUIVOCAL,
    "EQUIVOCAL": NewState.EQUIVOCAL,
    "ABSENT": NewState.ABSENT,
    "NE": NewState.NOT_EVALUABLE,
    "NOT EVALUABLE": NewState.NOT_EVALUABLE,
}
_MM_PER_UNIT = {"": Decimal(1), "MM": Decimal(1), "CM": Decimal(10)}

_AnyReading = Reading | NonTargetReading | NewReading


def _read_unit(sheet: Sheet, row: int) -> Decimal | None:
    factor = _MM_PER_UNIT.get(sheet.text(row, "unit").upper())
    if factor is None:
        message, remedy = "This unit is not mm or cm.", "Give the size in mm."
        sheet.report("TW-TAB-030", Severity.ERROR, row, "unit", message, remedy)
    return factor


def _read_value(sheet: Sheet, row: int, role: Role, lesion: str, on: date) -> _AnyReading | None:
    """The reading of one row; a finding and ``None`` for a value that the role does not know."""
    text = sheet.text(row, "value").upper() or "NE"
    factor = _read_unit(sheet, row)
    if factor is None:
        return None
    ids = sheet.source_ids(row)
    sized = parse_reading(lesion, text, on=on, method=sheet.text(row, "method"))
    reading: _AnyReading | None = None
    if role is Role.TARGET and sized is not None:
        mm = None if sized.mm is None else sized.mm * factor
        reading = replace(sized, mm=mm, merged_into=sheet.text(row, "merged_into"), source_ids=ids)
    elif role is Role.NON_TARGET and text in _NON_TARGET:
        reading = NonTargetReading(lesion, _NON_TARGET[text], on, ids)
    elif role is Role.NEW:
        nodal = sheet.flag(row, "nodal")
        if text in _NEW:
            reading = NewReading(lesion, _NEW[text], nodal, None, on, ids)
        elif sized is not None and sized.mm is not None:
            reading = NewReading(lesion, NewState.UNEQUIVOCAL, nodal, sized.mm * factor, on, ids)
    if reading is None:
        message = f"This value does not exist for a {role.value.replace('_', '-')} lesion."
        meaning = sheet.shape.column("value").meaning
        sheet.report("TW-TAB-031", Severity.ERROR, row, "value", message, meaning)
    return reading


class _Subject:
    """The rows of one subject, gathered."""

    def __init__(self) -> None:
        self.lesions: dict[str, Lesion] = {}
        self.units: dict[str, set[str]] = {}
        self.readings: dict[str, list[tuple[_AnyReading, str]]] = {}
        self.dates: dict[str, date] = {}
        self.baseline: set[str] = set()


def _gather(sheet: Sheet) -> dict[str, _Subject]:
    subjects: dict[str, _Subject] = {}
    for row in range(len(sheet.rows)):
        name, lesion = sheet.text(row, "subject"), sheet.text(row, "lesion")
        on = sheet.whole_date(row, "date")
        role = _ROLES.get(sheet.text(row, "role").upper())
        if role is None:
            message, remedy = "This is not a kind of lesion.", "Use TARGET, NON-TARGET or NEW."
            sheet.report("TW-TAB-032", Severity.ERROR, row, "role", message, remedy)
        if not name or not lesion or (on is None and sheet.value(row, "date") is None):
            message, remedy = (
                "The row lacks the subject, the lesion or the date.",
                "Complete it or remove it.",
            )
            sheet.report("TW-TAB-033", Severity.ERROR, row, "lesion", message, remedy)
        if not name or not lesion or on is None or role is None:
            continue
        subject = subjects.setdefault(name, _Subject())
        nodal = sheet.flag(row, "nodal")
        known = subject.lesions.setdefault(lesion, Lesion(lesion, role, sheet.text(row, "organ"), nodal))
        if (known.role, known.nodal) != (role, nodal if sheet.has("nodal") else known.nodal):
            message = "The lesion is of another kind here than before."
            remedy = "A lesion keeps its role and its nodal flag for life."
            sheet.report("TW-TAB-034", Severity.ERROR, row, "role", message, remedy)
            continue
        organ = sheet.text(row, "organ")
        if organ and organ.casefold() != known.organ.casefold():
            message, remedy = "The lesion lies in another organ here than before.", "Correct one of the two."
            sheet.report("TW-TAB-036", Severity.WARNING, row, "organ", message, remedy)
        unit = sheet.text(row, "unit").upper() or "MM"
        units = subject.units.setdefault(lesion, {unit})
        if unit not in units:
            units.add(unit)
            message, remedy = "The lesion is given in two units.", "The sizes were taken to mm; check them."
            sheet.report("TW-TAB-035", Severity.WARNING, row, "unit", message, remedy)
        reading = _read_value(sheet, row, role, lesion, on)
        if reading is not None:
            visit = sheet.text(row, "visit") or on.isoformat()
            subject.readings.setdefault(visit, []).append((reading, sheet.text(row, "fragment")))
            subject.dates[visit] = min(on, subject.dates.get(visit, on))
            if sheet.flag(row, "baseline"):
                subject.baseline.add(visit)
    return subjects


def _join_fragments(readings: Sequence[tuple[_AnyReading, str]]) -> list[_AnyReading]:
    """Add up the pieces of lesions that split."""
    joined: list[_AnyReading] = []
    pieces: dict[str, list[Reading]] = {}
    for reading, fragment in readings:
        if fragment and isinstance(reading, Reading) and reading.mm is not None:
            pieces.setdefault(reading.lesion, []).append(reading)
        else:
            joined.append(reading)
    for parts in pieces.values():
        sizes = tuple(part.mm for part in parts if part.mm is not None)
        joined.append(replace(parts[0], mm=None, fragments_mm=sizes))
    return joined


def _build_visit(name: str, subject: _Subject) -> Visit:
    readings = _join_fragments(subject.readings[name])
    return Visit(
        name,
        subject.dates[name],
        tuple(r for r in readings if isinstance(r, Reading)),
        tuple(r for r in readings if isinstance(r, NonTargetReading)),
        tuple(r for r in readings if isinstance(r, NewReading)),
    )


def read_histories(sheet: Sheet) -> list[LesionHistory]:
    """The lesions of every subject of the file, by subject in the order of first appearance."""
    histories: list[LesionHistory] = []
    for name, subject in _gather(sheet).items():
        order = sorted(subject.readings, key=lambda visit: subject.dates[visit])
        if not order:
            continue
        base = next((visit for visit in order if visit in subject.baseline), order[0])
        later = tuple(_build_visit(v, subject) for v in order if v != base)
        histories.append(
            LesionHistory(name, tuple(subject.lesions.values()), _build_visit(base, subject), later)
        )
    return histories


def _baseline_row(history: LesionHistory) -> dict[str, object]:
    total, complete = compute_sum(history.baseline.targets)
    evaluable = all(r.state is not State.NOT_EVALUABLE for r in history.baseline.targets)
    row: dict[str, object] = {}
    row |= dict.fromkeys(_OUTPUT)
    row |= {
        "subject": history.subject,
        "visit": history.baseline.visit,
        "date": history.baseline.on,
        "baseline": "Y",
        "sum_mm": total,
        "sum_complete": "Y" if complete and evaluable else "N",
    }
    return row


_OUTPUT: tuple[str, ...] = (
    "subject",
    "visit",
    "date",
    "baseline",
    "sum_mm",
    "sum_complete",
    "nadir_mm",
    "change_from_baseline_percent",
    "change_from_nadir_mm",
    "change_from_nadir_percent",
    "target_response",
    "carried_target_response",
    "non_target_response",
    "new_lesion",
    "overall_response",
    "progression_date",
    "review",
    "why",
    "source_ids",
)


def _point_row(point: TimePoint, carried: Response) -> dict[str, object]:
    target = point.target
    values: tuple[object, ...] = (
        point.subject,
        point.visit,
        point.on,
        "N",
        target.sum_mm,
        "Y" if target.complete else "N",
        target.nadir_before_mm,
        target.percent_from_baseline,
        target.change_from_nadir_mm,
        target.percent_from_nadir,
        target.response.value,
        carried.value,
        point.non_target.value,
        "Y" if point.new_lesion else "N",
        point.overall.value,
        point.progression_on,
        " ".join(point.review),
        target.why,
        " ".join(str(n) for n in point.source_ids),
    )
    return dict(zip(_OUTPUT, values, strict=True))


def _subject_rows(history: LesionHistory, with_immune: bool) -> list[dict[str, object]]:
    """The rows of one subject."""
    points = derive_time_points(history)
    carried = compute_carried_responses([point.target.response for point in points])
    rows = [_baseline_row(history), *(_point_row(p, c) for p, c in zip(points, carried, strict=True))]
    if with_immune:
        course = compute_immune_course(*derive_immune_points(history))
        for row, response in zip(rows, (None, *course.responses), strict=True):
            row["immune_response"] = None if response is None else response.value
            row["immune_progression_status"] = course.status.value
            row["immune_progression_date"] = course.progression_on
            row["immune_best_response"] = course.best.value
    return rows


def derive_time_point_rows(
    rows: Sequence[Row], *, file: str = "LESIONS", with_immune: bool = False
) -> Derived[dict[str, object]]:
    """A row for the baseline and one for every assessment of every subject, by subject and date.

    ``with_immune`` adds iRECIST beside RECIST 1.1: the response of the assessment, and the status, date of
    progression and best response of the subject.

    A subject whose lesions have an error (a lesion read twice, one that is not defined, ...) has findings
    and no rows; warnings leave the rows.
    """
    sheet = open_sheet(file, LESIONS, rows)
    if lacks_columns(sheet):
        return Derived((), tuple(sheet.findings))
    out: list[dict[str, object]] = []
    findings: list[Finding] = []
    for history in read_histories(sheet):
        wrong = [replace(f, place=replace(f.place, file=file)) for f in check_lesions(history)]
        if not sheet.has("organ"):
            wrong = [f for f in wrong if f.code != "TW-REC-003"]
        findings.extend(wrong)
        if not any(f.severity is Severity.ERROR and f.code in _FATAL for f in wrong):
            out.extend(_subject_rows(history, with_immune))
    return Derived(tuple(out), (*sheet.findings, *findings))


_FATAL = frozenset({"TW-REC-004", "TW-REC-008", "TW-REC-009", "TW-REC-010", "TW-REC-011", "TW-REC-012"})
"""Faults that make the responses meaningless; too many or too small targets are reported, and computed all
the same.
"""
