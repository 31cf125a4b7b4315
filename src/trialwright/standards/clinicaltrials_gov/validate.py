"""A record against the schema of API v2."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

from jsonschema import Draft202012Validator, FormatChecker

from trialwright.study.findings import Finding

from .codes import registry_finding
from .paths import Step, render_path
from .tables import DATA

_MOST = 100


@cache
def _validator() -> Draft202012Validator:
    schema = json.loads((DATA / "study-v2.schema.json").read_text("utf-8"))
    return Draft202012Validator(schema, format_checker=FormatChecker(formats=["date"]))


def check_schema(study: dict[str, Any], origin: str = "") -> tuple[Finding, ...]:
    """Every violation of the study schema (API v2, OpenAPI document 2.0.3), at most 100.

    The schema requires nothing and allows further keys: it tells wrong types, codes and dates.
    """
    found: list[Finding] = []
    for error in _validator().iter_errors(study):
        path: tuple[Step, ...] = tuple(error.absolute_path)
        found.append(
            registry_finding(
                "TW-REG-060",
                f"{render_path(path) or 'The record'} breaks the registry's schema ({error.validator}).",
                "Use a value of the registry's data model.",
                file=origin,
                path=path,
                evidence=str(error.message),
            )
        )
        if len(found) == _MOST:
            break
    return tuple(found)
