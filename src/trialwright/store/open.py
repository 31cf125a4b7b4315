"""Opening a store: the folder, the three databases, their tables, brought to the version of this code."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import django
from django.apps import apps
from django.core.management import call_command
from django.db import connections
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

from trialwright.store.databases import ALIASES, FILES, LEDGER, SCHEMAS, describe_databases, find_data_dir
from trialwright.store.faults import StoreError, explained, refuse
from trialwright.store.keys import SESSION_KEY, ensure_key
from trialwright.store.roles import grant_to_roles

SETTINGS = "trialwright.web.settings"

_OTHER_FOLDER = (
    "Name another folder with TRIALWRIGHT_DATA_DIR, or give this account the right to write there."
)


@dataclass(frozen=True, slots=True)
class Store:
    """An open store: where its keys (and SQLite files) lie, and which database it runs on."""

    data_dir: Path
    vendor: str


def open_store(data_dir: Path | str | None = None) -> Store:
    """Opens the store of ``data_dir`` (else of the environment), making or migrating it first if needed.

    A process has one store open at a time; opening another one points all threads that have not yet
    connected to it, so it is done before any thread starts. Raises StoreError, never a driver's exception.
    """
    if data_dir is not None:
        os.environ["TRIALWRIGHT_DATA_DIR"] = str(Path(data_dir).absolute())
    folder = _prepare_folder(find_data_dir(os.environ))
    ensure_key(folder, SESSION_KEY)
    wanted = describe_databases(os.environ)
    _connect(wanted)
    try:
        with _one_at_a_time(folder):
            for alias in ALIASES:
                place = f"{alias} database" if "HOST" in wanted[alias] else wanted[alias]["NAME"]
                with explained(place):
                    _bring_up(alias, place)
    except OSError as error:
        raise refuse("001", "The data folder cannot be written.", _OTHER_FOLDER, str(folder)) from error
    return Store(folder, connections[LEDGER].vendor)


def has_ledger(data_dir: Path | str | None = None) -> bool:
    """Whether a ledger is there already, as far as the files show; a PostgreSQL server is asked on opening."""
    wanted = describe_databases(os.environ)[LEDGER]
    folder = find_data_dir(os.environ) if data_dir is None else Path(data_dir)
    return "HOST" in wanted or (folder / FILES[LEDGER]).exists()


def prepare_django() -> None:
    """Sets Django up with the settings of the house, if nobody has done so. Touches no file and no database.

    The modules that hold tables can be imported only after this.
    """
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", SETTINGS)
    if not apps.ready:
        django.setup()


def _prepare_folder(folder: Path) -> Path:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise refuse("001", "The data folder cannot be made.", _OTHER_FOLDER, str(folder)) from error
    if not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
        raise refuse("001", "The data folder cannot be written.", _OTHER_FOLDER, str(folder))
    for name in FILES.values():
        file = folder / name
        if file.exists() and not os.access(file, os.W_OK):
            remedy = "Give the account that runs Trialwright write access to the file."
            raise refuse("004", "The database file may be read but not written.", remedy, str(file))
    return folder


def _connect(wanted: dict[str, dict[str, Any]]) -> None:
    """Sets Django up on the databases wanted, or points a Django that runs already to them."""
    prepare_django()
    settings = connections.settings
    for alias in ALIASES:
        if any(settings[alias].get(name) != value for name, value in wanted[alias].items()):
            connections[alias].close()
            settings[alias].update(wanted[alias])
            del connections[alias]


@contextmanager
def _one_at_a_time(folder: Path) -> Iterator[None]:
    """Two processes that open a new store at once would both make its tables."""
    with (folder / ".opening").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _bring_up(alias: str, place: str) -> None:
    connection = connections[alias]
    if connection.vendor == "sqlite":
        Path(connection.settings_dict["NAME"]).touch(mode=0o600)
    else:
        _make_schema(alias)
    known = _known_migrations()
    labels = {label for label, _ in known}
    applied = {key for key in MigrationRecorder(connection).applied_migrations() if key[0] in labels}
    if applied - known:
        message = "The database was made by a newer version of Trialwright."
        raise refuse(
            "005", message, "Install that version; this one would not understand the records.", place
        )
    only_store = () if alias == LEDGER else ("store",)
    if {key for key in known if not only_store or key[0] in only_store} - applied:
        call_command("migrate", *only_store, database=alias, verbosity=0, interactive=False, skip_checks=True)
    grant_to_roles(alias, os.environ)


@cache
def _known_migrations() -> frozenset[tuple[str, str]]:
    """(app, name) of every migration that this code has."""
    return frozenset(MigrationLoader(None).disk_migrations)


def _make_schema(alias: str) -> None:
    schema = SCHEMAS[alias]
    with connections[alias].cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_namespace WHERE nspname = %s", [schema])
        if cursor.fetchone() is None:
            cursor.execute(f"CREATE SCHEMA {schema}")


__all__ = ["Store", "StoreError", "find_data_dir", "has_ledger", "open_store"]
