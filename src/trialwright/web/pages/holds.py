"""Holds: what is stopped, by whom and why; placing one and lifting it."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from trialwright import actions
from trialwright.study.findings import Finding
from trialwright.trial.administration import LiftHold, PlaceHold
from trialwright.web.acts.kinds import Field
from trialwright.web.acts.offers import answered
from trialwright.web.audit import names_of_accounts
from trialwright.web.frame import page, show
from trialwright.web.people_check import check_password
from trialwright.web.viewer import Viewer


def hold_fields(viewer: Viewer) -> tuple[Field, ...]:
    """What is asked for a new hold."""
    study = viewer.study
    scopes = [("study", "The whole study")]
    scopes += [(f"site:{site.id}", f"Site: {site.name}") for site in study.sites]
    scopes += [(f"arm:{arm.id}", f"Arm: {arm.label}") for arm in study.arms]
    scopes += [(f"product:{product.id}", f"Product: {product.name}") for product in study.products]
    return (
        Field("scope", "What is stopped", "choice", tuple(scopes), required=True),
        Field("words", "Why", "long", required=True),
    )


@page("safety", "place_hold")
def holds(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """The holds in force; a posted form places one, or lifts the one that it names."""
    fields = hold_fields(viewer)
    problems: list[Finding] = []
    if request.method == "POST":
        problems = check_password(request, viewer) or _carry_out(request, viewer)
        if not problems:
            return redirect("holds", study=viewer.study.id)
    given = request.POST if problems else {field.name: field.initial for field in fields}
    context = {
        **answered(fields, given, problems),
        "holds": viewer.state.holds.values(),
        "labels": dict(fields[0].choices),
        "people": names_of_accounts(),
    }
    return show(request, viewer, "web/holds.html", context, status=422 if problems else 200)


def _carry_out(request: HttpRequest, viewer: Viewer) -> list[Finding]:
    context, words = actions.Context(viewer.study.id), request.POST.get("words", "").strip()
    lifted = request.POST.get("hold", "")
    if lifted:
        outcome = actions.lift_hold(context, viewer.actor, LiftHold(lifted, words))
    else:
        outcome = actions.place_hold(context, viewer.actor, PlaceHold(request.POST.get("scope", ""), words))
    if outcome.accepted:
        messages.success(request, "The hold is lifted." if lifted else "The hold is in force.")
    return list(outcome.refusals)
