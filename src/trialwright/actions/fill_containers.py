"""Record the containers that a batch was filled into."""

from __future__ import annotations

from trialwright.actions.context import Context, Outcome
from trialwright.actions.perform import perform_on_subject
from trialwright.trial.cells.manufacture import FillContainers, decide_filling
from trialwright.trial.events import Actor


def fill_containers(context: Context, actor: Actor, command: FillContainers) -> Outcome:
    """See `trialwright.trial.cells.manufacture.decide_filling` for what is refused."""
    return perform_on_subject(
        context,
        actor,
        ("manufacture",),
        command.subject,
        lambda scene, state: decide_filling(scene.study, state, command, actor, scene.now),
        second=command.second,
    )
