"""Queries as lines of a list, with what the viewer may do about each."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from trialwright.trial.records import Query
from trialwright.trial.subject import SubjectState

from .acts.form_acts import QUERY_ACTS
from .acts.offers import offers
from .audit import form_label, names_of_accounts, visit_label
from .viewer import Viewer

ORDER = {"open": 0, "reopened": 1, "answered": 2, "closed": 3, "cancelled": 4}


def query_rows(viewer: Viewer, states: Iterable[SubjectState]) -> list[dict[str, Any]]:
    """The queries of some subjects: those that wait first, then in order of the ledger."""
    names = names_of_accounts()
    rows = [query_row(viewer, state, query, names) for state in states for query in state.queries.values()]
    return sorted(rows, key=lambda row: (ORDER[row["query"].state], row["query"].seq))


def query_row(viewer: Viewer, state: SubjectState, query: Query, names: dict[str, str]) -> dict[str, Any]:
    """One query with its conversation and the acts that are open."""
    form = viewer.study.form(query.form)
    item = form.item(query.item.split(".")[0]) if form and query.item else None
    return {
        "state": state,
        "query": query,
        "visit": visit_label(viewer, query.visit),
        "form": form_label(viewer, query.form),
        "item": item.label if item else "",
        "messages": [(message, names.get(message.by, message.by)) for message in query.messages],
        "acts": [offer for offer in offers(viewer, state, QUERY_ACTS, query.id) if not offer["closed"]],
    }
