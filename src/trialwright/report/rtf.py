"""Tables as RTF, one file a table, landscape, as sponsors file them: title, footnotes, and what it was made from.

Written with `rtflite`; text is escaped here, because its own conversion reads some words as commands.
"""

from __future__ import annotations

from typing import Any

from .export import SIMULATED
from .extent import shorten
from .model import Number, Row, Stamp, Table

SPECIAL = str.maketrans({"\\": "\\'5c", "{": "\\'7b", "}": "\\'7d", "\n": " "})
INDENT = "\\~" * 4
"""Hard spaces before an indented label: an indent by cell costs the library seconds in a long table."""

LABEL_SHARE = 2.0
"""Width of the first column, in widths of the others."""


def export_rtf(table: Table, stamp: Stamp) -> str:
    """A table as an RTF document; the same table gives the same text."""
    import polars
    import rtflite

    table = shorten(table)
    columns = [f"c{index}" for index in range(len(table.columns))]
    rows = [_cells(row, len(columns)) for row in table.rows] or [["No rows.", *[""] * (len(columns) - 1)]]
    frame = polars.DataFrame(rows, schema=dict.fromkeys(columns, polars.String), orient="row")
    widths = [LABEL_SHARE, *[1.0] * (len(columns) - 1)]
    sides = ["l", *["l" if table.listing else "c"] * (len(columns) - 1)]
    plain: dict[str, Any] = {"text_convert": False}
    document = rtflite.RTFDocument(
        df=frame,
        rtf_page=rtflite.RTFPage(orientation="landscape"),
        rtf_page_header=rtflite.RTFPageHeader(text=SIMULATED, **plain) if stamp.simulated else None,
        rtf_title=rtflite.RTFTitle(text=[_escape(table.title)], **plain),
        rtf_column_header=[
            rtflite.RTFColumnHeader(
                text=[_escape(c) for c in table.columns],
                col_rel_width=widths,
                text_justification=sides,
                **plain,
            )
        ],
        rtf_body=rtflite.RTFBody(col_rel_width=widths, text_justification=sides, **plain),
        rtf_footnote=rtflite.RTFFootnote(text=[_escape(note) for note in table.notes], **plain)
        if table.notes
        else None,
        rtf_source=rtflite.RTFSource(text=_escape(write_stamp(stamp)), **plain),
    )
    return document.rtf_encode()


def write_stamp(stamp: Stamp) -> str:
    """What a file was made from, in one line."""
    arms = "" if stamp.by_arm else ", arms pooled"
    return (
        f"{stamp.study.upper()}, protocol {stamp.protocol_version}, {stamp.variant} report{arms}, data to "
        f"{stamp.cut_on}, ledger entry {stamp.cut_seq} {stamp.ledger_head[:12]}, {stamp.software}."
    )


def _cells(row: Row, width: int) -> list[str]:
    texts = [cell.text if isinstance(cell, Number) else cell for cell in row.cells]
    filled = [*texts, *[""] * (width - 1 - len(texts))]
    return [INDENT * row.indent + _escape(row.label), *(_escape(text) for text in filled)]


def _escape(text: str) -> str:
    return text.translate(SPECIAL)
