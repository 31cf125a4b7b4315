"""The people's accounts, made before anybody acts.

Passwords come from the operating system and stand in no ledger, so the ledger of a seed does not depend on
them. Those of the first person of every role are handed back, for a demonstration to show.
"""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from trialwright.rehearsal.cast import Member, list_members
from trialwright.rehearsal.summary import DemonstrationAccount
from trialwright.store.account_tables import Account
from trialwright.store.accounts import TERMINAL, Role, create_account, grant_role
from trialwright.study.model.study import Study

PASSWORD_BYTES = 12


def create_people(study: Study, now: datetime) -> list[DemonstrationAccount]:
    """An account for everybody who acts, trained a week before and in the role since yesterday.

    Answers one account a role with its password, in the order of the study's roles. Refuses (StoreError) a
    user name that is taken: a rehearsal begins in a store of its own.
    """
    shown: dict[str, DemonstrationAccount] = {}
    for member in list_members(study):
        password = secrets.token_urlsafe(PASSWORD_BYTES)
        _grant(study, member, _create(member, password, now), now)
        account: DemonstrationAccount = {
            "role": member.label,
            "username": member.actor.user,
            "password": password,
        }
        shown.setdefault(member.actor.role, account)
    return list(shown.values())


def _create(member: Member, password: str, now: datetime) -> Account:
    trained_on = (now - timedelta(days=7)).date()
    label = f"{member.label} (simulated)"
    return create_account(member.actor.user, label, password, by=TERMINAL, now=now, trained_on=trained_on)


def _grant(study: Study, member: Member, account: Account, now: datetime) -> None:
    # The site's day can begin before the day of UTC, in which roles are counted.
    since = (now - timedelta(days=1)).date()
    grant_role(account, Role(study.id, member.actor.site, member.actor.role), since, by=TERMINAL, now=now)
