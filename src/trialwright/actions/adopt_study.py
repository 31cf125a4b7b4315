"""Put a study file in force: the first activates the study, a later one is an amendment."""

from __future__ import annotations

import json

from trialwright.actions.context import Context, Outcome, refused, working
from trialwright.actions.perform import not_allowed, not_in_role
from trialwright.store.versions import keep_version
from trialwright.study.load import study_json
from trialwright.trial.administration import AdoptStudy, decide_adoption
from trialwright.trial.events import Actor
from trialwright.trial.refusals import refusal
from trialwright.trial.rights import may


def adopt_study(context: Context, actor: Actor, command: AdoptStudy) -> Outcome:
    """See `trialwright.trial.administration.decide_adoption`.

    Before the study is active there is no file in force that could name the roles, so the rights are
    those of the file that is adopted; an amendment is adopted under the rights of the file in force.
    """
    if command.study.id != context.study:
        remedy = "Choose the file of this study."
        return refused([refusal("ADM-001", "This file is another study's.", remedy, "study")])
    with working(context) as (unit, now):
        conduct = unit.conduct()
        ruling = command.study if conduct is None else unit.study(conduct.version)
        if not unit.is_who_they_say(actor, now.date()):
            return refused([not_in_role()])
        if not may(ruling, actor, "manage_study"):
            return refused([not_allowed()])
        version = keep_version(context.study, json.loads(study_json(command.study)), now=now)
        decision = decide_adoption(conduct, command, version, actor, now)
        if not decision.accepted:
            return refused(decision.refusals)
        recorded = unit.append(
            decision.events,
            actor=actor,
            version=version,
            now=now,
            entropy=context.entropy,
            source=context.source,
        )
        return Outcome(recorded=recorded)
