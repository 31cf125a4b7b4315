"""The rulebook of the linter: what each rule finds, why it matters, what to do, and an example of both kinds.

The rules stand as data (``study/data/lint/*.yaml``), one file a topic. Code, documentation and tests read the
same entries, so a rule cannot be explained in one way and tested in another.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any, cast

from ruamel.yaml import YAML

from ..findings import Finding, Place, Severity
from ..positions import Path

FOLDER = files("trialwright.study").joinpath("data/lint")


@dataclass(frozen=True, slots=True)
class LintRule:
    """One rule. ``bad`` and ``good`` are parts of a study file, merged over a bare one in tests and pages."""

    code: str
    topic: str
    severity: Severity
    title: str
    why: str
    remedy: str
    bad: Mapping[str, Any]
    good: Mapping[str, Any]

    def find(self, path: Path, message: str, evidence: str = "", remedy: str = "") -> Finding:
        """A finding of this rule at a path of the study."""
        shown = evidence if len(evidence) <= 300 else f"{evidence[:297]}..."
        return Finding(self.code, self.severity, message, remedy or self.remedy, Place(path=path), shown)


def read_rules(folder: Traversable) -> dict[str, LintRule]:
    """The rules of a folder, by code, in the order of files and entries."""
    found: dict[str, LintRule] = {}
    for file in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if file.name.endswith(".yaml"):
            book = cast("dict[str, Any]", cast(Any, YAML(typ="safe")).load(file.read_text(encoding="utf-8")))
            found.update({code: _rule(code, book["topic"], entry) for code, entry in book["rules"].items()})
    return found


@cache
def rulebook() -> Mapping[str, LintRule]:
    """The rules about a protocol that the study room knows."""
    return read_rules(FOLDER)


def find(code: str, path: Path, message: str, evidence: str = "", remedy: str = "") -> Finding:
    """A finding of the rule ``code``; severity and remedy are the rulebook's."""
    return rulebook()[code].find(path, message, evidence, remedy)


def _rule(code: str, topic: str, entry: dict[str, Any]) -> LintRule:
    return LintRule(
        code,
        topic,
        Severity(entry["severity"]),
        entry["title"],
        entry["why"],
        entry["remedy"],
        entry["bad"],
        entry["good"],
    )
