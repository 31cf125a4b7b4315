"""Record that starting material was taken from a subject."""

from __future__ import annotations

from trialwright.actions.context import Context, Outcome
from trialwright.actions.perform import Scene, perform_on_subject
from trialwright.trial.cells.chain import COI_BYTES
from trialwright.trial.cells.collection import RecordCollection, decide_collection
from trialwright.trial.events import Actor, Decision
from trialwright.trial.subject import SubjectState


def record_collection(context: Context, actor: Actor, command: RecordCollection) -> Outcome:
    """See `trialwright.trial.cells.collection.decide_collection`; the entropy makes the chain-of-identity
    id.
    """

    def decide(scene: Scene, state: SubjectState) -> Decision:
        random_bytes = context.entropy(COI_BYTES)
        return decide_collection(scene.study, scene.conduct, state, command, actor, scene.now, random_bytes)

    return perform_on_subject(
        context, actor, ("collect_material",), command.subject, decide, second=command.second
    )
