"""What can go wrong with a database, said so that a person can mend it.

Codes: 001-019 the databases, 020-029 the chain, 030-039 projections, 040-049 the allocation vault, 050-059
the identity vault, 060-069 accounts, 070-079 study versions.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import DatabaseError, InterfaceError

from trialwright.study.findings import Finding, Place, Severity


class StoreError(Exception):
    """The store cannot do what was asked. ``finding`` says what, where and how to mend it."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(f"{finding.code}: {finding.message}")
        self.finding = finding


def fault(code: str, message: str, remedy: str = "", place: str = "") -> Finding:
    """An error of the store as a finding; ``code`` is the number within ``TW-STO``."""
    return Finding(f"TW-STO-{code}", Severity.ERROR, message, remedy, Place(file=place))


def refuse(code: str, message: str, remedy: str = "", place: str = "") -> StoreError:
    """The same as an exception, to be raised by the caller."""
    return StoreError(fault(code, message, remedy, place))


_SYMPTOMS: tuple[tuple[tuple[str, ...], str, str, str], ...] = (
    (
        ("append-only",),
        "008",
        "The database refused to change or remove what is already recorded.",
        "Record a correction with its reason; recorded entries are never edited.",
    ),
    (
        ("database is locked", "database table is locked", "lock timeout", "deadlock detected"),
        "003",
        "The database is locked by another process.",
        "Wait until the other work has ended, or stop the other process; nothing was written.",
    ),
    (
        ("readonly database", "read-only transaction", "permission denied"),
        "004",
        "The database may be read but not written by this account.",
        "Give the account that runs Trialwright write access to the database (on SQLite also to its folder).",
    ),
    (
        ("unable to open database file",),
        "001",
        "The database file cannot be opened.",
        "Check that the folder exists and that this account may read and write it.",
    ),
    (
        ("file is not a database", "disk image is malformed", "file is encrypted"),
        "002",
        "The file is not a Trialwright database, or it is damaged.",
        "Put back a backup that verifies, or name another data folder. Do not repair the file in place.",
    ),
    (
        ("disk is full", "no space left", "disk i/o error"),
        "006",
        "The disk is full or does not answer.",
        "Free some space on the disk that holds the data folder, then try again; nothing was written.",
    ),
    (
        (
            "connection refused",
            "could not connect",
            "connection failed",
            "connection to server",
            "server closed the connection",
            "connection timeout",
        ),
        "007",
        "The PostgreSQL server does not answer or refuses the account.",
        "Check TRIALWRIGHT_DATABASE_URL, that the server runs, and that the account may connect.",
    ),
)


def explain(error: Exception, place: str = "") -> StoreError:
    """The store's own error for what a database driver raised.

    The driver's words are not passed on: PostgreSQL's can quote a row, and a row can hold a subject's value.
    """
    words = str(error).lower()
    for symptoms, code, message, remedy in _SYMPTOMS:
        if any(symptom in words for symptom in symptoms):
            return refuse(code, message, remedy, place)
    remedy = "Run `trialwright doctor`; if it finds nothing, put back a backup that verifies."
    return refuse("009", f"The database answered with an error ({type(error).__name__}).", remedy, place)


@contextmanager
def explained(place: str = "") -> Iterator[None]:
    """Turns the database driver's exceptions raised inside into :class:`StoreError`."""
    try:
        yield
    except (DatabaseError, InterfaceError) as error:
        raise explain(error, place) from error
