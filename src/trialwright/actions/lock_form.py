"""Lock a signed form."""

from __future__ import annotations

from trialwright.actions.context import Context, Outcome
from trialwright.actions.perform import perform_on_subject
from trialwright.trial.events import Actor
from trialwright.trial.form_marks import LockForm, decide_locking


def lock_form(context: Context, actor: Actor, command: LockForm) -> Outcome:
    """See `trialwright.trial.form_marks.decide_locking` for what is refused."""
    return perform_on_subject(
        context,
        actor,
        ("lock_data",),
        command.subject,
        lambda scene, state: decide_locking(scene.study, state, command, actor, scene.now),
    )
