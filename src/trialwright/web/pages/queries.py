"""The queries of all subjects that the viewer may see."""

from __future__ import annotations

from collections import Counter

from django.http import HttpRequest, HttpResponse

from trialwright.web.frame import page, show
from trialwright.web.query_list import ORDER, query_rows
from trialwright.web.reading import visible_states
from trialwright.web.viewer import Viewer
from trialwright.web.words import QUERY_MARKS

MOST_SHOWN = 100


@page("queries", "see_subjects")
def queries(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """Queries that wait for somebody, or those of one state."""
    rows = query_rows(viewer, visible_states(viewer))
    counts = Counter(row["query"].state for row in rows)
    wanted = request.GET.get("state", "")
    shown = [row for row in rows if (row["query"].state == wanted if wanted else row["query"].pending)]
    context = {
        "queries": shown[:MOST_SHOWN],
        "left_out": max(len(shown) - MOST_SHOWN, 0),
        "filters": [(name, QUERY_MARKS[name], counts[name]) for name in ORDER if counts[name]],
        "wanted": wanted,
        "pending_total": sum(row["query"].pending for row in rows),
    }
    return show(request, viewer, "web/queries.html", context)
