"""The ledger's door: what goes in comes out, in order, once, or not at all."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest
from django.db import transaction

from trialwright.store import ledger
from trialwright.store.chain import ZERO_HASH
from trialwright.store.faults import StoreError
from trialwright.store.open import Store
from trialwright.store.sources import instant_text, seeded_entropy, system_clock, system_entropy
from trialwright.trial.events import Event, Kind, Recorded

from .conftest import BEGIN, NURSE

Write = Callable[..., list[Recorded]]


def test_empty_ledger_has_the_zero_head(any_store: Store) -> None:
    assert ledger.read_head() == ledger.Head(0, ZERO_HASH)
    assert list(ledger.read()) == []


def test_events_come_back_as_they_were_recorded(
    any_store: Store, begun: Write, form_saved: Callable[..., Event]
) -> None:
    (recorded,) = begun(form_saved())
    assert recorded.seq == 4
    assert recorded.recorded_at == "2026-03-02T08:16:00.000Z"
    assert (recorded.actor, recorded.role, recorded.site) == ("u-17", "study_nurse", "site1")
    assert (recorded.study, recorded.study_version) == ("trial", "v1")
    assert recorded.event == form_saved()
    assert list(ledger.read("trial"))[-1] == recorded
    assert ledger.read_head().seq == 4


def test_payload_is_what_a_replay_will_read(any_store: Store, begun: Write) -> None:
    payload = {"version": "1.0", "language": "中文 \x00 \U0001f600", "again": False, "parts": (1, 2)}
    (recorded,) = begun(Event(Kind.CONSENT_GIVEN, payload, subject="S01-001"))
    assert recorded.payload == {**payload, "parts": [1, 2]}
    assert list(ledger.read())[-1].payload == recorded.payload


def test_reading_by_subject_kind_and_sequence(
    any_store: Store, begun: Write, form_saved: Callable[..., Event]
) -> None:
    begun(Event(Kind.SUBJECT_REGISTERED, {"site": "site1"}, subject="S01-002"))
    begun(form_saved(), form_saved("S01-002"), form_saved(visit="week_1"))

    def seqs(**choice: object) -> list[int]:
        return [recorded.seq for recorded in ledger.read("trial", **choice)]  # pyright: ignore

    assert seqs() == [1, 2, 3, 4, 5, 6, 7]
    assert seqs(subject="S01-001") == [3, 5, 7]
    assert seqs(subject="") == [1, 2]
    assert seqs(after=2, until=5) == [3, 4, 5]
    assert seqs(kinds=[Kind.FORM_SAVED]) == [5, 6, 7]
    assert seqs(kinds=[]) == []
    assert list(ledger.read("another")) == []


def test_reading_crosses_pages(
    store: Store, begun: Write, form_saved: Callable[..., Event], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ledger, "_PAGE_ROWS", 4)
    begun(*(form_saved(visit=f"v{number}") for number in range(9)))
    assert [recorded.seq for recorded in ledger.read()] == list(range(1, 13))
    assert [recorded.seq for recorded in ledger.read(after=4)] == list(range(5, 13))


def test_two_studies_share_one_chain(any_store: Store, begun: Write) -> None:
    begun(Event(Kind.STUDY_ACTIVATED, {"version": "x"}), study="another")
    assert [recorded.seq for recorded in ledger.read("another")] == [4]
    assert [recorded.seq for recorded in ledger.read()] == [1, 2, 3, 4]


def test_appending_needs_the_callers_transaction(store: Store) -> None:
    event = Event(Kind.STUDY_ACTIVATED, {"version": "v1"})
    with pytest.raises(RuntimeError, match="writing"):
        ledger.append([event], actor=NURSE, study_id="trial", study_version="v1", now=BEGIN)


def test_appending_nothing_changes_nothing(store: Store, write: Write) -> None:
    assert write() == []
    assert ledger.read_head().seq == 0


@pytest.mark.parametrize(
    "bad",
    [
        Event(Kind.CONSENT_GIVEN, {"version": float("nan")}, subject="S01-001"),
        Event(Kind.CONSENT_GIVEN, {"version": "\ud800"}, subject="S01-001"),
        Event(Kind.CONSENT_GIVEN, {"version": "1", "again": False}, subject="S01-001", reason="\0"),
        Event(Kind.CONSENT_GIVEN, {"version": "1", "again": False}, subject="never registered"),
    ],
    ids=["nan", "surrogate", "nul", "no such subject"],
)
def test_a_bad_event_takes_the_whole_transaction_with_it(
    any_store: Store, begun: Write, form_saved: Callable[..., Event], bad: Event
) -> None:
    before = ledger.read_head()
    with pytest.raises(ValueError):
        begun(form_saved(), bad)
    assert ledger.read_head() == before
    assert len(list(ledger.read())) == before.seq


def test_naive_instants_are_refused(store: Store) -> None:
    with ledger.writing(), pytest.raises(ValueError, match="time zone"):
        ledger.append([], actor=NURSE, study_id="trial", study_version="v1", now=datetime(2026, 3, 2))  # noqa: DTZ001


def test_a_kind_of_a_newer_version_is_named(store: Store, begun: Write, tamper: Callable[..., None]) -> None:
    tamper("ledger_entry", "UPDATE ledger_entry SET kind = 'teleported' WHERE seq = 2")
    with pytest.raises(StoreError) as caught:
        list(ledger.read())
    assert caught.value.finding.code == "TW-STO-005"
    assert "entry 2" in caught.value.finding.message


def test_same_seed_and_clock_give_the_same_chain(store: Store) -> None:
    heads: list[ledger.Head] = []
    for seed in ("seed 7", "seed 7", "seed 8"):
        with ledger.writing():
            event = Event(Kind.STUDY_ACTIVATED, {"version": "v1"})
            entropy = seeded_entropy(seed)
            ledger.append(
                [event], actor=NURSE, study_id="trial", study_version="v1", now=BEGIN, entropy=entropy
            )
            heads.append(ledger.read_head())
            transaction.set_rollback(True)
    assert heads[0] == heads[1] != heads[2]
    assert ledger.read_head().seq == 0


def test_real_salts_differ(store: Store) -> None:
    assert system_entropy(16) != system_entropy(16)
    assert instant_text(system_clock()).endswith("Z")


@pytest.mark.requirement("TW-R-010")
def test_both_databases_make_the_same_chain(
    store: Store, postgres_database: str, monkeypatch: pytest.MonkeyPatch, form_saved: Callable[..., Event]
) -> None:
    from trialwright.store.open import open_store

    heads: list[ledger.Head] = []
    states: list[list[tuple[str, str]]] = []
    for url in ("", postgres_database):
        monkeypatch.setenv("TRIALWRIGHT_DATABASE_URL", url)
        open_store(store.data_dir)
        entropy = seeded_entropy("seed 7")
        for events in (
            [Event(Kind.STUDY_ACTIVATED, {"version": "v1"})],
            [Event(Kind.SITE_OPENED, {"site": "site1", "number": 1}, occurred_on="2026-03")],
            [Event(Kind.SUBJECT_REGISTERED, {"site": "site1"}, subject="S01-001")],
            [form_saved(creatinine="2.10"), form_saved(visit="week_1", creatinine="µ≥")],
        ):
            with ledger.writing():
                ledger.append(
                    events, actor=NURSE, study_id="trial", study_version="v1", now=BEGIN, entropy=entropy
                )
        heads.append(ledger.read_head())
        states.append(_subject_states())
    assert heads[0] == heads[1]
    assert heads[0].seq == 5
    assert states[0] == states[1]


def _subject_states() -> list[tuple[str, str]]:
    from trialwright.store.projection_tables import SubjectRow

    return list(SubjectRow.objects.order_by("subject").values_list("subject", "state"))
