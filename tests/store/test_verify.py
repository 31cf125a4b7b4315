"""Verifying finds one altered row, at its sequence; a checkpoint finds a chain that was cut."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connections

from trialwright.store import accounts, identity, ledger, versions
from trialwright.store.chain import next_hash
from trialwright.store.checkpoint import read_checkpoint, write_checkpoint
from trialwright.store.faults import StoreError
from trialwright.store.keys import CHECKPOINT_KEY
from trialwright.store.open import Store
from trialwright.store.verify import verify_store
from trialwright.trial.events import Actor, Event, Recorded

from .conftest import BEGIN, NURSE

Write = Callable[..., list[Recorded]]
Tamper = Callable[..., None]


@pytest.fixture
def seven(any_store: Store, begun: Write, form_saved: Callable[..., Event]) -> Store:
    """A ledger of seven entries."""
    begun(*(form_saved(visit=f"week_{week}") for week in range(4)))
    return any_store


def test_what_was_recorded_verifies(seven: Store) -> None:
    told: list[tuple[int, int]] = []
    verification = verify_store(lambda done, total: told.append((done, total)))
    assert verification.intact
    assert verification.head == ledger.read_head()
    assert (verification.count, verification.first_bad_seq, verification.clock_steps_back) == (7, None, 0)
    assert told[-1] == (7, 7)


def test_an_empty_ledger_verifies(any_store: Store) -> None:
    assert verify_store().intact
    assert verify_store().count == 0


@pytest.mark.requirement("TW-R-001")
@pytest.mark.parametrize(
    ("table", "change", "code"),
    [
        ("ledger_entry", "UPDATE ledger_entry SET reason = 'mended' WHERE seq = 5", "022"),
        ("ledger_entry", "UPDATE ledger_entry SET actor = 'u-18' WHERE seq = 5", "022"),
        ("ledger_entry", "UPDATE ledger_entry SET payload_digest = prev_hash WHERE seq = 5", "022"),
        ("ledger_entry", "UPDATE ledger_entry SET hash = payload_digest WHERE seq = 5", "022"),
        ("ledger_entry", "UPDATE ledger_entry SET prev_hash = payload_digest WHERE seq = 5", "021"),
        ("ledger_payload", "UPDATE ledger_payload SET body = '{}' WHERE seq = 5", "024"),
        ("ledger_payload", "UPDATE ledger_payload SET salt = '00' WHERE seq = 5", "024"),
        ("ledger_payload", "UPDATE ledger_payload SET salt = 'no hex' WHERE seq = 5", "024"),
        ("ledger_payload", "DELETE FROM ledger_payload WHERE seq = 5", "023"),
    ],
)
def test_one_altered_row_is_found(seven: Store, tamper: Tamper, table: str, change: str, code: str) -> None:
    tamper(table, change)
    verification = verify_store()
    assert verification.first_bad_seq == 5
    assert verification.findings[0].code == f"TW-STO-{code}"
    assert "5" in verification.findings[0].message


def test_bytes_in_a_text_column_are_found(store: Store, begun: Write, tamper: Tamper) -> None:
    tamper("ledger_payload", "UPDATE ledger_payload SET body = x'00ff' WHERE seq = 3")
    assert verify_store().first_bad_seq == 3
    tamper("ledger_entry", "UPDATE ledger_entry SET reason = x'00ff' WHERE seq = 2")
    assert verify_store().first_bad_seq == 2


def test_a_row_taken_out_is_found(
    store: Store, begun: Write, form_saved: Callable[..., Event], tamper: Tamper
) -> None:
    begun(form_saved(), form_saved(visit="week_1"))
    tamper("ledger_entry", "DELETE FROM ledger_entry WHERE seq = 4")
    assert verify_store().first_bad_seq == 4
    assert verify_store().findings[0].code == "TW-STO-020"


def test_a_rewritten_entry_breaks_the_next_one(seven: Store, tamper: Tamper) -> None:
    """Somebody who alters an entry and its own hash is seen one entry later."""
    columns = ", ".join([*ledger.HEADER, "prev_hash"])
    with connections["default"].cursor() as cursor:
        cursor.execute(f"SELECT {columns} FROM ledger_entry WHERE seq = 5")
        ((*header, previous),) = cursor.fetchall()
    forged = {**dict(zip(ledger.HEADER, header, strict=True)), "reason": "mended"}
    forged_hash = next_hash(previous, forged)
    tamper("ledger_entry", f"UPDATE ledger_entry SET reason = 'mended', hash = '{forged_hash}' WHERE seq = 5")
    assert verify_store().first_bad_seq == 6


def test_a_cut_end_is_seen_by_the_head_row(store: Store, begun: Write, tamper: Tamper) -> None:
    tamper("ledger_entry", "DELETE FROM ledger_entry WHERE seq = 3")
    verification = verify_store()
    assert verification.first_bad_seq is None
    assert [finding.code for finding in verification.findings] == ["TW-STO-025"]


def _cut_after(tamper: Tamper, seq: int) -> None:
    """What a careful thief does: cut the end and set the head row back."""
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT hash FROM ledger_entry WHERE seq = %s", [seq])
        ((last,),) = cursor.fetchall()
    tamper("ledger_payload", f"DELETE FROM ledger_payload WHERE seq > {seq}")
    tamper("ledger_entry", f"DELETE FROM ledger_entry WHERE seq > {seq}")
    tamper("ledger_head", f"UPDATE ledger_head SET seq = {seq}, hash = '{last}'")


@pytest.mark.requirement("TW-R-005")
def test_a_checkpoint_sees_a_careful_cut(seven: Store, tamper: Tamper, tmp_path: Path) -> None:
    file = tmp_path / "checkpoint.json"
    written = write_checkpoint(file, seven.data_dir, now=BEGIN)
    checkpoint = read_checkpoint(file, seven.data_dir)
    assert checkpoint == written
    assert checkpoint.seq == 7
    assert verify_store(checkpoint=checkpoint).intact
    _cut_after(tamper, 6)
    assert verify_store().intact  # the chain alone cannot show it
    (finding,) = verify_store(checkpoint=checkpoint).findings
    assert finding.code == "TW-STO-026"


def test_a_checkpoint_sees_a_chain_written_anew(
    seven: Store, begun: Write, form_saved: Callable[..., Event], tamper: Tamper, tmp_path: Path
) -> None:
    checkpoint = write_checkpoint(tmp_path / "checkpoint.json", seven.data_dir, now=BEGIN)
    _cut_after(tamper, 6)
    begun(form_saved(visit="week_3", creatinine="0.9"))
    assert verify_store().intact
    verification = verify_store(checkpoint=checkpoint)
    assert (verification.first_bad_seq, verification.findings[0].code) == (7, "TW-STO-027")


def test_a_ledger_that_grew_still_holds_its_checkpoint(
    store: Store, begun: Write, form_saved: Callable[..., Event], tmp_path: Path
) -> None:
    checkpoint = write_checkpoint(tmp_path / "checkpoint.json", store.data_dir, now=BEGIN)
    begun(form_saved())
    assert verify_store(checkpoint=checkpoint).intact


def test_an_altered_checkpoint_is_refused(store: Store, begun: Write, tmp_path: Path) -> None:
    file = tmp_path / "checkpoint.json"
    write_checkpoint(file, store.data_dir, now=BEGIN)
    document = json.loads(file.read_text())
    file.write_text(json.dumps({**document, "seq": 2}))
    assert _refusal(file, store) == "The checkpoint's signature does not match: it was altered."
    file.write_text(json.dumps({**document, "key": "0" * 16}))
    assert _refusal(file, store) == "The checkpoint was signed with another key."
    for text in ("", "[]", "{}", json.dumps({**document, "more": 1}), "\ud7ff"):
        file.write_text(text)
        assert _refusal(file, store) == "The file is not a checkpoint, or cannot be read."
    file.unlink()
    assert _refusal(file, store) == "The file is not a checkpoint, or cannot be read."


def _refusal(file: Path, store: Store) -> str:
    with pytest.raises(StoreError) as caught:
        read_checkpoint(file, store.data_dir)
    assert caught.value.finding.code == "TW-STO-029"
    return caught.value.finding.message


def test_the_checkpoints_key_is_for_its_owner_only(store: Store, tmp_path: Path) -> None:
    write_checkpoint(tmp_path / "checkpoint.json", store.data_dir, now=BEGIN)
    assert (store.data_dir / CHECKPOINT_KEY).stat().st_mode & 0o777 == 0o600
    assert [path.name for path in tmp_path.glob("*checkpoint.json*")] == ["checkpoint.json"]


def test_a_checkpoint_that_cannot_be_written_says_so(store: Store, tmp_path: Path) -> None:
    with pytest.raises(StoreError) as caught:
        write_checkpoint(tmp_path / "no folder" / "checkpoint.json", store.data_dir, now=BEGIN)
    assert caught.value.finding.code == "TW-STO-001"


def test_a_clock_that_steps_back_is_counted(store: Store, begun: Write) -> None:
    with ledger.writing():
        event = Event(ledger.Kind.CONSENT_GIVEN, {"version": "1", "again": False}, subject="S01-001")
        past = BEGIN - timedelta(days=1)
        ledger.append([event], actor=NURSE, study_id="trial", study_version="v1", now=past)
    assert verify_store().intact
    assert verify_store().clock_steps_back == 1


def test_altered_logs_and_versions_are_found(any_store: Store, tamper: Tamper) -> None:
    admin = Actor("admin", "administrator")
    versions.keep_version("trial", {"title": "A trial"}, now=BEGIN)
    for name in ("u-1", "u-2"):
        accounts.create_account(name, "A. Person", "correct horse battery", by=admin, now=BEGIN)
    person = identity.Person("A. Person", "1960-01-02")
    identity.write_identity("trial", "S01-001", person, actor=NURSE, key=b"k" * 32, now=BEGIN)
    assert verify_store().intact
    tamper("account_log", "UPDATE account_log SET actor = 'nobody' WHERE seq = 2")
    tamper("study_version", "UPDATE study_version SET body = '{}'")
    tamper("identity_access", "UPDATE identity_access SET actor = 'nobody'", alias="identity")
    messages = [finding.message for finding in verify_store().findings]
    assert messages[0] == "The account log does not hold from entry 2 on."
    assert "was altered" in messages[1]
    assert messages[2] == "The log of identity reads does not hold from entry 1 on."
