"""YAML read with positions: plain data, and where each value of it stands."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from io import StringIO
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedBase, CommentedMap, CommentedSeq
from ruamel.yaml.constructor import DuplicateKeyError
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from .findings import Finding, Place, Severity

Path = tuple[str | int, ...]

MAXIMUM_DEPTH = 60
"""Deeper nesting than this is no study file; refusing it keeps the reader from exhausting the stack."""


@dataclass(frozen=True, slots=True)
class Document:
    """A YAML document as plain data, with ``places`` from a path of keys to file, line and column."""

    file: str
    data: Any
    places: Mapping[Path, Place] = field(default_factory=dict[Path, Place])

    def place(self, path: Path) -> Place:
        """Where ``path`` stands; the nearest enclosing element where the path itself has no place."""
        for length in range(len(path), -1, -1):
            found = self.places.get(path[:length])
            if found is not None:
                return Place(found.file, found.line, found.column, path)
        return Place(self.file, 1, 1, path)


def parse_yaml(text: str, file: str) -> tuple[Document | None, list[Finding]]:
    """Parse YAML text; ``file`` is the name to print. Findings instead of a document when it is not YAML."""
    try:
        loaded: Any = YAML(typ="rt").load(StringIO(text))
    except DuplicateKeyError as error:
        return None, [_yaml_finding("TW-FIL-003", error, file, "Keep one of the two keys.")]
    except MarkedYAMLError as error:
        return None, [
            _yaml_finding("TW-FIL-002", error, file, "Mend the YAML at this place; indent with spaces.")
        ]
    except (YAMLError, ValueError) as error:
        message = f"This is not YAML: {str(error).strip().splitlines()[0]}"
        return None, [Finding("TW-FIL-002", Severity.ERROR, message, "Mend the file.", Place(file, 1, 1))]
    except RecursionError:
        return None, [_too_deep(file)]
    places: dict[Path, Place] = {(): Place(file, 1, 1)}
    try:
        data = _plain(loaded, (), places, file)
    except _TooDeepError:
        return None, [_too_deep(file)]
    return Document(file, data, places), []


class _TooDeepError(Exception):
    """The document is nested deeper than ``MAXIMUM_DEPTH``."""


def _plain(value: Any, path: Path, places: dict[Path, Place], file: str) -> Any:
    if len(path) > MAXIMUM_DEPTH:
        raise _TooDeepError
    if isinstance(value, CommentedMap):
        for key in value:
            places[(*path, _key(key))] = _place(value, key, file, (*path, _key(key)))
        return {_key(key): _plain(item, (*path, _key(key)), places, file) for key, item in value.items()}
    if isinstance(value, CommentedSeq):
        for index in range(len(value)):
            places[(*path, index)] = _place(value, index, file, (*path, index))
        return [_plain(item, (*path, index), places, file) for index, item in enumerate(value)]
    return _scalar(value)


def _key(key: Any) -> str:
    return key if isinstance(key, str) else str(_scalar(key))


def _scalar(value: Any) -> Any:
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, int):
        return int(value)
    if isinstance(value, float):
        return float(value)
    if isinstance(value, dt.datetime | dt.date):
        return value.isoformat()
    return str(value)


def _place(container: CommentedBase, key: Any, file: str, path: Path) -> Place:
    marks: Any = container.lc.data
    mark = (marks or {}).get(key) if isinstance(marks, dict) else None
    if not mark:
        return Place(file, container.lc.line + 1, container.lc.col + 1, path)
    return Place(file, int(mark[0]) + 1, int(mark[1]) + 1, path)


def _yaml_finding(code: str, error: MarkedYAMLError, file: str, remedy: str) -> Finding:
    mark = error.problem_mark or error.context_mark
    place = Place(file, mark.line + 1, mark.column + 1) if mark is not None else Place(file, 1, 1)
    problem = (error.problem or "unreadable").strip().splitlines()[0]
    return Finding(code, Severity.ERROR, f"The YAML cannot be read: {problem}.", remedy, place)


def _too_deep(file: str) -> Finding:
    message = f"The file is nested deeper than {MAXIMUM_DEPTH} levels."
    remedy = "A study file is flat; check the indentation."
    return Finding("TW-FIL-004", Severity.ERROR, message, remedy, Place(file, 1, 1))
