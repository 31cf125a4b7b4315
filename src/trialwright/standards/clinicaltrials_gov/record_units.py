"""Many records cut into pieces of work that can be done anywhere, in any order, with the same answer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, NamedTuple

from .decode import parse_bytes
from .read import SUFFIXES, iterate_sources, parse_records
from .read_json import Item, parse_line
from .read_stream import decodes_as_utf8, is_streamable, iterate_large_list

_FILES_AT_ONCE = 16
_LINES_AT_ONCE = 64
_BYTES_AT_ONCE = 4_000_000
_RECORDS_AT_ONCE = 32
_LINES = (".jsonl", ".ndjson")


class Source(NamedTuple):
    """The bytes of a whole file, or of one of its lines. ``origin`` names it in findings."""

    origin: str
    data: bytes
    is_line: bool = False


@dataclass(frozen=True, slots=True)
class RecordUnit:
    """A piece of work: sources not read yet, records of a large list, findings about what cannot be read.

    It holds the bytes, not the names of files: who does the work may be another machine. ``size`` is in bytes,
    for the progress bar; 0 where it is not known.
    """

    pieces: tuple[Source | Item, ...] = ()
    size: int = 0


def read_unit(unit: RecordUnit) -> Iterator[Item]:
    """The records of a unit, and the findings that belong to none, in order."""
    for piece in unit.pieces:
        if not isinstance(piece, Source):
            yield piece
        elif piece.is_line:
            decoded = parse_bytes(piece.data, piece.origin)
            yield from decoded.findings
            if decoded.text is not None:
                yield from parse_line(decoded.text, piece.origin)
        else:
            yield from parse_records(piece.data, piece.origin)


def iterate_units(sources: Iterable[str], standard_input: BinaryIO | None = None) -> Iterator[RecordUnit]:
    """The records of files, folders and ``-`` as units, in order; little more than one unit is held in memory."""
    held: list[Source | Item] = []
    size = 0
    for file in _files(sources):
        if file == "-" or _is_long(Path(file)):
            if held:
                yield RecordUnit(tuple(held), size)
            held, size = [], 0
            yield from _long_units(file, standard_input)
            continue
        pieces = _whole(file)
        held += pieces
        size += sum(len(piece.data) for piece in pieces if isinstance(piece, Source))
        if len(held) >= _FILES_AT_ONCE or size >= _BYTES_AT_ONCE:
            yield RecordUnit(tuple(held), size)
            held, size = [], 0
    if held:
        yield RecordUnit(tuple(held), size)


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


def _whole(file: str) -> list[Source | Item]:
    """A file that is read at once; what cannot be read is a finding."""
    try:
        return [Source(file, Path(file).read_bytes())]
    except OSError:
        return list(iterate_sources([file]))


def _is_long(path: Path) -> bool:
    if path.suffix.lower() in _LINES:
        return path.is_file()
    try:
        with path.open("rb") as stream:
            return is_streamable(path, stream.read(4096)) and decodes_as_utf8(path)
    except OSError:
        return False


def _long_units(file: str, standard_input: BinaryIO | None) -> Iterator[RecordUnit]:
    if file == "-":
        data = standard_input.read() if standard_input is not None else b""
        yield from _members(parse_records(data, "standard input"), 0)
    elif Path(file).suffix.lower() in _LINES:
        yield from _line_units(Path(file))
    else:
        yield from _members(iterate_large_list(Path(file)), _size(file))


def _line_units(path: Path) -> Iterator[RecordUnit]:
    lines: list[Source | Item] = []
    size, seen = 0, False
    try:
        with path.open("rb") as stream:
            for number, line in enumerate(stream, 1):
                size += len(line)
                if line.strip():
                    seen = True
                    lines.append(Source(f"{path}:{number}", line, is_line=True))
                if len(lines) == _LINES_AT_ONCE or size >= _BYTES_AT_ONCE:
                    yield RecordUnit(tuple(lines), size)
                    lines, size = [], 0
    except OSError:
        seen = False
    if not seen:  # an empty file, or one that cannot be read: the reader says which
        lines += iterate_sources([str(path)])
    if lines:
        yield RecordUnit(tuple(lines), size)


def _members(items: Iterable[Item], size: int) -> Iterator[RecordUnit]:
    held: list[Item] = []
    for item in items:
        held.append(item)
        if len(held) == _RECORDS_AT_ONCE:
            yield RecordUnit(tuple(held))
            held = []
    yield RecordUnit(tuple(held), size=size)


def _size(file: str) -> int:
    try:
        return Path(file).stat().st_size
    except OSError:
        return 0
