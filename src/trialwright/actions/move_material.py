"""Move collected material one step on."""

from __future__ import annotations

from trialwright.actions.context import Context, Outcome
from trialwright.actions.perform import perform_on_subject
from trialwright.trial.cells.collection import MoveMaterial, decide_material_move
from trialwright.trial.events import Actor


def move_material(context: Context, actor: Actor, command: MoveMaterial) -> Outcome:
    """See `trialwright.trial.cells.collection.decide_material_move` for what is refused."""
    return perform_on_subject(
        context,
        actor,
        ("collect_material", "manufacture", "release_batch", "administer"),
        command.subject,
        lambda scene, state: decide_material_move(scene.study, state, command, actor, scene.now),
        second=command.second,
    )
