"""Stop allocation and giving, in the study or a part of it."""

from __future__ import annotations

from trialwright.actions.context import Context, Outcome
from trialwright.actions.perform import perform_on_study
from trialwright.trial.administration import PlaceHold, decide_hold
from trialwright.trial.events import Actor


def place_hold(context: Context, actor: Actor, command: PlaceHold) -> Outcome:
    """See `trialwright.trial.administration.decide_hold` for what is refused."""
    return perform_on_study(
        context,
        actor,
        "place_hold",
        lambda scene: decide_hold(scene.study, scene.conduct, command, actor, scene.now),
    )
