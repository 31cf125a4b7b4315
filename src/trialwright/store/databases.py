"""Which databases there are: three aliases, from environment variables.

``default`` holds the ledger, its projections, study versions and accounts; ``allocation`` the allocation
vault; ``identity`` the identity vault. Without further settings they are three SQLite files in one data
folder. With ``TRIALWRIGHT_DATABASE_URL`` they are PostgreSQL: three schemas of that database, unless
``TRIALWRIGHT_ALLOCATION_URL`` and ``TRIALWRIGHT_IDENTITY_URL`` name databases (and accounts) of their own.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from psycopg import ProgrammingError
from psycopg.conninfo import conninfo_to_dict

from trialwright.store.faults import refuse

LEDGER, ALLOCATION, IDENTITY = "default", "allocation", "identity"
ALIASES = (LEDGER, ALLOCATION, IDENTITY)

FILES = {LEDGER: "ledger.sqlite3", ALLOCATION: "allocation.sqlite3", IDENTITY: "identity.sqlite3"}
SCHEMAS = {LEDGER: "trialwright", ALLOCATION: "trialwright_allocation", IDENTITY: "trialwright_identity"}
URLS = {
    LEDGER: "TRIALWRIGHT_DATABASE_URL",
    ALLOCATION: "TRIALWRIGHT_ALLOCATION_URL",
    IDENTITY: "TRIALWRIGHT_IDENTITY_URL",
}

DEFAULT_DATA_DIR = "trialwright-data"
DEFAULT_BUSY_SECONDS = "20"
MOST_BUSY_SECONDS = 3600

# Kept open between requests: closing the last connection makes SQLite fold its log into the file each time.
_KEEP_OPEN = {"CONN_MAX_AGE": 600, "CONN_HEALTH_CHECKS": True}
# FULL: a commit that was answered is on the disk, also when the power fails in the next moment.
_PRAGMAS = "PRAGMA journal_mode=WAL;PRAGMA synchronous=FULL;PRAGMA recursive_triggers=ON;"


def find_data_dir(environ: Mapping[str, str]) -> Path:
    """The folder for database files and keys."""
    return Path(environ.get("TRIALWRIGHT_DATA_DIR") or DEFAULT_DATA_DIR).absolute()


def describe_databases(environ: Mapping[str, str]) -> dict[str, dict[str, Any]]:
    """Django's ``DATABASES`` for this environment. Refuses a vault's URL without one for the ledger."""
    busy_seconds = _read_busy_seconds(environ)
    main_url = environ.get(URLS[LEDGER], "")
    if not main_url:
        for alias in (ALLOCATION, IDENTITY):
            if environ.get(URLS[alias]):
                message = f"{URLS[alias]} is set, but {URLS[LEDGER]} is not."
                raise refuse("010", message, f"Set {URLS[LEDGER]} too, or neither.")
        folder = find_data_dir(environ)
        return {alias: _describe_sqlite(folder / FILES[alias], busy_seconds) for alias in ALIASES}
    return {
        alias: _describe_postgres(alias, environ.get(URLS[alias]) or main_url, busy_seconds)
        for alias in ALIASES
    }


def _read_busy_seconds(environ: Mapping[str, str]) -> float:
    text = environ.get("TRIALWRIGHT_BUSY_SECONDS") or DEFAULT_BUSY_SECONDS
    try:
        seconds = float(text)
    except ValueError:
        seconds = -1.0
    if not 0 < seconds < MOST_BUSY_SECONDS:
        message = "TRIALWRIGHT_BUSY_SECONDS is not a number of seconds."
        raise refuse(
            "010", message, f"Write a number above 0 and below {MOST_BUSY_SECONDS}, or leave it out."
        )
    return seconds


def _describe_sqlite(path: Path, busy_seconds: float) -> dict[str, Any]:
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": str(path),
        **_KEEP_OPEN,
        "OPTIONS": {
            "timeout": busy_seconds,
            "transaction_mode": "IMMEDIATE",
            "init_command": _PRAGMAS,
        },
    }


def _describe_postgres(alias: str, url: str, busy_seconds: float) -> dict[str, Any]:
    try:
        parts = conninfo_to_dict(url)
    except ProgrammingError as error:
        remedy = "Write it as postgresql://user:password@host:5432/database."
        raise refuse("010", f"{URLS[alias]} is not a PostgreSQL address.", remedy) from error
    settings = {
        name.upper(): str(parts.pop(key, ""))
        for name, key in (("name", "dbname"), ("user", "user"), ("password", "password"))
    }
    host, port = str(parts.pop("host", "")), str(parts.pop("port", ""))
    session = f"-c search_path={SCHEMAS[alias]} -c lock_timeout={int(busy_seconds * 1000)}"
    options = {"connect_timeout": 10, **parts, "options": session}
    return {
        "ENGINE": "django.db.backends.postgresql",
        **settings,
        **_KEEP_OPEN,
        "HOST": host,
        "PORT": port,
        "OPTIONS": options,
    }
