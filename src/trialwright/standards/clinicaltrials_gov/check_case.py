"""What a check of a record looks at, and what it answers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date

from trialwright.study.findings import Severity

from .act import FINAL_RULE_ON
from .dates import Span, date_of, on_day, parse_span
from .shape import Json, mapping_at, text_of


@dataclass(frozen=True, slots=True)
class Subject:
    """One record under check, at the date of judgement ``on``."""

    study: Json
    on: date
    cache: dict[str, Json] = field(default_factory=dict[str, Json])

    def module(self, name: str) -> Json:
        """A module of the protocol section."""
        if name not in self.cache:
            self.cache[name] = mapping_at(self.study, "protocolSection", name)
        return self.cache[name]

    def results(self, name: str) -> Json:
        """A module of the results section."""
        return mapping_at(self.study, "resultsSection", name)

    @property
    def status(self) -> Json:
        """The status module."""
        return self.module("statusModule")

    @property
    def overall(self) -> str | None:
        """The displayed overall status."""
        return text_of(self.status, "overallStatus")

    @property
    def interventional(self) -> bool:
        """Whether the study says it is interventional."""
        return self.module("designModule").get("studyType") == "INTERVENTIONAL"

    def when(self, key: str) -> tuple[Span | None, str | None]:
        """A date structure of the status module."""
        return date_of(self.status, key)

    def day(self, key: str) -> Span | None:
        """A plain date of the status module."""
        return parse_span(self.status.get(key))

    @property
    def under_final_rule(self) -> bool:
        """Whether the study surely began on or after the final rule's effective date."""
        start, _ = self.when("startDateStruct")
        return start is not None and start.first >= FINAL_RULE_ON

    @property
    def data_on(self) -> Span:
        """The registry's data date, or the date of judgement."""
        version = mapping_at(self.study, "derivedSection", "miscInfoModule").get("versionHolder")
        return parse_span(version) or on_day(self.on)


@dataclass(frozen=True, slots=True)
class Breach:
    """One violation: what, where in the record, which words."""

    message: str
    path: tuple[str | int, ...] = ()
    evidence: str = ""


Answer = None | list[Breach]
"""None: the check does not apply. An empty list: it applies and holds."""


@dataclass(frozen=True, slots=True)
class Check:
    """A check of the table: its id there, its code here, and the function that answers."""

    id: str
    code: str
    severity: Severity
    title: str
    remedy: str
    run: Callable[[Subject], Answer]


def status_path(*keys: str | int) -> tuple[str | int, ...]:
    """A path in the status module."""
    return ("protocolSection", "statusModule", *keys)
