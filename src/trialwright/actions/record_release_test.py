"""Record a result of a release test."""

from __future__ import annotations

from trialwright.actions.context import Context, Outcome
from trialwright.actions.perform import perform_on_subject
from trialwright.trial.cells.release import RecordReleaseTest, decide_release_test
from trialwright.trial.events import Actor


def record_release_test(context: Context, actor: Actor, command: RecordReleaseTest) -> Outcome:
    """See `trialwright.trial.cells.release.decide_release_test` for what is refused."""
    return perform_on_subject(
        context,
        actor,
        ("manufacture", "release_batch"),
        command.subject,
        lambda scene, state: decide_release_test(scene.study, state, command, actor, scene.now),
    )
