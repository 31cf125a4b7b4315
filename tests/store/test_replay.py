"""The projections are what the ledger says: after appending, and after somebody meddled with them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connections

from trialwright.store import ledger
from trialwright.store.open import Store
from trialwright.store.projection_tables import ContainerRow, FormRow, StudyRow, SubjectRow
from trialwright.store.projections import load_study, load_subject
from trialwright.store.replay import rebuild_projections, replay_store
from trialwright.trial.events import Event, Kind, Recorded

Write = Callable[..., list[Recorded]]
SUBJECT = "S01-001"
LAB_FORM = {"visit": "baseline", "form": "lab", "repeat": 1}


def container(number: int) -> dict[str, Any]:
    return {
        "container": f"C-{number}",
        "cycle": 1,
        "planned_day": 21,
        "number": number,
        "of": 2,
        "dose": "4e9",
        "dose_unit": "cells",
        "volume": "100",
        "volume_unit": "mL",
    }


CELLS = [
    Event(
        Kind.COLLECTION_RECORDED,
        {
            "collection": "L-1",
            "coi": "COI-1",
            "din": "D-1",
            "material": "leukapheresis",
            "collected_at": "2026-03-03T09:00:00.000Z",
            "second": "u-18",
        },
        subject=SUBJECT,
        occurred_on="2026-03-03",
    ),
    Event(
        Kind.BATCH_STARTED,
        {
            "batch": "B-1",
            "coi": "COI-1",
            "product": "cells",
            "collections": ["L-1"],
            "started_at": "2026-03-03T12:00:00.000Z",
            "cycles": [1],
            "days": [21],
        },
        subject=SUBJECT,
    ),
    Event(
        Kind.CONTAINERS_FILLED,
        {
            "batch": "B-1",
            "coi": "COI-1",
            "product": "cells",
            "filled_at": "2026-03-23T08:00:00.000Z",
            "expires_at": "2026-03-23T20:00:00.000Z",
            "containers": [container(1), container(2)],
        },
        subject=SUBJECT,
    ),
    Event(
        Kind.CONTAINER_MOVED,
        {"containers": ["C-1"], "to": "QUARANTINE", "at": "2026-03-23T09:00:00.000Z"},
        subject=SUBJECT,
    ),
]


@pytest.fixture
def lived(any_store: Store, begun: Write, form_saved: Callable[..., Event]) -> Store:
    """A subject with two forms, a query, a batch and two containers, written in several transactions."""
    begun(form_saved(), form_saved(visit="week_1"))
    question = {**LAB_FORM, "query": "Q-1", "item": "creatinine", "text": "Please check the unit."}
    begun(Event(Kind.QUERY_OPENED, question, subject=SUBJECT))
    for event in CELLS:
        begun(event)
    begun(Event(Kind.SUBJECT_REGISTERED, {"site": "site1"}, subject="S01-002"))
    return any_store


def test_rows_say_what_was_recorded(lived: Store) -> None:
    assert list(SubjectRow.objects.order_by("subject").values_list("subject", "site", "status", "arm")) == [
        ("S01-001", "site1", "registered", ""),
        ("S01-002", "site1", "registered", ""),
    ]
    rows = ContainerRow.objects.order_by("container")
    assert list(rows.values_list("container", "subject", "batch", "state", "last_seq")) == [
        ("C-1", SUBJECT, "B-1", "QUARANTINE", 10),
        ("C-2", SUBJECT, "B-1", "QC_PENDING", 9),
    ]
    forms = FormRow.objects.order_by("visit")
    assert list(forms.values_list("visit", "form", "state", "pending_queries", "last_seq")) == [
        ("baseline", "lab", "complete", 1, 6),
        ("week_1", "lab", "complete", 0, 5),
    ]
    study, subject = load_study("trial"), load_subject("trial", SUBJECT)
    assert study is not None and study.last_seq == 11 and study.sites["site1"].subjects == 2
    assert subject is not None and subject.last_seq == 10 and subject.coi == "COI-1"
    assert load_study("another") is None
    assert load_subject("trial", "S01-999") is None


@pytest.mark.requirement("TW-R-004")
def test_replay_finds_no_difference(lived: Store) -> None:
    told: list[tuple[int, int]] = []
    assert replay_store(lambda done, total: told.append((done, total))) == []
    assert told == [(1, 2), (2, 2)]


@pytest.mark.parametrize(
    ("change", "table", "key", "columns"),
    [
        ("UPDATE study_row SET state = '{}'", "study_row", ("trial",), ("state",)),
        ("UPDATE study_row SET last_seq = 3", "study_row", ("trial",), ("last_seq",)),
        (
            "UPDATE subject_row SET arm = 'a' WHERE subject = 'S01-002'",
            "subject_row",
            ("trial", "S01-002"),
            ("arm",),
        ),
        (
            "UPDATE container_row SET state = 'RELEASED' WHERE container = 'C-2'",
            "container_row",
            ("trial", "C-2"),
            ("state",),
        ),
        (
            "UPDATE container_row SET subject = 'S01-777' WHERE container = 'C-2'",
            "container_row",
            ("trial", "C-2"),
            ("missing",),
        ),
        (
            "DELETE FROM form_row WHERE visit = 'week_1'",
            "form_row",
            ("trial", SUBJECT, "week_1", "lab", 1),
            ("missing",),
        ),
        (
            "INSERT INTO container_row"
            " (study, container, subject, product, batch, state, expires_at, last_seq)"
            " VALUES ('trial', 'C-9', 'S01-001', 'cells', 'B-1', 'RELEASED', '', 9)",
            "container_row",
            ("trial", "C-9"),
            ("extra",),
        ),
        (
            "INSERT INTO study_row (study, state, last_seq) VALUES ('ghost', '{}', 1)",
            "study_row",
            ("ghost",),
            ("extra",),
        ),
    ],
)
def test_replay_names_the_row_that_was_meddled_with(
    lived: Store, change: str, table: str, key: tuple[Any, ...], columns: tuple[str, ...]
) -> None:
    with connections["default"].cursor() as cursor:
        cursor.execute(change)
    difference = replay_store()[0]
    assert (difference.table, difference.key, difference.columns) == (table, key, columns)
    assert difference.as_finding().code == "TW-STO-030"
    rebuild_projections()
    assert replay_store() == []


def test_rebuilding_makes_the_same_rows(lived: Store) -> None:
    def rows() -> list[list[tuple[Any, ...]]]:
        tables: list[Any] = [StudyRow, SubjectRow, ContainerRow, FormRow]
        return [
            sorted(tuple(row[name] for name in row if name != "id") for row in table.objects.values())
            for table in tables
        ]

    before = rows()
    assert rebuild_projections() == sum(len(part) for part in before)
    assert rows() == before


def test_an_event_that_changes_nothing_moves_the_studys_sequence(any_store: Store, begun: Write) -> None:
    before = StudyRow.objects.get().state
    deviation = {"deviation": "V-1", "category": "window", "severity": "minor", "text": "Late.", "about": ""}
    begun(Event(Kind.DEVIATION_RECORDED, deviation, subject=SUBJECT))
    row = StudyRow.objects.get()
    assert (row.state, row.last_seq) == (before, 4)
    assert ledger.read_head().seq == 4
    assert replay_store() == []
