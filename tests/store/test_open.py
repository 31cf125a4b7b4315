"""Opening a store: made on first use, and every way it can fail said in words with a remedy."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connections

from trialwright.store import ledger
from trialwright.store.databases import describe_databases
from trialwright.store.faults import StoreError
from trialwright.store.keys import SESSION_KEY, ensure_key, read_key
from trialwright.store.open import Store, open_store
from trialwright.store.roles import APPEND_ONLY, NEVER_DELETED

PRIVATE = 0o600


def refusal(data_dir: Path) -> str:
    """The code of the refusal to open; every refusal has a remedy."""
    with pytest.raises(StoreError) as caught:
        open_store(data_dir)
    finding = caught.value.finding
    assert finding.remedy and finding.place.file
    return finding.code.removeprefix("TW-STO-")


@pytest.fixture
def ordinary_user(new_store: Path) -> Iterator[Path]:
    """A folder that may be read only, in it ``shared`` that may be written, in that a ledger that may not.

    Meanwhile the test has no rights of root.
    """
    with tempfile.TemporaryDirectory(prefix="tw-open-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        (folder / "shared").mkdir()
        (folder / "shared").chmod(0o777)
        shutil.copy(new_store / "ledger.sqlite3", folder / "shared")
        (folder / "shared" / "ledger.sqlite3").chmod(0o444)
        if os.geteuid() != 0:
            folder.chmod(0o555)
            yield folder
            folder.chmod(0o755)
            return
        os.setresuid(65534, 65534, 0)
        try:
            yield folder
        finally:
            os.setresuid(0, 0, 0)


def test_first_use_makes_everything(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "a" / "b"
    assert open_store(folder) == Store(folder, "sqlite")
    assert ledger.read_head().seq == 0
    for name in ("ledger.sqlite3", "allocation.sqlite3", "identity.sqlite3", SESSION_KEY):
        assert (folder / name).stat().st_mode & 0o777 == PRIVATE
    assert folder.stat().st_mode & 0o777 == 0o700
    first = (folder / SESSION_KEY).read_text()
    assert open_store(folder) == Store(folder, "sqlite")
    assert (folder / SESSION_KEY).read_text() == first


def test_sqlite_keeps_what_it_answered(store: Store) -> None:
    full = 2
    for alias in connections:
        with connections[alias].cursor() as cursor:
            answers = {}
            for name in ("journal_mode", "synchronous", "foreign_keys", "recursive_triggers"):
                cursor.execute(f"PRAGMA {name}")
                answers[name] = cursor.fetchone()[0]
        expected = {"journal_mode": "wal", "synchronous": full, "foreign_keys": 1, "recursive_triggers": 1}
        assert answers == expected


def test_each_table_has_one_home(any_store: Store) -> None:
    homes: dict[str, list[str]] = {}
    for alias in connections:
        for table in connections[alias].introspection.table_names():
            homes.setdefault(table, []).append(alias)
    migrations = homes.pop("django_migrations")
    assert sorted(migrations) == ["allocation", "default", "identity"]
    assert all(len(found) == 1 for found in homes.values())
    for alias in connections:
        for table in (*APPEND_ONLY[alias], *NEVER_DELETED[alias]):
            assert homes[table] == [alias]


def test_models_and_migrations_agree(store: Store) -> None:
    call_command("makemigrations", "store", check=True, dry_run=True, verbosity=0)


def test_a_folder_that_cannot_be_made(store: Store, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert refusal(tmp_path / "file") == "001"
    assert refusal(tmp_path / "file" / "below") == "001"


def test_a_folder_that_cannot_be_written(store: Store, ordinary_user: Path) -> None:
    assert refusal(ordinary_user) == "001"
    assert refusal(ordinary_user / "below") == "001"


def test_a_database_that_is_read_only(store: Store, ordinary_user: Path) -> None:
    assert refusal(ordinary_user / "shared") == "004"


def test_a_file_that_is_no_database(store: Store, tmp_path: Path) -> None:
    for name in ("identity.sqlite3", "ledger.sqlite3"):
        folder = tmp_path / name
        folder.mkdir()
        (folder / name).write_bytes(b"not a database at all" * 100)
        assert refusal(folder) == "002"


def test_a_database_of_a_newer_version(any_store: Store) -> None:
    with connections["allocation"].cursor() as cursor:
        cursor.execute(
            "INSERT INTO django_migrations (app, name, applied) VALUES ('store', '9999_x', '2030-01-01')"
        )
    assert refusal(any_store.data_dir) == "005"


def test_a_locked_new_database(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRIALWRIGHT_BUSY_SECONDS", "0.1")
    folder = tmp_path / "locked"
    folder.mkdir()
    with sqlite3.connect(folder / "ledger.sqlite3", isolation_level=None) as other:
        other.execute("BEGIN EXCLUSIVE")
        assert refusal(folder) == "003"
        other.execute("ROLLBACK")
    assert open_store(folder).vendor == "sqlite"


def test_a_server_that_is_not_there(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRIALWRIGHT_DATABASE_URL", f"postgresql:///trial?host={tmp_path}")
    assert refusal(tmp_path / "keys") == "007"


@pytest.mark.parametrize(
    "environment",
    [
        {"TRIALWRIGHT_DATABASE_URL": "mysql://somewhere/trial"},
        {"TRIALWRIGHT_ALLOCATION_URL": "postgresql://somewhere/trial"},
        {"TRIALWRIGHT_BUSY_SECONDS": "soon"},
        {"TRIALWRIGHT_BUSY_SECONDS": "nan"},
    ],
)
def test_addresses_that_make_no_sense(environment: dict[str, str]) -> None:
    with pytest.raises(StoreError) as caught:
        describe_databases(environment)
    assert caught.value.finding.code == "TW-STO-010"
    assert next(iter(environment)) in caught.value.finding.message


def test_vaults_can_have_servers_of_their_own() -> None:
    described = describe_databases(
        {
            "TRIALWRIGHT_DATABASE_URL": "postgresql://server:secret@main:5433/trial?sslmode=require",
            "TRIALWRIGHT_ALLOCATION_URL": "postgresql://statistician@vault/lists",
        }
    )
    places = {alias: (one["USER"], one["HOST"], one["PORT"], one["NAME"]) for alias, one in described.items()}
    assert places == {
        "default": ("server", "main", "5433", "trial"),
        "allocation": ("statistician", "vault", "", "lists"),
        "identity": ("server", "main", "5433", "trial"),
    }
    assert described["default"]["OPTIONS"]["sslmode"] == "require"
    assert "search_path=trialwright_identity" in described["identity"]["OPTIONS"]["options"]


def test_two_processes_may_open_a_new_store_at_once(store: Store, tmp_path: Path) -> None:
    script = (
        "import sys; from trialwright.store.open import open_store; open_store(sys.argv[1]);"
        "from django.conf import settings; print(settings.SECRET_KEY)"
    )
    command = [sys.executable, "-c", script, str(tmp_path / "new")]
    processes = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    keys = [process.communicate(timeout=120)[0].strip() for process in processes]
    assert [process.returncode for process in processes] == [0, 0]
    kept = read_key(tmp_path / "new", SESSION_KEY)
    assert kept is not None and keys == [kept.hex()] * 2


def test_a_damaged_key_is_never_replaced(tmp_path: Path) -> None:
    key = ensure_key(tmp_path, "some.key")
    assert ensure_key(tmp_path, "some.key") == key
    (tmp_path / "some.key").write_text("damaged")
    with pytest.raises(StoreError) as caught:
        ensure_key(tmp_path, "some.key")
    assert caught.value.finding.code == "TW-STO-011"
    assert (tmp_path / "some.key").read_text() == "damaged"
    with pytest.raises(StoreError) as caught:
        ensure_key(tmp_path / "no folder", "some.key")
    assert caught.value.finding.code == "TW-STO-001"
