"""Replaying: the projections, folded anew from the ledger, must be what stands in their tables."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db import connections, transaction

from trialwright.store.databases import LEDGER
from trialwright.store.faults import explained, fault
from trialwright.store.ledger import lock_head, read
from trialwright.store.projections import (
    CONTAINER_TABLE,
    FORM_TABLE,
    PROJECTIONS,
    STUDY_TABLE,
    SUBJECT_TABLE,
    Projection,
    SubjectRows,
    save_rows,
    study_columns,
    subject_columns,
)
from trialwright.study.findings import Finding
from trialwright.trial.study_state import StudyState, evolve_study
from trialwright.trial.subject import SubjectState, evolve_subject

Progress = Callable[[int, int], None]
"""Told after each subject: subjects done, subjects in all."""

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Difference:
    """A row that is not what the ledger says: ``columns`` that differ, or ``missing`` or ``extra`` as a
    whole.

    Values are left out on purpose: the row can hold a subject's.
    """

    table: str
    key: tuple[Any, ...]
    columns: tuple[str, ...]

    def as_finding(self) -> Finding:
        """The difference as a finding."""
        where = "/".join(str(part) for part in self.key)
        message = f"{self.table} {where} differs from the ledger: {', '.join(self.columns)}."
        return fault("030", message, "Run `trialwright ledger rebuild` after the ledger has verified.", where)


def replay_store(progress: Progress | None = None) -> list[Difference]:
    """Refolds every study and subject of the database and compares. Writers wait meanwhile (one snapshot)."""
    differences: list[Difference] = []
    with explained("ledger"), transaction.atomic(using=LEDGER):
        lock_head()
        for table, expected, scope in _refold(progress):
            differences += _compare(table, expected, scope)
        differences += _find_strangers()
    return differences


def rebuild_projections(progress: Progress | None = None) -> int:
    """Empties the projections and folds them anew, in one transaction. Answers the number of rows written."""
    written = 0
    with explained("ledger"), transaction.atomic(using=LEDGER):
        lock_head()
        for table in PROJECTIONS:
            table.model.objects.all().delete()
        for table, rows, _ in _refold(progress):
            save_rows(table, rows)
            written += len(rows)
    return written


def _refold(progress: Progress | None) -> Iterator[tuple[Projection, list[Row], Row]]:
    """(table, rows as they should be, the part of the table they are all of), a study or a subject at a
    time.
    """
    places = _ledger_places()
    for study in sorted({study for study, _ in places}):
        state: StudyState | None = None
        for recorded in read(study):
            state = evolve_study(state, recorded)
        if state is not None:
            yield STUDY_TABLE, [{"study": study, **study_columns(state)}], {"study": study}
    named = sorted((study, subject) for study, subject in places if subject)
    for done, (study, subject) in enumerate(named, start=1):
        yield from _refold_subject(study, subject)
        if progress:
            progress(done, len(named))


def _refold_subject(study: str, subject: str) -> Iterator[tuple[Projection, list[Row], Row]]:
    scope: Row = {"study": study, "subject": subject}
    rows = SubjectRows()
    state: SubjectState | None = None
    for recorded in read(study, subject=subject):
        after = evolve_subject(state, recorded)
        rows.note(state, after)
        state = after
    if state is not None:
        yield SUBJECT_TABLE, [{**scope, **subject_columns(state)}], scope
        yield CONTAINER_TABLE, list(rows.containers.values()), scope
        yield FORM_TABLE, list(rows.forms.values()), scope


def _ledger_places() -> set[tuple[str, str]]:
    with connections[LEDGER].cursor() as cursor:
        cursor.execute("SELECT DISTINCT study, subject FROM ledger_entry")
        return {(study, subject) for study, subject in cursor.fetchall()}


def _compare(table: Projection, expected: Iterable[Row], scope: Row) -> Iterator[Difference]:
    key, name = table.key, table.name
    wanted = {tuple(row[column] for column in key): row for row in expected}
    stored: dict[tuple[Any, ...], Row] = {
        tuple(row[column] for column in key): row
        for row in table.model.objects.filter(**scope).values(*table.columns)
    }
    for place in sorted(wanted.keys() | stored.keys()):
        if place not in stored:
            yield Difference(name, place, ("missing",))
        elif place not in wanted:
            yield Difference(name, place, ("extra",))
        else:
            differing = [column for column in table.columns if stored[place][column] != wanted[place][column]]
            if differing:
                yield Difference(name, place, tuple(differing))


def _find_strangers() -> Iterator[Difference]:
    """Rows of studies and subjects that the ledger has never heard of."""
    places = _ledger_places()
    studies = {(study,) for study, _ in places}
    for table in PROJECTIONS:
        known: Any = studies if table is STUDY_TABLE else places
        scope = ("study",) if table is STUDY_TABLE else ("study", "subject")
        for row in table.model.objects.values(*{*table.key, *scope}):
            if tuple(row[column] for column in scope) not in known:
                yield Difference(table.name, tuple(row[column] for column in table.key), ("extra",))
