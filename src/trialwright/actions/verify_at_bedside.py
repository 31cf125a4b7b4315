"""Check a container at the bedside, two people together."""

from __future__ import annotations

from trialwright.actions.context import Context, Outcome
from trialwright.actions.perform import perform_on_subject
from trialwright.trial.cells.bedside import VerifyAtBedside, decide_bedside_check
from trialwright.trial.events import Actor


def verify_at_bedside(context: Context, actor: Actor, command: VerifyAtBedside) -> Outcome:
    """See `trialwright.trial.cells.bedside.decide_bedside_check` for what is refused."""
    return perform_on_subject(
        context,
        actor,
        ("administer",),
        command.subject,
        lambda scene, state: decide_bedside_check(
            scene.study, scene.conduct, state, command, actor, scene.now
        ),
        second=command.second,
    )
