"""Who a subject is: shown to a named person of the subject's site, for a stated purpose, and logged."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from trialwright.store.faults import StoreError
from trialwright.store.identity import Person, read_identity
from trialwright.study.findings import Finding
from trialwright.web.frame import page, refuse, show
from trialwright.web.pages.subject import head_of
from trialwright.web.reading import find_state
from trialwright.web.viewer import Viewer


@page("subjects", "see_identity")
def identity(request: HttpRequest, viewer: Viewer, subject: str) -> HttpResponse:
    """Ask for the purpose; then show the identifiers once."""
    state = find_state(viewer, subject)
    if not viewer.may("see_identity", state.site):
        return refuse(request, viewer)
    person: Person | None = None
    problem: Finding | None = None
    if request.method == "POST":
        try:
            purpose = request.POST.get("purpose", "").strip()
            person = read_identity(
                viewer.study.id, subject, actor=viewer.actor, purpose=purpose, now=timezone.now()
            )
        except StoreError as error:
            problem = error.finding
    context = {
        **head_of(viewer, state),
        "person": person,
        "asked": request.method == "POST",
        "problems": [problem] if problem else (),
    }
    return show(request, viewer, "web/identity.html", context, status=422 if problem else 200)
