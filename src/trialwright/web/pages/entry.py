"""One entry of the ledger: what was recorded, by whom, when, and its place in the chain."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse

from trialwright.actions.unit import study_of_version
from trialwright.store.ledger import read
from trialwright.store.ledger_tables import LedgerEntry
from trialwright.trial.events import Kind
from trialwright.web.audit import describe, names_of_accounts
from trialwright.web.form_history import show_answer
from trialwright.web.frame import page, show
from trialwright.web.reading import find_state
from trialwright.web.viewer import Viewer


@page("subjects")
def entry(request: HttpRequest, viewer: Viewer, seq: int) -> HttpResponse:
    """The entry in words. An entry about a subject is shown to those who may see the subject."""
    recorded = next(read(viewer.study.id, after=seq - 1, until=seq), None)
    if recorded is None:
        raise Http404
    subject = recorded.event.subject
    state = find_state(viewer, subject) if subject else None
    answers = []
    if recorded.kind in (Kind.FORM_SAVED, Kind.FORM_CORRECTED):
        form = study_of_version(viewer.study.id, recorded.study_version).form(recorded.payload["form"])
        document = recorded.payload["document"]
        answers = [(i, show_answer(i, document.get(i.id))) for i in (form.items if form else ())]
    site = viewer.study.site(recorded.site)
    context = {
        "one": describe(viewer, state, recorded, names_of_accounts()),
        "header": LedgerEntry.objects.get(seq=seq),
        "state": state,
        "answers": answers,
        "site_name": site.name if site else recorded.site,
        "zone": site.time_zone if site else "",
    }
    return show(request, viewer, "web/entry.html", context)
