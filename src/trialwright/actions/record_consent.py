"""Record a signed consent."""

from __future__ import annotations

from trialwright.actions.context import Context, Outcome
from trialwright.actions.perform import perform_on_subject
from trialwright.trial.enrolment import RecordConsent, decide_consent
from trialwright.trial.events import Actor


def record_consent(context: Context, actor: Actor, command: RecordConsent) -> Outcome:
    """See `trialwright.trial.enrolment.decide_consent` for what is refused."""
    return perform_on_subject(
        context,
        actor,
        ("record_consent",),
        command.subject,
        lambda scene, state: decide_consent(scene.study, state, command, actor, scene.now),
    )
