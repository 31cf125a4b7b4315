"""Unlock a form, two people together."""

from __future__ import annotations

from trialwright.actions.context import Context, Outcome
from trialwright.actions.perform import perform_on_subject
from trialwright.trial.events import Actor
from trialwright.trial.form_marks import UnlockForm, decide_unlocking


def unlock_form(context: Context, actor: Actor, command: UnlockForm) -> Outcome:
    """See `trialwright.trial.form_marks.decide_unlocking` for what is refused."""
    return perform_on_subject(
        context,
        actor,
        ("lock_data",),
        command.subject,
        lambda scene, state: decide_unlocking(scene.study, state, command, actor, scene.now),
        second=command.second,
    )
