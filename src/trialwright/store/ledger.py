"""The ledger's single door: append events, and read them again.

All writing happens inside :func:`writing`, which opens the transaction and locks the end of the chain
*before* the caller loads any state, so that what a decision saw is still true when its events are recorded.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connections, transaction

import trialwright
from trialwright.store.chain import SALT_BYTES, canonical_json, next_hash, salted_digest
from trialwright.store.databases import LEDGER
from trialwright.store.faults import explained, refuse
from trialwright.store.projections import project
from trialwright.store.sources import Entropy, instant_text, system_entropy
from trialwright.trial.events import Actor, Event, Kind, Recorded

SOFTWARE = f"trialwright {trialwright.__version__}"

HEADER: tuple[str, ...] = (
    "seq",
    "study",
    "subject",
    "kind",
    "kind_version",
    "study_version",
    "occurred_on",
    "recorded_at",
    "actor",
    "role",
    "site",
    "reason",
    "source",
    "software",
    "payload_digest",
)
"""The columns that are chained, as the keys of the header."""

_STORED = (*HEADER, "prev_hash", "hash")
# Column names are constants of this file; every value is bound.
_INSERT_ENTRY = f"INSERT INTO ledger_entry ({', '.join(_STORED)}) VALUES ({', '.join(['%s'] * len(_STORED))})"  # noqa: S608
_INSERT_PAYLOAD = "INSERT INTO ledger_payload (seq, body, salt) VALUES (%s, %s, %s)"
_UPDATE_HEAD = "UPDATE ledger_head SET seq = %s, hash = %s WHERE id = 1"
_READ = (
    "SELECT e.seq, e.kind, e.kind_version, e.subject, e.occurred_on, e.reason, e.study, e.study_version,"
    " e.recorded_at, e.actor, e.role, e.site, p.body"
    " FROM ledger_entry e JOIN ledger_payload p ON p.seq = e.seq"
)
_PAGE_ROWS = 500


@dataclass(frozen=True, slots=True)
class Head:
    """The end of the chain: how many entries there are, and the last one's hash."""

    seq: int
    hash: str


@contextmanager
def writing() -> Iterator[Head]:
    """A transaction on the ledger that holds the lock of its head. Load state inside it, decide, append."""
    with explained("ledger"), transaction.atomic(using=LEDGER):
        yield lock_head()


def lock_head() -> Head:
    """Locks the end of the chain until the transaction ends: SQLite by BEGIN IMMEDIATE, PostgreSQL by row."""
    connection = connections[LEDGER]
    if not connection.in_atomic_block:
        raise RuntimeError("the ledger is written inside `with writing():` only")
    lock = " FOR UPDATE" if connection.vendor == "postgresql" else ""
    return _fetch_head(lock)


def read_head() -> Head:
    """The end of the chain as last committed."""
    return _fetch_head("")


def _fetch_head(lock: str) -> Head:
    with connections[LEDGER].cursor() as cursor:
        cursor.execute(f"SELECT seq, hash FROM ledger_head WHERE id = 1{lock}")  # noqa: S608
        row = cursor.fetchone()
    if row is None:
        raise refuse("025", "The ledger has lost its head row.", "Put back a backup that verifies.")
    return Head(*row)


def append(
    events: Sequence[Event],
    *,
    actor: Actor,
    study_id: str,
    study_version: str,
    now: datetime,
    entropy: Entropy = system_entropy,
    source: str = "app",
) -> list[Recorded]:
    """Records events at the end of the chain and folds them into the projections, in the caller's
    transaction.

    ``now`` is aware; ``entropy`` gives the salts (only a rehearsal passes a seeded one); ``source`` says by
    which way the events came (``app``, ``api``, ``import``, ``rehearsal``). Raises RuntimeError outside a
    transaction and ValueError for a payload that JSON cannot hold; then nothing of the sequence is
    recorded.
    """
    head = lock_head()
    recorded_at = instant_text(now)
    entries: list[tuple[Any, ...]] = []
    payloads: list[tuple[int, str, str]] = []
    recorded: list[Recorded] = []
    seq, previous = head.seq, head.hash
    for event in events:
        seq += 1
        body, salt = canonical_json(dict(event.payload)), entropy(SALT_BYTES)
        digest = salted_digest(salt, body)
        row = (
            seq,
            study_id,
            event.subject,
            event.kind.value,
            event.kind_version,
            study_version,
            event.occurred_on,
            recorded_at,
            actor.user,
            actor.role,
            actor.site,
            event.reason,
            source,
            SOFTWARE,
            digest,
        )
        entry_hash = next_hash(previous, _header(row))
        entries.append((*row, previous, entry_hash))
        payloads.append((seq, body, salt.hex()))
        recorded.append(_recorded((*_reading_order(row), body)))
        previous = entry_hash
    if recorded:
        _insert(entries, payloads)
        project(recorded)
    return recorded


def _header(row: tuple[Any, ...]) -> dict[str, Any]:
    header = dict(zip(HEADER, row, strict=True))
    for name, value in header.items():
        if isinstance(value, str) and "\0" in value:
            raise ValueError(f"the ledger's column {name} cannot hold a NUL character")
    return header


def _insert(entries: list[tuple[Any, ...]], payloads: list[tuple[int, str, str]]) -> None:
    last = entries[-1]
    with connections[LEDGER].cursor() as cursor:
        for entry in entries:
            cursor.execute(_INSERT_ENTRY, entry)
        for payload in payloads:
            cursor.execute(_INSERT_PAYLOAD, payload)
        cursor.execute(_UPDATE_HEAD, (last[0], last[-1]))


def _reading_order(row: tuple[Any, ...]) -> tuple[Any, ...]:
    seq, study, subject, kind, kind_version, version, occurred, at, user, role, site, reason, *_ = row
    return seq, kind, kind_version, subject, occurred, reason, study, version, at, user, role, site


def _recorded(row: tuple[Any, ...]) -> Recorded:
    seq, kind, kind_version, subject, occurred, reason, study, version, at, user, role, site, body = row
    try:
        known = Kind(kind)
    except ValueError:
        message = f"Ledger entry {seq} is of a kind that this version of Trialwright does not know."
        raise refuse("005", message, "Install the version that wrote it, or a newer one.") from None
    # The payload is read back from its canonical text: what is folded now is what a replay will fold.
    event = Event(known, json.loads(body), subject, occurred, reason, kind_version)
    return Recorded(seq, event, study, version, at, user, role, site)


def read(
    study: str = "",
    *,
    subject: str | None = None,
    after: int = 0,
    until: int | None = None,
    kinds: Iterable[Kind] | None = None,
) -> Iterator[Recorded]:
    """Events in order of sequence, ``after`` exclusive and ``until`` inclusive, a page at a time.

    An empty ``study`` reads all studies of the database; ``subject=''`` reads the events that have no
    subject. No transaction is held between pages, and entries only ever come in at the end.
    """
    wheres: list[tuple[str, Any]] = []
    if study:
        wheres.append(("e.study = %s", study))
    if subject is not None:
        wheres.append(("e.subject = %s", subject))
    if until is not None:
        wheres.append(("e.seq <= %s", until))
    values = [value for _, value in wheres]
    conditions = [condition for condition, _ in wheres]
    if kinds is not None:
        names = sorted({kind.value for kind in kinds})
        if not names:
            return
        conditions.append(f"e.kind IN ({', '.join(['%s'] * len(names))})")
        values += names
    sql = f"{_READ} WHERE {' AND '.join(['e.seq > %s', *conditions])} ORDER BY e.seq LIMIT {_PAGE_ROWS}"
    while True:
        with connections[LEDGER].cursor() as cursor:
            cursor.execute(sql, [after, *values])
            rows = cursor.fetchall()
        for row in rows:
            yield _recorded(row)
        if len(rows) < _PAGE_ROWS:
            return
        after = rows[-1][0]
