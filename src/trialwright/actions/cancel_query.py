"""Cancel a query that was never needed."""

from __future__ import annotations

from trialwright.actions.context import Context, Outcome
from trialwright.actions.perform import perform_on_subject
from trialwright.trial.events import Actor
from trialwright.trial.queries import CancelQuery, decide_query_cancelling


def cancel_query(context: Context, actor: Actor, command: CancelQuery) -> Outcome:
    """See `trialwright.trial.queries.decide_query_cancelling` for what is refused."""
    return perform_on_subject(
        context,
        actor,
        ("close_query",),
        command.subject,
        lambda scene, state: decide_query_cancelling(scene.study, state, command, actor, scene.now),
    )
