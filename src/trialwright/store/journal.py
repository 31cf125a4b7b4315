"""A journal: a small chained, append-only log for acts that are not events of the trial.

The account log and the log of identity reads are journals. They are chained by the same rule as the ledger.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from django.db import connections, models, transaction

from trialwright.store.chain import ZERO_HASH, canonical_json, find_first_mismatch, next_hash
from trialwright.store.databases import LEDGER
from trialwright.store.router import HOMES
from trialwright.store.sources import instant_text
from trialwright.trial.events import Actor

_CHAINED = ("seq", "at", "actor", "role", "site", "act", "object", "detail")


class JournalEntry(models.Model):
    """One act: who did what to which object, with details that hold no secret and no identifier."""

    seq = models.IntegerField(primary_key=True)
    at = models.CharField(max_length=32)
    actor = models.CharField(max_length=150)
    role = models.CharField(max_length=64)
    site = models.CharField(max_length=64)
    act = models.CharField(max_length=64)
    object = models.CharField(max_length=200)
    detail = models.TextField()
    prev_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    class Meta:
        """Each journal is a table of its own."""

        abstract = True

    def header(self) -> dict[str, Any]:
        """What is chained."""
        return {name: getattr(self, name) for name in _CHAINED}

    def details(self) -> dict[str, Any]:
        """The details as a mapping."""
        return json.loads(self.detail)


def write_journal(
    journal: type[JournalEntry],
    act: str,
    object_name: str,
    *,
    actor: Actor,
    now: datetime,
    detail: Mapping[str, Any] | None = None,
) -> JournalEntry:
    """Adds one act to a journal, in the caller's transaction where there is one."""
    with transaction.atomic(using=journal_alias(journal)):
        lock_journal(journal)
        last = journal.objects.order_by("-seq").first()
        entry = journal(
            seq=last.seq + 1 if last else 1,
            at=instant_text(now),
            actor=actor.user,
            role=actor.role,
            site=actor.site,
            act=act,
            object=object_name,
            detail=canonical_json(dict(detail or {})),
            prev_hash=last.hash if last else ZERO_HASH,
        )
        entry.hash = next_hash(entry.prev_hash, entry.header())
        entry.save(force_insert=True)
    return entry


def lock_journal(journal: type[JournalEntry]) -> None:
    """Makes other writers of the journal wait until this transaction ends.

    SQLite's transactions do so from their beginning. On PostgreSQL it is an advisory lock: a row's lock would need
    the right to update, which nobody has on a journal.
    """
    connection = connections[journal_alias(journal)]
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [journal._meta.db_table])


def journal_alias(journal: type[JournalEntry]) -> str:
    """The database a journal lives in."""
    return HOMES.get(journal.__name__.lower(), LEDGER)


def find_journal_break(journal: type[JournalEntry]) -> int | None:
    """The first sequence number at which a journal's chain does not hold, or None."""
    return find_first_mismatch(_links(journal))


def _links(journal: type[JournalEntry]) -> Iterator[tuple[dict[str, Any], str, str]]:
    # The position is put into the header in place of the stored number: a gap is a break as well.
    for position, entry in enumerate(journal.objects.order_by("seq").iterator(), start=1):
        yield {**entry.header(), "seq": position}, entry.prev_hash, entry.hash
