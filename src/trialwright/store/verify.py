"""Verifying: is every entry still what was recorded, and is none missing?"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db import connections

from trialwright.store.account_tables import AccountLog
from trialwright.store.allocation import check_lists
from trialwright.store.chain import ZERO_HASH, next_hash, salted_digest
from trialwright.store.checkpoint import Checkpoint
from trialwright.store.databases import LEDGER
from trialwright.store.faults import explained, fault
from trialwright.store.journal import JournalEntry, find_journal_break
from trialwright.store.ledger import HEADER, Head, read_head
from trialwright.store.vault_tables import IdentityAccess
from trialwright.store.versions import check_versions
from trialwright.study.findings import Finding

Progress = Callable[[int, int], None]
"""Told after each page: entries done, entries in all."""

_COLUMNS = ", ".join(f"e.{name}" for name in (*HEADER, "prev_hash", "hash"))
_PAGE = (
    f"SELECT {_COLUMNS}, p.salt, p.body FROM ledger_entry e"  # noqa: S608
    " LEFT JOIN ledger_payload p ON p.seq = e.seq WHERE e.seq > %s ORDER BY e.seq LIMIT 1000"
)
_PUT_BACK = "Put back a backup that verifies and find out who wrote to the database."


@dataclass(frozen=True, slots=True)
class Verification:
    """What verifying found. ``first_bad_seq`` is the first entry of the ledger that does not hold, or None.

    ``clock_steps_back`` counts entries recorded at an earlier instant than the one before: no break of the
    chain, but something to ask the clock's keeper about.
    """

    count: int
    head: Head
    first_bad_seq: int | None
    clock_steps_back: int
    findings: tuple[Finding, ...]

    @property
    def intact(self) -> bool:
        """Whether everything holds."""
        return not self.findings


def verify_store(progress: Progress | None = None, checkpoint: Checkpoint | None = None) -> Verification:
    """Recomputes the chain and every payload's digest; then journals, study versions and allocation lists.

    With a ``checkpoint`` it also sees whether entries were cut off or rewritten since. Stops in the ledger
    at the first bad entry: what follows one cannot be trusted anyway.
    """
    with explained("ledger"):
        walk = _Walk(checkpoint)
        head = read_head()
        finding = walk.find_fault(head.seq, progress)
        findings = [finding] if finding else list(_check_end(walk, head, checkpoint))
        bad = walk.count + 1 if finding else None
        findings += _check_journal(AccountLog, "account log")
        findings += check_versions()
    with explained("identity vault"):
        findings += _check_journal(IdentityAccess, "log of identity reads")
    with explained("allocation vault"):
        findings += check_lists()
    return Verification(walk.count, Head(walk.count, walk.previous), bad, walk.steps_back, tuple(findings))


class _Walk:
    """The walk along the chain: ``count`` entries held so far, ``previous`` is the last one's hash."""

    def __init__(self, checkpoint: Checkpoint | None) -> None:
        self.count = 0
        self.previous = ZERO_HASH
        self.steps_back = 0
        self._instant = ""
        self._checkpoint = checkpoint
        self.passed_checkpoint = checkpoint is None or checkpoint.seq == 0

    def find_fault(self, total: int, progress: Progress | None) -> Finding | None:
        """The first entry that does not hold, as a finding."""
        while True:
            with connections[LEDGER].cursor() as cursor:
                cursor.execute(_PAGE, [self.count])
                rows = cursor.fetchall()
            for row in rows:
                finding = self._check_entry(row)
                if finding:
                    return finding
            if progress:
                progress(self.count, max(total, self.count))
            if not rows:
                return None

    def _check_entry(self, row: tuple[Any, ...]) -> Finding | None:
        header = dict(zip(HEADER, row, strict=False))
        previous, stored, salt, body = row[len(HEADER) :]
        expected, seq = self.count + 1, header["seq"]
        if seq != expected:
            return _entry_fault("020", expected, f"is missing: the next one is {seq}")
        if previous != self.previous:
            return _entry_fault("021", seq, "does not follow from the entry before it")
        if _rehash(self.previous, header) != stored:
            return _entry_fault("022", seq, "was altered: its hash does not match")
        if body is None:
            return _entry_fault("023", seq, "has lost its payload")
        if _redigest(salt, body) != header["payload_digest"]:
            return _entry_fault("024", seq, "has another payload than the one recorded")
        if self._checkpoint and seq == self._checkpoint.seq:
            if stored != self._checkpoint.hash:
                return _entry_fault("027", seq, "is not the one that the checkpoint names")
            self.passed_checkpoint = True
        self.steps_back += header["recorded_at"] < self._instant
        self.count, self.previous, self._instant = seq, stored, header["recorded_at"]
        return None


def _rehash(previous: str, header: dict[str, Any]) -> str:
    try:
        return next_hash(previous, header)
    except (TypeError, ValueError):  # SQLite keeps bytes in a text column, if somebody puts them there
        return ""


def _redigest(salt: Any, body: Any) -> str:
    try:
        return salted_digest(bytes.fromhex(salt), body)
    except (TypeError, ValueError, AttributeError):
        return ""


def _entry_fault(code: str, seq: int, words: str) -> Finding:
    return fault(code, f"Ledger entry {seq} {words}.", _PUT_BACK, f"ledger entry {seq}")


def _check_end(walk: _Walk, head: Head, checkpoint: Checkpoint | None) -> Iterator[Finding]:
    if (head.seq, head.hash) != (walk.count, walk.previous):
        message = f"The ledger's head names entry {head.seq}, but the chain ends at {walk.count}."
        yield fault("025", message, _PUT_BACK, "ledger head")
    if checkpoint and not walk.passed_checkpoint:
        names = f"the checkpoint names entry {checkpoint.seq}, the chain ends at {walk.count}"
        message = f"The ledger was cut: {names}."
        yield fault("026", message, _PUT_BACK, "ledger")


def _check_journal(journal: type[JournalEntry], name: str) -> Iterator[Finding]:
    broken = find_journal_break(journal)
    if broken is not None:
        yield fault("028", f"The {name} does not hold from entry {broken} on.", _PUT_BACK, name)
