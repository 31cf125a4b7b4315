"""Exposure: doses planned and given, cells received, and the chain of identity behind every dose."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from statistics import median

from trialwright.outcomes.analysis_sets import AnalysisSet
from trialwright.outcomes.exposure import Exposure, GivenDose, PlannedDose, compute_exposure
from trialwright.outcomes.traceability import merge_sources
from trialwright.study.model.products import Arm, Product

from .answers import whole_date
from .cell_chain import tabulate_chain
from .counting import NOBODY, Fact, count_share
from .dataset import Dataset, SubjectData
from .model import Cell, Number, Row, Section, Table
from .subjects import allocated_on
from .wording import write_power


def build_exposure(data: Dataset) -> Section:
    """Every product by arm in the safety set, then the counts of the cell product's way."""
    rows = [row for product in data.study.products for row in _product_rows(data, product)]
    columns = ("", *(arm.label for arm in data.study.arms))
    table = Table("exposure_table", "Doses and cells received", columns, tuple(rows))
    return Section("exposure", "Exposure and chain of identity", (), (table, *tabulate_chain(data)))


def _product_rows(data: Dataset, product: Product) -> list[Row]:
    found = {arm.id: _exposures(data, arm, product) for arm in data.study.arms}
    blank: tuple[Cell, ...] = tuple("" for _ in data.study.arms)
    rows = [Row(_heading(data, product), blank)]
    for name, label, make, by_plan in MEASURES:
        if by_plan and not data.one_plan:
            continue  # arms with different plans were put together: no plan to hold a subject against
        cells = tuple(
            make(f"exposure.{product.id}.{name}.{arm.id}", product, arm, found[arm.id])
            for arm in data.study.arms
        )
        rows.append(Row(label, cells, 1))
    return rows


def _heading(data: Dataset, product: Product) -> str:
    if not data.one_plan:
        return product.name
    planned = len(product.days)
    return f"{product.name}: {planned} dose{'' if planned == 1 else 's'} planned"


def _exposures(data: Dataset, arm: Arm, product: Product) -> Rows:
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


def _treated(number: str, product: Product, arm: Arm, rows: Rows) -> Cell:
    if rows is None:
        return NOBODY
    found = [row for row in rows if row.doses_given]
    definition = f"Subjects of {arm.label} who received {product.name} at least once."
    return count_share(number, definition, _facts(found), len(rows))


def _all(number: str, product: Product, arm: Arm, rows: Rows) -> Cell:
    if rows is None:
        return NOBODY
    found = [row for row in rows if row.doses_given == row.doses_planned]
    definition = f"Subjects of {arm.label} who received every planned dose of {product.name}."
    return count_share(number, definition, _facts(found), len(rows))


def _doses(number: str, product: Product, arm: Arm, rows: Rows) -> Cell:
    definition = f"Doses of {product.name} given in {arm.label}: median and range over subjects."
    return _median(number, definition, rows, lambda row: row.doses_given, "doses", _plain)


def _out_of_range(number: str, product: Product, arm: Arm, rows: Rows) -> Cell:
    if rows is None:
        return NOBODY
    found = [row for row in rows if row.doses_in_range < row.doses_given]
    definition = f"Subjects of {arm.label} with a dose of {product.name} outside the protocol's limits."
    return count_share(number, definition, _facts(found), len(rows))


def _cells(number: str, product: Product, arm: Arm, rows: Rows) -> Cell:
    definition = (
        f"{product.name} received in {arm.label}, all doses together: median and range over subjects."
    )
    return _median(number, definition, rows, lambda row: float(row.received), product.dose.unit, write_power)


def _intensity(number: str, product: Product, arm: Arm, rows: Rows) -> Cell:
    definition = (
        f"Relative dose intensity of {product.name} in {arm.label}: received over planned, a dose within the "
        "protocol's limits counting as planned and one not given as nothing; median and range over subjects."
    )
    return _median(number, definition, rows, lambda row: 100 * (row.intensity or 0.0), "%", _plain)


def _delay(number: str, product: Product, arm: Arm, rows: Rows) -> Cell:
    definition = (
        f"Days by which doses of {product.name} in {arm.label} came after their planned days, added up."
    )
    return _median(number, definition, rows, lambda row: row.delay_days, "days", _plain)


Rows = Sequence[Exposure] | None
"""The exposures of an arm to a product; None where the arm does not receive it."""

MEASURES: tuple[tuple[str, str, Callable[[str, Product, Arm, Rows], Cell], bool], ...] = (
    ("treated", "Subjects treated", _treated, False),
    ("doses", "Doses given, median (range)", _doses, False),
    ("all", "All planned doses", _all, True),
    ("cells", "Cells received, median (range)", _cells, False),
    ("intensity", "Relative dose intensity, %, median (range)", _intensity, True),
    ("out_of_range", "A dose outside the protocol's limits", _out_of_range, False),
    ("delay", "Delay, days, median (range)", _delay, True),
)
"""Name, label, what makes the cell, and whether it holds a subject against the plan of the own arm."""


def _median(
    number: str,
    definition: str,
    rows: Rows,
    pick: Callable[[Exposure], float],
    unit: str,
    write: Callable[[float], str],
) -> Cell:
    """Median and range over the subjects who received the product at least once."""
    treated = [row for row in rows or () if row.doses_given]
    if not treated:
        return NOBODY
    values = [float(pick(row)) for row in treated]
    middle = float(median(values))
    text = f"{write(middle)} ({write(min(values))} to {write(max(values))})"
    sources = merge_sources(*(row.source_ids for row in treated))
    return Number(number, text, middle, definition, unit, tuple(row.subject for row in treated), sources)


def _plain(value: float) -> str:
    return f"{value:.4g}"


def _facts(rows: Sequence[Exposure]) -> list[Fact]:
    return [Fact(row.subject, row.source_ids) for row in rows]
