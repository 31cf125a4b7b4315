"""The registry: the record as a registry's page shows it, its display status, and what is overdue."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone

from trialwright.standards.clinicaltrials_gov import compute_display_status
from trialwright.store.ledger import read
from trialwright.trial.events import Kind
from trialwright.web.audit import describe, names_of_accounts
from trialwright.web.frame import page, show
from trialwright.web.registry_record import RegistryView, record_of
from trialwright.web.viewer import Viewer

TABS = (
    ("details", "Study details"),
    ("table", "Tabular view"),
    ("results", "Results"),
    ("history", "History"),
)
RULES = (("2023", "the rule since 2023"), ("2012", "the rule of 2012 to 2017"))
HISTORY_KINDS = (
    Kind.STUDY_ACTIVATED,
    Kind.STUDY_VERSION_ADOPTED,
    Kind.SITE_OPENED,
    Kind.SITE_CLOSED,
    Kind.HOLD_PLACED,
    Kind.HOLD_LIFTED,
)


@page("registry", "see_registry", "edit_registry")
def registry(request: HttpRequest, viewer: Viewer, tab: str = "details") -> HttpResponse:
    """One tab. The day of judgement may be given as ``?on=2026-11-22``."""
    if tab not in dict(TABS):
        raise Http404
    on, refused = read_day(request)
    view = record_of(viewer, on)
    rule = request.GET.get("rule", "2023")
    module = view.protocol.get("statusModule", {})
    context: dict[str, Any] = {
        "tabs": TABS,
        "tab": tab,
        "view": view,
        "record": view.protocol,
        "on": on,
        "refused": refused,
        "rule": rule if rule in dict(RULES) else "2023",
        "rules": RULES,
        "status": compute_display_status(module, on, "2012" if rule == "2012" else "2023"),
        "stale_status": view.registered,
        "rows": flatten(view.record) if tab == "table" else (),
        "history": history_of_study(viewer) if tab == "history" else (),
        "results_due": next((duty for duty in view.duties if duty.code == "results"), None),
    }
    return show(request, viewer, f"web/registry_{tab}.html", context)


def read_day(request: HttpRequest) -> tuple[date, bool]:
    """The day asked for, else today; and whether what was asked for is no day."""
    text = request.GET.get("on", "")
    today = timezone.now().date()
    try:
        return (date.fromisoformat(text) if text else today), False
    except ValueError:
        return today, True


def flatten(record: Any, path: tuple[str, ...] = ()) -> list[tuple[str, str]]:
    """Every element of the record with its path, in order."""
    if isinstance(record, dict):
        return [row for key, value in record.items() for row in flatten(value, (*path, key))]
    if isinstance(record, list):
        return [
            row for number, value in enumerate(record) for row in flatten(value, (*path, str(number + 1)))
        ]
    text = {True: "yes", False: "no"}.get(record, str(record)) if isinstance(record, bool) else str(record)
    return [(" › ".join(path[1:] or path), text)]


def history_of_study(viewer: Viewer) -> list[Any]:
    """What happened to the study as a whole, newest first."""
    names = names_of_accounts()
    found = [
        describe(viewer, None, one, names) for one in read(viewer.study.id, subject="", kinds=HISTORY_KINDS)
    ]
    return found[::-1]


@page("registry", "see_registry", "edit_registry")
def registry_file(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """The record as API v2 JSON."""
    on, _ = read_day(request)
    view: RegistryView = record_of(viewer, on)
    body = json.dumps(view.record, indent=2, ensure_ascii=False)
    response = HttpResponse(body, content_type="application/json; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{viewer.study.id}-record.json"'
    return response
