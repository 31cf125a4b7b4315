"""Findings: what a person must know or mend, as values.

A finding says what is wrong, where it stands and what to do about it. Every check, parser and rule of
the house answers with findings instead of raising, so that all of them can be shown at once.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any


class Severity(StrEnum):
    """How bad a finding is. Only ``ERROR`` stops anything (exit code 1)."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"

    @property
    def rank(self) -> int:
        """0 for an error, 1 for a warning, 2 for an information."""
        return list(Severity).index(self)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a finding stands: ``file:line:column`` (1-based) and the path of keys inside the document."""

    file: str = ""
    line: int = 0
    column: int = 0
    path: tuple[str | int, ...] = ()

    def __str__(self) -> str:
        if self.line:
            return f"{self.file}:{self.line}:{self.column}"
        dotted = ".".join(str(step) for step in self.path)
        return ": ".join(part for part in (self.file, dotted) if part)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing found: stable ``code`` (``TW-SCH-003``), severity, message, remedy and place.

    ``evidence`` holds the words or the region the finding is about (protocol text, never a subject's value).
    """

    code: str
    severity: Severity
    message: str
    remedy: str = ""
    place: Place = Place()
    evidence: str = ""

    def at(self, place: Place) -> Finding:
        """The same finding, standing at ``place``."""
        return replace(self, place=place)

    def as_json(self) -> dict[str, Any]:
        """A JSON-ready mapping; ``place`` is the printable ``file:line:column``."""
        return {
            "code": self.code,
            "severity": self.severity.value,
            "message": self.message,
            "remedy": self.remedy,
            "place": str(self.place),
            "path": list(self.place.path),
            "evidence": self.evidence,
        }


def sort_findings(findings: Iterable[Finding]) -> list[Finding]:
    """Findings in reading order: worst first, then by place, then by code."""
    return sorted(
        findings, key=lambda f: (f.severity.rank, f.place.file, f.place.line, f.place.column, f.code)
    )


def has_errors(findings: Iterable[Finding]) -> bool:
    """Whether any finding is an error."""
    return any(finding.severity is Severity.ERROR for finding in findings)
