"""The linter of records: what is wrong with a protocol, with its record, and with its dates, in one list."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date
from functools import cache

from ruamel.yaml import YAML

from trialwright.study.checks.protocol_checks import check_protocol
from trialwright.study.findings import Finding, sort_findings
from trialwright.study.model.study import Study

from .checks import check_record
from .codes import registry_finding
from .from_study import render_record
from .lint_registration import check_registration
from .lint_timing import check_timing
from .outcome_words import check_outcomes
from .record import JsonObject, Record
from .tables import DATA
from .to_study import derive_draft


@cache
def same() -> dict[str, list[str]]:
    """Findings that say the same: where the first was found, those beside it are left out."""
    return YAML(typ="safe").load((DATA / "lint_same.yaml").read_text("utf-8"))


def lint_record(record: Record, on: date) -> tuple[Finding, ...]:
    """Everything that is found in a record at the day ``on``: reading, protocol, checks, dates, registration.

    Never raises for what a record holds. Findings that the reading of a record gives for information only
    (elements without a place, spellings of signs) are left out.
    """
    draft = derive_draft(record, criteria=False)
    study = draft.study()
    read = [f for f in (*record.findings, *draft.findings) if f.severity.rank < 2]
    paged = record.source == "page_text"
    found = [*read, *_of_study(study), *_of_document(record.study, on, shows_oversight=not paged)]
    return tuple(_in_order(found, record.origin))


def lint_study(study: Study, on: date) -> tuple[Finding, ...]:
    """What a study's own record would be told at ``on``, without what `check_study` says of the study."""
    document = render_record(study)
    found = [*check_timing(study), *_of_document(document, on)]
    return tuple(_in_order(found, ""))


def lint_document(document: JsonObject, on: date) -> tuple[Finding, ...]:
    """What a record in the form of the API is told at ``on`` of its dates, status and registration."""
    return tuple(_in_order(_of_document(document, on), ""))


def internal_finding(origin: str, kind: str) -> Finding:
    """A record that a rule of the linter failed on: a defect here, said without stopping the others."""
    return registry_finding(
        "TW-REG-070",
        f"The record could not be judged ({kind}).",
        "Report the record's number to the maintainers; the other records were judged.",
        file=origin,
    )


def _of_study(study: Study) -> Iterator[Finding]:
    yield from check_protocol(study)
    yield from check_timing(study)
    yield from check_outcomes(study)


def _of_document(document: JsonObject, on: date, shows_oversight: bool = True) -> Iterator[Finding]:
    yield from check_record(document, on)
    yield from check_registration(document, on, shows_oversight)


def _in_order(found: Iterable[Finding], origin: str) -> list[Finding]:
    rows = list(found)
    codes = {finding.code for finding in rows}
    hidden = {code for said, others in same().items() if said in codes for code in others}
    kept = dict.fromkeys(
        finding if finding.place.file else replace(finding, place=replace(finding.place, file=origin))
        for finding in rows
        if finding.code not in hidden
    )
    return sort_findings(kept)
