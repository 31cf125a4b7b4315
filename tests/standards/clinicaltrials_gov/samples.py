"""The test records and how their texts are compared."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from trialwright.standards.clinicaltrials_gov import Record, read_records

ROOT = Path(__file__).parents[3]
FOLDER = ROOT / "tests" / "data" / "registry"
SEED = ROOT / "seed" / "NCT02632201.txt"
V2 = sorted((FOLDER / "v2").glob("*.json"))
XML = sorted((FOLDER / "legacy_xml").glob("*.xml"))
TEXT = sorted((FOLDER / "classic_text").glob("*.txt"))
ALL = [*V2, *XML, *TEXT, SEED]


def read_one(path: Path) -> Record:
    """The only record of a file."""
    reading = read_records(path.read_bytes(), path.name)
    assert len(reading.records) == 1, reading.findings
    return reading.records[0]


def study_of(name: str) -> dict[str, Any]:
    """A fresh copy of a sample in the form of the API."""
    return json.loads((FOLDER / "v2" / f"{name}.json").read_text("utf-8"))


def plain(text: str) -> str:
    """Prose without what the page's layout cannot show: escapes, markers of list items, line breaks."""
    text = re.sub(r"\\([\\`*_{}\[\]()#+\-.!<>~^|&\"=$])", r"\1", text)
    text = re.sub(r"(?m)^(\s*)(\d+\.|[a-z]\.|\*)\s+", "* ", text)
    return re.sub(r"\s+", " ", text).strip()


def flatten(node: Any, path: str = "") -> dict[str, Any]:
    """Leaves by path, without list numbers; leaves of one path are kept in order."""
    leaves: dict[str, Any] = {}
    _flatten(node, path, leaves)
    return leaves


def _flatten(node: Any, path: str, leaves: dict[str, Any]) -> None:
    if isinstance(node, dict):
        for key, value in node.items():
            _flatten(value, f"{path}.{key}" if path else key, leaves)
    elif isinstance(node, list):
        for index, value in enumerate(node):
            _flatten(value, f"{path}[{index}]", leaves)
    else:
        leaves[path] = plain(node) if isinstance(node, str) else node
