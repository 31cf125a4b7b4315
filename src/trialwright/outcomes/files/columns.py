"""Columns of input files: what they are called, what they mean, whether they must be there; values read from
them.
"""

from __future__ import annotations

import difflib
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal, InvalidOperation

from trialwright.outcomes.dates import PartialDate, parse_partial_date
from trialwright.study.findings import Finding, Place, Severity

Row = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its name in this house, other names it may have, and its meaning."""

    name: str
    meaning: str
    other_names: tuple[str, ...] = ()
    required: bool = False


@dataclass(frozen=True, slots=True)
class FileShape:
    """The columns of one kind of file."""

    title: str
    columns: tuple[Column, ...]

    def column(self, name: str) -> Column:
        """The column of that name."""
        return {column.name: column for column in self.columns}[name]


def render_columns(shape: FileShape) -> str:
    """The columns as a Markdown table, for the documentation."""
    lines = ["| column | also called | must be there | meaning |", "| --- | --- | --- | --- |"]
    for column in shape.columns:
        others = ", ".join(f"`{name}`" for name in column.other_names)
        must = "yes" if column.required else ""
        lines.append(f"| `{column.name}` | {others} | {must} | {column.meaning} |")
    return "\n".join(lines)


@dataclass(slots=True)
class Sheet:
    """A file's rows with its columns found, and the findings about them so far.

    Names are found without regard to case; of several that fit the first in the order of the shape is taken.
    """

    file: str
    shape: FileShape
    rows: Sequence[Row]
    names: dict[str, str] = field(default_factory=dict[str, str])
    findings: list[Finding] = field(default_factory=list[Finding])

    def has(self, column: str) -> bool:
        """Whether the file has that column."""
        return column in self.names

    def report(self, code: str, severity: Severity, row: int, column: str, message: str, remedy: str) -> None:
        """Add a finding about one cell; rows count from 1."""
        name = self.names.get(column, column)
        self.findings.append(
            Finding(code, severity, message, remedy, Place(self.file, path=("row", row + 1, name)))
        )

    def value(self, row: int, column: str) -> object:
        """A cell, ``None`` where the column or the value is missing (empty text and NaN are missing)."""
        name = self.names.get(column)
        if name is None:
            return None
        found = self.rows[row].get(name)
        if isinstance(found, str) and not found.strip():
            return None
        return None if isinstance(found, float) and math.isnan(found) else found

    def text(self, row: int, column: str) -> str:
        """A cell as text without surrounding space; empty where missing."""
        found = self.value(row, column)
        if isinstance(found, float) and found.is_integer():
            return str(int(found))
        return "" if found is None else str(found).strip()

    def partial_date(self, row: int, column: str) -> PartialDate | None:
        """A cell as a date that may be partial; a finding for what is not ISO 8601."""
        found = self.value(row, column)
        if found is None:
            return None
        if isinstance(found, datetime):
            return PartialDate.of(found.date())
        if isinstance(found, date):
            return PartialDate.of(found)
        parsed = parse_partial_date(str(found))
        if parsed is None:
            message = "This is not a date."
            remedy = "Write dates as 2026-03-14 (ISO 8601)."
            self.report("TW-TAB-010", Severity.ERROR, row, column, message, remedy)
        return parsed

    def whole_date(self, row: int, column: str) -> date | None:
        """A cell as a whole date; a finding for a partial one."""
        parsed = self.partial_date(row, column)
        if parsed is None:
            return None
        if parsed.month is None or parsed.day is None:
            message, remedy = "This date is not complete.", "Give the day, or leave the row out."
            self.report("TW-TAB-011", Severity.ERROR, row, column, message, remedy)
            return None
        return parsed.earliest

    def number(self, row: int, column: str) -> Decimal | None:
        """A cell as an exact decimal; a finding for what is not a finite number."""
        found = self.value(row, column)
        if found is None:
            return None
        try:
            number = Decimal(str(found).strip())
        except InvalidOperation:
            number = Decimal("NaN")
        if number.is_finite():
            return number
        self.report("TW-TAB-012", Severity.ERROR, row, column, "This is not a number.", "Correct the value.")
        return None

    def source_ids(self, row: int) -> tuple[int, ...]:
        """The number of the ledger event of a row, where the file gives one."""
        text = self.text(row, "source_id")
        return (int(text),) if text.isascii() and text.isdigit() and len(text) < 19 else ()

    def flag(self, row: int, column: str) -> bool:
        """A cell as yes or no: Y, YES, TRUE and 1 are yes."""
        return self.text(row, column).upper() in ("Y", "YES", "TRUE", "1")


def open_sheet(
    file: str, shape: FileShape, rows: Sequence[Row], header: Sequence[str] | None = None
) -> Sheet:
    """Find the columns of a file.

    ``header``: the names in the file, where ``rows`` may be empty. A required column that is missing is an
    error with the nearest name as a hint; no rows at all is a warning (columns are then not asked for unless
    named).
    """
    present = list(header) if header is not None else list(dict.fromkeys(n for row in rows for n in row))
    folded = {name.strip().casefold(): name for name in reversed(present)}
    sheet = Sheet(file, shape, rows)
    for column in shape.columns:
        fits = [folded[n.casefold()] for n in (column.name, *column.other_names) if n.casefold() in folded]
        if fits:
            sheet.names[column.name] = fits[0]
        elif column.required and present:
            near = difflib.get_close_matches(
                column.name, [n for n in present if n not in sheet.names.values()], 1
            )
            hint = f" Did you mean to rename “{near[0]}”?" if near else ""
            others = f" (or {', '.join(column.other_names)})" if column.other_names else ""
            message = f"The column “{column.name}”{others} is missing: {column.meaning}"
            sheet.findings.append(
                Finding("TW-TAB-001", Severity.ERROR, message, f"Add the column.{hint}", Place(file))
            )
    if not rows:
        message, remedy = "The file has no rows.", "Check that it is the right file."
        sheet.findings.append(Finding("TW-TAB-002", Severity.WARNING, message, remedy, Place(file)))
    return sheet


def choose_evaluator(sheet: Sheet, asked: str) -> str:
    """Whose assessments to use: the one asked for; where several stand in the file the investigator's.

    Empty where the file holds no more than one. A finding says whose were taken, or that one must be chosen.
    """
    if asked or not sheet.has("evaluator"):
        return asked
    several = sorted({sheet.text(row, "evaluator") for row in range(len(sheet.rows))} - {""})
    if len(several) < 2:
        return ""
    place = Place(sheet.file, path=(sheet.names["evaluator"],))
    own = next((name for name in several if name.upper() == "INVESTIGATOR"), "")
    if own:
        message = "The file holds assessments of several evaluators; the investigator's were used."
        sheet.findings.append(
            Finding("TW-TAB-014", Severity.INFO, message, "Choose another if you need it.", place)
        )
        return own
    message = "The file holds assessments of several evaluators."
    sheet.findings.append(Finding("TW-TAB-015", Severity.ERROR, message, "Choose one of them.", place))
    return several[0]


def lacks_columns(sheet: Sheet) -> bool:
    """Whether a required column is missing, so that no row can be read."""
    return any(not sheet.has(column.name) for column in sheet.shape.columns if column.required)
