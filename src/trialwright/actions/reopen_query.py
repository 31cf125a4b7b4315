"""Reopen a query."""

from __future__ import annotations

from trialwright.actions.context import Context, Outcome
from trialwright.actions.perform import perform_on_subject
from trialwright.trial.events import Actor
from trialwright.trial.queries import ReopenQuery, decide_query_reopening


def reopen_query(context: Context, actor: Actor, command: ReopenQuery) -> Outcome:
    """See `trialwright.trial.queries.decide_query_reopening` for what is refused."""
    return perform_on_subject(
        context,
        actor,
        ("close_query",),
        command.subject,
        lambda scene, state: decide_query_reopening(scene.study, state, command, actor, scene.now),
    )
