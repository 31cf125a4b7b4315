"""Reading by the table: an API object into the study's places; what does not fit is kept by its path."""

from __future__ import annotations

import re
from typing import Any, cast

from .fields import Field, Part
from .paths import Step, render_path

_DATE = re.compile(r"\d{4}(-\d{2}(-\d{2})?)?\Z")
_MISFIT: Any = object()
_NESTED = frozenset({"part", "parts"})


class Taker:
    """Collects, while a protocol section is read, what has no place (``unmapped``) and why.

    ``odd`` holds the paths whose value has the wrong type or an unknown code; the other unmapped paths are
    keys that the table does not have.
    """

    def __init__(self) -> None:
        self.unmapped: dict[str, Any] = {}
        self.odd: list[str] = []

    def take(self, part: Part, node: dict[str, Any], path: tuple[Step, ...], target: dict[str, Any]) -> bool:
        """Read ``node`` into ``target``; False (and nothing kept) if a required field is missing or odd."""
        if any(_scalar(field, node.get(field.key)) is _MISFIT for field in part.required):
            return False
        if not node and not part.optional:
            self.unmapped[render_path(path)] = {}
        for field in part.fields:
            if field.key not in node:
                continue
            value = node[field.key]
            if field.kind in _NESTED:
                fits = self._take_nested(field, value, (*path, field.key), target)
            else:
                fits = _put(target, field.to, _scalar(field, value))
            if not fits:
                self.unmapped[render_path((*path, field.key))] = value
                if value not in ({}, [], None):
                    self.odd.append(render_path((*path, field.key)))
        for key in node.keys() - part.by_key.keys():
            self.unmapped[render_path((*path, key))] = node[key]
        return True

    def _take_nested(self, field: Field, value: Any, path: tuple[Step, ...], target: dict[str, Any]) -> bool:
        if field.kind == "part":
            return self._take_part(field, value, path, target)
        return _put(target, field.to, self._take_parts(field, value, path))

    def _take_part(self, field: Field, value: Any, path: tuple[Step, ...], target: dict[str, Any]) -> bool:
        part = cast("Part", field.part)
        if not isinstance(value, dict):
            return False
        if not part.optional:
            return self.take(part, cast("dict[str, Any]", value), path, _place(target, field.to))
        inner: dict[str, Any] = {}
        if not self.take(part, cast("dict[str, Any]", value), path, inner):
            return False
        _place(target, field.to[:-1])[field.to[-1]] = inner
        return True

    def _take_parts(self, field: Field, value: Any, path: tuple[Step, ...]) -> Any:
        """All members or none: a list with a broken member is kept whole, so that no index shifts."""
        part = cast("Part", field.part)
        members = cast("list[Any]", value)
        if not isinstance(value, list) or not members:
            return _MISFIT
        for member in members:
            if not isinstance(member, dict):
                return _MISFIT
            if any(_scalar(f, cast("dict[str, Any]", member).get(f.key)) is _MISFIT for f in part.required):
                return _MISFIT
        rows: list[dict[str, Any]] = []
        for index, member in enumerate(members):
            row: dict[str, Any] = {}
            self.take(part, member, (*path, index), row)
            rows.append(row)
        return rows


def _put(target: dict[str, Any], steps: tuple[str, ...], taken: Any) -> bool:
    """Sets what was taken at its place; False, and nothing set, for what does not fit."""
    if taken is _MISFIT:
        return False
    for step in steps[:-1]:
        target = target.setdefault(step, {})
    target[steps[-1]] = taken
    return True


def _place(target: dict[str, Any], steps: tuple[str, ...]) -> dict[str, Any]:
    for step in steps:
        target = target.setdefault(step, {})
    return target


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _scalar(field: Field, value: Any) -> Any:
    """The value if it fits the field's kind, else the misfit mark."""
    match field.kind:
        case "text":
            return value if _is_text(value) else _MISFIT
        case "code":
            return value if _is_text(value) and value in field.codes else _MISFIT
        case "date":
            return value if _is_text(value) and _DATE.match(value) else _MISFIT
        case "bool":
            return value if isinstance(value, bool) else _MISFIT
        case "integer":
            return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else _MISFIT
        case "number":
            return value if isinstance(value, int | float) and not isinstance(value, bool) else _MISFIT
        case "texts" | "codes":
            return _texts(field, value)
        case _:
            return value if isinstance(value, dict) and value else _MISFIT


def _texts(field: Field, value: Any) -> Any:
    if not isinstance(value, list) or not value:
        return _MISFIT
    members = cast("list[Any]", value)
    if not all(_is_text(member) for member in members):
        return _MISFIT
    if field.kind == "codes" and not all(member in field.codes for member in members):
        return _MISFIT
    return members
