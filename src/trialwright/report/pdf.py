"""The report as PDF, set by Typst."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from itertools import zip_longest

from .extent import shorten
from .model import Figure, Number, Report, Table
from .typesetting import typeset

WIDE_COLUMNS, WIDE_LETTERS = 8, 90
"""A listing of more columns than this, or a table with more letters in a row besides, is set on pages turned aside."""

PREAMBLE = """\
#set page(paper: "a4", margin: (x: 18mm, top: 20mm, bottom: 20mm), numbering: "1 / 1", {header}footer: context [
  #set text(7.5pt, fill: luma(90))
  {foot} #h(1fr) #counter(page).display("1 / 1", both: true)
])
#set text(font: ("Libertinus Serif", "New Computer Modern", "Noto Serif"), size: 9.5pt, lang: "en")
#set document(title: "{name}", date: datetime(year: {year}, month: {month}, day: {day}))
#set heading(numbering: "1.")
#show table.cell.where(y: 0): strong
#show figure: set block(breakable: true)
#set table(stroke: (x, y) => (bottom: if y == 0 {{ 0.7pt }} else {{ 0.25pt + luma(200) }}), inset: (x: 4pt, y: 3pt))
#text(16pt, weight: "bold")[{title}]

#text(11pt)[{heading}]
"""


def render_pdf(report: Report) -> bytes:
    """The report as PDF bytes; the same report gives the same bytes."""
    files = {f"{figure.id}.svg": figure.svg.encode() for figure in report.figures()}
    moment = date.fromisoformat(report.stamp.cut_on)
    return typeset("\n".join(_source(report)), files, "pdf", timestamp=int(_noon(moment)))


def _noon(on: date) -> float:
    """Seconds since 1970 at noon UTC of a date: the creation date that stands in the file."""
    return (on - date(1970, 1, 1)).days * 86_400 + 43_200


def _source(report: Report) -> Iterator[str]:
    stamp = report.stamp
    cut = date.fromisoformat(stamp.cut_on)
    foot = f"{stamp.study.upper()}, protocol {stamp.protocol_version}, ledger {stamp.cut_seq} {stamp.ledger_head[:12]}"
    band = "Simulated data: nobody in this report is a real person."
    header = f'header: text(8pt, fill: rgb("#5b3a8c"))[{band}], ' if stamp.simulated else ""
    title, name = _escape(report.title), _quote(report.title)
    year, month, day = cut.year, cut.month, cut.day
    heading = _escape(report.heading + ("" if stamp.by_arm else ", arms pooled"))
    yield PREAMBLE.format(
        title=title,
        name=name,
        heading=heading,
        foot=_escape(foot),
        header=header,
        year=year,
        month=month,
        day=day,
    )
    yield f"Data to {stamp.cut_on}, ledger entry {stamp.cut_seq}. {_escape(stamp.software)}.\n"
    for section in report.sections:
        yield f"= {_escape(section.title)}\n"
        yield from (f"{_escape(words)}\n" for words in section.words)
        for block in section.blocks:
            yield from _figure(block) if isinstance(block, Figure) else _table(block)
    yield "= Conventions\n"
    yield from (f"- {_escape(words)}" for words in report.conventions)


def _figure(figure: Figure) -> Iterator[str]:
    caption = _escape(" ".join((figure.words, *figure.notes)))
    yield f"== {_escape(figure.title)}\n"
    yield f'#image("{figure.id}.svg", width: 100%, alt: "{_quote(f"{figure.title}. {figure.words}")}")\n'
    yield f"#text(8.5pt, fill: luma(80))[{caption}]\n"
    if figure.data is not None:
        yield from _table(figure.data)


def _table(whole: Table) -> Iterator[str]:
    table = shorten(whole)
    wide = _is_wide(table)
    if wide:
        yield "#page(flipped: true)["
    yield f"== {_escape(table.title)}\n"
    columns = ", ".join(["1.6fr", *("1fr" for _ in table.columns[1:])])
    size = "7pt" if len(table.columns) > 6 or table.listing else "8.5pt"
    yield f"#text({size})[#table(columns: ({columns}),"
    yield f"  table.header({', '.join(f'[{_escape(column)}]' for column in table.columns)}),"
    for row in table.rows:
        cells = [cell.text if isinstance(cell, Number) else cell for cell in row.cells]
        cells += [""] * (len(table.columns) - 1 - len(cells))
        texts = (f"#h({row.indent * 8}pt){_escape(row.label)}", *(_escape(cell) for cell in cells))
        yield f"  {', '.join(f'[{text}]' for text in texts)},"
    yield ")]\n"
    yield from (f"#text(8pt, fill: luma(80))[{_escape(note)}]\n" for note in table.notes)
    if wide:
        yield "]"


def _is_wide(table: Table) -> bool:
    """Whether a table needs a page of its own on its side: many columns, and more in them than some digits."""
    if len(table.columns) <= WIDE_COLUMNS:
        return False
    letters = [
        max((len(cell.text if isinstance(cell, Number) else cell) for cell in column), default=0)
        for column in zip_longest(*(row.cells for row in table.rows), fillvalue="")
    ]
    return table.listing or sum(letters) > WIDE_LETTERS


def _quote(text: str) -> str:
    """Text inside the quotation marks of a Typst string, where only those and the backslash mean something."""
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", " ")


def _escape(text: str) -> str:
    """Text with everything that Typst would read as markup put out of force."""
    special = "\\#$*_`<>@~[]\"'/=-+"
    return "".join(f"\\{char}" if char in special else char for char in text).replace("\n", " ")
