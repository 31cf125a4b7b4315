"""Traceability: every derived value keeps the ledger sequence numbers of the events that made it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Generic, TypeVar

from trialwright.study.findings import Finding

Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class Derived(Generic[Row]):
    """What a derivation answers: its rows, and findings about input that it could not use as it stood."""

    rows: tuple[Row, ...] = ()
    findings: tuple[Finding, ...] = ()


def merge_sources(*groups: Iterable[int]) -> tuple[int, ...]:
    """The union of ledger sequence numbers, ascending, each once."""
    return tuple(sorted({number for group in groups for number in group}))
