"""Many writers make one chain without a gap; a writer that is killed leaves a ledger that verifies."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable

import pytest
from django.db import connections

from trialwright.store import ledger
from trialwright.store.account_tables import AccountLog
from trialwright.store.faults import StoreError
from trialwright.store.journal import find_journal_break, write_journal
from trialwright.store.open import Store, open_store
from trialwright.store.replay import replay_store
from trialwright.store.verify import verify_store
from trialwright.trial.events import Event, Recorded

from .conftest import BEGIN, NURSE

Write = Callable[..., list[Recorded]]

# What another process does: opens the store that the environment names, and saves forms until told to stop.
WRITER = """
import sys
from trialwright.store.open import open_store
open_store()
from trialwright.store import ledger
from trialwright.store.sources import system_clock
from trialwright.trial.events import Actor, Event, Kind

name, count = sys.argv[1], int(sys.argv[2])
for number in range(count):
    key = {"visit": f"{name}_{number}", "form": "lab", "repeat": 1}
    body = {**key, "version": 1, "complete": True, "document": {"x": {"value": "1" * 500}}, "warned": []}
    event = Event(Kind.FORM_SAVED, body, subject="S01-001")
    with ledger.writing():
        ledger.append([event, event], actor=Actor(name, "study_nurse", "site1"), study_id="trial",
                      study_version="v1", now=system_clock())
    print(number, flush=True)
"""


def start_writer(name: str, count: int) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", WRITER, name, str(count)], stdout=subprocess.PIPE, text=True, env=os.environ
    )


def assert_whole() -> None:
    assert verify_store().intact
    assert replay_store() == []


def test_threads_make_one_chain(any_store: Store, begun: Write, form_saved: Callable[..., Event]) -> None:
    failures: list[BaseException] = []

    def work(name: str) -> None:
        try:
            for number in range(5):
                with ledger.writing() as head:
                    event = form_saved(visit=f"{name}_{number}")
                    (recorded,) = ledger.append(
                        [event], actor=NURSE, study_id="trial", study_version="v1", now=BEGIN
                    )
                    assert recorded.seq == head.seq + 1
        except BaseException as error:
            failures.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work, args=(f"t{number}",)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert [recorded.seq for recorded in ledger.read()] == list(range(1, 24))
    assert_whole()


def test_processes_make_one_chain(any_store: Store, begun: Write) -> None:
    writers = [start_writer(name, 5) for name in ("p1", "p2")]
    assert [writer.wait(60) for writer in writers] == [0, 0]
    assert ledger.read_head().seq == 23
    assert {recorded.actor for recorded in ledger.read(after=3)} == {"p1", "p2"}
    assert_whole()


@pytest.mark.requirement("TW-R-006")
def test_a_killed_writer_leaves_whole_transactions(any_store: Store, begun: Write) -> None:
    writer = start_writer("victim", 100_000)
    assert writer.stdout is not None
    answered = 0
    for line in writer.stdout:
        answered = int(line) + 1
        if answered == 8:
            break
    time.sleep(0.003)  # somewhere inside a later transaction
    writer.send_signal(signal.SIGKILL)
    writer.wait(60)
    open_store()
    head = ledger.read_head()
    assert head.seq >= 3 + 2 * answered  # what was answered is kept
    assert head.seq % 2 == 1  # each transaction is there as a whole, or not at all
    assert_whole()
    begun(Event(ledger.Kind.SUBJECT_REGISTERED, {"site": "site1"}, subject="S01-002"))
    assert_whole()


def test_a_locked_database_is_said_in_words(any_store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRIALWRIGHT_BUSY_SECONDS", "0.1")
    open_store(any_store.data_dir)
    locked, done = threading.Event(), threading.Event()

    def hold() -> None:
        with ledger.writing():
            locked.set()
            done.wait(30)
        connections.close_all()

    holder = threading.Thread(target=hold)
    holder.start()
    locked.wait(30)
    try:
        with pytest.raises(StoreError) as caught, ledger.writing():
            raise AssertionError("two writers at once")
    finally:
        done.set()
        holder.join()
    assert caught.value.finding.code == "TW-STO-003"
    assert ledger.read_head().seq == 0


def test_journals_are_written_one_at_a_time(any_store: Store) -> None:
    failures: list[BaseException] = []

    def work(name: str) -> None:
        try:
            for number in range(5):
                write_journal(AccountLog, "sign_in", f"{name}-{number}", actor=NURSE, now=BEGIN)
        except BaseException as error:
            failures.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work, args=(f"t{number}",)) for number in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert AccountLog.objects.count() == 15
    assert find_journal_break(AccountLog) is None
