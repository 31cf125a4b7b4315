"""The first page after signing in: what is due, what is late, what is wrong; and how the trial stands."""

from __future__ import annotations

from collections import Counter
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from trialwright.web.enrolment_line import line_of
from trialwright.web.frame import page, show
from trialwright.web.reading import visible_states
from trialwright.web.registry_record import record_of
from trialwright.web.viewer import Viewer
from trialwright.web.words import SUBJECT_MARKS
from trialwright.web.worklist import work_of

MOST_TASKS = 12


@page("home")
def home(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """What stands on it follows from the rights of the role."""
    states, now = visible_states(viewer), timezone.now()
    counts = Counter(state.status.value for state in states)
    work = work_of(viewer, states, now)
    context: dict[str, Any] = {
        "shelves": (
            ("Today", "today", work.today[:MOST_TASKS], len(work.today), "Nothing waits for you today."),
            ("Late", "late", work.late[:MOST_TASKS], len(work.late), "Nothing is late."),
            ("To be put right", "wrong", work.wrong[:MOST_TASKS], len(work.wrong), "Nothing is wrong."),
        ),
        "sees_subjects": viewer.may("see_subjects"),
        "holds": viewer.state.holds.values(),
        "line": line_of(viewer.study, viewer.state, states, now.date()) if states else None,
        "statuses": [(name, mark, counts[name]) for name, mark in SUBJECT_MARKS.items() if counts[name]],
        "total": len(states),
        "arms": arm_balance(viewer),
        "queries": sum(query.pending for state in states for query in state.queries.values()),
        "site_of": viewer.site,
    }
    if viewer.may("see_registry") or viewer.may("edit_registry"):
        context["registry"] = record_of(viewer, now.date())
    if viewer.may("manage_study") or viewer.may("manage_accounts"):
        context["sites"] = [(site, viewer.state.sites.get(site.id)) for site in viewer.study.sites]
    return show(request, viewer, "web/home.html", context)


def arm_balance(viewer: Viewer) -> list[dict[str, Any]]:
    """Subjects by arm over the whole study, for roles that may see the arms at least pooled."""
    if not (viewer.may("see_arms") or viewer.may("see_arms_pooled")):
        return []
    counts = viewer.state.allocated
    most = max([1, *counts.values()])
    return [
        {"arm": arm, "count": counts.get(arm.id, 0), "width": round(200 * counts.get(arm.id, 0) / most)}
        for arm in viewer.study.arms
    ]
