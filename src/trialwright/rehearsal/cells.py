"""A subject's own cells: taken, received, made into batches in time for each cycle, tested and released."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from trialwright import actions
from trialwright.rehearsal.agenda import Process
from trialwright.rehearsal.bedside import dispose, give, note_not_given
from trialwright.rehearsal.dose_days import dose_date
from trialwright.rehearsal.draws import Draws
from trialwright.rehearsal.patient import Patient
from trialwright.rehearsal.release_results import find_result
from trialwright.rehearsal.stage import Stage
from trialwright.rehearsal.visits import enter, find_at_visit
from trialwright.study.model.people import Right
from trialwright.study.model.products import Collection, Product, ReleaseTest
from trialwright.study.schedule import date_of_day
from trialwright.trial.cells.collection import MoveMaterial, RecordCollection
from trialwright.trial.cells.custody import MoveContainer
from trialwright.trial.cells.manufacture import FailBatch, FillContainers, NewContainer, StartBatch
from trialwright.trial.cells.release import RecordReleaseTest, ReleaseBatch, ReleaseKind, containers_of
from trialwright.trial.protocol import protocol_of

FRESH_HOURS = 72
"""A product with a shorter shelf life is filled on the morning of its first dose."""
AHEAD_DAYS = 2
"""Any other is filled this many days ahead."""
HOURS_UNTIL_GIVEN = 8
WAY_IN: tuple[tuple[str, Right, float], ...] = (
    ("RECEIVED_AT_MFG", "manufacture", 2.5),
    ("ACCEPTED", "release_batch", 1.0),
)
"""Steps of the material after collection: the state, whose work it is, and after how many hours."""


@dataclass(slots=True)
class Run:
    """One batch on its way: the product, the planned days it is meant for, and its id once started."""

    product: Product
    days: tuple[int, ...]
    number: int
    batch: str = ""


def plan_cells(stage: Stage, patient: Patient) -> None:
    """Puts the collections of the allocated arm's products on the agenda; batches follow when they are in."""
    wanted: dict[tuple[int, str], Collection] = {}
    for product in stage.study.products_of(patient.arm):
        if product.collection is not None:
            wanted.setdefault((product.collection.day, product.collection.material), product.collection)
    for collection in wanted.values():
        on = date_of_day(patient.day_one, max(collection.day, 1))
        stage.agenda.plan(stage.at(patient.site, on, 13.0), collect(stage, patient, collection, on))


def collect(stage: Stage, patient: Patient, collection: Collection, on: date) -> Process:
    """The collection with its visit, its way to the laboratory, and its acceptance."""
    if not patient.is_treated_on(on):
        return
    first = stage.cast.who("collect_material", patient.site, "administer")
    second = stage.cast.second("collect_material", patient.site, first)
    donation = len(stage.identities) + 1
    site_number = [site.id for site in stage.study.sites].index(patient.site) + 1
    din = f"A{site_number:04d}{on.year % 100:02d}{donation:06d}"
    draws = Draws(stage.seed, "collection", patient.index, collection.material)
    command = RecordCollection(
        patient.subject, collection.material, din, second, volume=str(draws.whole(120, 240)), volume_unit="mL"
    )
    taken = stage.do(actions.record_collection, first, command).recorded[0].payload
    stage.identities.append(taken["coi"])
    visit = protocol_of(stage.study).visits.get(collection.visit or "")
    if visit is not None:
        enter(stage, patient, visit.id, find_at_visit(stage, patient, visit, on))
    for state, right, hours in WAY_IN:
        yield stage.now + timedelta(hours=hours)
        moved = MoveMaterial(patient.subject, taken["collection"], state, scanned_coi=taken["coi"])
        stage.do(actions.move_material, stage.cast.who(right), moved)
    for run in _runs(stage, patient, collection):
        stage.agenda.plan(_start_at(stage, patient, run), make(stage, patient, run, taken["collection"]))


def _runs(stage: Stage, patient: Patient, collection: Collection) -> Iterator[Run]:
    number = 0
    for product in stage.study.products_of(patient.arm):
        if product.collection is None or product.collection.material != collection.material:
            continue
        for cycle in product.cycles:
            for days in group_days(cycle, product.shelf_life.hours if product.shelf_life else math.inf):
                number += 1
                yield Run(product, days, number)


def group_days(cycle: tuple[int, ...], shelf_hours: float) -> Iterator[tuple[int, ...]]:
    """The days of a cycle in batches: as many as one filling's shelf life reaches."""
    group: list[int] = []
    for day in sorted(cycle):
        if group and (day - group[0]) * 24 + HOURS_UNTIL_GIVEN > shelf_hours:
            yield tuple(group)
            group = []
        group.append(day)
    if group:
        yield tuple(group)


def _fill_on(stage: Stage, patient: Patient, run: Run) -> date:
    """The day of filling: early enough for tests that must be final before release, late enough for the cells."""
    first = dose_date(stage, patient, run.days[0])
    soonest = patient.day_one + _made_in(run.product)
    return max(first - timedelta(days=_ahead_days(stage, run.product)), soonest)


def _ahead_days(stage: Stage, product: Product) -> int:
    if product.shelf_life is not None and product.shelf_life.hours < FRESH_HOURS:
        return 0
    waits = not product.conditional_release and any(not test.before_release for test in product.release_tests)
    return stage.rehearsal.open_test_days + 1 if waits else AHEAD_DAYS


def _made_in(product: Product) -> timedelta:
    return timedelta(days=product.manufacture_days or 0)


def _start_at(stage: Stage, patient: Patient, run: Run) -> datetime:
    return stage.at(patient.site, _fill_on(stage, patient, run) - _made_in(run.product), 9.0)


def make(stage: Stage, patient: Patient, run: Run, collection: str) -> Process:
    """One batch from its start to its final release, with the doses that come of it."""
    if not patient.is_treated_on(stage.today(patient.site)):
        return
    operator = stage.cast.who("manufacture")
    begin = StartBatch(patient.subject, run.product.id, (collection,), run.days)
    run.batch = stage.do(actions.start_batch, operator, begin).recorded[0].payload["batch"]
    fill_on = _fill_on(stage, patient, run)
    yield stage.at(patient.site, fill_on, 6.0)
    draws = Draws(stage.seed, "batch", patient.index, run.product.id, run.number)
    fails, at_release = draws.chance(stage.rehearsal.batch_failure), draws.chance(0.5)
    if not patient.is_treated_on(fill_on):
        stop = FailBatch(patient.subject, run.batch, "not_needed", "Treatment has ended; nothing is made.")
        stage.do(actions.fail_batch, operator, stop)
    elif patient.product_fails or (fails and not at_release):
        stage.do(actions.fail_batch, operator, FailBatch(patient.subject, run.batch, "no_growth"))
        yield from note_not_given(stage, patient, run.product, run.days)
    else:
        yield from _fill_and_release(stage, patient, run, draws, fails)


def _fill_and_release(stage: Stage, patient: Patient, run: Run, draws: Draws, fails: bool) -> Process:
    operator = stage.cast.who("manufacture")
    labels = tuple(_label(run.product, day, draws) for day in run.days)
    second = stage.cast.second("manufacture", "", operator)
    stage.do(actions.fill_containers, operator, FillContainers(patient.subject, run.batch, labels, second))
    tests = run.product.release_tests
    before = [test for test in tests if test.before_release]
    broken = draws.pick([test.id for test in before]) if fails and before else ""
    still_open = [test for test in tests if not test.before_release]
    yield stage.now + timedelta(minutes=45)
    with stage.sitting():
        for test in before:
            _test(stage, patient, run, test, labels[0].dose, test.id != broken, draws)
    yield stage.now + timedelta(minutes=15)
    if broken:
        yield from _reject(stage, patient, run)
        return
    early = bool(still_open) and run.product.conditional_release
    if early or not still_open:
        _release(stage, patient, run, "RELEASED_CONDITIONAL" if early else "RELEASED")
        _plan_doses(stage, patient, run)
    if still_open:
        yield stage.now + timedelta(days=stage.rehearsal.open_test_days, hours=4)
        for test in still_open:
            _test(stage, patient, run, test, labels[0].dose, True, draws)
        _release(stage, patient, run, "RELEASED")
        if not early:
            _plan_doses(stage, patient, run)


def _label(product: Product, day: int, draws: Draws) -> NewContainer:
    low, high = float(product.dose.minimum), float(product.dose.maximum)
    share = draws.between(0.15, 0.9)
    dose = str(product.dose.minimum) if low == high else f"{low * (high / low) ** share:.3g}"
    volume = product.volume
    amount = str(volume.minimum) if volume is not None else "1"
    text = f"{Decimal(dose):f}"
    return NewContainer(day, text, product.dose.unit, amount, volume.unit if volume is not None else "mL")


def _test(
    stage: Stage, patient: Patient, run: Run, test: ReleaseTest, dose: str, passes: bool, draws: Draws
) -> None:
    result = find_result(run.product, test, dose, passes, draws)
    if result is None:
        result = find_result(run.product, test, dose, True, draws) or "pass"
    command = RecordReleaseTest(patient.subject, run.batch, test.id, result, test.unit)
    stage.do(actions.record_release_test, stage.cast.who("manufacture"), command)


def _release(stage: Stage, patient: Patient, run: Run, kind: ReleaseKind) -> None:
    releaser = stage.cast.who("release_batch")
    stage.do(actions.release_batch, releaser, ReleaseBatch(patient.subject, run.batch, kind=kind))


def _plan_doses(stage: Stage, patient: Patient, run: Run) -> None:
    state = stage.state(patient.subject)
    for container in containers_of(state, state.batches[run.batch]):
        day = container.planned_day
        on = dose_date(stage, patient, day)
        if on < stage.today(patient.site):
            stage.agenda.plan(stage.now, dispose(stage, patient, container.id))
            stage.agenda.plan(stage.now, note_not_given(stage, patient, run.product, (day,)))
            continue
        process = give(stage, patient, run.product, container.id, day)
        stage.agenda.plan(stage.at(patient.site, on, 9.0), process)


def _reject(stage: Stage, patient: Patient, run: Run) -> Process:
    """A batch out of specification: rejected, its containers destroyed by two people."""
    quality = stage.cast.who("release_batch")
    witness = stage.cast.who("manufacture")
    state = stage.state(patient.subject)
    names = [container.id for container in containers_of(state, state.batches[run.batch])]
    for name in names:
        note = "Out of specification."
        stage.do(actions.move_container, quality, MoveContainer(patient.subject, name, "REJECTED", note=note))
    yield stage.now + timedelta(hours=6)
    for name in names:
        command = MoveContainer(patient.subject, name, "DESTROYED", note="Incinerated.", second=witness)
        stage.do(actions.move_container, quality, command)
    yield from note_not_given(stage, patient, run.product, run.days)
