"""Record a departure from the protocol."""

from __future__ import annotations

from trialwright.actions.context import Context, Outcome
from trialwright.actions.perform import perform_on_subject
from trialwright.trial.disposition import RecordDeviation, decide_deviation
from trialwright.trial.events import Actor


def record_deviation(context: Context, actor: Actor, command: RecordDeviation) -> Outcome:
    """See `trialwright.trial.disposition.decide_deviation` for what is refused."""
    return perform_on_subject(
        context,
        actor,
        ("enter_data",),
        command.subject,
        lambda scene, state: decide_deviation(scene.study, state, command, actor, scene.now),
    )
