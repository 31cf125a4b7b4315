"""Computing designs for the page: one at a time, kept, and with the kernels loaded before the first request."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Mapping

from trialwright.design.hazards import DiseaseCourse
from trialwright.design.picture import DesignPicture, picture_design
from trialwright.design.scenario import ArmBelief, DesignScenario, exponential_scenario
from trialwright.design.settings import Value
from trialwright.design.simulate import simulate_design
from trialwright.design.what_if import Changed, change_scenario
from trialwright.study.model import Study
from trialwright.study.model.scenario import Scenario

SEED = 1
WAIT_S = 8.0
KEPT = 64

_one_at_a_time = threading.Lock()
_kept: OrderedDict[tuple[object, ...], DesignPicture] = OrderedDict()


class Busy(Exception):  # noqa: N818 - it tells the visitor to wait; nothing is broken
    """Another design is being computed, and has been for a while."""


def picture_of(
    study: Study, version: str, scenario: Scenario, initial: Mapping[str, Value], values: Mapping[str, Value]
) -> tuple[Changed, DesignPicture | None]:
    """The changed scenario and its picture; no picture where it cannot be simulated. Raises :class:`Busy`."""
    changed = change_scenario(study, scenario, initial, values)
    if changed.design is None:
        return changed, None
    key = (version, scenario.id, *sorted(values.items(), key=lambda pair: pair[0]))
    found = _kept.get(key)
    if found is None:
        delay = values["delay_months"]
        found = _compute(changed.design, float(delay) if isinstance(delay, float | int) else 0.0)
        _kept[key] = found
        while len(_kept) > KEPT:
            _kept.popitem(last=False)
    return changed, found


def _compute(design: DesignScenario, delay_months: float) -> DesignPicture:
    if not _one_at_a_time.acquire(timeout=WAIT_S):
        raise Busy
    try:
        return picture_design(design, SEED, delay_months)
    finally:
        _one_at_a_time.release()


def warm_up() -> None:
    """Load the kernels, or compile them on a new machine, so that no visitor waits for it.

    The shapes are those that the settings of the page can make: with and without a delay or a waiting time,
    with and without failing products.
    """
    for design in warm_designs():
        simulate_design(design, 64, SEED)
        simulate_design(design, 64, SEED, hazard_ratios=False)


def warm_designs() -> list[DesignScenario]:
    """A small design of every shape for which the page may need other kernels."""
    base = exponential_scenario(8, 10.0, 16.0, 12.0, 24.0)
    hazard = base.control.course.death_before_progression
    course = DiseaseCourse(hazard, hazard, hazard)
    late = course.until(2.0, course.scaled(0.5))
    arms = (
        ArmBelief(course),
        ArmBelief(late, course, product_failure=0.1),
        ArmBelief(late),
        ArmBelief(course, course, product_failure=0.1),
    )
    return [base.varied(control=ArmBelief(course), experimental=arm) for arm in arms]


def warm_up_aside() -> threading.Thread:
    """The same in a thread of its own, so that the pages open at once."""
    thread = threading.Thread(target=warm_up, name="design-warm-up", daemon=True)
    thread.start()
    return thread
