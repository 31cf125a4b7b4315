"""The list of outcomes."""

from __future__ import annotations

import re
from typing import Any

from .page_prose import render_prose

Json = dict[str, Any]
_HEADING = re.compile(r"\s*(Primary|Secondary|Other)(?: Pre-specified)? Outcome Measures?\s*:?\s*\Z", re.I)
_BULLET = re.compile(r"(?:-|\d+\.) +(.*)\Z", re.S)
_FRAME = re.compile(r"\[\s*Time Frame\s*:", re.I)
_SAFETY_ISSUE = re.compile(r"\s*\[\s*Designated as safety issue\s*:\s*(?:Yes|No)\s*\]", re.I)


def parse_outcomes(lines: list[str]) -> tuple[Json, bool]:
    """The outcomes module, and whether the page said which outcomes are primary.

    Without headings the first outcome, which the registry always lists as primary, is taken as such and
    the others as secondary.
    """
    level = "primary"
    stated = False
    blocks: list[tuple[str, list[str]]] = []
    framed = any(_FRAME.search(line) for line in lines if _BULLET.match(line))
    for line in lines:
        heading = _HEADING.match(line)
        if heading:
            level, stated = heading.group(1).lower(), True
            continue
        bullet = _BULLET.match(line)
        fresh = not blocks or blocks[-1][0] != level
        if bullet and (not framed or fresh or _FRAME.search(line) or not _has_words(blocks)):
            blocks.append((level, [bullet.group(1)]))
        elif blocks:
            blocks[-1][1].append(line)
        elif line.strip():
            blocks.append((level, [line.strip()]))
    if not stated:
        blocks = [("primary" if index == 0 else "secondary", body) for index, (_, body) in enumerate(blocks)]
    module: Json = {}
    for one_level, body in blocks:
        module.setdefault(f"{one_level}Outcomes", []).append(_outcome(body))
    return module, stated


def _has_words(blocks: list[tuple[str, list[str]]]) -> bool:
    """Whether the outcome before has a description, so that a bare bullet may belong to it."""
    first, *more = blocks[-1][1]
    frame = _FRAME.search(first)
    return bool(more) or (frame is not None and bool(first[_closing(first, frame.start()) :].strip()))


def _outcome(body: list[str]) -> Json:
    first = _SAFETY_ISSUE.sub("", "\n".join(body)) if _SAFETY_ISSUE.search(body[0]) else "\n".join(body)
    frame = _FRAME.search(first)
    if frame is None:
        measure, _, words = first.partition("\n")
        return _described({"measure": measure.strip()}, words)
    end = _closing(first, frame.start())
    outcome = {"measure": first[: frame.start()].strip()}
    time_frame = first[frame.end() : end].strip().removesuffix("]").strip()
    described = _described(outcome, first[end:])
    if time_frame:
        described["timeFrame"] = " ".join(time_frame.split())
    return described


def _described(outcome: Json, words: str) -> Json:
    description = render_prose(words.split("\n"))
    if description:
        outcome["description"] = description
    return outcome


def _closing(text: str, start: int) -> int:
    """One past the bracket that closes the one at ``start``; the line's end if none does."""
    depth = 0
    for index in range(start, len(text)):
        if text[index] == "[":
            depth += 1
        elif text[index] == "]":
            depth -= 1
            if depth == 0:
                return index + 1
        elif text[index] == "\n" and depth <= 1:
            break
    close = text.find(" ]", start)
    end = text.find("\n", start)
    return close + 2 if close >= 0 and (end < 0 or close < end) else (end if end >= 0 else len(text))
