"""Allocate a subject: the rule names the slot, the vault reveals its arm, the ledger records both."""

from __future__ import annotations

from trialwright.actions.context import Context, Outcome
from trialwright.actions.perform import Scene, perform_on_subject
from trialwright.store.allocation import reveal
from trialwright.trial.allocation import Allocate, allocation_event, decide_allocation
from trialwright.trial.events import Actor, Decision
from trialwright.trial.subject import SubjectState


def allocate(context: Context, actor: Actor, command: Allocate) -> Outcome:
    """See `trialwright.trial.allocation.decide_allocation`.

    The ledger's head is locked before the slot is named, so no two subjects can take the same; only this
    slot leaves the vault.
    """

    def decide(scene: Scene, state: SubjectState) -> Decision:
        found = decide_allocation(scene.study, scene.conduct, state, command, scene.now)
        if found.slot is None:
            return Decision(refusals=found.refusals)
        arm = reveal(context.study, found.slot.stratum, found.slot.number)
        event = allocation_event(scene.study, state, command, found.slot, arm, scene.now)
        return Decision((event,), warnings=found.warnings)

    return perform_on_subject(context, actor, ("allocate",), command.subject, decide)
