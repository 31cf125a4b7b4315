"""Verify a form against its source."""

from __future__ import annotations

from trialwright.actions.context import Context, Outcome
from trialwright.actions.perform import perform_on_subject
from trialwright.trial.events import Actor
from trialwright.trial.form_marks import VerifyForm, decide_verification


def verify_form(context: Context, actor: Actor, command: VerifyForm) -> Outcome:
    """See `trialwright.trial.form_marks.decide_verification` for what is refused."""
    return perform_on_subject(
        context,
        actor,
        ("verify_data",),
        command.subject,
        lambda scene, state: decide_verification(scene.study, state, command, actor, scene.now),
    )
