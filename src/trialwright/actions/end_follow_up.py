"""Record the end of a subject's follow-up."""

from __future__ import annotations

from trialwright.actions.context import Context, Outcome
from trialwright.actions.perform import perform_on_subject
from trialwright.trial.disposition import EndFollowUp, decide_follow_up_end
from trialwright.trial.events import Actor


def end_follow_up(context: Context, actor: Actor, command: EndFollowUp) -> Outcome:
    """See `trialwright.trial.disposition.decide_follow_up_end` for what is refused."""
    return perform_on_subject(
        context,
        actor,
        ("enter_data",),
        command.subject,
        lambda scene, state: decide_follow_up_end(scene.study, state, command, actor, scene.now),
    )
