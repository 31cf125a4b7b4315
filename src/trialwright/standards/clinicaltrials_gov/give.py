"""Writing by the table: the study's places back into an API object."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from .fields import Field, Part


def give(part: Part, source: object) -> dict[str, Any]:
    """The API object of a part. Elements that are None or empty are left out."""
    node: dict[str, Any] = {}
    for field in part.fields:
        value = _give_field(field, source)
        if value is not None:
            node[field.key] = value
    return node


def _give_field(field: Field, source: object) -> Any:
    value = _look(source, field.to)
    if value is None:
        return None
    if field.kind == "part":
        inner = cast("Part", field.part)
        node = give(inner, value)
        return node if node or inner.optional else None
    if field.kind == "parts":
        members = cast("tuple[object, ...]", value)
        return [give(cast("Part", field.part), member) for member in members] or None
    if field.kind in ("texts", "codes"):
        return list(cast("tuple[str, ...]", value)) or None
    return value


def _look(source: object, steps: tuple[str, ...]) -> Any:
    value: Any = source
    for step in steps:
        known = isinstance(value, Mapping)
        value = cast("Mapping[str, Any]", value).get(step) if known else getattr(value, step, None)
        if value is None:
            return None
    return value
