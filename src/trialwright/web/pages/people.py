"""Administration: the accounts with a role in the study, and what was done to accounts."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from trialwright.store.account_tables import Account, AccountLog
from trialwright.web.frame import page, show
from trialwright.web.viewer import Viewer

LOG_LINES = 50


@page("people", "manage_accounts")
def people(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """The list. Accounts are made and changed at the terminal, where the person's papers are checked."""
    today = timezone.now().date()
    accounts = Account.objects.filter(memberships__study=viewer.study.id).distinct().order_by("username")
    rows = [
        {
            "account": account,
            "roles": [
                {
                    "role": viewer.study.role(one.role),
                    "site": viewer.study.site(one.site) if one.site else None,
                    "one": one,
                    "in_force": one.since <= today and (one.until is None or one.until >= today),
                }
                for one in account.memberships.filter(study=viewer.study.id).order_by("id")
            ],
        }
        for account in accounts
    ]
    log = AccountLog.objects.order_by("-seq")[:LOG_LINES]
    return show(request, viewer, "web/people.html", {"rows": rows, "log": log})
