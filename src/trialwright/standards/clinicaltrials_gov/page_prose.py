"""Prose of the page as the registry's API writes it: paragraphs apart, list items with an asterisk.

The page does not tell numbered lists from bulleted ones, so every item gets an asterisk.
"""

from __future__ import annotations

import re

_ITEM = re.compile(r"(\s*)[-*•]\s+(.*)\Z", re.S)


def render_prose(lines: list[str]) -> str:
    """The text of some lines. Depth of list items follows their indentation."""
    parts: list[str] = []
    indents: list[int] = []
    for line in lines:
        if not line.strip():
            continue
        item = _ITEM.match(line)
        if item is None:
            _paragraph(line, parts, indents)
            continue
        indent = len(item.group(1))
        while indents and indents[-1] >= indent:
            indents.pop()
        deeper = bool(parts) and _depth(parts[-1]) < len(indents)
        indents.append(indent)
        depth = len(indents) - 1
        after_list = bool(parts) and _depth(parts[-1]) >= 0
        gap = "\n" if parts and after_list and not deeper else "\n\n"
        parts.append((gap if parts else "") + "  " * depth + "* " + item.group(2).strip())
    return "".join(parts).strip()


def _paragraph(line: str, parts: list[str], indents: list[int]) -> None:
    indent = len(line) - len(line.lstrip())
    if indent == 0:
        indents.clear()
    lead = "  " * len(indents) if indent and indents else ""
    parts.append(("\n\n" if parts else "") + lead + line.strip())


def _depth(part: str) -> int:
    """Depth of a list item, -1 for a paragraph."""
    body = part.lstrip("\n")
    stripped = body.lstrip(" ")
    return (len(body) - len(stripped)) // 2 if stripped.startswith("* ") else -1
