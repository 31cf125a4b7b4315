"""The subjects: list with search and status filter, status matrix, registering."""

from __future__ import annotations

from collections import Counter

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from trialwright import actions
from trialwright.actions.record_identity import RecordIdentity, record_identity
from trialwright.study.findings import Finding
from trialwright.trial.enrolment import RegisterSubject
from trialwright.trial.schedule import Standing, study_day
from trialwright.trial.subject import SubjectState
from trialwright.web.acts.kinds import Field
from trialwright.web.acts.offers import answered
from trialwright.web.frame import page, show
from trialwright.web.matrix import LEGEND, matrix_of
from trialwright.web.reading import arm_label, today_of, visible_states, visits_of
from trialwright.web.resume import RESUMED
from trialwright.web.viewer import Viewer
from trialwright.web.words import SUBJECT_MARKS


def chosen_states(request: HttpRequest, viewer: Viewer) -> tuple[list[SubjectState], list[SubjectState]]:
    """All visible subjects, and those that the search and the filter leave."""
    states = visible_states(viewer)
    wanted, status = request.GET.get("q", "").strip().upper(), request.GET.get("status", "")
    left = [
        state
        for state in states
        if wanted in state.subject.upper() and (not status or state.status.value == status)
    ]
    return states, left


@page("subjects", "see_subjects")
def subjects(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """The list. A search that is exactly one subject's code leads to that subject."""
    states, left = chosen_states(request, viewer)
    wanted = request.GET.get("q", "").strip().upper()
    if wanted and [state.subject for state in left] == [wanted]:
        return redirect("subject", study=viewer.study.id, subject=wanted)
    context = {
        **_filters(request, viewer, states),
        "rows": [_row(viewer, state) for state in left],
        "total": len(states),
        "may_register": viewer.may("register_subject"),
    }
    return show(request, viewer, "web/subjects.html", context)


def _filters(request: HttpRequest, viewer: Viewer, states: list[SubjectState]) -> dict[str, object]:
    counts = Counter(state.status.value for state in states)
    return {
        "q": request.GET.get("q", ""),
        "status": request.GET.get("status", ""),
        "statuses": [(name, mark, counts[name]) for name, mark in SUBJECT_MARKS.items() if counts[name]],
        "many_sites": len({state.site for state in states}) > 1,
        "total": len(states),
        "sees_arms": viewer.may("see_arms"),
    }


def _row(viewer: Viewer, state: SubjectState) -> dict[str, object]:
    visits = visits_of(viewer, state)
    following = [v for v in visits if v.standing in (Standing.DUE, Standing.UPCOMING) and v.planned_on]
    return {
        "state": state,
        "arm": arm_label(viewer, state),
        "day": study_day(state, today_of(viewer, state)),
        "late": sum(v.standing in (Standing.OVERDUE, Standing.INCOMPLETE) for v in visits),
        "due": sum(v.standing is Standing.DUE for v in visits),
        "next": following[0] if following else None,
        "queries": sum(q.pending for q in state.queries.values()),
    }


@page("subjects", "see_subjects")
def matrix(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """The status matrix of the chosen subjects."""
    states, left = chosen_states(request, viewer)
    heads, rows = matrix_of(viewer, left)
    context = {**_filters(request, viewer, states), "heads": heads, "rows": rows, "legend": LEGEND}
    return show(request, viewer, "web/matrix.html", context)


def register_fields(viewer: Viewer) -> tuple[Field, ...]:
    """What is asked at registration. The name goes to the identity vault of the site."""
    sites = tuple(
        (site.id, site.name) for site in viewer.study.sites if viewer.may("register_subject", site.id)
    )
    return (
        Field("site", "Site", "choice", sites, required=True, initial=sites[0][0] if len(sites) == 1 else ""),
        Field(
            "registered_on", "Registered on", "date", required=True, initial=timezone.now().date().isoformat()
        ),
        Field(
            "name", "Name", help="Kept in the identity vault of the site; trial records carry the code only."
        ),
        Field("birth_on", "Date of birth", "date"),
        Field("hospital_number", "Hospital number"),
    )


@page("subjects", "register_subject")
def register(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """Register a subject: the next code of the site, and the identifiers into the vault."""
    fields = register_fields(viewer)
    given = request.POST if request.method == "POST" else {field.name: field.initial for field in fields}
    problems: list[Finding] = []
    if request.method == "POST" and RESUMED not in request.POST:
        command = RegisterSubject(given.get("site", ""), given.get("registered_on", "").strip())
        outcome = actions.register_subject(actions.Context(viewer.study.id), viewer.actor, command)
        problems = list(outcome.refusals)
        if outcome.accepted:
            _keep_identity(request, viewer, outcome.subject)
            return redirect("subject", study=viewer.study.id, subject=outcome.subject)
    context = answered(fields, given, problems)
    return show(request, viewer, "web/register.html", context, status=422 if problems else 200)


def _keep_identity(request: HttpRequest, viewer: Viewer, subject: str) -> None:
    """The identifiers of the page go into the vault; what is wrong with them does not undo the registration."""
    messages.success(request, f"Registered as {subject}.")
    texts = {name: request.POST.get(name, "").strip() for name in ("name", "birth_on", "hospital_number")}
    if not any(texts.values()):
        return
    command = RecordIdentity(subject, **texts)
    outcome = record_identity(actions.Context(viewer.study.id), viewer.actor, command)
    for problem in (*outcome.refusals, *outcome.warnings):
        messages.warning(request, f"{problem.message} {problem.remedy}")
