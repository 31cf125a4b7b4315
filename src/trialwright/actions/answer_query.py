"""Answer a query."""

from __future__ import annotations

from trialwright.actions.context import Context, Outcome
from trialwright.actions.perform import perform_on_subject
from trialwright.trial.events import Actor
from trialwright.trial.queries import AnswerQuery, decide_query_answer


def answer_query(context: Context, actor: Actor, command: AnswerQuery) -> Outcome:
    """See `trialwright.trial.queries.decide_query_answer` for what is refused."""
    return perform_on_subject(
        context,
        actor,
        ("answer_query",),
        command.subject,
        lambda scene, state: decide_query_answer(scene.study, state, command, actor, scene.now),
    )
