"""Open a batch of a subject's product."""

from __future__ import annotations

from trialwright.actions.context import Context, Outcome
from trialwright.actions.perform import perform_on_subject
from trialwright.trial.cells.manufacture import StartBatch, decide_batch_start
from trialwright.trial.events import Actor


def start_batch(context: Context, actor: Actor, command: StartBatch) -> Outcome:
    """See `trialwright.trial.cells.manufacture.decide_batch_start` for what is refused."""
    return perform_on_subject(
        context,
        actor,
        ("manufacture",),
        command.subject,
        lambda scene, state: decide_batch_start(scene.study, scene.conduct, state, command, actor, scene.now),
    )
