"""Start giving a container."""

from __future__ import annotations

from trialwright.actions.context import Context, Outcome
from trialwright.actions.perform import perform_on_subject
from trialwright.trial.cells.bedside import StartInfusion, decide_infusion_start
from trialwright.trial.events import Actor


def start_infusion(context: Context, actor: Actor, command: StartInfusion) -> Outcome:
    """See `trialwright.trial.cells.bedside.decide_infusion_start` for what is refused."""
    return perform_on_subject(
        context,
        actor,
        ("administer",),
        command.subject,
        lambda scene, state: decide_infusion_start(
            scene.study, scene.conduct, state, command, actor, scene.now
        ),
    )
