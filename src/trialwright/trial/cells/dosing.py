"""Doses against the plan: the day and its window, the order within a cycle, the amount."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from trialwright.study.findings import Finding
from trialwright.study.model.products import Product
from trialwright.study.model.study import Study
from trialwright.study.schedule import VisitInstance, date_of_day
from trialwright.trial.cells.manufacture import cycle_of, parse_positive
from trialwright.trial.cells.records import Container
from trialwright.trial.cells.release import judge_result
from trialwright.trial.protocol import protocol_of
from trialwright.trial.refusals import refusal, warning
from trialwright.trial.subject import SubjectState


def find_dose_visit(study: Study, day: int) -> VisitInstance | None:
    """The treatment visit of that planned day; its window is the window of the dose."""
    visits = protocol_of(study).visits.values()
    return next((v for v in visits if v.day == day and v.visit.track == "treatment"), None)


def dose_dates(study: Study, day_one: date, day: int) -> tuple[date, date, date]:
    """Planned, first and last date of a dose; without a visit that day, the day itself."""
    visit = find_dose_visit(study, day)
    planned = date_of_day(day_one, day)
    if visit is None:
        return planned, planned, planned
    return planned, date_of_day(day_one, visit.earliest_day), date_of_day(day_one, visit.latest_day)


def check_dose_day(study: Study, state: SubjectState, container: Container, on: date) -> list[Finding]:
    """A warning where ``on`` lies outside the window of the container's planned day."""
    if state.allocation is None:
        return []
    day_one = date.fromisoformat(state.allocation.allocated_on)
    _, earliest, latest = dose_dates(study, day_one, container.planned_day)
    if earliest <= on <= latest:
        return []
    message = f"The dose of day {container.planned_day} is given outside its window ({earliest} to {latest})."
    return [warning("CEL-080", message, "Give it only if the investigator decides so; it is a deviation.")]


def check_dose_order(study: Study, state: SubjectState, container: Container) -> list[Finding]:
    """Findings where an earlier dose of the same cycle was not given (I15)."""
    given = {(one.product, one.planned_day) for one in state.administrations}
    found: list[Finding] = []
    arm = state.allocation.arm if state.allocation else ""
    for product in study.products_of(arm):
        days = product.cycles[container.cycle - 1] if container.cycle <= len(product.cycles) else ()
        for day in days:
            if day < container.planned_day and (product.id, day) not in given:
                message = f"The dose of {product.name} on day {day} of the same cycle was not given."
                remedy = "Give it first, or say why it is left out."
                found.append(refusal("CEL-082", message, remedy, "waived"))
    return found


def check_not_given(state: SubjectState, container: Container) -> list[Finding]:
    """Findings where the dose of this planned day was given, or is being given, from another container
    (I9).
    """
    given = {(one.product, one.planned_day) for one in state.administrations}
    running = {(c.product, c.planned_day) for c in state.containers.values() if c.state == "INFUSION_STARTED"}
    if (container.product, container.planned_day) not in given | running:
        return []
    message = f"The dose of day {container.planned_day} was given already, or is being given."
    return [refusal("CEL-081", message, "Check the subject's doses.", "container")]


def given_dose(container: Container, volume: str) -> str:
    """The dose contained in the volume given, in the label's dose unit, to six significant digits when
    partial.
    """
    dose, label, given = (parse_positive(text) for text in (container.dose, container.volume, volume))
    if dose is None or label is None or given is None or given == label:
        return container.dose
    share = dose * given / label
    return format(share.quantize(Decimal(1).scaleb(share.adjusted() - 5)).normalize(), "f")


def is_outside_dose(product: Product, dose: str) -> bool:
    """Whether a dose lies outside the limits.

    The limits are those of the release tests in the dose's own unit, because they hold the tolerance
    around a dose that the protocol gives as one number; without such a test, the protocol's.
    """
    number = parse_positive(dose)
    judged = [judge_result(t, dose, t.unit) for t in product.release_tests if t.unit == product.dose.unit]
    if judged or number is None:
        return not all(judged) or number is None
    return not product.dose.minimum <= number <= product.dose.maximum


def planned_doses(study: Study, arm: str) -> tuple[tuple[Product, int, int], ...]:
    """(product, cycle from 1, planned day) of every dose of the arm, in order of the days."""
    doses = [(p, cycle_of(p, day), day) for p in study.products_of(arm) for day in p.days]
    return tuple(sorted(doses, key=lambda dose: dose[2]))
