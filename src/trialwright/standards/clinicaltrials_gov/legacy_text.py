"""Text blocks of the old XML: indented, wrapped at 100 columns; here as the API writes them."""

from __future__ import annotations

import re

_MARKER = re.compile(r"(\s*)(-|\*|\d{1,3}[.)]|[a-z][.)]|[ivx]{1,5}[.)])\s+(\S.*)\Z", re.S)


def render_block(text: str) -> str:
    """Paragraphs joined from their lines; list items with their marker (a dash becomes an asterisk).

    Items of one list stand on lines of their own, deeper ones are indented by two spaces a level.
    """
    parts: list[str] = []
    indents: list[int] = []
    was_item = False
    for block in _blocks(text):
        marker = _MARKER.match(block[0])
        if marker is None:
            indents.clear()
            parts.append(("\n\n" if parts else "") + _join(block))
            was_item = False
            continue
        indent = len(marker.group(1))
        deeper = bool(indents) and indent > indents[-1]
        while indents and indents[-1] >= indent:
            indents.pop()
        indents.append(indent)
        sign = "*" if marker.group(2) == "-" else marker.group(2)
        gap = "\n" if was_item and not deeper else "\n\n"
        lead = "  " * (len(indents) - 1)
        parts.append((gap if parts else "") + f"{lead}{sign} " + _join([marker.group(3), *block[1:]]))
        was_item = True
    return "".join(parts).strip()


def _blocks(text: str) -> list[list[str]]:
    blocks: list[list[str]] = []
    current: list[str] = []
    for line in text.split("\n"):
        if not line.strip():
            if current:
                blocks.append(current)
                current = []
            continue
        if current and re.match(r"\s*-  \S", line):
            blocks.append(current)
            current = []
        current.append(line.rstrip())
    return [*blocks, current] if current else blocks


def _join(lines: list[str]) -> str:
    return " ".join(line.strip() for line in lines)
