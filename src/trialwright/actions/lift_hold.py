"""Lift a hold."""

from __future__ import annotations

from trialwright.actions.context import Context, Outcome
from trialwright.actions.perform import perform_on_study
from trialwright.trial.administration import LiftHold, decide_lifting
from trialwright.trial.events import Actor


def lift_hold(context: Context, actor: Actor, command: LiftHold) -> Outcome:
    """See `trialwright.trial.administration.decide_lifting` for what is refused."""
    return perform_on_study(
        context,
        actor,
        "place_hold",
        lambda scene: decide_lifting(scene.study, scene.conduct, command, actor, scene.now),
    )
