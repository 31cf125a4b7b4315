"""From the released container to the subject: delivery, preparation, the check by two people, the infusion."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from decimal import Decimal

from trialwright import actions
from trialwright.rehearsal.agenda import Process
from trialwright.rehearsal.disease import plan_event
from trialwright.rehearsal.dose_days import dose_date
from trialwright.rehearsal.draws import Draws
from trialwright.rehearsal.events import draw_events_after_dose
from trialwright.rehearsal.hours import working_day
from trialwright.rehearsal.patient import Patient
from trialwright.rehearsal.stage import Stage
from trialwright.rehearsal.visits import enter, find_at_visit
from trialwright.study.model.products import Product
from trialwright.trial.cells.bedside import Administer, StartInfusion, VerifyAtBedside
from trialwright.trial.cells.custody import MoveContainer
from trialwright.trial.cells.dosing import check_dose_order, find_dose_visit
from trialwright.trial.dates import parse_instant
from trialwright.trial.disposition import RecordDeviation
from trialwright.trial.events import Actor

OTHER_SUBJECT = "TW-CEL-011"
LARGE_ML = 50
"""A volume above this runs in over an hour; a smaller one is given within minutes."""


def give(stage: Stage, patient: Patient, product: Product, container: str, day: int) -> Process:
    """One dose on its day: delivered, received, prepared, checked by two people, given; then its visit."""
    on = stage.today(patient.site)
    if not patient.is_treated_on(on):
        yield from dispose(stage, patient, container)
        return
    nurse = stage.cast.who("administer", patient.site, "enter_data", "collect_material")
    second = stage.cast.second("administer", patient.site, nurse)
    coi = stage.state(patient.subject).coi
    _move(stage, patient, container, "SHIPPED_TO_SITE", stage.cast.who("manufacture"))
    yield stage.now + timedelta(minutes=20)
    _move(stage, patient, container, "RECEIVED_AT_SITE", nurse, coi)
    yield stage.now + timedelta(minutes=15)
    _move(stage, patient, container, "PREPARED", nurse, coi)
    yield stage.now + timedelta(minutes=10)
    draws = Draws(stage.seed, "give", patient.index, container)
    _check_at_bedside(stage, patient, container, nurse, second, draws)
    state = stage.state(patient.subject)
    skipped = check_dose_order(stage.study, state, state.containers[container])
    waived = "An earlier dose of the cycle could not be made." if skipped else ""
    start = StartInfusion(patient.subject, container, container, coi, waived=waived)
    stage.do(actions.start_infusion, nurse, start)
    volume = Decimal(state.containers[container].volume)
    yield stage.now + timedelta(minutes=70 if volume > LARGE_ML else 4)
    _finish(stage, patient, container, nurse, volume, draws)
    visit = find_dose_visit(stage.study, day)
    saved = {form.visit for form in stage.state(patient.subject).forms.values()}
    if visit is not None and visit.id not in saved:
        enter(stage, patient, visit.id, find_at_visit(stage, patient, visit, on))
    for event in draw_events_after_dose(stage.rehearsal, product.id, stage.seed, patient.index, day):
        plan_event(stage, patient, event, f"{product.id}_{day}", on)


def _move(
    stage: Stage, patient: Patient, container: str, to: str, actor: Actor, coi: str = "", note: str = ""
) -> None:
    stage.do(
        actions.move_container,
        actor,
        MoveContainer(patient.subject, container, to, scanned_coi=coi, note=note),
    )


def _check_at_bedside(
    stage: Stage, patient: Patient, container: str, nurse: Actor, second: Actor, draws: Draws
) -> None:
    """The check by two people; now and then another subject's code is scanned first, which must be refused."""
    coi = stage.state(patient.subject).coi
    others = [known for known in stage.identities if known != coi]
    if draws.chance(stage.rehearsal.wrong_scan) and others:
        other = draws.pick(others)
        wrong = VerifyAtBedside(patient.subject, container, container, other, second)
        stage.do(actions.verify_at_bedside, nurse, wrong, OTHER_SUBJECT)
    stage.do(
        actions.verify_at_bedside, nurse, VerifyAtBedside(patient.subject, container, container, coi, second)
    )


def _finish(
    stage: Stage, patient: Patient, container: str, nurse: Actor, volume: Decimal, draws: Draws
) -> None:
    stopped, share = draws.chance(stage.rehearsal.partial_dose), draws.between(0.3, 0.9)
    given = f"{volume * Decimal(f'{share:.2f}'):f}" if stopped else f"{volume:f}"
    words = "Stopped early: the subject felt unwell." if stopped else ""
    command = Administer(patient.subject, container, given, partial=stopped, words=words)
    stage.do(actions.administer, nurse, command)


def dispose(stage: Stage, patient: Patient, container: str) -> Process:
    """A released container that nobody needs any more: set aside, rejected, destroyed by two people."""
    quality, witness = stage.cast.who("release_batch"), stage.cast.who("manufacture")
    expires_at = parse_instant(stage.state(patient.subject).containers[container].expires_at)
    if expires_at is None:
        _move(stage, patient, container, "QUARANTINED", quality, note="No longer needed.")
        _move(stage, patient, container, "REJECTED", quality, note="No longer needed.")
        yield stage.now + timedelta(hours=3)
    else:
        yield max(expires_at, stage.now) + timedelta(hours=2)
    command = MoveContainer(patient.subject, container, "DESTROYED", note="Incinerated.", second=witness)
    stage.do(actions.move_container, quality, command)


def note_not_given(stage: Stage, patient: Patient, product: Product, days: Iterable[int]) -> Process:
    """Records the doses that could not be given for want of a product."""
    actor = stage.cast.who("enter_data", patient.site, "correct_data")
    for day in days:
        on = dose_date(stage, patient, day)
        yield stage.at(patient.site, working_day(on + timedelta(days=1)), 10.0)
        if not patient.is_treated_on(on):
            continue
        text = f"{product.name} of day {day} was not given: no released product was at hand."
        command = RecordDeviation(patient.subject, "dose", "major", text, on.isoformat())
        stage.do(actions.record_deviation, actor, command)
