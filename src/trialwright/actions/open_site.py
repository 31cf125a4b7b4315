"""Open a site for enrolment."""

from __future__ import annotations

from trialwright.actions.context import Context, Outcome
from trialwright.actions.perform import perform_on_study
from trialwright.trial.administration import OpenSite, decide_site_opening
from trialwright.trial.events import Actor


def open_site(context: Context, actor: Actor, command: OpenSite) -> Outcome:
    """See `trialwright.trial.administration.decide_site_opening` for what is refused."""
    return perform_on_study(
        context,
        actor,
        "manage_study",
        lambda scene: decide_site_opening(scene.study, scene.conduct, command, actor, scene.now),
    )
