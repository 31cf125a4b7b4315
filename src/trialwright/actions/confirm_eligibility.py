"""Confirm that a subject is eligible."""

from __future__ import annotations

from trialwright.actions.context import Context, Outcome
from trialwright.actions.perform import perform_on_subject
from trialwright.trial.events import Actor
from trialwright.trial.screening import ConfirmEligibility, decide_confirm_eligibility


def confirm_eligibility(context: Context, actor: Actor, command: ConfirmEligibility) -> Outcome:
    """See `trialwright.trial.screening.decide_confirm_eligibility` for what is refused."""
    return perform_on_subject(
        context,
        actor,
        ("confirm_eligibility",),
        command.subject,
        lambda scene, state: decide_confirm_eligibility(scene.study, state, command, actor, scene.now),
    )
