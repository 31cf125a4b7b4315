"""What each check of a record is for, what to do, and a part of a record of both kinds, kept as data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from ruamel.yaml import YAML

from .tables import DATA

_SECTIONS = ("resultsSection", "documentSection", "derivedSection")


@dataclass(frozen=True, slots=True)
class CheckEntry:
    """One check: ``bad`` and ``good`` are modules of the protocol section, or other sections by their name."""

    why: str
    remedy: str
    bad: Mapping[str, Any]
    good: Mapping[str, Any]


@cache
def check_book() -> Mapping[str, CheckEntry]:
    """The entries by the check's id."""
    rows = YAML(typ="safe").load((DATA / "checks.yaml").read_text("utf-8"))
    return {name: CheckEntry(**entry) for name, entry in rows.items()}


def record_with(part: Mapping[str, Any]) -> dict[str, Any]:
    """An interventional record that holds a part and nothing else."""
    protocol = {name: module for name, module in part.items() if name not in _SECTIONS}
    design = {"studyType": "INTERVENTIONAL", **protocol.get("designModule", {})}
    sections = {name: section for name, section in part.items() if name in _SECTIONS}
    return {"protocolSection": {**protocol, "designModule": design}, **sections}
