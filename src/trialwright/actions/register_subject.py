"""Give the next subject of a site a pseudonym."""

from __future__ import annotations

from trialwright.actions.context import Context, Outcome
from trialwright.actions.perform import perform_on_study
from trialwright.trial.enrolment import RegisterSubject, decide_registration
from trialwright.trial.events import Actor


def register_subject(context: Context, actor: Actor, command: RegisterSubject) -> Outcome:
    """See `trialwright.trial.enrolment.decide_registration` for what is refused."""
    return perform_on_study(
        context,
        actor,
        "register_subject",
        lambda scene: decide_registration(scene.study, scene.conduct, command, actor, scene.now),
        site=command.site,
    )
