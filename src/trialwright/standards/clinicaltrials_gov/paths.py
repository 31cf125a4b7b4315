"""JSON paths as text: ``protocolSection.armsInterventionsModule.armGroups[2].label``."""

from __future__ import annotations

import json
import re
from typing import Any, cast

Step = str | int
_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")
_STEP = re.compile(r'(?:^|\.)([A-Za-z_][A-Za-z0-9_]*)|\[(\d+)\]|\[("(?:[^"\\]|\\.)*")\]')


def render_path(steps: tuple[Step, ...]) -> str:
    """The path as text. Keys that are no plain names stand in brackets and quotes."""
    text = ""
    for step in steps:
        if isinstance(step, int):
            text += f"[{step}]"
        elif _PLAIN.match(step):
            text += f".{step}" if text else step
        else:
            text += f"[{json.dumps(step)}]"
    return text


def parse_path(text: str) -> tuple[Step, ...] | None:
    """The steps of a path, or None if it is not one."""
    steps: list[Step] = []
    position = 0
    while position < len(text):
        match = _STEP.match(text, position)
        if match is None or match.end() == position:
            return None
        name, index, quoted = match.groups()
        steps.append(name if name is not None else int(index) if index is not None else json.loads(quoted))
        position = match.end()
    return tuple(steps)


def find_at(document: object, steps: tuple[Step, ...]) -> Any:
    """The value at a path, or None where the path leads nowhere."""
    node: Any = document
    for step in steps:
        if isinstance(node, dict) and isinstance(step, str):
            node = cast("dict[str, Any]", node).get(step)
        elif isinstance(node, list) and isinstance(step, int) and step < len(cast("list[Any]", node)):
            node = cast("list[Any]", node)[step]
        else:
            return None
    return node


def put_at(document: dict[str, Any], steps: tuple[Step, ...], value: object) -> bool:
    """Write a value at a path, making mappings on the way; False if the path does not fit the document."""
    node: Any = document
    for step in steps[:-1]:
        if isinstance(node, dict) and isinstance(step, str):
            node = cast("dict[str, Any]", node).setdefault(step, {})
        elif isinstance(node, list) and isinstance(step, int) and step < len(cast("list[Any]", node)):
            node = cast("list[Any]", node)[step]
        else:
            return False
    last = steps[-1]
    if isinstance(node, dict) and isinstance(last, str):
        node[last] = value
        return True
    if isinstance(node, list) and isinstance(last, int) and last < len(cast("list[Any]", node)):
        node[last] = value
        return True
    return False


def remove_at(document: dict[str, Any], steps: tuple[Step, ...]) -> None:
    """Take a key away, if it is there."""
    if not steps:
        return
    *before, last = steps
    parent = find_at(document, tuple(before)) if before else document
    if isinstance(parent, dict):
        cast("dict[Any, Any]", parent).pop(last, None)
