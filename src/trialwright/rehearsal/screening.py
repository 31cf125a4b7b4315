"""The way in: people come at a rate, consent, are screened; some fail, what is missing is completed."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from datetime import date, datetime, timedelta
from typing import Any

from trialwright import actions
from trialwright.rehearsal.agenda import Process
from trialwright.rehearsal.answers import Filling, answer_item, find_answer
from trialwright.rehearsal.capture import correct_document, save_document
from trialwright.rehearsal.conduct import begin_conduct
from trialwright.rehearsal.course import DAYS_PER_MONTH
from trialwright.rehearsal.documents import write_document
from trialwright.rehearsal.draws import Draws
from trialwright.rehearsal.hours import working_day
from trialwright.rehearsal.patient import Patient
from trialwright.rehearsal.stage import Stage
from trialwright.rehearsal.summary import RehearsalStopped
from trialwright.study.findings import Finding, Place, Severity
from trialwright.study.model.forms import Form, Item
from trialwright.study.model.rehearsal import ScreeningFault
from trialwright.study.schedule import VisitInstance
from trialwright.trial.allocation import Allocate
from trialwright.trial.enrolment import RecordConsent, RegisterSubject
from trialwright.trial.form_marks import SignForm
from trialwright.trial.protocol import protocol_of
from trialwright.trial.screening import ConfirmEligibility, RecordScreenFailure

UNDECIDED, STANDS_IN_THE_WAY = "TW-SCR-001", "TW-SCR-002"
MOST_SCREENED_PER_PLACE = 25
"""A study in which more people are screened for one who enters than this cannot be rehearsed."""
LATER_RESULT = "The result came after the form was saved."


def invite(stage: Stage) -> Process:
    """Lets people come until as many are allocated as planned; never more in screening than places are left."""
    draws = Draws(stage.seed, "arrivals")
    while stage.tally.allocated < stage.subjects:
        waiting = sum(not patient.arm and not patient.failed for patient in stage.patients)
        site = _next_site(stage, draws)
        if stage.tally.allocated + waiting < stage.subjects:
            _check_feasible(stage)
            patient = Patient(stage.tally.registered, site)
            stage.tally.registered += 1
            stage.patients.append(patient)
            stage.agenda.plan(stage.now, screen(stage, patient))
        gap_months = draws.exponential() / stage.rehearsal.screened_per_month
        on = stage.today(site) + timedelta(days=max(round(gap_months * DAYS_PER_MONTH), 1))
        yield stage.at(site, working_day(on), 9.0 + draws.between(0.0, 2.0))


def _next_site(stage: Stage, draws: Draws) -> str:
    return draws.weighted({site.id: float(site.planned_subjects or 1) for site in stage.study.sites})


def _check_feasible(stage: Stage) -> None:
    if stage.tally.registered <= MOST_SCREENED_PER_PLACE * stage.subjects:
        return
    message = f"Of {stage.tally.registered} people screened, {stage.tally.allocated} could enter."
    remedy = "Look at the answers and faults of `rehearsal`: they let almost nobody meet the criteria."
    place = Place(path=("rehearsal", "answers"))
    raise RehearsalStopped((Finding("TW-REH-020", Severity.ERROR, message, remedy, place),))


def screen(stage: Stage, patient: Patient) -> Process:
    """Registration, consent, the screening visits, the decision, and the allocation of who is eligible."""
    nurse = stage.cast.who("register_subject", patient.site)
    with stage.sitting():
        registered = stage.do(actions.register_subject, nurse, RegisterSubject(patient.site))
        patient.subject = registered.subject
        consent = RecordConsent(patient.subject, stage.study.version)
        stage.do(actions.record_consent, stage.cast.who("record_consent", patient.site), consent)
    draws = Draws(stage.seed, "screening", patient.index)
    on = working_day(stage.today(patient.site) + timedelta(days=draws.whole(1, 3)))
    yield stage.at(patient.site, on, 9.5)
    _fill_screening(stage, patient, on)
    yield stage.at(patient.site, working_day(on + timedelta(days=draws.whole(2, _latest_days(stage)))), 10.0)
    if (yield from _decide(stage, patient)):
        _allocate(stage, patient)


def _latest_days(stage: Stage) -> int:
    """Days between a result and the decision, so that no result grows too old meanwhile."""
    windows = [v.window_days for v in stage.study.eligibility.variables if v.window_days is not None]
    return max(min([9, *(days - 5 for days in windows)]), 2)


def screening_visits(stage: Stage) -> list[VisitInstance]:
    """The visits before allocation, in order of time."""
    return [visit for visit in protocol_of(stage.study).visits.values() if visit.day < 0]


def _fill_screening(stage: Stage, patient: Patient, on: date) -> None:
    with stage.sitting():
        for visit, form in _screening_forms(stage):
            given = dict(_faults(stage, patient, form))
            document = write_document(stage, patient, visit.id, form, on, given)
            if document is not None:
                save_document(stage, patient, visit.id, form, document)


def _screening_forms(stage: Stage) -> Iterator[tuple[VisitInstance, Form]]:
    for visit in screening_visits(stage):
        for name in visit.forms:
            form = stage.study.form(name)
            if form is not None:
                yield visit, form


def _faults(stage: Stage, patient: Patient, form: Form) -> Iterator[tuple[str, dict[str, Any]]]:
    """The answers that will keep this person out."""
    for number, fault in enumerate(stage.rehearsal.faults):
        item = form.item(fault.item)
        strikes = Draws(stage.seed, "fault", patient.index, number).chance(fault.probability)
        if fault.form == form.id and item is not None and strikes:
            yield fault.item, _faulty(stage, item, fault)


def _faulty(stage: Stage, item: Item, fault: ScreeningFault) -> dict[str, Any]:
    usual = item.units[0] if item.units else ""
    unit = fault.unit or usual
    answer = {"value": fault.value, **({"unit": unit} if unit else {})}
    spec = find_answer(stage.rehearsal, fault.form, fault.item)
    if item.limits_of_normal and spec is not None and unit == (spec.unit or usual):
        limits = {"lower": spec.lower_limit, "upper": spec.upper_limit}
        answer |= {name: f"{limit:g}" for name, limit in limits.items() if limit is not None}
    return answer


def _decide(stage: Stage, patient: Patient) -> Generator[datetime, None, bool]:
    """Confirms eligibility, after completing what is missing where needed; False for a screen failure."""
    investigator = stage.cast.who("confirm_eligibility", patient.site, "allocate")
    undecided = False
    for attempt in range(2):
        _attest(stage, patient)
        command = ConfirmEligibility(patient.subject)
        outcome = stage.do(actions.confirm_eligibility, investigator, command, UNDECIDED, STANDS_IN_THE_WAY)
        if outcome.accepted:
            return True
        undecided = all(finding.code == UNDECIDED for finding in outcome.refusals)
        if attempt or not undecided:
            break
        yield stage.at(patient.site, working_day(stage.today(patient.site) + timedelta(days=1)), 9.0)
        yield from _complete(stage, patient)
        yield stage.at(patient.site, stage.today(patient.site), 11.0)
    words = "Screening could not be completed." if undecided else ""
    failure = RecordScreenFailure(patient.subject, words=words)
    stage.do(actions.record_screen_failure, investigator, failure)
    patient.failed = True
    stage.tally.failed += 1
    return False


def _attest(stage: Stage, patient: Patient) -> None:
    """The investigator signs the forms whose judgements count only under a signature."""
    attested = {v.form for v in stage.study.eligibility.variables if v.kind == "attestation"}
    signer = stage.cast.who("sign", patient.site, "confirm_eligibility")
    for visit, form in _screening_forms(stage):
        saved = stage.state(patient.subject).form(visit.id, form.id)
        if form.id in attested and saved is not None and not saved.signature_holds:
            command = SignForm(patient.subject, visit.id, form.id, saved.version)
            stage.do(actions.sign_form, signer, command)


def _complete(stage: Stage, patient: Patient) -> Process:
    """Enters the results that were missing, each as a correction with its reason."""
    for visit, form in _screening_forms(stage):
        saved = stage.state(patient.subject).form(visit.id, form.id)
        missing = [
            item
            for item in form.items
            if saved and item.variable and "missing" in saved.document.get(item.id, {})
        ]
        filling = Filling(stage.seed, patient.index, f"{visit.id}_again", stage.today(patient.site))
        answers = {item.id: answer_item(stage.rehearsal, form, item, filling) for item in missing}
        if answers:
            yield from correct_document(stage, patient, visit.id, form, answers, LATER_RESULT)


def _allocate(stage: Stage, patient: Patient) -> None:
    who = stage.cast.who("allocate", patient.site, "confirm_eligibility")
    request = f"rehearsal-{stage.seed}-{patient.index}"
    outcome = stage.do(actions.allocate, who, Allocate(patient.subject, request))
    patient.arm = outcome.recorded[0].payload["arm"]
    patient.day_one = stage.today(patient.site)
    stage.tally.allocated += 1
    begin_conduct(stage, patient)
    stage.tell(f"{patient.subject} allocated")
