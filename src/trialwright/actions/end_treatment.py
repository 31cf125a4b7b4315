"""Record the end of a subject's treatment."""

from __future__ import annotations

from trialwright.actions.context import Context, Outcome
from trialwright.actions.perform import perform_on_subject
from trialwright.trial.disposition import EndTreatment, decide_treatment_end
from trialwright.trial.events import Actor


def end_treatment(context: Context, actor: Actor, command: EndTreatment) -> Outcome:
    """See `trialwright.trial.disposition.decide_treatment_end` for what is refused."""
    return perform_on_subject(
        context,
        actor,
        ("enter_data",),
        command.subject,
        lambda scene, state: decide_treatment_end(scene.study, state, command, actor, scene.now),
    )
