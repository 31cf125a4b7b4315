"""Release a batch, by somebody who did not make it."""

from __future__ import annotations

from trialwright.actions.context import Context, Outcome
from trialwright.actions.perform import perform_on_subject
from trialwright.trial.cells.release import ReleaseBatch, decide_release
from trialwright.trial.events import Actor


def release_batch(context: Context, actor: Actor, command: ReleaseBatch) -> Outcome:
    """See `trialwright.trial.cells.release.decide_release` for what is refused."""
    return perform_on_subject(
        context,
        actor,
        ("release_batch",),
        command.subject,
        lambda scene, state: decide_release(scene.study, scene.conduct, state, command, actor, scene.now),
    )
