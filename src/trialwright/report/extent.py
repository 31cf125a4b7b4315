"""How much of a long listing a document shows. Files for machines always hold all of it."""

from __future__ import annotations

from dataclasses import replace

from .model import Table

LISTED_ROWS = 300
"""Rows of a listing in HTML, PDF and RTF. A trial of 40 subjects stays below it in most listings."""


def shorten(table: Table) -> Table:
    """The table as a document shows it: a listing cut after `LISTED_ROWS` rows, with a note that says so."""
    if not table.listing or len(table.rows) <= LISTED_ROWS:
        return table
    note = f"The first {LISTED_ROWS} of {len(table.rows):,} rows; the file tables/{table.id}.csv has all of them."
    return replace(table, rows=table.rows[:LISTED_ROWS], notes=(*table.notes, note))
