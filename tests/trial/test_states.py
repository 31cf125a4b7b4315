"""Folding: whole lives survive JSON, damaged ledgers are noticed, days and instants are read strictly."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from tests.trial.bench import NURSE, Bench

from trialwright.trial.dates import earliest_date, instant_text, local_date, parse_date, parse_instant
from trialwright.trial.events import Event, Kind, Recorded
from trialwright.trial.study_state import StudyState, evolve_study
from trialwright.trial.subject import UPDATES, SubjectState, evolve_subject


def a_life() -> Bench:
    """A subject with forms, cells and a query-free history."""
    bench = Bench().allocated().wait(hours=2).collect().wait(days=4)
    bench.give("vaccine", 5, dose="1e7", volume="1")
    return bench


def test_states_survive_json() -> None:
    bench = a_life()
    assert SubjectState.from_json(bench.state.to_json()) == bench.state
    assert StudyState.from_json(bench.conduct.to_json()) == bench.conduct
    assert bench.state.last_seq == bench.conduct.last_seq == len(bench.recorded)


@pytest.mark.requirement("TW-R-004")
def test_refolding_gives_the_same_states() -> None:
    bench = a_life()
    conduct, subject = None, None
    for one in bench.recorded:
        conduct = evolve_study(conduct, one)
        if one.event.subject:
            subject = evolve_subject(subject, one)
    assert (conduct, subject) == (bench.conduct, bench.state)


def test_every_kind_is_folded_somewhere() -> None:
    from trialwright.trial import study_state

    apart = {Kind.STUDY_ACTIVATED, Kind.SUBJECT_REGISTERED}
    assert set(UPDATES) | set(study_state.UPDATES) | apart == set(Kind)


def recorded(kind: Kind, payload: dict, subject: str = "S01-001") -> Recorded:
    event = Event(kind, payload, subject, "2026-03-02")
    return Recorded(9, event, "cells", "v", "2026-03-02T08:00:00.000Z", NURSE.user, NURSE.role, NURSE.site)


def test_a_damaged_ledger_is_noticed() -> None:
    bench = Bench().register()
    register = recorded(Kind.SUBJECT_REGISTERED, {"site": "east"})
    consent = recorded(Kind.CONSENT_GIVEN, {"version": "1", "again": False})
    verified = recorded(
        Kind.FORM_VERIFIED, {"visit": "v", "form": "f", "repeat": 1, "version": 1, "meaning": "m"}
    )
    withdrawn = recorded(Kind.CONSENT_WITHDRAWN, {"scope": "data"})
    with pytest.raises(ValueError, match="registered already"):
        evolve_subject(bench.state, register)
    with pytest.raises(ValueError, match="before the subject was registered"):
        evolve_subject(None, consent)
    with pytest.raises(ValueError, match="never saved"):
        evolve_subject(bench.state, verified)
    with pytest.raises(ValueError, match="without a consent"):
        evolve_subject(bench.state, withdrawn)
    with pytest.raises(ValueError, match="before the study was activated"):
        evolve_study(None, register)
    with pytest.raises(ValueError, match="active already"):
        evolve_study(bench.conduct, recorded(Kind.STUDY_ACTIVATED, {"version": "v"}, ""))


@pytest.mark.parametrize(
    ("text", "whole", "earliest"),
    [
        ("2026-11-22", date(2026, 11, 22), date(2026, 11, 22)),
        ("2026-11", None, date(2026, 11, 1)),
        ("2026", None, date(2026, 1, 1)),
        ("2026-02-29", None, None),
        ("22.11.2026", None, None),
        ("2026-11-22T08:00", None, None),
    ],
)
def test_dates(text: str, whole: date | None, earliest: date | None) -> None:
    assert parse_date(text) == whole
    assert earliest_date(text) == earliest


def test_instants() -> None:
    at = datetime(2026, 3, 2, 8, 15, tzinfo=UTC)
    assert parse_instant("2026-03-02T09:15:00+01:00") == at
    assert parse_instant("2026-03-02T08:15:00") is None
    assert parse_instant("noon") is None
    assert instant_text(at) == "2026-03-02T08:15:00.000Z"
    assert local_date(Bench().study, "nowhere", at) == at.date()
