"""Save or correct a form."""

from __future__ import annotations

from trialwright.actions.context import Context, Outcome
from trialwright.actions.perform import Scene, perform_on_subject
from trialwright.trial.events import Actor, Decision
from trialwright.trial.forms import SaveForm, decide_save_form
from trialwright.trial.subject import SubjectState


def save_form(context: Context, actor: Actor, command: SaveForm) -> Outcome:
    """See `trialwright.trial.forms.decide_save_form`. A form keeps the study version it was opened under."""

    def decide(scene: Scene, state: SubjectState) -> Decision:
        opened = state.form(command.visit, command.form, command.repeat)
        study = scene.study_at(opened.study_version) if opened is not None else scene.study
        return decide_save_form(study, state, command, actor, scene.now)

    return perform_on_subject(context, actor, ("enter_data",), command.subject, decide)
