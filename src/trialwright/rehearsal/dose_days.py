"""When a dose is given: on its planned day, or a little later where the window allows it."""

from __future__ import annotations

from datetime import date, timedelta

from trialwright.rehearsal.draws import Draws
from trialwright.rehearsal.patient import Patient
from trialwright.rehearsal.stage import Stage
from trialwright.study.schedule import date_of_day
from trialwright.trial.cells.dosing import find_dose_visit

ON_PLANNED_DAY = 0.85


def dose_date(stage: Stage, patient: Patient, day: int) -> date:
    """The date on which the dose planned for study day ``day`` is given."""
    visit = find_dose_visit(stage.study, day)
    planned = date_of_day(patient.day_one, day)
    after = visit.visit.window.after_days if visit is not None else 0
    draws = Draws(stage.seed, "dose_day", patient.index, day)
    if draws.chance(ON_PLANNED_DAY) or after == 0:
        return planned
    return planned + timedelta(days=draws.whole(1, after))
