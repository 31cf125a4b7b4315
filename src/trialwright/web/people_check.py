"""Authenticating a person again: for a signature, and the second person of an act that needs two."""

from __future__ import annotations

from typing import cast

from django.contrib.auth import authenticate
from django.http import HttpRequest

from trialwright.store.account_tables import Account
from trialwright.study.findings import Finding
from trialwright.study.model.people import Right
from trialwright.trial.events import Actor
from trialwright.trial.refusals import refusal
from trialwright.trial.rights import may

from .viewer import Viewer, current_memberships


def check_password(request: HttpRequest, viewer: Viewer) -> list[Finding]:
    """A finding unless the signed-in person gave their own password (21 CFR 11.200). Failures count to the
    lock.
    """
    account = authenticate(
        request, username=viewer.account.username, password=request.POST.get("password", "")
    )
    if account is not None and account.pk == viewer.account.pk:
        return []
    remedy = "Enter the password you signed in with."
    return [refusal("WEB-001", "The password is not right; nothing was signed.", remedy, "password")]


def find_second(
    request: HttpRequest, viewer: Viewer, site: str, rights: tuple[Right, ...]
) -> tuple[Actor | None, list[Finding]]:
    """The second person, authenticated, in a role with one of ``rights`` at ``site``; or findings."""
    account = authenticate(
        request,
        username=request.POST.get("second_name", ""),
        password=request.POST.get("second_password", ""),
    )
    if account is None:
        remedy = "The second person enters name and password."
        return None, [refusal("WEB-002", "The second person is not known.", remedy, "second_name")]
    for membership in current_memberships(cast(Account, account), viewer.study.id):
        actor = Actor(account.get_username(), membership.role, membership.site)
        if any(may(viewer.study, actor, right, site) for right in rights):
            return actor, []
    remedy = "Choose somebody whose role may do this at the subject's site."
    return None, [refusal("WEB-003", "The second person has no role for this.", remedy, "second_name")]
