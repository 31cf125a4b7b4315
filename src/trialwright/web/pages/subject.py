"""One subject: the facts, the calendar, and a page each for visits, eligibility, cells, events and the trail."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from types import MappingProxyType
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone

from trialwright.report.answers import Sheet, sheets
from trialwright.study.schedule import day_of_date
from trialwright.trial.protocol import LOG, protocol_of
from trialwright.trial.schedule import PlannedVisit, Standing, day_one_of, study_day
from trialwright.trial.subject import SubjectState
from trialwright.web.acts import Situation
from trialwright.web.acts.offers import offers
from trialwright.web.acts.subject_acts import (
    ALLOCATE,
    CONFIRM,
    FAIL_SCREENING,
    RECORD_CONSENT,
    SUBJECT_ACTS,
    gate_messages,
)
from trialwright.web.audit import form_label, trail_of
from trialwright.web.cells_view import chain_of
from trialwright.web.eligibility import panel_of
from trialwright.web.frame import page, show
from trialwright.web.lesion_course import view_course
from trialwright.web.matrix import mark_of_visit
from trialwright.web.query_list import query_rows
from trialwright.web.reading import arm_label, doses_of, find_state, product_label, today_of, visits_of
from trialwright.web.viewer import Viewer
from trialwright.web.words import STANDING_MARKS, mark_of_standing

TABS = (
    ("overview", "Overview"),
    ("visits", "Visits and forms"),
    ("eligibility", "Eligibility"),
    ("cells", "Cells"),
    ("events", "Adverse events"),
    ("queries", "Queries"),
    ("trail", "Audit trail"),
)


@page("subjects", "see_subjects")
def subject(request: HttpRequest, viewer: Viewer, subject: str, tab: str = "overview") -> HttpResponse:
    """One tab of a subject's page."""
    state = find_state(viewer, subject)
    make = PARTS.get(tab)
    if make is None:
        raise Http404
    context = {**head_of(viewer, state), "tab": tab, **make(viewer, state)}
    return show(request, viewer, f"web/subject_{tab}.html", context)


def head_of(viewer: Viewer, state: SubjectState) -> dict[str, Any]:
    """The facts at the top of every page of a subject."""
    today = today_of(viewer, state)
    site = viewer.study.site(state.site)
    return {
        "state": state,
        "tabs": TABS,
        "arm": arm_label(viewer, state),
        "day": study_day(state, today) if state.follow_up_end is None else None,
        "today": today,
        "subject_site": site,
        "zone": site.time_zone if site else "",
        "pending": sum(query.pending for query in state.queries.values()),
        "may_see_identity": viewer.may("see_identity", state.site),
    }


def _overview(viewer: Viewer, state: SubjectState) -> dict[str, Any]:
    at = Situation(viewer, state, "", timezone.now())
    visits = visits_of(viewer, state)
    pressing = [v for v in visits if v.standing in (Standing.DUE, Standing.OVERDUE, Standing.INCOMPLETE)]
    return {
        "acts": offers(viewer, state, SUBJECT_ACTS),
        "pressing": [visit_row(viewer, state, v) for v in pressing],
        "timeline": timeline_of(viewer, state),
        "gates": gate_messages(at) if state.allocation is None and state.screen_failure is None else (),
        "deviations": state.deviations,
        "course": view_course(viewer.study, state) if state.consent is not None else None,
    }


def visit_row(viewer: Viewer, state: SubjectState, planned: PlannedVisit) -> dict[str, Any]:
    """One visit with its forms."""
    pending: dict[tuple[str, str], int] = {}
    for query in state.queries.values():
        if query.pending:
            pending[query.visit, query.form] = pending.get((query.visit, query.form), 0) + 1
    return {
        "planned": planned,
        "mark": mark_of_visit(planned),
        "forms": [
            {
                "id": form.form,
                "title": form_label(viewer, form.form),
                "state": form.state,
                "saved": state.form(planned.visit.id, form.form),
                "queries": pending.get((planned.visit.id, form.form), 0),
            }
            for form in planned.forms
        ],
    }


def timeline_of(viewer: Viewer, state: SubjectState) -> list[dict[str, Any]]:
    """Visits and doses in order of time; upcoming ones beyond the next three are left to the visits page."""
    lines: list[dict[str, Any]] = []
    for planned in visits_of(viewer, state):
        dated = next((f.occurred_on for f in state.forms.values() if f.visit == planned.visit.id), "")
        lines.append(
            {
                "sort": (planned.planned_on or date.min, 1),
                "kind": "visit",
                "visit": planned.visit,
                "label": planned.visit.label,
                "planned": planned,
                "standing": planned.standing,
                "mark": mark_of_standing(planned),
                "done_on": dated,
            }
        )
    for dose in doses_of(viewer, state):
        lines.append(
            {
                "sort": (dose.planned_on, 0),
                "kind": "dose",
                "label": f"{product_label(viewer, state, dose.product.id)}, cycle {dose.cycle}",
                "planned": dose,
                "standing": dose.standing,
                "mark": STANDING_MARKS[dose.standing],
                "done_on": dose.given.given_on if dose.given else "",
                "container": dose.given.container if dose.given else "",
                "day": dose.day,
            }
        )
    day_one = day_one_of(state)
    for line in lines:
        done = line["done_on"]
        line["done_day"] = (
            day_of_date(day_one, date.fromisoformat(done)) if day_one and len(done) == 10 else None
        )
    return _shorten(sorted(lines, key=lambda line: line["sort"]))


def _shorten(lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
    kept, upcoming = [], 0
    for line in lines:
        if line["standing"] is Standing.NOT_EXPECTED:
            continue
        upcoming += line["standing"] is Standing.UPCOMING
        if line["standing"] is not Standing.UPCOMING or upcoming <= 6:
            kept.append(line)
    return kept


def _visits(viewer: Viewer, state: SubjectState) -> dict[str, Any]:
    visits = visits_of(viewer, state)
    expected = [
        v
        for v in visits
        if v.standing is not Standing.NOT_EXPECTED or any(f.state != "empty" for f in v.forms)
    ]
    return {
        "visits": [visit_row(viewer, state, v) for v in expected],
        "log": log_rows(viewer, state),
        "new_forms": new_log_forms(viewer, state),
        "left_out": len(visits) - len(expected),
    }


def log_rows(viewer: Viewer, state: SubjectState) -> list[dict[str, Any]]:
    """The forms saved outside the schedule."""
    return [
        {"saved": saved, "title": form_label(viewer, saved.form)}
        for saved in state.forms.values()
        if saved.visit == LOG
    ]


def new_log_forms(viewer: Viewer, state: SubjectState) -> list[dict[str, Any]]:
    """Forms that may be opened outside the schedule: id, title, and the number the next one takes."""
    if not viewer.may("enter_data", state.site) or state.consent is None:
        return []
    scheduled = protocol_of(viewer.study).scheduled_forms
    found: list[dict[str, Any]] = []
    for form in viewer.study.forms:
        number = 1 + sum(f.visit == LOG and f.form == form.id for f in state.forms.values())
        if number == 1 or form.repeats or form.id in scheduled:
            found.append(
                {"id": form.id, "title": form.title, "number": number, "log": form.id not in scheduled}
            )
    return found


def _eligibility(viewer: Viewer, state: SubjectState) -> dict[str, Any]:
    return {
        "panel": panel_of(viewer, state, today_of(viewer, state)),
        "acts": offers(viewer, state, (RECORD_CONSENT, CONFIRM, FAIL_SCREENING, ALLOCATE)),
    }


def _cells(viewer: Viewer, state: SubjectState) -> dict[str, Any]:
    return chain_of(viewer, state)


def _events(viewer: Viewer, state: SubjectState) -> dict[str, Any]:
    return {
        "event_rows": [
            event_row(state.subject, sheet) for sheet in sheets(viewer.study, state, "adverse_event")
        ],
        "new_events": [
            f for f in new_log_forms(viewer, state) if _records(viewer, f["id"]) == "adverse_event"
        ],
    }


def event_row(subject: str, sheet: Sheet) -> dict[str, Any]:
    """One adverse event as a line of a list."""
    grade = sheet.form.item_meaning("grade")
    labels = {code.value: code.label for code in grade.codes} if grade else {}
    return {
        "subject": subject,
        "sheet": sheet,
        "term": sheet.text("term") or sheet.text("verbatim"),
        "verbatim": sheet.text("verbatim"),
        "grade": labels.get(sheet.text("grade"), sheet.text("grade")),
        "severe": sheet.text("grade") in ("3", "4", "5"),
        "serious": sheet.text("serious") == "true",
        "started_on": sheet.text("started_on"),
        "ended_on": sheet.text("ended_on"),
        "outcome": sheet.text("outcome"),
    }


def _records(viewer: Viewer, form_id: str) -> str:
    form = viewer.study.form(form_id)
    return form.records if form else ""


def _queries(viewer: Viewer, state: SubjectState) -> dict[str, Any]:
    return {"queries": query_rows(viewer, [state])}


def _trail(viewer: Viewer, state: SubjectState) -> dict[str, Any]:
    return {"trail": trail_of(viewer, state)}


PARTS: Mapping[str, Callable[[Viewer, SubjectState], dict[str, Any]]] = MappingProxyType(
    {
        "overview": _overview,
        "visits": _visits,
        "eligibility": _eligibility,
        "cells": _cells,
        "events": _events,
        "queries": _queries,
        "trail": _trail,
    }
)


@page("subjects", "see_subjects")
def visit(request: HttpRequest, viewer: Viewer, subject: str, visit: str) -> HttpResponse:
    """One visit: its window and its forms."""
    state = find_state(viewer, subject)
    planned = next((one for one in visits_of(viewer, state) if one.visit.id == visit), None)
    if planned is None:
        raise Http404
    context = {**head_of(viewer, state), "tab": "visits", "row": visit_row(viewer, state, planned)}
    return show(request, viewer, "web/visit.html", context)
