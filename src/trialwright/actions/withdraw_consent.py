"""Record that a subject withdraws consent."""

from __future__ import annotations

from trialwright.actions.context import Context, Outcome
from trialwright.actions.perform import perform_on_subject
from trialwright.trial.enrolment import WithdrawConsent, decide_consent_withdrawal
from trialwright.trial.events import Actor


def withdraw_consent(context: Context, actor: Actor, command: WithdrawConsent) -> Outcome:
    """See `trialwright.trial.enrolment.decide_consent_withdrawal` for what is refused."""
    return perform_on_subject(
        context,
        actor,
        ("record_consent",),
        command.subject,
        lambda scene, state: decide_consent_withdrawal(scene.study, state, command, actor, scene.now),
    )
