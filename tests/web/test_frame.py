"""Around every page: headers, the band of simulated data, the foot of a print, faults in plain words."""

from __future__ import annotations

import re
import sqlite3
from pathlib import Path

import pytest
from django.db import OperationalError
from django.test import Client
from tests.web.addresses import LABORATORY, ONE, PASSWORD, ROOT, fields_of, shown_of, text_of
from tests.web.conftest import SignIn

from trialwright.store.ledger_tables import LedgerEntry
from trialwright.web import frame

PAGES = [ROOT, f"{ROOT}subjects/", f"{ROOT}matrix/", ONE, LABORATORY, f"{ROOT}cells/", f"{ROOT}report/"]


@pytest.mark.parametrize("address", PAGES)
def test_page_keeps_to_its_content_policy(sign_in: SignIn, address: str) -> None:
    answer = sign_in("statistician").get(address)
    page = answer.content.decode()
    assert "script-src 'self'" in answer["Content-Security-Policy"]
    assert answer["Cache-Control"] == "no-store"
    assert not re.search(r"\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)", page)


def test_print_foot_names_study_version_ledger_and_person(sign_in: SignIn) -> None:
    shown = text_of(sign_in("monitor").get(ONE))
    last = LedgerEntry.objects.order_by("-seq").values_list("seq", flat=True)[0]
    assert re.search(
        rf"NCT02632201, subject S01-001, protocol version 1.0 \([0-9a-f]{{12}}\)\. Ledger {last}, ", shown
    )
    assert "Printed by Monitor (Monitor)" in shown


def test_sign_in_and_out(trial_store: Path) -> None:
    client = Client()
    wrong = client.post("/sign-in/", {"username": "monitor", "password": "not-it-at-all"})
    assert wrong.status_code == 401
    assert client.post("/sign-in/", {"username": "monitor", "password": PASSWORD})["Location"] == "/"
    assert client.get("/")["Location"] == ROOT
    client.post("/sign-out/")
    assert client.get(ROOT).status_code == 302


@pytest.mark.requirement("TW-R-013")
def test_five_failures_lock_the_name(trial_store: Path) -> None:
    client = Client()
    for _ in range(5):
        client.post("/sign-in/", {"username": "monitor", "password": "not-it-at-all"})
    right = client.post("/sign-in/", {"username": "monitor", "password": PASSWORD})
    assert "This name is locked for fifteen minutes" in text_of(right)
    assert client.get(ROOT).status_code == 302


def test_sign_in_does_not_lead_to_another_server(trial_store: Path) -> None:
    given = {"username": "monitor", "password": PASSWORD, "next": "https://example.org/"}
    assert Client().post("/sign-in/", given)["Location"] == "/"


def test_locked_database_gives_a_clear_page(sign_in: SignIn, monkeypatch: pytest.MonkeyPatch) -> None:
    def locked() -> None:
        raise OperationalError("database is locked") from sqlite3.OperationalError("database is locked")

    client = sign_in("monitor")
    monkeypatch.setattr(frame, "read_head", locked)
    answer = client.get(ROOT)
    assert answer.status_code == 503
    assert answer["Retry-After"] == "5"
    assert "The database is locked by another process." in text_of(answer)


def test_bug_gives_a_page_without_a_trace(sign_in: SignIn, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> None:
        raise RuntimeError("2.5 mg/dL of S01-001")

    client = sign_in("monitor")
    client.raise_request_exception = False
    monkeypatch.setattr(frame, "read_head", broken)
    answer = client.get(ROOT)
    assert answer.status_code == 500
    assert "This is a fault of the software." in text_of(answer)
    assert "2.5" not in text_of(answer)


def test_form_without_its_token_is_refused_with_the_reason(trial_store: Path) -> None:
    answer = Client(enforce_csrf_checks=True).post("/sign-in/", {"username": "monitor", "password": PASSWORD})
    assert answer.status_code == 403
    assert "This page was too old to be sent" in text_of(answer)


def test_places_follow_the_rights_of_the_role(sign_in: SignIn) -> None:
    def places(role: str) -> list[str]:
        page = sign_in(role).get(ROOT).content.decode()
        return re.findall(r'data-key="(\w)"', page)

    assert places("study_nurse") == ["h", "s", "c", "a", "q", "p"]
    assert places("statistician") == ["h", "s", "c", "a", "q", "o", "r", "p"]
    assert places("registry_officer") == ["h", "o", "r", "p", "y"]
    assert places("administrator") == ["h", "p"]


def test_entries_outlive_the_session(sign_in: SignIn) -> None:
    from trialwright.store.projections import load_subject

    client = sign_in("study_nurse")
    page = client.get(LABORATORY)
    sent = {
        **fields_of(page),
        "shown": shown_of(page),
        "intent": "save",
        "v:creatinine": "1.1",
        "reason": "Copied",
    }
    client.logout()
    asked = client.post(LABORATORY, {**sent, "password": PASSWORD})
    assert asked.status_code == 401
    kept = re.search(r'name="kept" value="([^"]+)"', asked.content.decode()).group(1)
    wrong = client.post("/sign-in/", {"username": "study_nurse", "password": "not-it-at-all", "kept": kept})
    assert kept in wrong.content.decode()
    back = client.post("/sign-in/", {"username": "study_nurse", "password": PASSWORD, "kept": kept})
    carried = re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', back.content.decode())
    names = {name for name, _ in carried}
    assert "password" not in names
    assert load_subject("nct02632201", "S01-001").form("screening", "laboratory").version == 2
    data: dict[str, list[str]] = {}
    for name, value in carried:
        data.setdefault(name, []).append(value)
    shown = client.post(LABORATORY, data)
    # Shown again to whoever signed in, and recorded only when that person saves it.
    assert fields_of(shown)["v:creatinine"] == "1.1"
    assert load_subject("nct02632201", "S01-001").form("screening", "laboratory").version == 2
    again = {**fields_of(shown), "shown": shown_of(shown), "intent": "save"}
    assert client.post(LABORATORY, again).status_code == 302


def test_act_that_outlived_the_session_is_shown_and_not_done(sign_in: SignIn) -> None:
    from trialwright.store.ledger import read_head

    before = read_head()
    given = {"version": "2.0", "given_on": "2026-01-02", "resumed": "yes"}
    answer = sign_in("study_nurse").post(f"{ROOT}subjects/S01-005/act/record_consent/", given)
    assert 'value="2.0"' in answer.content.decode()
    assert read_head() == before


def test_tampered_entries_are_not_carried(trial_store: Path) -> None:
    given = {"username": "monitor", "password": PASSWORD, "kept": "eyJwYXRoIjoiLyJ9:forged"}
    assert Client().post("/sign-in/", given).status_code == 302
