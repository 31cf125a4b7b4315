"""A record as it was read: the API v2 study as a plain mapping, where it came from, what was noted."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal, cast

from trialwright.study.findings import Finding

Source = Literal["api_v2", "legacy_xml", "page_text"]
JsonObject = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Record:
    """One registry record.

    ``study`` is the pivot: the study object of API v2 (``protocolSection`` and, where present,
    ``derivedSection``, ``hasResults``, ``resultsSection``, ``documentSection``). ``assumed`` gives, by JSON
    path, the reason for every element that the source does not state outright. ``left_over`` holds, by a
    path of the source, words that have no place in the pivot.
    """

    study: JsonObject
    source: Source
    origin: str = ""
    assumed: dict[str, str] = field(default_factory=dict[str, str])
    left_over: dict[str, Any] = field(default_factory=dict[str, Any])
    findings: tuple[Finding, ...] = ()

    @property
    def nct_id(self) -> str:
        """The NCT number, or nothing."""
        number = self.module("identificationModule").get("nctId")
        return number if isinstance(number, str) else ""

    @property
    def protocol(self) -> JsonObject:
        """The protocol section; empty if there is none."""
        return _object(self.study.get("protocolSection"))

    def module(self, name: str) -> JsonObject:
        """A module of the protocol section; empty if there is none."""
        return _object(self.protocol.get(name))


def _object(value: object) -> JsonObject:
    return cast("JsonObject", value) if isinstance(value, dict) else {}
