"""Close a site for enrolment."""

from __future__ import annotations

from trialwright.actions.context import Context, Outcome
from trialwright.actions.perform import perform_on_study
from trialwright.trial.administration import CloseSite, decide_site_closing
from trialwright.trial.events import Actor


def close_site(context: Context, actor: Actor, command: CloseSite) -> Outcome:
    """See `trialwright.trial.administration.decide_site_closing` for what is refused."""
    return perform_on_study(
        context,
        actor,
        "manage_study",
        lambda scene: decide_site_closing(scene.study, scene.conduct, command, actor, scene.now),
    )
