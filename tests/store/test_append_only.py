"""The database itself refuses to change what is recorded, whoever asks."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest
from django.db import DatabaseError, connections, transaction

from trialwright.store import accounts, allocation, identity, ledger, versions
from trialwright.store.faults import StoreError
from trialwright.store.open import Store, open_store
from trialwright.store.verify import verify_store
from trialwright.trial.events import Actor, Event, Recorded

from .conftest import BEGIN, NURSE

Write = Callable[..., list[Recorded]]

ROWS = {
    "ledger_entry": "default",
    "ledger_payload": "default",
    "ledger_head": "default",
    "study_version": "default",
    "account": "default",
    "account_log": "default",
    "membership": "default",
    "allocation_list": "allocation",
    "allocation_slot": "allocation",
    "identity_record": "identity",
    "identity_access": "identity",
}
UPDATES = [
    ("ledger_entry", "reason = 'better'"),
    ("ledger_entry", "recorded_at = recorded_at"),
    ("ledger_payload", "body = '{}'"),
    ("ledger_payload", "salt = ''"),
    ("ledger_head", "seq = 2"),
    ("ledger_head", "seq = 99"),
    ("ledger_head", "hash = 'f'"),
    ("study_version", "body = '{}'"),
    ("account", "username = 'somebody-else'"),
    ("account", "created_at = ''"),
    ("account_log", "detail = '{}'"),
    ("membership", "role = 'monitor'"),
    ("membership", "until = since, site = 'site2'"),
    ("allocation_list", "seed = ''"),
    ("allocation_slot", "arm = 'a'"),
    ("identity_record", "name = ''"),
    ("identity_access", "actor = 'nobody'"),
]


@pytest.fixture
def filled(any_store: Store, begun: Write) -> Store:
    """A store with at least one row in every guarded table."""
    admin = Actor("admin", "administrator")
    versions.keep_version("trial", {"title": "A trial"}, now=BEGIN)
    account = accounts.create_account("u-17", "N. Nurse", "correct horse battery", by=admin, now=BEGIN)
    role = accounts.Role("trial", "site1", "study_nurse")
    accounts.grant_role(account, role, date(2026, 3, 1), by=admin, now=BEGIN)
    allocation.write_list("trial", "all", ["a", "b"], seed="s", algorithm="blocks", parameters={}, now=BEGIN)
    person = identity.Person("A. Person", "1960-01-02", "H1")
    identity.write_identity("trial", "S01-001", person, actor=NURSE, key=b"k" * 32, now=BEGIN)
    return any_store


def refused(alias: str, statement: str) -> None:
    with (
        pytest.raises(DatabaseError, match="append-only"),
        transaction.atomic(using=alias),
        connections[alias].cursor() as cursor,
    ):
        cursor.execute(statement)


@pytest.mark.requirement("TW-R-002")
def test_every_guarded_table_refuses_to_lose_rows(filled: Store) -> None:
    for table, alias in ROWS.items():
        refused(alias, f"DELETE FROM {table}")
        if filled.vendor == "postgresql":
            refused(alias, f"TRUNCATE {table} CASCADE")


@pytest.mark.requirement("TW-R-002")
def test_every_guarded_table_refuses_changes(filled: Store) -> None:
    assert {table for table, _ in UPDATES} == set(ROWS)
    for table, change in UPDATES:
        refused(ROWS[table], f"UPDATE {table} SET {change}")


def test_sqlite_replace_cannot_stand_in_for_update(store: Store, begun: Write) -> None:
    for table in ("ledger_entry", "ledger_payload", "ledger_head"):
        refused("default", f"INSERT OR REPLACE INTO {table} SELECT * FROM {table}")
    assert verify_store().intact


def test_entries_come_only_at_the_end_of_the_chain(any_store: Store, begun: Write) -> None:
    columns = ", ".join([*ledger.HEADER, "prev_hash", "hash"])
    for seq, previous in (("seq + 1", "prev_hash"), ("seq + 2", "hash"), ("seq - 7", "hash")):
        chosen = columns.replace("seq", seq, 1).replace("prev_hash, hash", f"{previous}, hash")
        refused(
            "default",
            f"INSERT INTO ledger_entry ({columns}) SELECT {chosen} FROM ledger_entry WHERE seq = 3",
        )
    assert verify_store().intact


def test_what_may_change_still_changes(filled: Store) -> None:
    account = accounts.find_account("U-17")
    assert account is not None
    accounts.end_role(account.memberships.get(), date(2026, 4, 1), by=NURSE, now=BEGIN)
    accounts.change_password(account, "another long password", by=NURSE, now=BEGIN)
    assert verify_store().intact


def test_a_refusal_inside_writing_is_said_in_words(any_store: Store, begun: Write) -> None:
    with pytest.raises(StoreError) as caught, ledger.writing(), connections["default"].cursor() as cursor:
        cursor.execute("DELETE FROM ledger_entry")
    assert caught.value.finding.code == "TW-STO-008"


def test_the_servers_role_may_add_and_nothing_more(
    postgres_database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, form_saved: Callable[..., Event]
) -> None:
    role = "trialwright_server"
    with psycopg.connect(postgres_database, autocommit=True) as connection:
        connection.execute(f"DROP ROLE IF EXISTS {role}")  # pyright: ignore
        connection.execute(f"CREATE ROLE {role} LOGIN")  # pyright: ignore
    monkeypatch.setenv("TRIALWRIGHT_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("TRIALWRIGHT_DATABASE_URL", postgres_database)
    monkeypatch.setenv("TRIALWRIGHT_APP_ROLE", role)
    open_store(tmp_path)

    parts = urlsplit(postgres_database)
    as_server = urlunsplit(parts._replace(netloc=f"{role}@{parts.netloc.rpartition('@')[2]}"))
    monkeypatch.setenv("TRIALWRIGHT_DATABASE_URL", as_server)
    open_store(tmp_path)
    with ledger.writing():
        event = Event(ledger.Kind.STUDY_ACTIVATED, {"version": "v1"})
        ledger.append([event], actor=NURSE, study_id="trial", study_version="v1", now=BEGIN)
    account = accounts.create_account("u-17", "N. Nurse", "correct horse battery", by=NURSE, now=BEGIN)
    held = accounts.grant_role(
        account, accounts.Role("trial", "", "monitor"), BEGIN.date(), by=NURSE, now=BEGIN
    )
    accounts.end_role(held, BEGIN.date(), by=NURSE, now=BEGIN)
    allocation.write_list("trial", "all", ["a"], seed="s", algorithm="x", parameters={}, now=BEGIN)
    person = identity.Person("A. Person")
    identity.write_identity("trial", "S01-001", person, actor=NURSE, key=b"k" * 32, now=BEGIN)
    assert verify_store().intact

    for statement in (
        "UPDATE ledger_entry SET reason = ''",
        "DELETE FROM ledger_payload",
        "TRUNCATE account_log",
        "ALTER TABLE ledger_entry DISABLE TRIGGER USER",
        "DROP TRIGGER ledger_entry_update ON ledger_entry",
    ):
        with (
            pytest.raises(DatabaseError, match=r"permission denied|must be owner"),
            transaction.atomic(),
            connections["default"].cursor() as cursor,
        ):
            cursor.execute(statement)
    connections.close_all()
    with psycopg.connect(postgres_database, autocommit=True) as connection:
        connection.execute(f"DROP OWNED BY {role}")  # pyright: ignore
        connection.execute(f"DROP ROLE {role}")  # pyright: ignore
