"""Record what was given of a container."""

from __future__ import annotations

from trialwright.actions.context import Context, Outcome
from trialwright.actions.perform import perform_on_subject
from trialwright.trial.cells.bedside import Administer, decide_administration
from trialwright.trial.events import Actor


def administer(context: Context, actor: Actor, command: Administer) -> Outcome:
    """See `trialwright.trial.cells.bedside.decide_administration` for what is refused."""
    return perform_on_subject(
        context,
        actor,
        ("administer",),
        command.subject,
        lambda scene, state: decide_administration(scene.study, state, command, actor, scene.now),
    )
