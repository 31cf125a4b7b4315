"""From bytes, files, folders or standard input to records: every form, every failure a finding."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from trialwright.study.findings import Finding

from .codes import registry_finding
from .decode import parse_bytes
from .detect import detect_form
from .legacy_xml import parse_legacy_xml
from .page_text import parse_page_text
from .read_json import Item, check_number, parse_json, parse_line
from .read_stream import decodes_as_utf8, is_streamable, iterate_large_list
from .record import Record

_LARGE = 25_000_000
_LARGEST_PAGE = 8_000_000
SUFFIXES = frozenset({".json", ".jsonl", ".ndjson", ".xml", ".txt"})
_ENCODING = re.compile(rb"\A\s*<\?xml[^>]*\bencoding=[\"']([A-Za-z0-9._-]{2,20})[\"']")


@dataclass(frozen=True, slots=True)
class Reading:
    """All records of a source, and the findings that belong to no record."""

    records: tuple[Record, ...]
    findings: tuple[Finding, ...]


def read_records(data: bytes, origin: str = "") -> Reading:
    """Everything in some bytes. ``origin`` names them in findings."""
    records: list[Record] = []
    findings: list[Finding] = []
    for item in parse_records(data, origin):
        if isinstance(item, Record):
            records.append(item)
        else:
            findings.append(item)
    return Reading(tuple(records), tuple(findings))


def parse_records(data: bytes, origin: str = "") -> Iterator[Item]:
    """Records and findings of some bytes, in order. Never raises for what the bytes hold."""
    declared = _ENCODING.match(data)
    decoded = parse_bytes(_recoded(data, declared.group(1)) if declared else data, origin)
    yield from decoded.findings
    if decoded.text is None:
        return
    if len(data) > _LARGE:
        yield registry_finding(
            "TW-REG-011",
            f"The file holds {len(data) / 1e6:.0f} MB; no single record is that large.",
            "Check that it is what you meant; lists of records are read as JSON lines with less memory.",
            file=origin,
        )
    yield from _parse_text(decoded.text, origin)


def _recoded(data: bytes, encoding: bytes) -> bytes:
    """Bytes in the encoding that the XML declares, as UTF-8; unchanged if that does not work."""
    try:
        return data.decode(encoding.decode("ascii")).encode("utf-8")
    except (LookupError, UnicodeError):
        return data


def _parse_text(text: str, origin: str) -> Iterator[Item]:
    form = detect_form(text)
    if form == "json":
        yield from parse_json(text, origin)
    elif form in ("legacy_xml", "other_xml"):
        for item in parse_legacy_xml(text, origin):
            yield from _numbered(item)
    elif form == "page_text" and len(text) > _LARGEST_PAGE:
        yield registry_finding(
            "TW-REG-015",
            f"The text holds {len(text) / 1e6:.0f} million characters; no page of the registry does.",
            "Give the text of one page.",
            file=origin,
        )
    elif form == "page_text":
        yield from _numbered(parse_page_text(text, origin))
    else:
        yield _unknown(form, origin)


def _numbered(item: Item) -> Iterator[Item]:
    """The item, with a finding among its own if the NCT number is not well formed."""
    if not isinstance(item, Record):
        yield item
    elif not item.protocol:
        yield registry_finding(
            "TW-REG-008",
            "Nothing of a study could be read.",
            "Give the whole page or record.",
            file=item.origin,
        )
    else:
        found = (*item.findings, *check_number(item))
        yield Record(item.study, item.source, item.origin, item.assumed, item.left_over, found)


def _unknown(form: str, origin: str) -> Finding:
    words = {
        "html": ("This is a web page in HTML.", "Save the page as text, or download the record as JSON."),
        "json_fragment": ("The JSON does not begin at its beginning.", "Fetch the record again."),
    }
    message, remedy = words.get(
        form,
        (
            "This is no registry record in a form that is known.",
            "Give API v2 JSON, the old clinical_study XML, or the text of the registry's page.",
        ),
    )
    return registry_finding("TW-REG-003", message, remedy, file=origin)


def iterate_sources(sources: Iterable[str], standard_input: BinaryIO | None = None) -> Iterator[Item]:
    """Records and findings of files, folders (read in name order, subfolders too) and ``-``.

    JSON lines and large lists are read member by member, so memory stays flat; other files are read whole.
    """
    for source in sources:
        if source == "-":
            if standard_input is not None:
                yield from parse_records(standard_input.read(), "standard input")
            continue
        path = Path(source)
        if path.is_dir():
            yield from _iterate_folder(path)
        else:
            yield from iterate_file(path)


def _iterate_folder(folder: Path) -> Iterator[Item]:
    found = False
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.suffix.lower() in SUFFIXES:
            found = True
            yield from iterate_file(path)
    if not found:
        yield registry_finding(
            "TW-REG-001",
            "The folder holds no record (.json, .jsonl, .ndjson, .xml, .txt).",
            "Give a folder with registry records.",
            file=str(folder),
        )


def iterate_file(path: Path) -> Iterator[Item]:
    """Records and findings of one file."""
    try:
        if path.suffix.lower() in (".jsonl", ".ndjson"):
            yield from _iterate_lines(path)
        else:
            yield from _iterate_whole(path)
    except OSError as error:
        yield registry_finding(
            "TW-REG-010",
            f"The file cannot be read: {error.strerror or 'unknown reason'}.",
            "Check the name and the permissions.",
            file=str(path),
        )


def _iterate_whole(path: Path) -> Iterator[Item]:
    with path.open("rb") as stream:
        head = stream.read(4096)
    if is_streamable(path, head) and decodes_as_utf8(path):
        yield from iterate_large_list(path)
    else:
        yield from parse_records(path.read_bytes(), str(path))


def _iterate_lines(path: Path) -> Iterator[Item]:
    seen = False
    with path.open("rb") as stream:
        for number, line in enumerate(stream, 1):
            if not line.strip():
                continue
            seen = True
            origin = f"{path}:{number}"
            decoded = parse_bytes(line, origin)
            yield from decoded.findings
            if decoded.text is not None:
                yield from parse_line(decoded.text, origin)
    if not seen:
        yield registry_finding("TW-REG-001", "The file is empty.", "Give a registry record.", file=str(path))
