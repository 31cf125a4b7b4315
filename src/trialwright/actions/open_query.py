"""Open a query about captured data."""

from __future__ import annotations

from trialwright.actions.context import Context, Outcome
from trialwright.actions.perform import perform_on_subject
from trialwright.trial.events import Actor
from trialwright.trial.queries import OpenQuery, decide_query_opening


def open_query(context: Context, actor: Actor, command: OpenQuery) -> Outcome:
    """See `trialwright.trial.queries.decide_query_opening` for what is refused."""
    return perform_on_subject(
        context,
        actor,
        ("open_query",),
        command.subject,
        lambda scene, state: decide_query_opening(scene.study, state, command, actor, scene.now),
    )
