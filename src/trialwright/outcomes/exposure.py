"""Exposure: doses received against doses planned, dose intensity, delays.

Relative dose intensity is the dose received over the dose planned; an infusion that was not given counts as
nothing received. Where the protocol gives a range, a dose within it counts as planned in full, a smaller one
is held against the lower end and a larger one against the upper. Source: house analysis reference, section
8; safety reference, section 7.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from statistics import median

from trialwright.outcomes.traceability import merge_sources


@dataclass(frozen=True, slots=True)
class PlannedDose:
    """One dose that the protocol foresees.

    ``planned``: the amount of the unit (cells, mg), or the lower end where the protocol gives a range and
    ``planned_max`` the upper.
    """

    product: str
    day: int
    planned: Decimal
    planned_max: Decimal | None = None
    unit: str = "cells"


@dataclass(frozen=True, slots=True)
class GivenDose:
    """One dose given, or not given (``received`` 0, with the reason)."""

    subject: str
    product: str
    planned_day: int
    received: Decimal
    on: date | None = None
    reason_not_given: str = ""
    source_ids: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Exposure:
    """One subject's exposure to one product.

    ``planned`` (what the doses are held against) and ``received`` in the product's unit; ``doses_in_range``
    counts the doses within the protocol's range; ``delay_days`` is the sum of days that doses were given
    after their planned day.
    """

    subject: str
    product: str
    doses_planned: int
    doses_given: int
    doses_in_range: int
    planned: Decimal
    received: Decimal
    unit: str
    first_on: date | None
    last_on: date | None
    delay_days: int
    source_ids: tuple[int, ...] = ()

    @property
    def intensity(self) -> float | None:
        """Received over planned; ``None`` when nothing was planned."""
        return float(self.received / self.planned) if self.planned else None

    @property
    def duration_days(self) -> int | None:
        """Days from the first to the last dose, both counted; ``None`` when never dosed."""
        if self.first_on is None or self.last_on is None:
            return None
        return (self.last_on - self.first_on).days + 1


def _find_reference(plan: PlannedDose, received: Decimal) -> Decimal:
    """What a dose is held against: itself within the range, else the nearer end of it."""
    return min(max(received, plan.planned), plan.planned_max or plan.planned)


def _is_in_range(plan: PlannedDose, received: Decimal) -> bool:
    return plan.planned <= received <= (plan.planned_max or plan.planned)


def compute_exposure(
    subject: str,
    day_one_on: date | None,
    plan: Sequence[PlannedDose],
    given: Sequence[GivenDose],
) -> list[Exposure]:
    """One subject's exposure to every product of the plan, in the plan's order.

    ``day_one_on`` is the date of protocol day 1 (``None``: delays are counted as 0). Doses given without a
    plan are counted as received. Two records of one planned day are added up.
    """
    rows: list[Exposure] = []
    for product in dict.fromkeys(dose.product for dose in plan):
        planned = [dose for dose in plan if dose.product == product]
        mine = [dose for dose in given if dose.subject == subject and dose.product == product]
        real = [dose for dose in mine if dose.received > 0]
        dates = [dose.on for dose in real if dose.on is not None]
        in_range = delay = 0
        reference = Decimal(0)
        for dose in planned:
            got = [g for g in real if g.planned_day == dose.day]
            amount = sum((g.received for g in got), Decimal(0))
            reference += _find_reference(dose, amount)
            in_range += bool(got) and _is_in_range(dose, amount)
            if day_one_on is not None:
                due_on = day_one_on + timedelta(days=dose.day - 1)
                delay += max((max(0, (g.on - due_on).days) for g in got if g.on is not None), default=0)
        rows.append(
            Exposure(
                subject,
                product,
                len(planned),
                len({dose.planned_day for dose in real}),
                in_range,
                reference,
                sum((dose.received for dose in real), Decimal(0)),
                planned[0].unit,
                min(dates, default=None),
                max(dates, default=None),
                delay,
                merge_sources(*(dose.source_ids for dose in mine)),
            )
        )
    return rows


@dataclass(frozen=True, slots=True)
class ExposureSummary:
    """The exposure of one arm to one product.

    ``treated``: subjects with at least one dose; medians and ranges are over them (``None`` when there is
    nobody).
    """

    arm: str
    product: str
    subjects: int
    treated: int
    doses_planned: int
    doses_given: int
    all_doses: int
    median_received: float | None
    least_received: float | None
    most_received: float | None
    median_intensity: float | None
    median_delay_days: float | None
    unit: str
    source_ids: tuple[int, ...] = ()


def _summarise(arm: str, product: str, rows: Sequence[Exposure]) -> ExposureSummary:
    treated = [row for row in rows if row.doses_given]
    received = [float(row.received) for row in treated]
    intensities = [row.intensity for row in treated if row.intensity is not None]
    return ExposureSummary(
        arm,
        product,
        len(rows),
        len(treated),
        sum(row.doses_planned for row in rows),
        sum(row.doses_given for row in rows),
        sum(1 for row in rows if row.doses_planned and row.doses_given >= row.doses_planned),
        median(received) if received else None,
        min(received, default=None),
        max(received, default=None),
        median(intensities) if intensities else None,
        float(median(row.delay_days for row in treated)) if treated else None,
        rows[0].unit,
        merge_sources(*(row.source_ids for row in rows)),
    )


def derive_exposure_summaries(
    exposures: Sequence[Exposure], arms: Mapping[str, str]
) -> list[ExposureSummary]:
    """One row for every arm and product that a subject of the arm has a row for."""
    groups: dict[tuple[str, str], list[Exposure]] = {}
    for row in exposures:
        if row.subject in arms:
            groups.setdefault((arms[row.subject], row.product), []).append(row)
    return [_summarise(*key, groups[key]) for key in sorted(groups)]
