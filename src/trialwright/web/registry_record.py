"""The study's registry record as it stands today: made from the study file and the ledger."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from django.db import connections

from trialwright.actions.analyse import take_cut
from trialwright.actions.register_facts import register_facts
from trialwright.standards.clinicaltrials_gov import (
    DisplayStatus,
    Duty,
    RecordFacts,
    compute_deadlines,
    compute_display_status,
    export_record,
)
from trialwright.standards.clinicaltrials_gov.lint import lint_document
from trialwright.store.databases import LEDGER
from trialwright.store.ledger import read_head
from trialwright.study.findings import Finding

from .viewer import Viewer


@dataclass(frozen=True, slots=True)
class RegistryView:
    """The record, what is displayed of it, what is owed and what is wrong with it, judged on a day."""

    record: dict[str, Any]
    facts: RecordFacts
    status: DisplayStatus
    registered: DisplayStatus
    duties: tuple[Duty, ...]
    findings: tuple[Finding, ...]
    on: date

    @property
    def overdue(self) -> tuple[Duty, ...]:
        """What should have been done."""
        return tuple(duty for duty in self.duties if duty.is_overdue)

    @property
    def protocol(self) -> dict[str, Any]:
        """The record's protocol section."""
        return self.record["protocolSection"]


def record_of(viewer: Viewer, on: date) -> RegistryView:
    """The record judged on a day; kept until something new is recorded."""
    database = str(connections[LEDGER].settings_dict["NAME"])
    return _record(database, viewer.study.id, read_head().seq, on)


@lru_cache(maxsize=16)
def _record(_database: str, study: str, seq: int, on: date) -> RegistryView:
    cut = take_cut(study, seq)
    facts = register_facts(cut)
    record = export_record(cut.study, on, facts)
    posted = export_record(cut.study, on)
    return RegistryView(
        record,
        facts,
        compute_display_status(record["protocolSection"]["statusModule"], on),
        compute_display_status(posted["protocolSection"]["statusModule"], on),
        compute_deadlines(record, on, facts),
        lint_document(record, on),
        on,
    )
