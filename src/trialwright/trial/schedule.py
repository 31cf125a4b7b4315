"""One subject's calendar: which visits and doses are planned, and how each stands at a date."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from trialwright.study.model.products import Product
from trialwright.study.model.study import Study
from trialwright.study.schedule import VisitInstance, date_of_day, day_of_date
from trialwright.trial.cells.dosing import dose_dates, planned_doses
from trialwright.trial.cells.records import Administration
from trialwright.trial.protocol import protocol_of
from trialwright.trial.subject import SubjectState


class Standing(StrEnum):
    """How a planned visit or dose stands. Past its window it is overdue, and missed when the next one
    opened; a visit that took place and lacks a form then is incomplete, whatever opened since.
    """

    UPCOMING = "upcoming"
    DUE = "due"
    OVERDUE = "overdue"
    MISSED = "missed"
    INCOMPLETE = "incomplete"
    DONE = "done"
    NOT_EXPECTED = "not_expected"


@dataclass(frozen=True, slots=True)
class PlannedForm:
    """A form of a planned visit; ``state`` is that of the saved form, or ``empty``."""

    form: str
    state: str


@dataclass(frozen=True, slots=True)
class PlannedVisit:
    """A visit instance on the subject's calendar. Dates are None before allocation fixes day 1."""

    visit: VisitInstance
    planned_on: date | None
    earliest_on: date | None
    latest_on: date | None
    standing: Standing
    forms: tuple[PlannedForm, ...]


@dataclass(frozen=True, slots=True)
class PlannedDose:
    """A dose on the subject's calendar, with the administration once it was given."""

    product: Product
    cycle: int
    day: int
    planned_on: date
    earliest_on: date
    latest_on: date
    standing: Standing
    given: Administration | None


def day_one_of(state: SubjectState) -> date | None:
    """The date of study day 1, the day of allocation; None before it."""
    return date.fromisoformat(state.allocation.allocated_on) if state.allocation else None


def study_day(state: SubjectState, on: date) -> int | None:
    """The study day of a date; None before allocation."""
    day_one = day_one_of(state)
    return day_of_date(day_one, on) if day_one else None


def plan_visits(
    study: Study, state: SubjectState, on: date, progressed_on: date | None = None
) -> tuple[PlannedVisit, ...]:
    """Every visit of the subject in order of time, as it stands on the day ``on``.

    Before allocation only the visits that precede it. ``progressed_on`` is the date of documented
    progression, from which on visits ``until_progression`` are not expected; after the end of follow-up
    none is.
    """
    day_one = day_one_of(state)
    visits = [v for v in protocol_of(study).visits.values() if day_one is not None or v.day < 0]
    return tuple(_plan_visit(state, visit, visits, day_one, on, progressed_on) for visit in visits)


def _plan_visit(
    state: SubjectState,
    visit: VisitInstance,
    visits: list[VisitInstance],
    day_one: date | None,
    on: date,
    progressed_on: date | None,
) -> PlannedVisit:
    forms = tuple(PlannedForm(form, _form_state(state, visit.id, form)) for form in visit.forms)
    done = all(form.state not in ("empty", "incomplete") for form in forms)
    if day_one is None:
        standing = Standing.DONE if done else _screening_standing(state)
        return PlannedVisit(visit, None, None, None, standing, forms)
    earliest, latest = date_of_day(day_one, visit.earliest_day), date_of_day(day_one, visit.latest_day)
    last = _last_expected(state, progressed_on if visit.visit.until_progression else None)
    following = [v for v in visits if v.visit.track == visit.visit.track and v.order > visit.order]
    next_on = date_of_day(day_one, following[0].earliest_day) if following else None
    standing = Standing.DONE if done else _standing(earliest, latest, next_on, last, on)
    if standing in (Standing.OVERDUE, Standing.MISSED) and _took_place(state, visit):
        standing = Standing.INCOMPLETE
    return PlannedVisit(visit, date_of_day(day_one, visit.day), earliest, latest, standing, forms)


def _form_state(state: SubjectState, visit: str, form: str) -> str:
    saved = state.form(visit, form)
    return saved.state if saved is not None else "empty"


def _took_place(state: SubjectState, visit: VisitInstance) -> bool:
    """Whether a form of the visit is saved with a date. In the window or not: a visit on a wrong day is a
    deviation of its own, and no missed visit.
    """
    return any(form.visit == visit.id and form.occurred_on for form in state.forms.values())


def _screening_standing(state: SubjectState) -> Standing:
    if state.screen_failure is not None or state.follow_up_end is not None:
        return Standing.NOT_EXPECTED
    return Standing.DUE if state.consent is not None else Standing.UPCOMING


def _last_expected(state: SubjectState, progressed_on: date | None) -> date | None:
    """The last day on which anything is expected; None while there is no end."""
    ends = [progressed_on] if progressed_on else []
    if state.follow_up_end is not None:
        ends.append(date.fromisoformat(state.follow_up_end.ended_on))
    if state.consent is not None and state.consent.scope in ("follow_up", "data"):
        ends.append(date.fromisoformat(state.consent.withdrawn_on))
    return min(ends) if ends else None


def _standing(earliest: date, latest: date, next_on: date | None, last: date | None, on: date) -> Standing:
    if last is not None and earliest > last:
        return Standing.NOT_EXPECTED
    if on < earliest:
        return Standing.UPCOMING
    if on <= latest:
        return Standing.DUE
    return Standing.MISSED if next_on is not None and on >= next_on else Standing.OVERDUE


def plan_doses(study: Study, state: SubjectState, on: date) -> tuple[PlannedDose, ...]:
    """Every dose of the allocated arm in order of the days, as it stands on the day ``on``; none before
    allocation.
    """
    day_one = day_one_of(state)
    if day_one is None or state.allocation is None:
        return ()
    given = {(one.product, one.planned_day): one for one in state.administrations}
    last = _last_dose_expected(state)
    planned: list[PlannedDose] = []
    for product, cycle, day in planned_doses(study, state.allocation.arm):
        planned_on, earliest, latest = dose_dates(study, day_one, day)
        one = given.get((product.id, day))
        standing = Standing.DONE if one else _standing(earliest, latest, None, last, on)
        missed = Standing.MISSED if standing is Standing.OVERDUE else standing
        planned.append(PlannedDose(product, cycle, day, planned_on, earliest, latest, missed, one))
    return tuple(planned)


def _last_dose_expected(state: SubjectState) -> date | None:
    ends = [end for end in (_last_expected(state, None),) if end is not None]
    if state.treatment_end is not None:
        ends.append(date.fromisoformat(state.treatment_end.ended_on))
    if state.consent is not None and state.consent.withdrawn_on:
        ends.append(date.fromisoformat(state.consent.withdrawn_on))
    return min(ends) if ends else None
