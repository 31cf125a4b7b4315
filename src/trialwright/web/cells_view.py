"""A subject's cells for the pages: the chain of identity from collection to dose."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from trialwright.trial.cells.records import Container
from trialwright.trial.cells.states import GIVEN, state_at, transition_table
from trialwright.trial.dates import parse_instant
from trialwright.trial.subject import SubjectState

from .acts.cell_acts import COLLECT, MOVE_MATERIAL, START_BATCH
from .acts.offers import offers
from .audit import names_of_accounts
from .reading import product_label
from .viewer import Viewer

SOON_HOURS = 12
"""A container that expires within so many hours is pointed out."""


def container_row(viewer: Viewer, state: SubjectState, container: Container, now: datetime) -> dict[str, Any]:
    """One container as a line of a list."""
    current = state_at(container, now)
    ends = parse_instant(container.expires_at) if container.expires_at else None
    ticking = (container.state, "EXPIRED") in transition_table().moves
    return {
        "subject": state,
        "container": container,
        "product": product_label(viewer, state, container.product),
        "state": current,
        "soon": bool(ends and ticking and now < ends <= now + timedelta(hours=SOON_HOURS)),
        "hours": (ends - now).total_seconds() / 3600 if ends and ticking else None,
        "done": current in (*GIVEN, "DESTROYED", "CANCELLED"),
    }


def chain_of(viewer: Viewer, state: SubjectState) -> dict[str, Any]:
    """Collections, batches and containers of a subject, with what may be done."""
    now = timezone.now()
    arm = state.allocation.arm if state.allocation else ""
    start = [
        {**offer, "product": product}
        for product in viewer.study.products_of(arm)
        for offer in offers(viewer, state, (START_BATCH,), product.id)
    ]
    return {
        "collections": [
            {
                "one": one,
                "state": state_at(one, now),
                "acts": [o for o in offers(viewer, state, (MOVE_MATERIAL,), one.id) if not o["closed"]],
            }
            for one in state.collections.values()
        ],
        "batches": [
            {
                "batch": batch,
                "product": product_label(viewer, state, batch.product),
                "containers": [
                    container_row(viewer, state, c, now)
                    for c in state.containers.values()
                    if c.batch == batch.id
                ],
            }
            for batch in state.batches.values()
        ],
        "collect": offers(viewer, state, (COLLECT,)),
        "people": names_of_accounts(),
        "start_batch": start,
    }
