"""Record why a subject does not enter."""

from __future__ import annotations

from trialwright.actions.context import Context, Outcome
from trialwright.actions.perform import perform_on_subject
from trialwright.trial.events import Actor
from trialwright.trial.screening import RecordScreenFailure, decide_screen_failure


def record_screen_failure(context: Context, actor: Actor, command: RecordScreenFailure) -> Outcome:
    """See `trialwright.trial.screening.decide_screen_failure` for what is refused."""
    return perform_on_subject(
        context,
        actor,
        ("confirm_eligibility",),
        command.subject,
        lambda scene, state: decide_screen_failure(scene.study, state, command, actor, scene.now),
    )
