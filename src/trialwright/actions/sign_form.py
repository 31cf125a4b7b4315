"""Sign a form; the caller has just authenticated the person again."""

from __future__ import annotations

from trialwright.actions.context import Context, Outcome
from trialwright.actions.perform import perform_on_subject
from trialwright.trial.events import Actor
from trialwright.trial.form_marks import SignForm, decide_signature


def sign_form(context: Context, actor: Actor, command: SignForm) -> Outcome:
    """See `trialwright.trial.form_marks.decide_signature` for what is refused."""
    return perform_on_subject(
        context,
        actor,
        ("sign",),
        command.subject,
        lambda scene, state: decide_signature(scene.study, state, command, actor, scene.now),
    )
