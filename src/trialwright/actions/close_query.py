"""Close an answered query."""

from __future__ import annotations

from trialwright.actions.context import Context, Outcome
from trialwright.actions.perform import perform_on_subject
from trialwright.trial.events import Actor
from trialwright.trial.queries import CloseQuery, decide_query_closing


def close_query(context: Context, actor: Actor, command: CloseQuery) -> Outcome:
    """See `trialwright.trial.queries.decide_query_closing` for what is refused."""
    return perform_on_subject(
        context,
        actor,
        ("close_query",),
        command.subject,
        lambda scene, state: decide_query_closing(scene.study, state, command, actor, scene.now),
    )
