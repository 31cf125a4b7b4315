"""Large JSON lists, read member by member, so that memory does not grow with the file."""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TextIO

from .codes import registry_finding
from .read_json import DECODER, Item, NotJsonError, next_study_start, parse_member

STREAM_FROM_BYTES = 16_000_000
_FIRST_CHUNK = 1 << 20
_OPENING = re.compile(r'\ufeff?\s*(?:\[|\{\s*"studies"\s*:\s*\[)\s*')
_BETWEEN = re.compile(r"[\s,]*")


def is_streamable(path: Path, head: bytes) -> bool:
    """Whether a file is a large list of studies in UTF-8."""
    if path.stat().st_size < STREAM_FROM_BYTES:
        return False
    text = head.decode("utf-8", "ignore")
    return _OPENING.match(text) is not None


class _Buffer:
    """A window over the text that grows while a member does not end in it."""

    def __init__(self, stream: TextIO) -> None:
        self.stream = stream
        self.text = stream.read(_FIRST_CHUNK)
        self.at_end = False

    def drop(self, position: int) -> None:
        """Forget what was read."""
        self.text = self.text[position:]

    def grow(self) -> bool:
        """Read as much again as is held; False at the end of the file."""
        more = self.stream.read(max(_FIRST_CHUNK, len(self.text)))
        self.text += more
        self.at_end = not more
        return bool(more)


def iterate_large_list(path: Path) -> Iterator[Item]:
    """Records and findings of a large list; a broken member costs only itself."""
    origin = str(path)
    with path.open(encoding="utf-8", newline="") as stream:
        buffer = _Buffer(stream)
        opening = _OPENING.match(buffer.text)
        buffer.drop(opening.end() if opening else 0)
        number = 0
        while True:
            gap = _BETWEEN.match(buffer.text)
            buffer.drop(gap.end() if gap else 0)
            if not buffer.text and not buffer.grow():
                yield _cut_off(number, origin)
                return
            if buffer.text.startswith("]"):
                return
            if _BETWEEN.fullmatch(buffer.text[:1]):
                continue
            number += 1
            yield from _next_member(buffer, f"{origin}#{number}")
            if buffer.at_end and not buffer.text:
                yield _cut_off(number, origin)
                return


def _next_member(buffer: _Buffer, origin: str) -> Iterator[Item]:
    while True:
        try:
            value, end = _decode(buffer.text)
        except json.JSONDecodeError as error:
            unfinished = error.pos >= len(buffer.text) - 20 or error.msg.startswith("Unterminated")
            if unfinished and buffer.grow():
                continue
            yield _broken(error.msg, origin)
            _skip_to_next(buffer)
            return
        except (RecursionError, NotJsonError, ValueError):
            yield _broken("nested too deeply, or with a number that is none", origin)
            _skip_to_next(buffer)
            return
        text = buffer.text[:end]
        buffer.drop(end)
        yield from parse_member(value, origin, text)
        return


def _decode(text: str) -> tuple[Any, int]:
    return DECODER.raw_decode(text, 0)


def _skip_to_next(buffer: _Buffer) -> None:
    """Go on at the next study, reading as far as needed."""
    while True:
        start = next_study_start(buffer.text, 1)
        if start is not None:
            buffer.drop(start)
            return
        buffer.drop(max(1, len(buffer.text) - 40))
        if not buffer.grow():
            buffer.text = ""
            return


def _broken(words: str, origin: str) -> Item:
    return registry_finding(
        "TW-REG-004", f"A member of the list is broken: {words}.", "Fetch the record again.", file=origin
    )


def _cut_off(number: int, origin: str) -> Item:
    return registry_finding(
        "TW-REG-014",
        f"The list is cut off after its {number}. member.",
        "Fetch the file again; the members before it were read.",
        file=origin,
    )


def decodes_as_utf8(path: Path) -> bool:
    """Whether the whole file is UTF-8, found with little memory."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        with path.open("rb") as stream:
            while chunk := stream.read(_FIRST_CHUNK):
                decoder.decode(chunk)
            decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True
