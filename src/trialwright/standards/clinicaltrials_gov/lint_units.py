"""Many records cut into pieces of work that can be linted anywhere, in any order, with the same answer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import BinaryIO

from trialwright.study.findings import Finding

from .decode import parse_bytes
from .lint import internal_finding, lint_record
from .read import SUFFIXES, iterate_sources, parse_records
from .read_json import Item, parse_line
from .read_stream import decodes_as_utf8, is_streamable, iterate_large_list
from .record import Record

_FILES_AT_ONCE = 16
_LINES_AT_ONCE = 64
_BYTES_AT_ONCE = 4_000_000
_RECORDS_AT_ONCE = 32


@dataclass(frozen=True, slots=True)
class LintUnit:
    """A piece of work: some files, some lines of one file, or some members of a large list.

    ``size`` is in bytes, for the progress bar; 0 where it is not known.
    """

    files: tuple[str, ...] = ()
    lines: tuple[tuple[str, bytes], ...] = ()
    items: tuple[Item, ...] = ()
    size: int = 0


@dataclass(frozen=True, slots=True)
class Linted:
    """What was found in one record, or in a place where no record could be read (``nct_id`` is then empty)."""

    nct_id: str
    origin: str
    is_record: bool
    findings: tuple[Finding, ...]


def lint_unit(unit: LintUnit, on: date) -> tuple[Linted, ...]:
    """Every record of a unit, linted at the day ``on``, in the unit's order.

    A record that cannot be read is a finding; so is a record on which a rule fails, since one defect here
    must not stop the reading of thousands.
    """
    return tuple(_lint(item, on) for item in _items(unit))


def _lint(item: Item, on: date) -> Linted:
    if not isinstance(item, Record):
        return Linted("", item.place.file, is_record=False, findings=(item,))
    try:
        findings = lint_record(item, on)
    except Exception as error:  # a defect of ours: named in the finding, the others are judged
        findings = (internal_finding(item.origin, type(error).__name__),)
    return Linted(item.nct_id, item.origin, is_record=True, findings=findings)


def _items(unit: LintUnit) -> Iterator[Item]:
    yield from iterate_sources(unit.files)
    for origin, data in unit.lines:
        decoded = parse_bytes(data, origin)
        yield from decoded.findings
        if decoded.text is not None:
            yield from parse_line(decoded.text, origin)
    yield from unit.items


def iterate_units(sources: Iterable[str], standard_input: BinaryIO | None = None) -> Iterator[LintUnit]:
    """The records of files, folders and ``-`` as units, in order; nothing but one unit is held in memory."""
    waiting: list[str] = []
    for file in _files(sources):
        if file == "-" or _is_long(Path(file)):
            yield from _bundle(waiting)
            waiting = []
            yield from _long_units(file, standard_input)
            continue
        waiting.append(file)
        if len(waiting) == _FILES_AT_ONCE:
            yield from _bundle(waiting)
            waiting = []
    yield from _bundle(waiting)


def compute_size(sources: Iterable[str]) -> int:
    """How many bytes the sources hold, as far as that can be told before reading."""
    return sum(_size(file) for file in _files(sources) if file != "-")


def _files(sources: Iterable[str]) -> Iterator[str]:
    """Every file of the sources; a folder without a record stands for itself, and is told when it is read."""
    for source in sources:
        path = Path(source)
        if source == "-" or not path.is_dir():
            yield source
            continue
        inside = sorted(p for p in path.rglob("*") if p.suffix.lower() in SUFFIXES and p.is_file())
        yield from (str(p) for p in inside) if inside else (source,)


def _is_long(path: Path) -> bool:
    if path.suffix.lower() in (".jsonl", ".ndjson"):
        return path.is_file()
    try:
        with path.open("rb") as stream:
            return is_streamable(path, stream.read(4096)) and decodes_as_utf8(path)
    except OSError:
        return False


def _long_units(file: str, standard_input: BinaryIO | None) -> Iterator[LintUnit]:
    if file == "-":
        data = standard_input.read() if standard_input is not None else b""
        yield from _members(parse_records(data, "standard input"), 0)
    elif Path(file).suffix.lower() in (".jsonl", ".ndjson"):
        yield from _line_units(Path(file))
    else:
        yield from _members(iterate_large_list(Path(file)), _size(file))


def _line_units(path: Path) -> Iterator[LintUnit]:
    lines: list[tuple[str, bytes]] = []
    size, seen = 0, False
    with path.open("rb") as stream:
        for number, line in enumerate(stream, 1):
            size += len(line)
            if line.strip():
                seen = True
                lines.append((f"{path}:{number}", line))
            if len(lines) == _LINES_AT_ONCE or size >= _BYTES_AT_ONCE:
                yield LintUnit(lines=tuple(lines), size=size)
                lines, size = [], 0
    if lines or not seen:
        yield LintUnit(lines=tuple(lines), files=() if seen else (str(path),), size=size)


def _members(items: Iterable[Item], size: int) -> Iterator[LintUnit]:
    held: list[Item] = []
    for item in items:
        held.append(item)
        if len(held) == _RECORDS_AT_ONCE:
            yield LintUnit(items=tuple(held))
            held = []
    yield LintUnit(items=tuple(held), size=size)


def _bundle(files: list[str]) -> Iterator[LintUnit]:
    if files:
        yield LintUnit(files=tuple(files), size=sum(_size(file) for file in files))


def _size(file: str) -> int:
    try:
        return Path(file).stat().st_size
    except OSError:
        return 0
