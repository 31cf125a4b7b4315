"""One page for every act on a subject: its questions, the signature, the second person, the answer."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from trialwright import actions
from trialwright.study.findings import Finding
from trialwright.trial.dates import instant_text
from trialwright.trial.events import Actor
from trialwright.web.acts import Act, Entries, Field, Situation, find_act
from trialwright.web.acts.offers import answered, back_url
from trialwright.web.frame import page, refuse, show
from trialwright.web.people_check import check_password, find_second
from trialwright.web.reading import find_state
from trialwright.web.resume import RESUMED
from trialwright.web.viewer import Viewer


@page("subjects", "see_subjects")
def act(request: HttpRequest, viewer: Viewer, subject: str, verb: str, about: str = "") -> HttpResponse:
    """Show an act, or carry it out."""
    state, found = find_state(viewer, subject), find_act(verb)
    if found is None:
        raise Http404
    if not found.allowed(viewer, state):
        return refuse(request, viewer)
    at = Situation(viewer, state, about, timezone.now())
    fields = tuple(found.fields(at))
    if request.method == "POST" and RESUMED in request.POST:
        return _show(request, found, at, fields, request.POST, ())
    if request.method == "POST":
        return _carry_out(request, found, at, fields)
    return _show(request, found, at, fields, {field.name: _initial(field) for field in fields}, ())


def _initial(field: Field) -> str:
    """What stands in a field at first; where there is one thing to choose, it is chosen."""
    only = field.choices[0][0] if field.kind == "choice" and len(field.choices) == 1 else ""
    return field.initial or only


def _carry_out(request: HttpRequest, found: Act, at: Situation, fields: Sequence[Field]) -> HttpResponse:
    second, problems = None, []
    if found.signed:
        problems += check_password(request, at.viewer)
    if found.second and not problems:
        second, problems = find_second(request, at.viewer, at.state.site, found.second)
    warnings: tuple[Finding, ...] = ()
    if not problems:
        outcome = _perform(found, at, read_entries(request, fields, at.zone, second))
        problems, warnings = list(outcome.refusals), outcome.warnings
    if not problems:
        for warning in warnings:
            messages.warning(request, f"{warning.message} {warning.remedy}")
        messages.success(request, f"Recorded: {found.title.lower()}.")
        return redirect(back_url(found, at))
    return _show(request, found, at, fields, request.POST, problems, status=422)


def _perform(found: Act, at: Situation, entries: Entries) -> actions.Outcome:
    perform = getattr(actions, found.action or found.verb)
    return perform(actions.Context(at.viewer.study.id), at.viewer.actor, found.command(at, entries))


def read_entries(
    request: HttpRequest, fields: Sequence[Field], zone: ZoneInfo, second: Actor | None = None
) -> Entries:
    """What was posted, trimmed; instants become UTC text."""
    texts: dict[str, str] = {}
    lists: dict[str, tuple[str, ...]] = {}
    for field in fields:
        if field.kind == "many":
            lists[field.name] = tuple(request.POST.getlist(field.name))
        else:
            text = request.POST.get(field.name, "").strip()
            texts[field.name] = _instant(text, zone) if field.kind == "instant" else text
    return Entries(texts, lists, second)


def _instant(text: str, zone: ZoneInfo) -> str:
    """A local time of the site as the commands want it; what cannot be read is left for the rule to refuse."""
    try:
        entered = datetime.fromisoformat(text)
    except ValueError:
        return text
    return instant_text(entered if entered.tzinfo else entered.replace(tzinfo=zone))


def _show(
    request: HttpRequest,
    found: Act,
    at: Situation,
    fields: Sequence[Field],
    given: Any,
    problems: Sequence[Finding],
    status: int = 200,
) -> HttpResponse:
    context = {
        "act": found,
        "state": at.state,
        "about": at.about,
        "words": found.words(at),
        "closed": found.closed(at),
        "zone": at.zone.key,
        **answered(fields, given, problems),
        "back": back_url(found, at),
    }
    return show(request, at.viewer, "web/act.html", context, status=status)
