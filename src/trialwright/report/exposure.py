"""Exposure: doses planned and given, cells received, and the chain of identity behind every dose."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from statistics import median

from trialwright.outcomes.analysis_sets import AnalysisSet
from trialwright.outcomes.exposure import Exposure, GivenDose, PlannedDose, compute_exposure
from trialwright.outcomes.traceability import merge_sources
from trialwright.study.model.products import Arm, Product
from trialwright.trial.cells.records import Batch

from .answers import whole_date
from .dataset import Dataset, SubjectData
from .model import Cell, Number, Row, Section, Table
from .subjects import allocated_on
from .wording import write_share


def build_exposure(data: Dataset) -> Section:
    """Every product by arm in the safety set, then the counts of the cell product's way."""
    rows = [row for product in data.study.products for row in _product_rows(data, product)]
    columns = ("", *(arm.label for arm in data.study.arms))
    table = Table("exposure_table", "Doses and cells received", columns, tuple(rows))
    return Section("exposure", "Exposure and chain of identity", (), (table, _chain(data)))


def _product_rows(data: Dataset, product: Product) -> list[Row]:
    found = {arm.id: _exposures(data, arm, product) for arm in data.study.arms}
    blank: tuple[Cell, ...] = tuple("" for _ in data.study.arms)
    name = f"exposure.{product.id}"
    return [
        Row(f"{product.name}: {len(product.days)} doses planned", blank),
        Row(
            "Subjects treated",
            tuple(_treated(f"{name}.treated.{a.id}", product, a, found[a.id]) for a in data.study.arms),
            1,
        ),
        Row(
            "Doses given, median (range)",
            tuple(_doses(f"{name}.doses.{a.id}", a, found[a.id]) for a in data.study.arms),
            1,
        ),
        Row(
            "All planned doses", tuple(_all(f"{name}.all.{a.id}", a, found[a.id]) for a in data.study.arms), 1
        ),
        Row(
            "Cells received, median",
            tuple(_cells(f"{name}.cells.{a.id}", a, found[a.id]) for a in data.study.arms),
            1,
        ),
    ]


def _exposures(data: Dataset, arm: Arm, product: Product) -> list[Exposure] | None:
    """None where the arm does not receive the product."""
    if product.id not in arm.products:
        return None
    plan = [
        PlannedDose(product.id, day, product.dose.minimum, product.dose.maximum, product.dose.unit)
        for day in product.days
    ]
    subjects = [subject for subject in data.of(AnalysisSet.SAFETY) if subject.arm == arm.id]
    return [
        row
        for s in subjects
        for row in compute_exposure(s.state.subject, allocated_on(s.state), plan, _given(s))
    ]


def _given(subject: SubjectData) -> list[GivenDose]:
    return [
        GivenDose(
            subject.state.subject,
            dose.product,
            dose.planned_day,
            Decimal(dose.dose or "0"),
            whole_date(dose.given_on),
            source_ids=(dose.seq,),
        )
        for dose in subject.state.administrations
    ]


def _treated(number: str, product: Product, arm: Arm, rows: Sequence[Exposure] | None) -> Cell:
    if rows is None:
        return "–"
    found = [row for row in rows if row.doses_given]
    definition = f"Subjects of {arm.label} who received {product.name} at least once."
    return _number(number, write_share(len(found), len(rows)), len(found), definition, found)


def _all(number: str, arm: Arm, rows: Sequence[Exposure] | None) -> Cell:
    if rows is None:
        return "–"
    found = [row for row in rows if row.doses_given == row.doses_planned]
    definition = f"Subjects of {arm.label} who received every planned dose."
    return _number(number, write_share(len(found), len(rows)), len(found), definition, found)


def _doses(number: str, arm: Arm, rows: Sequence[Exposure] | None) -> Cell:
    if not rows:
        return "–"
    counts = [row.doses_given for row in rows]
    text = f"{median(counts):g} ({min(counts)} to {max(counts)})"
    return _number(number, text, median(counts), f"Doses given in {arm.label}: median and range.", rows)


def _cells(number: str, arm: Arm, rows: Sequence[Exposure] | None) -> Cell:
    if not rows:
        return "–"
    received = median(float(row.received) for row in rows)
    return _number(
        number, f"{received:.2e}", received, f"Cells received in {arm.label}: median over subjects.", rows
    )


def _number(number: str, text: str, value: float, definition: str, rows: Sequence[Exposure]) -> Number:
    sources = merge_sources(*(row.source_ids for row in rows))
    return Number(number, text, value, definition, "", tuple(row.subject for row in rows), sources)


def is_failure(batch: Batch) -> bool:
    """Whether the making itself failed: a batch stopped because nobody needs it any more says nothing about that."""
    return batch.state == "MFG_FAILED" and batch.failure != "not_needed"


def _chain(data: Dataset) -> Table:
    everyone = [subject for subject in data.subjects if subject.arm]
    collections = [(s, c.seq) for s in everyone for c in s.state.collections.values()]
    batches = [(s, b.seq) for s in everyone for b in s.state.batches.values()]
    failed = [(s, b.ended_seq) for s in everyone for b in s.state.batches.values() if is_failure(b)]
    stopped = [
        (s, b.ended_seq) for s in everyone for b in s.state.batches.values() if b.failure == "not_needed"
    ]
    containers = [(s, c.seq) for s in everyone for c in s.state.containers.values()]
    given = [(s, dose.seq) for s in everyone for dose in s.state.administrations]
    mixed = [(s, dose.seq) for s in everyone for dose in s.state.administrations if dose.coi != s.state.coi]
    unseen = [(s, dose.seq) for s in everyone for dose in s.state.administrations if dose.by == dose.witness]
    counted = (
        ("collections", "Collections", collections),
        ("batches", "Batches started", batches),
        ("failed", "Batches failed", failed),
        ("stopped", "Batches stopped, no longer needed", stopped),
        ("containers", "Containers filled", containers),
        ("given", "Containers given", given),
        ("mixed", "Given to a subject other than the donor", mixed),
        ("unseen", "Given without a second person", unseen),
    )
    rows = tuple(Row(label, (_step(f"chain.{name}", label, found),)) for name, label, found in counted)
    return Table("chain", "Chain of identity", ("", "Number"), rows)


def _step(number: str, label: str, found: Sequence[tuple[SubjectData, int]]) -> Number:
    subjects = tuple(dict.fromkeys(subject.state.subject for subject, _ in found))
    return Number(
        number,
        str(len(found)),
        len(found),
        f"{label}, counted.",
        "",
        subjects,
        tuple(sorted(s for _, s in found)),
    )
