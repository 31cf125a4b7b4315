"""Per-rule counts over many records: how many findings, in how many records."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from trialwright.study.checks.rulebook import rulebook
from trialwright.study.findings import Finding, Severity

from .checks import CHECKS
from .lint_registration import record_rulebook
from .unit_work import Linted


@dataclass(slots=True)
class LintTally:
    """Counts only, so that memory stays flat however many records there are."""

    records: int = 0
    unread: int = 0
    findings: Counter[str] = field(default_factory=Counter[str])
    holders: Counter[str] = field(default_factory=Counter[str])
    severities: dict[str, Severity] = field(default_factory=dict[str, Severity])

    def add(self, linted: Iterable[Linted]) -> None:
        """Count the findings of some records."""
        for one in linted:
            self.records += one.is_record
            self.unread += not one.is_record and one.findings[0].severity is Severity.ERROR
            self.findings.update(finding.code for finding in one.findings)
            self.holders.update({finding.code for finding in one.findings})
            for finding in one.findings:
                self._note(finding)

    def _note(self, finding: Finding) -> None:
        held = self.severities.get(finding.code)
        if held is None or finding.severity.rank < held.rank:
            self.severities[finding.code] = finding.severity

    @property
    def has_errors(self) -> bool:
        """Whether any finding is an error."""
        return Severity.ERROR in self.severities.values()

    def rows(self) -> list[dict[str, Any]]:
        """One mapping a rule: worst first, then the most frequent, then by code."""
        codes = sorted(self.findings, key=lambda c: (self.severities[c].rank, -self.holders[c], c))
        return [
            {
                "code": code,
                "severity": self.severities[code].value,
                "title": rule_title(code),
                "findings": self.findings[code],
                "records": self.holders[code],
            }
            for code in codes
        ]


def rule_title(code: str) -> str:
    """What a rule is called; a code of the reading has no title of its own."""
    for book in (rulebook(), record_rulebook()):
        if code in book:
            return book[code].title
    return next((check.title for check in CHECKS if check.code == code), "Reading of the record")
