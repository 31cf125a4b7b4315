"""Signing in and out, and taking one of one's roles."""

from __future__ import annotations

from typing import Any, cast

from django.conf import settings
from django.contrib.auth import authenticate, login, logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from trialwright.store.account_tables import Account
from trialwright.store.projection_tables import StudyRow
from trialwright.web.demonstration import demonstration_accounts
from trialwright.web.frame import page
from trialwright.web.resume import offer_entries
from trialwright.web.viewer import ROLE_KEY, Viewer, current_memberships


def front(request: HttpRequest) -> HttpResponse:
    """Where the bare address leads: the first study of the person, or the sign-in page."""
    if not request.user.is_authenticated:
        return redirect("sign_in")
    account = cast(Account, request.user)
    studies = [row.study for row in StudyRow.objects.order_by("study")]
    mine = [study for study in studies if current_memberships(account, study)]
    if len(mine) == 1:
        return redirect("home", study=mine[0])
    return render(request, "web/front.html", {"studies": mine, "account": account})


@sensitive_post_parameters("password")
def sign_in(request: HttpRequest) -> HttpResponse:
    """Sign in with name and password. Repeated failures lock the name out for a while (django-axes)."""
    context: dict[str, Any] = {"next": request.POST.get("next") or request.GET.get("next", "")}
    if request.method == "POST":
        name, password = request.POST.get("username", ""), request.POST.get("password", "")
        account = authenticate(request, username=name, password=password)
        if account is not None:
            login(request, account)
            going_on = offer_entries(request, request.POST.get("kept", ""))
            if going_on is not None:
                return going_on
            return redirect(_safe(request, context["next"]))
        context |= {"failed": True, "username": name, "kept": request.POST.get("kept", "")}
    if settings.DEMONSTRATION:
        context |= {"demonstration": demonstration_accounts(), "simulated": True}
    return render(request, "web/sign_in.html", context, status=401 if context.get("failed") else 200)


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """Sign out and go to the sign-in page."""
    logout(request)
    return redirect("sign_in")


@require_POST
@page("home")
def take_role(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """Take another of one's own roles in the study."""
    wanted = request.POST.get("membership", "")
    if wanted in {str(membership.pk) for membership in viewer.memberships}:
        request.session[ROLE_KEY] = int(wanted)
    return redirect("home", study=viewer.study.id)


def _safe(request: HttpRequest, target: str) -> str:
    allowed = url_has_allowed_host_and_scheme(target, {request.get_host()}, request.is_secure())
    return target if target and allowed else "/"
