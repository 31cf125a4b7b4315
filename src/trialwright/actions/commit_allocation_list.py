"""Make the allocation lists, put them into the vault, and commit to them in the ledger."""

from __future__ import annotations

from trialwright.actions.context import Context, Outcome
from trialwright.actions.perform import Scene, perform_on_study
from trialwright.store.allocation import find_written, write_list
from trialwright.trial.administration import (
    CommitAllocationList,
    check_list_can_be_made,
    commitment_event,
    make_sealed_list,
    missing_strata,
)
from trialwright.trial.events import Actor, Decision, Event

SEED_BYTES = 32


def commit_allocation_list(context: Context, actor: Actor, command: CommitAllocationList) -> Outcome:
    """One list for every stratum that has none. Refuses when none is wanting.

    The vault is written first; where that was done before and the ledger does not know yet, the list that is
    there is committed to, so an interruption between the two is mended by doing it again.
    """

    def decide(scene: Scene) -> Decision:
        problems = check_list_can_be_made(scene.study, scene.conduct)
        if problems:
            return Decision(refusals=tuple(problems))
        seed = command.seed or context.entropy(SEED_BYTES).hex()
        strata = missing_strata(scene.study, scene.conduct)
        return Decision(tuple(_seal(context, scene, stratum, seed) for stratum in strata))

    return perform_on_study(context, actor, "hold_allocation_list", decide)


def _seal(context: Context, scene: Scene, stratum: str, seed: str) -> Event:
    written = find_written(context.study, stratum)
    if written is not None:
        return commitment_event(stratum, *written)
    made = make_sealed_list(scene.study, stratum, seed)
    commitment = write_list(
        context.study,
        stratum,
        made.allocations,
        seed=made.seed,
        algorithm=made.algorithm,
        parameters=made.parameters,
        now=scene.now,
        entropy=context.entropy,
    )
    return commitment_event(stratum, commitment, len(made.allocations))
