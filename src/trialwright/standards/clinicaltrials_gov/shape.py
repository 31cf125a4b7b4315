"""Looking into a record whose shape is not trusted."""

from __future__ import annotations

from typing import Any, cast

Json = dict[str, Any]


def mapping_at(node: object, *keys: str) -> Json:
    """The mapping under some keys; empty where there is none."""
    for key in keys:
        node = cast("Json", node).get(key) if isinstance(node, dict) else None
    return cast("Json", node) if isinstance(node, dict) else {}


def rows_of(value: object) -> list[Json]:
    """The mappings of a list; other members are passed over."""
    members = cast("list[Any]", value) if isinstance(value, list) else []
    return [cast("Json", member) for member in members if isinstance(member, dict)]


def texts_of(value: object) -> list[str]:
    """The texts of a list; other members are passed over."""
    members = cast("list[Any]", value) if isinstance(value, list) else []
    return [member for member in members if isinstance(member, str)]


def text_of(node: Json, key: str) -> str | None:
    """The text under a key, or None."""
    value = node.get(key)
    return value if isinstance(value, str) else None


def truth_of(node: Json, key: str) -> bool | None:
    """The truth value under a key, or None."""
    value = node.get(key)
    return value if isinstance(value, bool) else None


def whole_of(value: object) -> int | None:
    """A whole number, also from its digits, or None."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value
    if isinstance(value, str) and value.replace(",", "").isdigit() and len(value) < 12:
        return int(value.replace(",", ""))
    return None
