"""The outcomes of every subject, derived from what was captured: response, progression, survival."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from django.db import connections
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from trialwright.actions.analyse import take_cut
from trialwright.outcomes.recist.responses import Response
from trialwright.outcomes.survival_times import TimeToEvent
from trialwright.report.dataset import Dataset, SubjectData, derive_dataset
from trialwright.report.response_data import derive_subject_response, response_rules
from trialwright.report.response_plots import find_best_change
from trialwright.store.databases import LEDGER
from trialwright.store.ledger import read_head
from trialwright.web.frame import page, show
from trialwright.web.reading import arm_label, visible_states
from trialwright.web.viewer import Viewer


@page("outcomes", "see_report")
def outcomes(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """One line a subject for those who may see subjects; the outcomes of the protocol for everybody."""
    visible = {state.subject: state for state in visible_states(viewer)}
    data = dataset_of(viewer) if visible else None
    months = viewer.study.analysis.months_per_day
    rows = [
        _row(viewer, one, months)
        for one in (data.subjects if data else ())
        if one.state.allocation is not None and one.state.subject in visible
    ]
    context = {
        "rows": rows,
        "sees_subjects": bool(visible) or viewer.may("see_subjects"),
        "cut_on": data and data.cut_on,
    }
    return show(request, viewer, "web/outcomes.html", context)


def dataset_of(viewer: Viewer) -> Dataset:
    """The analysis data of everything recorded so far."""
    database = str(connections[LEDGER].settings_dict["NAME"])
    return _dataset(database, viewer.study.id, read_head().seq)


@lru_cache(maxsize=2)
def _dataset(_database: str, study: str, seq: int) -> Dataset:
    cut = take_cut(study, seq)
    return derive_dataset(cut.study, cut.subjects, min(cut.last_recorded_on, timezone.now().date()))


def _row(viewer: Viewer, one: SubjectData, months: float) -> dict[str, Any]:
    plan = viewer.study.analysis.response
    row = derive_subject_response(one, one.history, response_rules(plan)) if one.history else None
    best = row.best[plan.confirmed].response if row else Response.MISSING
    return {
        "state": one.state,
        "arm": arm_label(viewer, one.state),
        "best": "–" if best is Response.MISSING else best.value,
        "change": find_best_change(row) if row else None,
        "assessments": len(one.responses),
        "os": _time(one.survival, months),
        "pfs": _time(one.progression, months),
        "events": len(one.emergent),
    }


def _time(found: TimeToEvent | None, months: float) -> dict[str, Any] | None:
    if found is None:
        return None
    return {"found": found, "months": found.days * months}
