"""Accounts and roles: every change is an act with a name and an instant, in the account log.

21 CFR 11.10(d, i), 11.100, 11.300; EU Annex 11, 12. A person without a dated training record cannot sign in.
Secrets never enter the log.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q

from trialwright.store.account_tables import Account, AccountLog, Membership, fold_username
from trialwright.store.databases import LEDGER
from trialwright.store.faults import explained, refuse
from trialwright.store.journal import lock_journal, write_journal
from trialwright.store.sources import instant_text
from trialwright.trial.events import Actor

TERMINAL = Actor("terminal", "system")
"""Who acts at the terminal of the machine itself, where nobody can be signed in yet."""


@dataclass(frozen=True, slots=True)
class Role:
    """A role somebody has: in which study, at which site ('' = all of them)."""

    study: str
    site: str
    role: str


def create_account(
    username: str,
    display_name: str,
    password: str,
    *,
    by: Actor,
    now: datetime,
    trained_on: date | None = None,
) -> Account:
    """Makes an account. Refuses a name that was ever used (capital letters do not matter), and a weak
    password.

    Without ``trained_on`` the account exists but cannot sign in.
    """
    name = fold_username(username)
    account = Account(username=name, display_name=display_name.strip(), created_at=instant_text(now))
    if not name or not account.display_name:
        raise refuse("061", "An account needs a user name and the person's name.", "Give both.")
    _demand_training_in_past(trained_on, now)
    account.trained_on = trained_on
    _set_password(account, password)
    with explained("accounts"), transaction.atomic(using=LEDGER):
        lock_journal(AccountLog)
        if Account.objects.filter(username=name).exists():
            message = "This user name belongs to somebody, now or in the past."
            raise refuse(
                "060", message, "Choose another: a user name is never used again.", f"account {name}"
            )
        account.save(force_insert=True)
        trained = trained_on.isoformat() if trained_on else ""
        _log("create", account, by, now, {"display_name": account.display_name, "trained_on": trained})
    return account


def change_password(account: Account, password: str, *, by: Actor, now: datetime) -> None:
    """Sets a new password. Refuses a weak one."""
    _set_password(account, password)
    _save(account, ["password"], "change_password", by, now)


def record_training(account: Account, on: date, *, by: Actor, now: datetime) -> None:
    """Dates the training record. Refuses a date to come."""
    _demand_training_in_past(on, now)
    account.trained_on = on
    _save(account, ["trained_on"], "record_training", by, now, {"trained_on": on.isoformat()})


def disable_account(account: Account, reason: str, *, by: Actor, now: datetime) -> None:
    """Ends the right to sign in. The account and its name stay."""
    account.enabled = False
    _save(account, ["enabled"], "disable", by, now, {"reason": reason})


def enable_account(account: Account, reason: str, *, by: Actor, now: datetime) -> None:
    """Gives the right to sign in back."""
    account.enabled = True
    _save(account, ["enabled"], "enable", by, now, {"reason": reason})


def grant_role(
    account: Account, role: Role, since: date, *, by: Actor, now: datetime, until: date | None = None
) -> Membership:
    """Gives a role from ``since`` on, up to and with ``until``. Refuses one that the account has on that
    day.
    """
    if until is not None and until < since:
        raise refuse("063", "The role would end before it begins.", "Check the two dates.")
    with explained("accounts"), transaction.atomic(using=LEDGER):
        if role in find_roles(account, since):
            message = "The account has this role already."
            raise refuse("064", message, "Nothing is to be done.", f"account {account.username}")
        membership = Membership.objects.create(
            account=account, study=role.study, site=role.site, role=role.role, since=since, until=until
        )
        _log("grant_role", account, by, now, _describe(membership))
    return membership


def end_role(membership: Membership, until: date, *, by: Actor, now: datetime) -> None:
    """Lets a role end after the day ``until``. A role that has an end keeps it."""
    if membership.until is not None:
        raise refuse("065", "The role has an end already.", "Grant it anew where it is to last longer.")
    membership.until = until
    with explained("accounts"), transaction.atomic(using=LEDGER):
        membership.save(update_fields=["until"])
        _log("end_role", membership.account, by, now, _describe(membership))


def find_account(username: str) -> Account | None:
    """The account of that name, or None."""
    return Account.objects.filter(username=fold_username(username)).first()


def find_roles(account: Account, on: date, study: str = "") -> list[Role]:
    """The roles an account has on a day (in one study), whether or not it may sign in."""
    memberships = account.memberships.filter(Q(until__isnull=True) | Q(until__gte=on), since__lte=on)
    if study:
        memberships = memberships.filter(study=study)
    return [Role(m.study, m.site, m.role) for m in memberships.order_by("study", "site", "role", "id")]


def _set_password(account: Account, password: str) -> None:
    try:
        validate_password(password, account)
    except ValidationError as error:
        raise refuse("062", "The password is too weak.", " ".join(error.messages)) from error
    account.set_password(password)


def _demand_training_in_past(on: date | None, now: datetime) -> None:
    if on is not None and on > now.date():
        raise refuse("063", "The date of training lies in the future.", "Enter it when the training is done.")


def _save(
    account: Account,
    fields: list[str],
    act: str,
    by: Actor,
    now: datetime,
    detail: Mapping[str, Any] | None = None,
) -> None:
    with explained("accounts"), transaction.atomic(using=LEDGER):
        account.save(update_fields=fields)
        _log(act, account, by, now, detail or {})


def _log(act: str, account: Account, by: Actor, now: datetime, detail: Mapping[str, Any]) -> None:
    write_journal(AccountLog, act, account.username, actor=by, now=now, detail=detail)


def _describe(membership: Membership) -> dict[str, str]:
    return {
        "study": membership.study,
        "site": membership.site,
        "role": membership.role,
        "since": membership.since.isoformat(),
        "until": membership.until.isoformat() if membership.until else "",
    }
