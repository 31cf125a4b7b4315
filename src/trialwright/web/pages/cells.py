"""The cells: what is where and until when; one container with its custody; one batch with its tests."""

from __future__ import annotations

from collections import Counter
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone

from trialwright.trial.cells.records import Container
from trialwright.trial.cells.release import containers_of
from trialwright.trial.cells.states import state_at
from trialwright.trial.subject import SubjectState
from trialwright.web.acts.cell_acts import BATCH_ACTS, MOVE_MATERIAL
from trialwright.web.acts.container_acts import CONTAINER_ACTS
from trialwright.web.acts.offers import offers
from trialwright.web.audit import names_of_accounts
from trialwright.web.cells_view import container_row
from trialwright.web.frame import page, show
from trialwright.web.pages.subject import head_of
from trialwright.web.reading import find_state, product_label, visible_states
from trialwright.web.viewer import Viewer
from trialwright.web.words import CELL_MARKS


@page("cells", "see_subjects")
def cells(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """Material under way, batches in manufacture, and containers with their expiry."""
    now, states = timezone.now(), visible_states(viewer)
    rows = [container_row(viewer, state, c, now) for state in states for c in state.containers.values()]
    counts = Counter(row["state"] for row in rows)
    wanted = request.GET.get("state", "")
    shown = (
        [row for row in rows if row["state"] == wanted]
        if wanted
        else [row for row in rows if not row["done"]]
    )
    context = {
        "containers": sorted(
            shown, key=lambda row: (row["hours"] is None, row["hours"] or 0, row["container"].id)
        ),
        "filters": [(name, CELL_MARKS[name], counts[name]) for name in CELL_MARKS if counts[name]],
        "wanted": wanted,
        "in_use": sum(not row["done"] for row in rows),
        "material": material_rows(viewer, states),
        "batches": batch_rows(viewer, states),
    }
    return show(request, viewer, "web/cells.html", context)


def material_rows(viewer: Viewer, states: list[SubjectState]) -> list[dict[str, Any]]:
    """Starting material that is not used up."""
    now = timezone.now()
    return [
        {
            "subject": state,
            "one": one,
            "state": state_at(one, now),
            "acts": [o for o in offers(viewer, state, (MOVE_MATERIAL,), one.id) if not o["closed"]],
        }
        for state in states
        for one in state.collections.values()
        if state.treatment_end is None and state.follow_up_end is None
    ]


def batch_rows(viewer: Viewer, states: list[SubjectState]) -> list[dict[str, Any]]:
    """Batches that are being made or wait for release."""
    now = timezone.now()
    rows: list[dict[str, Any]] = []
    for state in states:
        for batch in state.batches.values():
            found = [state_at(c, now) for c in containers_of(state, batch)]
            if batch.state == "IN_MANUFACTURE" or "QC_PENDING" in found:
                standing = "QC_PENDING" if found else batch.state
                product = product_label(viewer, state, batch.product)
                rows.append({"subject": state, "batch": batch, "state": standing, "product": product})
    return rows


@page("cells", "see_subjects")
def container(request: HttpRequest, viewer: Viewer, subject: str, container: str) -> HttpResponse:
    """One container: its label, where it stands, its custody and what may be done with it."""
    state = find_state(viewer, subject)
    found = state.containers.get(container)
    if found is None:
        raise Http404
    given = next((one for one in state.administrations if one.container == found.id), None)
    context = {
        **head_of(viewer, state),
        "row": container_row(viewer, state, found, timezone.now()),
        "container": found,
        "tests": test_rows(viewer, found),
        "acts": offers(viewer, state, CONTAINER_ACTS, found.id),
        "open_acts": [o for o in offers(viewer, state, CONTAINER_ACTS, found.id) if not o["closed"]],
        "given": given,
        "people": names_of_accounts(),
    }
    return show(request, viewer, "web/container.html", context)


def test_rows(viewer: Viewer, container: Container | None, product_id: str = "") -> list[dict[str, Any]]:
    """The release tests of a product, with the results so far."""
    product = viewer.study.product(container.product if container else product_id)
    results = container.tests if container else {}
    return [
        {"test": test, "result": results.get(test.id)} for test in (product.release_tests if product else ())
    ]


@page("cells", "see_subjects")
def batch(request: HttpRequest, viewer: Viewer, subject: str, batch: str) -> HttpResponse:
    """One batch: its material, tests, containers, and what may be done with it."""
    state = find_state(viewer, subject)
    found = state.batches.get(batch)
    if found is None:
        raise Http404
    containers = containers_of(state, found)
    now = timezone.now()
    context = {
        **head_of(viewer, state),
        "batch": found,
        "product": product_label(viewer, state, found.product),
        "containers": [container_row(viewer, state, one, now) for one in containers],
        "tests": test_rows(viewer, containers[0] if containers else None, found.product),
        "released": containers[0].release if containers else None,
        "acts": offers(viewer, state, BATCH_ACTS, found.id),
        "people": names_of_accounts(),
    }
    return show(request, viewer, "web/batch.html", context)
