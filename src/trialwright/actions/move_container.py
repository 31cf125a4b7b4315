"""Move a container one step on."""

from __future__ import annotations

from trialwright.actions.context import Context, Outcome
from trialwright.actions.perform import perform_on_subject
from trialwright.trial.cells.custody import MoveContainer, decide_container_move
from trialwright.trial.events import Actor


def move_container(context: Context, actor: Actor, command: MoveContainer) -> Outcome:
    """See `trialwright.trial.cells.custody.decide_container_move` for what is refused."""
    return perform_on_subject(
        context,
        actor,
        ("manufacture", "release_batch", "administer"),
        command.subject,
        lambda scene, state: decide_container_move(
            scene.study, scene.conduct, state, command, actor, scene.now
        ),
        second=command.second,
    )
