"""The people's accounts: made before anybody acts, with passwords that nobody knows.

A demonstration gives the first person of every role a new password that it shows. Passwords come from the
operating system and stand in no ledger, so the ledger of a seed does not depend on them.
"""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from typing import TypedDict

from trialwright.rehearsal.cast import Member, list_members
from trialwright.store.accounts import (
    TERMINAL,
    Role,
    change_password,
    create_account,
    find_account,
    grant_role,
)
from trialwright.study.model.study import Study

PASSWORD_BYTES = 12


class DemonstrationAccount(TypedDict):
    """One account as the sign-in page of a demonstration shows it."""

    role: str
    username: str
    password: str


def create_people(study: Study, now: datetime) -> None:
    """An account with its role for everybody who acts, trained a week before and in the role since yesterday."""
    for member in list_members(study):
        _create(study, member, now)


def _create(study: Study, member: Member, now: datetime) -> None:
    trained_on = (now - timedelta(days=7)).date()
    name = member.actor.user
    if find_account(name) is None:
        password = secrets.token_urlsafe(PASSWORD_BYTES * 2)
        label = f"{member.label} (simulated)"
        create_account(name, label, password, by=TERMINAL, now=now, trained_on=trained_on)
    account = find_account(name)
    if account is None:
        raise LookupError(f"the account {name} was made and cannot be found")
    # The site's day can begin before the day of UTC, in which roles are counted.
    since = (now - timedelta(days=1)).date()
    grant_role(account, Role(study.id, member.actor.site, member.actor.role), since, by=TERMINAL, now=now)


def demonstration_accounts(study: Study, *, now: datetime) -> list[DemonstrationAccount]:
    """The first person of every role with a new password, in the order of the study's roles.

    The rehearsal must have made the people before. The passwords are in no file and no log: whoever calls
    this shows them or forgets them.
    """
    shown: list[DemonstrationAccount] = []
    roles: set[str] = set()
    for member in list_members(study):
        account = find_account(member.actor.user)
        if account is None or member.actor.role in roles:
            continue
        roles.add(member.actor.role)
        password = secrets.token_urlsafe(PASSWORD_BYTES)
        change_password(account, password, by=TERMINAL, now=now)
        shown.append({"role": member.label, "username": account.username, "password": password})
    return shown
