"""Review of what was entered: the monitor verifies and asks, the investigator signs, the data manager locks."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from trialwright import actions
from trialwright.rehearsal.agenda import Process
from trialwright.rehearsal.draws import Draws
from trialwright.rehearsal.hours import working_day
from trialwright.rehearsal.patient import Patient
from trialwright.rehearsal.queries import ask
from trialwright.rehearsal.stage import Stage
from trialwright.trial.form_marks import LockForm, SignForm, VerifyForm
from trialwright.trial.records import FormState

DAYS_BETWEEN_VISITS = 28
MINUTES_A_SUBJECT = 12


def monitor(stage: Stage, site: str) -> Process:
    """Visits a site every four weeks until nobody is left there, and once more at the end."""
    seen: set[tuple[str, str]] = set()
    first = working_day(stage.today(site) + timedelta(days=DAYS_BETWEEN_VISITS))
    yield stage.at(site, first, 9.0)
    closing = False
    while True:
        for patient in [p for p in stage.patients if p.site == site]:
            if _review(stage, patient, seen):
                yield stage.now + timedelta(minutes=MINUTES_A_SUBJECT)
        if closing:
            return
        closing = stage.is_over
        yield stage.at(site, working_day(stage.today(site) + timedelta(days=DAYS_BETWEEN_VISITS)), 9.0)


def _review(stage: Stage, patient: Patient, seen: set[tuple[str, str]]) -> bool:
    """Goes through the subject's forms that nobody has gone through; whether anything was done."""
    if not patient.arm and not patient.failed:
        return False  # no questions while the screening is still open
    forms = stage.state(patient.subject).forms.values()
    fresh = [form for form in forms if (patient.subject, form.key) not in seen]
    seen.update((patient.subject, form.key) for form in fresh)
    acted = False
    with stage.sitting():
        for form in fresh:
            acted = _verify(stage, patient, form) or acted
    with stage.sitting():
        for form in fresh:
            acted = _sign(stage, patient, form) or acted
    return acted


def _verify(stage: Stage, patient: Patient, form: FormState) -> bool:
    draws = Draws(stage.seed, "monitor", patient.index, form.key)
    verifies, asks = draws.chance(stage.rehearsal.verified), draws.chance(stage.rehearsal.query)
    monitor_ = stage.cast.who("verify_data", "", "open_query")
    if verifies and form.state == "complete":
        command = VerifyForm(patient.subject, form.visit, form.form, form.version, form.repeat)
        stage.do(actions.verify_form, monitor_, command)
    if asks:
        item = draws.pick(list(form.document) or [""])
        text = "Please check this entry against the source document."
        question = ask(stage, patient, monitor_, form.visit, form.form, item, form.repeat, text)
        stage.agenda.plan(stage.now + timedelta(minutes=5), question)
    return verifies or asks


def _sign(stage: Stage, patient: Patient, form: FormState) -> bool:
    draws = Draws(stage.seed, "sign", patient.index, form.key)
    if not draws.chance(stage.rehearsal.signed):
        return False
    now = stage.state(patient.subject).form(form.visit, form.form, form.repeat)
    if now is None or now.state not in ("complete", "verified"):
        return False
    command = SignForm(patient.subject, now.visit, now.form, now.version, repeat=now.repeat)
    stage.do(actions.sign_form, stage.cast.who("sign", patient.site), command)
    return True


def lock_forms(stage: Stage, patient: Patient) -> None:
    """Locks a share of the signed forms about which no query is pending."""
    locker = stage.cast.who("lock_data")
    with stage.sitting():
        for form in _lockable(stage, patient):
            command = LockForm(patient.subject, form.visit, form.form, form.version, form.repeat)
            stage.do(actions.lock_form, locker, command)


def _lockable(stage: Stage, patient: Patient) -> Iterator[FormState]:
    state = stage.state(patient.subject)
    asked = {(query.visit, query.form, query.repeat) for query in state.queries.values() if query.pending}
    for form in state.forms.values():
        draws = Draws(stage.seed, "lock", patient.index, form.key)
        place = (form.visit, form.form, form.repeat)
        if draws.chance(stage.rehearsal.locked) and form.state == "signed" and place not in asked:
            yield form
