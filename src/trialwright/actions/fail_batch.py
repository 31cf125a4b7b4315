"""Record that a batch failed."""

from __future__ import annotations

from trialwright.actions.context import Context, Outcome
from trialwright.actions.perform import perform_on_subject
from trialwright.trial.cells.manufacture import FailBatch, decide_batch_failure
from trialwright.trial.events import Actor


def fail_batch(context: Context, actor: Actor, command: FailBatch) -> Outcome:
    """See `trialwright.trial.cells.manufacture.decide_batch_failure` for what is refused."""
    return perform_on_subject(
        context,
        actor,
        ("manufacture",),
        command.subject,
        lambda scene, state: decide_batch_failure(scene.study, state, command, actor, scene.now),
    )
