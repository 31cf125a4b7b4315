"""Safety: clocks of expedited reports, the stopping rule, adverse events by term and worst grade."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from trialwright.outcomes.adverse_events import GRADES, GradeCounts, derive_worst_grades
from trialwright.outcomes.ctcae import read_dictionary
from trialwright.report.answers import sheets
from trialwright.report.safety_events import derive_adverse_events
from trialwright.trial.protocol import LOG
from trialwright.trial.subject import SubjectState
from trialwright.web.frame import page, show
from trialwright.web.pages.subject import event_row
from trialwright.web.reading import visible_states
from trialwright.web.safety_board import derive_watched, describe_stopping, list_clocks, list_unjudged
from trialwright.web.viewer import Viewer

POOLED = "all"
CYTOKINE_TERMS = ("cytokine release syndrome", "immune effector cell-associated neurotoxicity syndrome")
"""CTCAE 5.0 and 6.0 terms of the reactions to cells that are watched apart."""


@page("safety", "see_subjects")
def safety(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """The page. Arms are told apart only for roles that may see them."""
    states = visible_states(viewer)
    rows = [
        event_row(state.subject, sheet)
        for state in states
        for sheet in sheets(viewer.study, state, "adverse_event")
    ]
    watched = derive_watched(viewer.study, states, timezone.now().date(), by_arm=viewer.may("see_arms"))
    partial = bool(viewer.site) and len(viewer.study.sites) > 1
    context = {
        "clocks": list_clocks(watched),
        "unjudged": list_unjudged(watched),
        "routes": viewer.study.safety.routes,
        "stopping": None if partial else describe_stopping(watched),
        "partial": partial and viewer.study.safety.dose_limiting is not None,
        "event_form": next((form.id for form in viewer.study.forms if form.records == "adverse_event"), ""),
        "log": LOG,
        "table": worst_grades(viewer, states),
        "serious": [row for row in rows if row["serious"]],
        "cytokine": [row for row in rows if row["term"].lower() in CYTOKINE_TERMS],
        "events": len(rows),
        "holds": viewer.state.holds.values(),
        "subjects": len({row["subject"] for row in rows}),
        "may_hold": viewer.may("place_hold"),
    }
    return show(request, viewer, "web/safety.html", context)


def worst_grades(viewer: Viewer, states: list[SubjectState]) -> dict[str, Any]:
    """Subjects by worst grade for every class and term; a column group an arm, or one for all."""
    dictionary = read_dictionary(viewer.study.safety.ctcae_version)
    treated = [state for state in states if state.allocation is not None]
    today = timezone.now().date()
    events = [
        event for state in treated for event in derive_adverse_events(viewer.study, state, dictionary, today)
    ]
    by_arm = viewer.may("see_arms")
    arms = {s.subject: s.allocation.arm if by_arm else POOLED for s in treated if s.allocation}
    counts = derive_worst_grades(events, arms)
    groups = sorted(set(arms.values()))
    labels = [
        next((arm.label for arm in viewer.study.arms if arm.id == group), "All arms together")
        for group in groups
    ]
    lines: dict[tuple[str, str], dict[str, GradeCounts]] = {}
    for one in counts:
        lines.setdefault((one.organ_class, one.term), {})[one.arm] = one
    return {
        "groups": list(
            zip(labels, [sum(a == group for a in arms.values()) for group in groups], strict=True)
        ),
        "grades": GRADES,
        "rows": [
            {
                "label": term or organ_class or "Any event",
                "level": 2 if term else 1 if organ_class else 0,
                "cells": [_cells(found.get(group)) for group in groups],
            }
            for (organ_class, term), found in lines.items()
        ],
    }


def _cells(counts: GradeCounts | None) -> list[int]:
    if counts is None:
        return [0, 0, 0]
    return [counts.any_grade, counts.at_least(3), counts.events]
