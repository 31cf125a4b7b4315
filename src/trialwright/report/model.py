"""What a report is: sections of tables and figures in which every number knows where it came from.

The same structure is rendered as HTML, PDF, CSV and JSON, and as pages on which a number can be opened.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Number:
    """One reported number.

    ``text`` is what people read, ``value`` the unrounded number behind it (None where not estimable),
    ``definition`` says in words how it was computed. ``subjects`` are the pseudonyms that it counts or rests
    on, ``sources`` the ledger sequences of the events that made it.
    """

    id: str
    text: str
    value: float | int | None
    definition: str
    unit: str = ""
    subjects: tuple[str, ...] = ()
    sources: tuple[int, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """A JSON-ready mapping."""
        return {
            "text": self.text,
            "value": self.value,
            "unit": self.unit,
            "definition": self.definition,
            "subjects": list(self.subjects),
            "sources": list(self.sources),
        }


Cell = Number | str


@dataclass(frozen=True, slots=True)
class Row:
    """One row: a label, its level of indentation, and a cell for each column after the first.

    A row of a listing is about one ``subject`` and keeps the ledger entries it came from in ``sources``.
    """

    label: str
    cells: tuple[Cell, ...]
    indent: int = 0
    subject: str = ""
    sources: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Table:
    """A table. ``columns`` includes the heading of the row labels.

    A ``listing`` has a row for each record: documents show its beginning where it is long, files hold it whole.
    """

    id: str
    title: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    notes: tuple[str, ...] = ()
    listing: bool = False

    def numbers(self) -> Iterator[Number]:
        """Every number of the table."""
        for row in self.rows:
            yield from (cell for cell in row.cells if isinstance(cell, Number))


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure as SVG text, with a sentence that says the same in words and the table of its data."""

    id: str
    title: str
    svg: str
    words: str
    notes: tuple[str, ...] = ()
    data: Table | None = None


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the report: prose, then tables and figures in order."""

    id: str
    title: str
    words: tuple[str, ...] = ()
    blocks: tuple[Table | Figure, ...] = ()


@dataclass(frozen=True, slots=True)
class Stamp:
    """What a report was made from, and for whom. ``cut_seq`` is the last ledger entry that counts."""

    study: str
    study_version: str
    protocol_version: str
    ledger_head: str
    cut_seq: int
    cut_on: str
    software: str
    simulated: bool
    variant: str = "final"
    by_arm: bool = True


@dataclass(frozen=True, slots=True)
class Report:
    """The whole report."""

    title: str
    stamp: Stamp
    sections: tuple[Section, ...]
    conventions: tuple[str, ...] = field(default=())
    heading: str = "Report"

    def tables(self) -> Iterator[Table]:
        """Every table, those behind figures included."""
        for section in self.sections:
            for block in section.blocks:
                if isinstance(block, Table):
                    yield block
                elif block.data is not None:
                    yield block.data

    def figures(self) -> Iterator[Figure]:
        """Every figure."""
        for section in self.sections:
            yield from (block for block in section.blocks if isinstance(block, Figure))

    def numbers(self) -> dict[str, Number]:
        """Every number by its id."""
        return {number.id: number for table in self.tables() for number in table.numbers()}
