"""An amendment: what was opened stays under its version, what comes later is under the new one."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from tests.actions.conftest import Clock, done, refusals
from tests.trial.bench import ADMINISTRATOR, NURSE, SCREENING, the_study

from trialwright import actions
from trialwright.actions import Context
from trialwright.store.projections import load_study, load_subject
from trialwright.study.model.study import Study
from trialwright.trial.administration import AdoptStudy
from trialwright.trial.forms import SaveForm


def without_pulse() -> Study:
    """The study with one item of the laboratory form taken away."""
    study = the_study()
    forms = [
        form.model_copy(update={"items": tuple(item for item in form.items if item.id != "pulse")})
        for form in study.forms
    ]
    return study.model_copy(update={"version": "2.0", "forms": tuple(forms)})


@pytest.mark.requirement("TW-R-020")
def test_a_form_keeps_the_version_it_was_opened_under(
    active: Context, enrol: Callable[..., str], clock: Clock
) -> None:
    subject = enrol("consented")
    document = {**SCREENING["laboratory"], "pulse": {"value": "61", "unit": "/min"}}
    done(actions.save_form(active, NURSE, SaveForm(subject, "log", "laboratory", document)))
    before = load_study("cells")
    done(actions.adopt_study(active, ADMINISTRATOR, AdoptStudy(without_pulse(), "the pulse is not needed")))
    corrected = {**document, "pulse": {"value": "62", "unit": "/min"}}
    command = SaveForm(subject, "log", "laboratory", corrected, expected_version=1, reason="misread")
    done(actions.save_form(active, NURSE, command))
    later = SaveForm(subject, "log", "laboratory", document, repeat=2)
    assert refusals(actions.save_form(active, NURSE, later)) == ["DAT-040"]
    done(
        actions.save_form(
            active, NURSE, SaveForm(subject, "log", "laboratory", SCREENING["laboratory"], repeat=2)
        )
    )
    state = load_subject("cells", subject)
    conduct = load_study("cells")
    assert state is not None and before is not None and conduct is not None
    versions = [state.forms[f"log/laboratory/{repeat}"].study_version for repeat in (1, 2)]
    assert versions == [before.version, conduct.version] == list(conduct.versions)
