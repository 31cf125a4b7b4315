"""A draft as the text of a study file."""

from __future__ import annotations

import io
import re
from typing import Any, cast

from ruamel.yaml import YAML
from ruamel.yaml.scalarstring import DoubleQuotedScalarString, LiteralScalarString

from .record import Record
from .to_study import Draft

_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")
_TRAILING = re.compile(r"[ \t]\n|\n[ \t]*\n[ \t]*\n")


def render_study_file(draft: Draft, record: Record) -> str:
    """The draft as YAML, with a head that says where it came from. Texts of several lines stay readable."""
    yaml = YAML()
    yaml.default_flow_style = False
    yaml.allow_unicode = True
    yaml.width = 108
    stream = io.StringIO()
    stream.write(_head(draft, record))
    yaml.dump(_readable(_without_empty(draft.mapping)), stream)
    return stream.getvalue()


def _head(draft: Draft, record: Record) -> str:
    names = {
        "api_v2": "API v2",
        "legacy_xml": "the retired XML",
        "page_text": "the text of the registry page",
    }
    number = record.nct_id or "a record without number"
    version = draft.mapping["registry"].get("data_version")
    lines = [
        f"# Draft study file made from {number} of ClinicalTrials.gov ({names[record.source]}).",
        f"# Data date of the registry: {version}." if version else "# The source states no data date.",
        "# What the record does not say is not filled in: complete it, then run the check.",
    ]
    return "\n".join(lines) + "\n"


def _without_empty(value: Any) -> Any:
    """Mappings without empty members, as a person would write them; ``unmapped`` is kept to the letter."""
    if not isinstance(value, dict):
        return [_without_empty(one) for one in cast("list[Any]", value)] if isinstance(value, list) else value
    kept: dict[str, Any] = {}
    for key, one in cast("dict[str, Any]", value).items():
        inner = one if key == "unmapped" else _without_empty(one)
        if inner not in (None, [], {}):
            kept[key] = inner
    return kept


def _readable(value: Any) -> Any:
    if isinstance(value, dict):
        return {_quoted(key): _readable(one) for key, one in cast("dict[str, Any]", value).items()}
    if isinstance(value, list):
        return [_readable(one) for one in cast("list[Any]", value)]
    if isinstance(value, str) and "\n" in value and _is_plain(value):
        return LiteralScalarString(value)
    return _quoted(value)


def _is_plain(text: str) -> bool:
    """Whether a text of several lines can stand in a block as it is."""
    ends = not text[:1].isspace() and not text[-1:].isspace()
    return ends and not _UNPRINTABLE.search(text) and "\t" not in text and not _TRAILING.search(text)


def _quoted(value: Any) -> Any:
    """Text with signs that YAML does not print as they are, in quotes, where they can be escaped."""
    if isinstance(value, str) and _UNPRINTABLE.search(value):
        return DoubleQuotedScalarString(value)
    return value
