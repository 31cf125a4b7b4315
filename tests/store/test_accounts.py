"""Accounts: one person each, for ever; every change is in the account log."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.contrib.auth.backends import ModelBackend

from trialwright.store import accounts
from trialwright.store.account_tables import Account, AccountLog
from trialwright.store.accounts import TERMINAL, Role, create_account, find_account, find_roles
from trialwright.store.faults import StoreError
from trialwright.store.journal import find_journal_break
from trialwright.store.open import Store
from trialwright.trial.events import Actor

from .conftest import BEGIN

ADMIN = Actor("admin", "administrator")
PASSWORD = "correct horse battery"
TODAY = BEGIN.date()


def create(username: str = "n.nurse", trained_on: date | None = TODAY, password: str = PASSWORD) -> Account:
    return create_account(username, "Nora Nurse", password, by=ADMIN, now=BEGIN, trained_on=trained_on)


def code_of(call: Callable[[], object]) -> str:
    with pytest.raises(StoreError) as caught:
        call()
    assert PASSWORD not in str(caught.value.finding)
    return caught.value.finding.code.removeprefix("TW-STO-")


def authenticate(username: str, password: str) -> Account | None:
    """What Django's own backend answers, without the lock-out that the sign-in page puts before it."""
    return ModelBackend().authenticate(None, username=username, password=password)  # pyright: ignore


def acts() -> list[tuple[str, str, str]]:
    return list(AccountLog.objects.order_by("seq").values_list("act", "actor", "object"))


def test_passwords_are_kept_as_argon2(any_store: Store) -> None:
    account = create()
    assert account.password.startswith("argon2$argon2id$")
    assert authenticate(username="N.Nurse", password=PASSWORD) == account
    assert authenticate(username="n.nurse", password="another long password") is None
    accounts.change_password(account, "another long password", by=ADMIN, now=BEGIN)
    assert authenticate(username="n.nurse", password=PASSWORD) is None


def test_a_user_name_is_never_used_again(any_store: Store) -> None:
    """21 CFR 11.100: unique to one person, never reassigned."""
    account = create()
    accounts.disable_account(account, "left the hospital", by=ADMIN, now=BEGIN)
    for name in ("n.nurse", "N.NURSE", " n.nurse ", "ｎ.nurse"):
        assert code_of(lambda name=name: create(name)) == "060"
    assert Account.objects.count() == 1


def test_nobody_signs_in_without_training(any_store: Store) -> None:
    """21 CFR 11.10(i)."""
    account = create(trained_on=None)
    assert not account.is_active
    assert authenticate(username="n.nurse", password=PASSWORD) is None
    tomorrow = TODAY + timedelta(days=1)
    assert code_of(lambda: accounts.record_training(account, tomorrow, by=ADMIN, now=BEGIN)) == "063"
    assert code_of(lambda: create("other", trained_on=tomorrow)) == "063"
    accounts.record_training(account, TODAY, by=ADMIN, now=BEGIN)
    assert authenticate(username="n.nurse", password=PASSWORD) == account


def test_a_disabled_account_cannot_sign_in(any_store: Store) -> None:
    account = create()
    accounts.disable_account(account, "on leave", by=ADMIN, now=BEGIN)
    assert authenticate(username="n.nurse", password=PASSWORD) is None
    accounts.enable_account(account, "back", by=ADMIN, now=BEGIN)
    assert authenticate(username="n.nurse", password=PASSWORD) == account


@pytest.mark.parametrize("password", ["", "short", "password1234", "123456789012", "Nora Nurse 1"])
def test_weak_passwords_are_refused(store: Store, password: str) -> None:
    assert code_of(lambda: create(password=password)) == "062"
    assert find_account("n.nurse") is None


def test_an_account_has_a_name(store: Store) -> None:
    assert code_of(lambda: create(" ")) == "061"
    nameless = lambda: create_account("x", " ", PASSWORD, by=TERMINAL, now=BEGIN)  # noqa: E731
    assert code_of(nameless) == "061"


def test_roles_hold_from_day_to_day(any_store: Store) -> None:
    account = create()
    nurse, monitor = Role("trial", "site1", "study_nurse"), Role("trial", "", "monitor")
    accounts.grant_role(account, nurse, TODAY, by=ADMIN, now=BEGIN)
    until = TODAY + timedelta(days=2)
    held = accounts.grant_role(account, monitor, TODAY, by=ADMIN, now=BEGIN, until=until)
    assert find_roles(account, TODAY - timedelta(days=1)) == []
    assert find_roles(account, TODAY) == [monitor, nurse]
    assert find_roles(account, until) == [monitor, nurse]
    assert find_roles(account, until + timedelta(days=1)) == [nurse]
    assert find_roles(account, TODAY, "another") == []
    assert code_of(lambda: accounts.grant_role(account, nurse, TODAY, by=ADMIN, now=BEGIN)) == "064"
    assert code_of(lambda: accounts.end_role(held, TODAY, by=ADMIN, now=BEGIN)) == "065"
    before = TODAY - timedelta(days=1)
    other = Role("trial", "site2", "study_nurse")
    backwards = lambda: accounts.grant_role(account, other, TODAY, by=ADMIN, now=BEGIN, until=before)  # noqa: E731
    assert code_of(backwards) == "063"


def test_a_role_ends_and_can_be_given_again(any_store: Store) -> None:
    account = create()
    nurse = Role("trial", "site1", "study_nurse")
    membership = accounts.grant_role(account, nurse, TODAY, by=ADMIN, now=BEGIN)
    accounts.end_role(membership, TODAY, by=ADMIN, now=BEGIN)
    later = TODAY + timedelta(days=1)
    assert find_roles(account, later) == []
    accounts.grant_role(account, nurse, later, by=ADMIN, now=BEGIN)
    assert find_roles(account, later) == [nurse]


def test_every_act_is_logged_and_no_secret_is(any_store: Store) -> None:
    """EU Annex 11, 12: creation, change and cancellation of access are recorded, with operator and time."""
    account = create(trained_on=None)
    accounts.record_training(account, TODAY, by=ADMIN, now=BEGIN)
    accounts.change_password(account, "another long password", by=ADMIN, now=BEGIN)
    nurse = Role("trial", "site1", "study_nurse")
    membership = accounts.grant_role(account, nurse, TODAY, by=ADMIN, now=BEGIN)
    accounts.end_role(membership, TODAY, by=ADMIN, now=BEGIN)
    accounts.disable_account(account, "left", by=ADMIN, now=BEGIN)
    expected = ["create", "record_training", "change_password", "grant_role", "end_role", "disable"]
    assert acts() == [(act, "admin", "n.nurse") for act in expected]
    details = " ".join(AccountLog.objects.values_list("detail", flat=True))
    assert "password" not in details and "argon2" not in details
    assert AccountLog.objects.get(seq=4).details() == {
        "study": "trial",
        "site": "site1",
        "role": "study_nurse",
        "since": "2026-03-02",
        "until": "",
    }
    assert find_journal_break(AccountLog) is None
