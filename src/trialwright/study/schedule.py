"""The schedule unrolled: every visit with its day and window, and day arithmetic.

Study day 1 is the day of allocation and there is no day 0: the day before is day -1 (CDISC SDTMIG, --DY).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from .model.schedule import Visit
from .model.study import Study


@dataclass(frozen=True, slots=True)
class VisitInstance:
    """One planned contact: a visit as written, or the ``number``-th return of a repeated one (from 1).

    ``day``, ``earliest_day`` and ``latest_day`` are study days; ``order`` is the position in time.
    """

    id: str
    visit: Visit
    number: int
    label: str
    day: int
    earliest_day: int
    latest_day: int
    order: int

    @property
    def forms(self) -> tuple[str, ...]:
        """Ids of the forms filled at this visit."""
        return self.visit.forms


def shift_day(day: int, days: int) -> int:
    """The study day that lies ``days`` calendar days after ``day`` (there is no day 0)."""
    offset = _offset(day) + days
    return offset + 1 if offset >= 0 else offset


def date_of_day(day_one: date, day: int) -> date:
    """The date of a study day, given the date of day 1."""
    return day_one + timedelta(days=_offset(day))


def day_of_date(day_one: date, on: date) -> int:
    """The study day of a date, given the date of day 1."""
    offset = (on - day_one).days
    return offset + 1 if offset >= 0 else offset


def expand_visits(study: Study) -> tuple[VisitInstance, ...]:
    """Every visit instance of the study in order of planned day, repeated visits unrolled.

    The first instance of a repeated visit has the id ``<visit>_1``; any other visit keeps its id.
    """
    planned = [instance for visit in study.visits for instance in _unroll(visit)]
    planned.sort(key=lambda found: (_offset(found[2]), study.visits.index(found[0])))
    return tuple(_instance(visit, number, day, order) for order, (visit, number, day) in enumerate(planned))


def _unroll(visit: Visit) -> list[tuple[Visit, int, int]]:
    if visit.repeat is None:
        return [(visit, 1, visit.day)]
    days = range(visit.day, visit.repeat.until_day + 1, visit.repeat.every_days)
    return [(visit, number, day) for number, day in enumerate(days, start=1)]


def _instance(visit: Visit, number: int, day: int, order: int) -> VisitInstance:
    label = visit.label
    if visit.repeat is not None:
        label = (visit.repeat.label or "{label} {n}").format(n=number, day=day, label=visit.label)
    return VisitInstance(
        id=visit.id if visit.repeat is None else f"{visit.id}_{number}",
        visit=visit,
        number=number,
        label=label,
        day=day,
        earliest_day=shift_day(day, -visit.window.before_days),
        latest_day=shift_day(day, visit.window.after_days),
        order=order,
    )


def _offset(day: int) -> int:
    if day == 0:
        raise ValueError("there is no study day 0: the day before day 1 is day -1")
    return day - 1 if day > 0 else day
