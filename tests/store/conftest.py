"""Stores on PostgreSQL, and a small study to write into them."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest

from trialwright.store.open import Store, open_store, prepare_django
from trialwright.store.sources import seeded_entropy
from trialwright.trial.events import Actor, Event, Kind, Recorded

prepare_django()  # before the test modules import tables

BEGIN = datetime(2026, 3, 2, 8, 15, tzinfo=UTC)
NURSE = Actor("u-17", "study_nurse", "site1")
Write = Callable[..., list[Recorded]]

_numbers = itertools.count(1)


def _with_database(url: str, name: str) -> str:
    return urlunsplit(urlsplit(url)._replace(path=f"/{name}"))


def _execute(url: str, statement: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(statement)  # pyright: ignore[reportArgumentType]


@pytest.fixture(scope="session")
def new_postgres_database(postgres_url: str, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The name of an empty store's database, made once: tests work on copies of it."""
    from django.db import connections

    name = "trialwright_new"
    _execute(postgres_url, f"CREATE DATABASE {name}")
    with pytest.MonkeyPatch.context() as patch:
        folder = tmp_path_factory.mktemp("new-postgres-store")
        patch.setenv("TRIALWRIGHT_DATA_DIR", str(folder))
        patch.setenv("TRIALWRIGHT_DATABASE_URL", _with_database(postgres_url, name))
        open_store(folder)
        connections.close_all()
    return name


@pytest.fixture
def postgres_database(postgres_url: str, new_postgres_database: str) -> Iterator[str]:
    """The URL of a database that holds an empty store of this test's own."""
    from django.db import connections

    name = f"trialwright_test_{next(_numbers)}"
    _execute(postgres_url, f"CREATE DATABASE {name} TEMPLATE {new_postgres_database}")
    yield _with_database(postgres_url, name)
    connections.close_all()
    _execute(postgres_url, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def postgres_store(postgres_database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Store:
    """An open, empty store on PostgreSQL."""
    monkeypatch.setenv("TRIALWRIGHT_DATA_DIR", str(tmp_path / "store"))
    monkeypatch.setenv("TRIALWRIGHT_DATABASE_URL", postgres_database)
    return open_store(tmp_path / "store")


@pytest.fixture(
    params=[
        "store",
        pytest.param("postgres_store", marks=[pytest.mark.postgres, pytest.mark.xdist_group("postgres")]),
    ]
)
def any_store(request: pytest.FixtureRequest) -> Store:
    """The same test on SQLite and on PostgreSQL."""
    return request.getfixturevalue(request.param)


@pytest.fixture
def write() -> Write:
    """Writes events in one transaction, one minute after the last ones, with salts that a seed decides."""
    from trialwright.store import ledger

    minutes = itertools.count()
    entropy = seeded_entropy("test-seed")

    def put(*events: Event, actor: Actor = NURSE, study: str = "trial") -> list[Recorded]:
        now = BEGIN + timedelta(minutes=next(minutes))
        with ledger.writing():
            return ledger.append(
                events, actor=actor, study_id=study, study_version="v1", now=now, entropy=entropy
            )

    return put


@pytest.fixture
def begun(write: Write) -> Write:
    """The same, after a study with one site and one subject was set up (three entries)."""
    write(
        Event(Kind.STUDY_ACTIVATED, {"version": "v1"}),
        Event(Kind.SITE_OPENED, {"site": "site1", "number": 1}),
        Event(Kind.SUBJECT_REGISTERED, {"site": "site1"}, subject="S01-001", occurred_on="2026-03-02"),
    )
    return write


@pytest.fixture
def form_saved() -> Callable[..., Event]:
    """Makes the event of a saved form."""

    def make(subject: str = "S01-001", visit: str = "baseline", creatinine: str = "2.1") -> Event:
        document = {"creatinine": {"value": creatinine, "unit": "mg/dL"}}
        key = {"visit": visit, "form": "lab", "repeat": 1}
        return Event(
            Kind.FORM_SAVED,
            {**key, "version": 1, "complete": True, "document": document, "warned": []},
            subject=subject,
            occurred_on="2026-03-02",
        )

    return make


@pytest.fixture
def tamper() -> Callable[..., None]:
    """Changes a table behind the triggers' back, as someone with the keys of the machine could."""
    from django.db import connections

    def do(table: str, statement: str, alias: str = "default") -> None:
        connection = connections[alias]
        with connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
            else:
                for operation in ("insert", "update", "delete"):
                    cursor.execute(f"DROP TRIGGER IF EXISTS {table}_{operation}")
                cursor.execute("PRAGMA foreign_keys = OFF")
            cursor.execute(statement)
            if connection.vendor == "sqlite":
                cursor.execute("PRAGMA foreign_keys = ON")

    return do
