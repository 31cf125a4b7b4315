"""The way of the cells: batches and what became of them, times, checks of identity, the fate of every container."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

from trialwright.study.model.products import Arm, Product
from trialwright.trial.cells.records import Batch, Collection, Container, Custody
from trialwright.trial.cells.states import GIVEN
from trialwright.trial.dates import parse_instant
from trialwright.trial.disposition import IDENTITY

from .counting import Fact, count_things, summarise
from .dataset import Dataset, SubjectData
from .model import Cell, Row, Table

SECONDS_PER_DAY = 86_400
MISMATCH = IDENTITY
"""The category of the deviation that stays of a scan which did not fit and was refused."""

Find = Callable[[SubjectData], Iterable[Fact]]

FATES = {
    "INFUSED": "Given whole",
    "INFUSED_PARTIAL": "Given in part",
    "DESTROYED": "Destroyed",
    "EXPIRED": "Expired, not destroyed yet",
    "CANCELLED": "Cancelled",
    "RETURNED": "Returned",
    "REJECTED": "Rejected, not destroyed yet",
    "OOS": "Out of specification",
    "QUARANTINED": "In quarantine",
    "QC_PENDING": "Waiting for release",
}
"""States in which a container can stand, in the order of the rows; any other is on its way."""


def is_failure(batch: Batch) -> bool:
    """Whether the making itself failed: a batch stopped because nobody needs it any more says nothing about that."""
    return batch.state == "MFG_FAILED" and batch.failure != "not_needed"


def tabulate_chain(data: Dataset) -> tuple[Table, ...]:
    """Making and release, the fate of the containers, times from vein to vein, and the checks of identity."""
    return (
        _counted(data, "chain", "Making and release", _making()),
        _counted(data, "chain_fates", "Fate of the containers", _fates(data), FATE_NOTES),
        _times(data),
        _counted(data, "chain_identity", "Checks of identity", _checks()),
    )


FATE_NOTES = ("Every container that was filled stands in one row, so that the rows add up to those filled.",)


def _counted(
    data: Dataset,
    table: str,
    title: str,
    rows: Iterable[tuple[str, str, Find, int]],
    notes: tuple[str, ...] = (),
) -> Table:
    """A count for all subjects together and, where there are several, for each arm."""
    arms = data.study.arms if len(data.study.arms) > 1 else ()
    made: list[Row] = []
    for name, label, find, indent in rows:
        facts = {s.state.subject: list(find(s)) for s in data.subjects if s.arm}
        arm_of = {s.state.subject: s.arm for s in data.subjects}
        everything = [fact for found in facts.values() for fact in found]
        definition = f"{label}, counted."
        cells: list[Cell] = [count_things(f"chain.{name}", definition, everything)]
        for arm in arms:
            mine = [fact for fact in everything if arm_of[fact.subject] == arm.id]
            words = f"{label} for subjects of {arm.label}, counted."
            cells.append(count_things(f"chain.{name}.{arm.id}", words, mine))
        made.append(Row(label, tuple(cells), indent))
    return Table(table, title, ("", "All", *(arm.label for arm in arms)), tuple(made), notes)


def _making() -> list[tuple[str, str, Find, int]]:
    return [
        ("collections", "Collections", _collections(), 0),
        ("batches", "Batches started", _batches(lambda _: True, started=True), 0),
        ("making", "In manufacture", _batches(lambda b: b.state == "IN_MANUFACTURE", started=True), 1),
        ("failed", "Failed", _batches(is_failure), 1),
        ("stopped", "Stopped, no longer needed", _batches(lambda b: b.failure == "not_needed"), 1),
        ("filled", "Filled", _batches(lambda b: b.state == "HARVESTED"), 1),
        ("released", "Released", _released(None), 2),
        ("conditional", "Released before the last test, on condition", _released("RELEASED_CONDITIONAL"), 3),
        ("exceptional", "Released by exception", _released("RELEASED_EXCEPTIONAL"), 3),
        ("out_of_specification", "Out of specification", _passed_through("OOS"), 2),
        ("late_failure", "A test failed after release", _late_failures, 2),
    ]


def _collections() -> Find:
    return lambda s: [Fact(s.state.subject, (c.seq,)) for c in s.state.collections.values()]


def _batches(test: Callable[[Batch], bool], *, started: bool = False) -> Find:
    """Batches by how they ended, or (``started``) by the entry that started them."""

    def find(subject: SubjectData) -> list[Fact]:
        return [
            Fact(subject.state.subject, (batch.seq if started else batch.ended_seq or batch.seq,))
            for batch in subject.state.batches.values()
            if test(batch)
        ]

    return find


def _steps(subject: SubjectData, state: str) -> dict[str, Custody]:
    """The first time that a container of each batch entered a state, by batch."""
    found: dict[str, Custody] = {}
    for container in subject.state.containers.values():
        for step in container.custody:
            if step.state == state:
                found.setdefault(container.batch, step)
    return found


def _released(kind: str | None) -> Find:
    def find(subject: SubjectData) -> list[Fact]:
        kinds = ("RELEASED", "RELEASED_CONDITIONAL", "RELEASED_EXCEPTIONAL") if kind is None else (kind,)
        steps: dict[str, Custody] = {}
        for one in kinds:
            steps = {**_steps(subject, one), **steps}
        return [Fact(subject.state.subject, (step.seq,)) for step in steps.values()]

    return find


def _passed_through(state: str) -> Find:
    return lambda s: [Fact(s.state.subject, (step.seq,)) for step in _steps(s, state).values()]


def _late_failures(subject: SubjectData) -> list[Fact]:
    """Batches with a failed final test after one of their containers had been let go."""
    found: dict[str, Fact] = {}
    for container in subject.state.containers.values():
        let_go = [step.at for step in container.custody if step.state.startswith("RELEASED")]
        late = [
            test
            for test in container.tests.values()
            if test.passed is False and let_go and test.at > let_go[0]
        ]
        if late:
            found[container.batch] = Fact(subject.state.subject, tuple(sorted(test.seq for test in late)))
    return list(found.values())


def _fates(data: Dataset) -> list[tuple[str, str, Find, int]]:
    """Every state that a container stands in; those that can be final have a row also with nobody."""
    states = {c.state for s in data.subjects for c in s.state.containers.values()}
    shown = [
        (state, label) for state, label in FATES.items() if state in states or state in (*GIVEN, "DESTROYED")
    ]
    rows: list[tuple[str, str, Find, int]] = [
        ("containers", "Containers filled", _containers(lambda _: True), 0),
        ("given", "Given to the subject", _administered, 0),
    ]
    rows += [
        (f"fate.{state.lower()}", label, _containers(_stands_in(state)), 1 if state in GIVEN else 0)
        for state, label in shown
    ]
    rows.append(
        ("fate.on_the_way", "On the way to the subject", _containers(lambda c: c.state not in FATES), 0)
    )
    return rows


def _administered(subject: SubjectData) -> list[Fact]:
    return [Fact(subject.state.subject, (dose.seq,)) for dose in subject.state.administrations]


def _stands_in(state: str) -> Callable[[Container], bool]:
    return lambda container: container.state == state


def _containers(test: Callable[[Container], bool]) -> Find:
    def find(subject: SubjectData) -> list[Fact]:
        return [
            Fact(subject.state.subject, (container.custody[-1].seq if container.custody else container.seq,))
            for container in subject.state.containers.values()
            if test(container)
        ]

    return find


def _checks() -> list[tuple[str, str, Find, int]]:
    return [
        ("at_collection", "Collections labelled by two people", _collected_by_two, 0),
        ("at_receipt", "Material scanned on receipt at the laboratory", _material("RECEIVED_AT_MFG"), 0),
        ("at_release", "Release signed by somebody who did not make the batch", _released_apart, 0),
        ("at_site", "Containers scanned on receipt at the site", _entered("RECEIVED_AT_SITE"), 0),
        ("at_bedside", "Bedside checks by two people", _checked_by_two, 0),
        ("refused", "Scans of another chain of identity, refused", _refused, 0),
        ("mixed", "Given to a subject other than the donor", _mixed, 0),
        ("unseen", "Given without a second person", _unseen, 0),
        ("unchecked", "Given without a bedside check", _unchecked, 0),
    ]


def _collected_by_two(subject: SubjectData) -> list[Fact]:
    return [
        Fact(subject.state.subject, (c.seq,))
        for c in subject.state.collections.values()
        if c.second and c.second != c.by
    ]


def _material(state: str) -> Find:
    def find(subject: SubjectData) -> list[Fact]:
        steps = [step for c in subject.state.collections.values() for step in c.custody]
        return [Fact(subject.state.subject, (step.seq,)) for step in steps if step.state == state]

    return find


def _entered(state: str) -> Find:
    def find(subject: SubjectData) -> list[Fact]:
        steps = [step for c in subject.state.containers.values() for step in c.custody]
        return [Fact(subject.state.subject, (step.seq,)) for step in steps if step.state == state]

    return find


def _checked_by_two(subject: SubjectData) -> list[Fact]:
    steps = [step for c in subject.state.containers.values() for step in c.custody]
    return [
        Fact(subject.state.subject, (step.seq,))
        for step in steps
        if step.state == "BEDSIDE_VERIFIED" and step.second and step.second != step.by
    ]


def _released_apart(subject: SubjectData) -> list[Fact]:
    found: dict[str, Fact] = {}
    for container in subject.state.containers.values():
        batch, release = subject.state.batches.get(container.batch), container.release
        if batch is not None and release is not None and release.by not in batch.operators:
            found[container.batch] = Fact(subject.state.subject, (release.seq,))
    return list(found.values())


def _refused(subject: SubjectData) -> list[Fact]:
    return [Fact(subject.state.subject, (d.seq,)) for d in subject.state.deviations if d.category == MISMATCH]


def _mixed(subject: SubjectData) -> list[Fact]:
    state = subject.state
    return [Fact(state.subject, (d.seq,)) for d in state.administrations if d.coi != state.coi]


def _unseen(subject: SubjectData) -> list[Fact]:
    state = subject.state
    return [Fact(state.subject, (d.seq,)) for d in state.administrations if d.by == d.witness]


def _unchecked(subject: SubjectData) -> list[Fact]:
    state = subject.state
    checked = {
        c.id for c in state.containers.values() if any(s.state == "BEDSIDE_VERIFIED" for s in c.custody)
    }
    return [
        Fact(state.subject, (d.seq,))
        for d in state.administrations
        if d.container in state.containers and d.container not in checked
    ]


def _times(data: Dataset) -> Table:
    """Days from the collection to the release and to the vein, a container each, by product and arm."""
    rows: list[Row] = []
    blank: tuple[Cell, ...] = tuple("" for _ in data.study.arms)
    for product in data.study.products:
        rows.append(Row(product.name, blank))
        for name, label, find in TIMES:
            for cycle in range(1, len(product.cycles) + 1):
                of_cycle = f"{label}, cycle {cycle}" if len(product.cycles) > 1 else label
                cells = tuple(
                    _time(data, f"{name}_{cycle}", of_cycle, find, product, cycle, arm)
                    for arm in data.study.arms
                )
                rows.append(Row(of_cycle, cells, 1))
    columns = ("", *(f"{arm.label}, median (range)" for arm in data.study.arms))
    notes = ("Over containers, from the first collection that went into their batch. Days of 24 hours.",)
    return Table("chain_times", "Times from vein to vein, days", columns, tuple(rows), notes)


def _time(data: Dataset, name: str, label: str, find: Moment, product: Product, cycle: int, arm: Arm) -> Cell:
    facts = [
        fact
        for subject in data.subjects
        if subject.arm == arm.id
        for container in subject.state.containers.values()
        if container.product == product.id
        and container.cycle == cycle
        and (fact := _waited(subject, container, find)) is not None
    ]
    definition = f"{label} for {product.name} in {arm.label}: median and range over containers."
    return summarise(f"chain.{name}.{product.id}.{arm.id}", definition, facts, "days", 1)


Moment = Callable[[Container], tuple[datetime, int] | None]


def _waited(subject: SubjectData, container: Container, find: Moment) -> Fact | None:
    batch, moment = subject.state.batches.get(container.batch), find(container)
    begun = _first_collection(subject, batch)
    if moment is None or begun is None:
        return None
    start, seq = begun
    days = (moment[0] - start).total_seconds() / SECONDS_PER_DAY
    return Fact(subject.state.subject, tuple(sorted({seq, moment[1]})), days)


def _first_collection(subject: SubjectData, batch: Batch | None) -> tuple[datetime, int] | None:
    used: list[Collection] = [
        subject.state.collections[name]
        for name in (batch.collections if batch is not None else ())
        if name in subject.state.collections
    ]
    dated = [(at, c.seq) for c in used if (at := parse_instant(c.collected_at)) is not None]
    return min(dated, default=None)


def _first_step(container: Container, states: Sequence[str]) -> tuple[datetime, int] | None:
    for step in container.custody:
        if step.state in states:
            at = parse_instant(step.at)
            return None if at is None else (at, step.seq)
    return None


def _let_go(container: Container) -> tuple[datetime, int] | None:
    return _first_step(container, ("RELEASED", "RELEASED_CONDITIONAL", "RELEASED_EXCEPTIONAL"))


def _begun(container: Container) -> tuple[datetime, int] | None:
    return _first_step(container, ("INFUSION_STARTED",))


TIMES: tuple[tuple[str, str, Moment], ...] = (
    ("to_release", "Collection to release", _let_go),
    ("vein_to_vein", "Collection to the start of giving", _begun),
)
