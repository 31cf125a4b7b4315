"""A bare study, and parts of a study file merged over it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from trialwright.study.model import Study

BARE: dict[str, Any] = {
    "format": "trialwright-study/1",
    "id": "example",
    "version": "1",
    "title": "An example",
    "registry": {},
}


def study_with(part: Mapping[str, Any]) -> Study:
    """The bare study with the keys of ``part`` over it; mappings are merged, lists replaced."""
    return Study.model_validate(merged(BARE, part))


def merged(base: Mapping[str, Any], part: Mapping[str, Any]) -> dict[str, Any]:
    """``part`` over ``base``."""
    result = dict(base)
    for key, value in part.items():
        held = result.get(key)
        result[key] = (
            merged(held, value) if isinstance(held, Mapping) and isinstance(value, Mapping) else value
        )
    return result
