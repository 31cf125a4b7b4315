"""Bytes to text: what is no text is refused with a reason, what was written in another encoding is noted."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import cast

from trialwright.study.findings import Finding

from .codes import registry_finding

_MAGIC = (
    (b"PK\x03\x04", "a ZIP archive (or an Office document)", "Unpack it and give the file inside."),
    (b"\x1f\x8b", "a gzip archive", "Unpack it and give the file inside."),
    (b"%PDF", "a PDF document", "Save the page as text, or download the record as JSON."),
    (b"\x89PNG", "a picture", "Save the page as text, or download the record as JSON."),
    (b"\xff\xd8\xff", "a picture", "Save the page as text, or download the record as JSON."),
    (b"BZh", "a bzip2 archive", "Unpack it and give the file inside."),
    (b"7z\xbc\xaf", "a 7z archive", "Unpack it and give the file inside."),
    (b"SQLite format 3", "a database", "Give the registry record instead."),
)
_BOMS = (
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe\x00\x00", "utf-32"),
    (b"\x00\x00\xfe\xff", "utf-32"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f]")
_LONE_SURROGATE = re.compile(r"[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Decoded:
    """The text, or None with the reason among the findings."""

    text: str | None
    findings: tuple[Finding, ...] = ()


def parse_bytes(data: bytes, origin: str) -> Decoded:
    """Decode: UTF-8 (with or without mark), UTF-16, UTF-32; Windows-1252 as the last, noted, resort."""
    if not data.strip(b" \t\r\n\x0b\x0c\xef\xbb\xbf"):
        return Decoded(
            None,
            (registry_finding("TW-REG-001", "The file is empty.", "Give a registry record.", file=origin),),
        )
    for magic, what, remedy in _MAGIC:
        if data.startswith(magic):
            return _not_text(f"This is {what}, not a registry record.", remedy, origin)
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            return _decode_as(data, encoding, origin)
    if data[:1] == b"\x00" or data[1:2] == b"\x00":
        return _decode_as(data, "utf-16-be" if data[:1] == b"\x00" else "utf-16-le", origin)
    try:
        return _checked(data.decode("utf-8"), (), origin)
    except UnicodeDecodeError as error:
        return _guess(data, error.start, origin)


def _guess(data: bytes, start: int, origin: str) -> Decoded:
    """Not UTF-8: cut off inside its last character, or an older Western encoding."""
    if start >= len(data) - 3:
        text = data[:start].decode("utf-8", "ignore")
        note = registry_finding(
            "TW-REG-014", "The file is cut off inside a character.", "Fetch the record again.", file=origin
        )
        return _checked(text, (note,), origin)
    if b"\x00" in data[:4096]:
        return _not_text("The file is binary.", "Give a registry record as JSON, XML or page text.", origin)
    text = data.decode("cp1252", "replace")
    line = data.count(b"\n", 0, start) + 1
    note = registry_finding(
        "TW-REG-009",
        f"The file is not UTF-8 (line {line}); it was read as Windows-1252.",
        "Save it as UTF-8 and compare accents and signs.",
        file=origin,
        line=line,
        column=1,
    )
    return _checked(text, (note,), origin)


def _decode_as(data: bytes, encoding: str, origin: str) -> Decoded:
    try:
        return _checked(data.decode(encoding), (), origin)
    except UnicodeDecodeError:
        return _not_text(
            f"The file begins like {encoding.split('-sig')[0].upper()} but does not go on so.",
            "Save it as UTF-8.",
            origin,
        )


def _checked(text: str, findings: tuple[Finding, ...], origin: str) -> Decoded:
    sample = text[:20000]
    odd = len(_CONTROL.findall(sample))
    if odd > 0.01 * len(sample) + 2:
        return _not_text("The file is binary.", "Give a registry record as JSON, XML or page text.", origin)
    if not text.strip("\ufeff \t\r\n"):
        return Decoded(
            None,
            (registry_finding("TW-REG-001", "The file is empty.", "Give a registry record.", file=origin),),
        )
    return Decoded(text.removeprefix("\ufeff"), findings)


def _not_text(message: str, remedy: str, origin: str) -> Decoded:
    return Decoded(None, (registry_finding("TW-REG-002", message, remedy, file=origin),))


def mend_surrogates(value: object) -> tuple[object, int]:
    """The JSON value with half characters replaced by U+FFFD, and how many there were."""
    if isinstance(value, str):
        return _LONE_SURROGATE.subn("\ufffd", value)
    if isinstance(value, list):
        pairs = [mend_surrogates(member) for member in cast("list[object]", value)]
        return [one for one, _ in pairs], sum(count for _, count in pairs)
    if isinstance(value, dict):
        mended: dict[object, object] = {}
        total = 0
        for key, member in cast("dict[object, object]", value).items():
            (name, in_key), (one, in_member) = mend_surrogates(key), mend_surrogates(member)
            mended[name] = one
            total += in_key + in_member
        return mended, total
    return value, 0
