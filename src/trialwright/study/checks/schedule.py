"""The schedule can be kept: visits do not overlap, products have a visit, cycles are even."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from ..findings import Finding
from ..model import Study
from ..schedule import VisitInstance, expand_visits
from .base import error, warning


def check_schedule(study: Study) -> Iterator[Finding]:
    """TW-SCH-001 visits overlap, -002 a dose on a day without a visit, -003 day 0, -004 uneven cycles."""
    zero = [index for index, visit in enumerate(study.visits) if visit.day == 0]
    for index in zero:
        message = "There is no study day 0: the day before day 1 is day -1."
        yield error("TW-SCH-003", ("visits", index, "day"), message, "Write day 1 for the day of allocation.")
    if zero:
        return
    instances = expand_visits(study)
    yield from _overlaps(study, instances)
    yield from _doses(study, instances)
    yield from _cycles(study)


def _overlaps(study: Study, instances: tuple[VisitInstance, ...]) -> Iterator[Finding]:
    tracks: dict[str, list[VisitInstance]] = {}
    for instance in instances:
        tracks.setdefault(instance.visit.track, []).append(instance)
    for track, visits in tracks.items():
        for earlier, later in pairwise(visits):
            if later.earliest_day <= earlier.latest_day:
                path = ("visits", study.visits.index(later.visit), "window")
                message = (
                    f"`{later.id}` (days {later.earliest_day} to {later.latest_day}) overlaps `{earlier.id}` "
                    f"(days {earlier.earliest_day} to {earlier.latest_day}) on the {track} track."
                )
                yield error("TW-SCH-001", path, message, "Narrow one of the windows, or use another track.")


def _doses(study: Study, instances: tuple[VisitInstance, ...]) -> Iterator[Finding]:
    days = {instance.day for instance in instances}
    for index, product in enumerate(study.products):
        for cycle, cycle_days in enumerate(product.cycles):
            for position, day in enumerate(cycle_days):
                if day not in days:
                    path = ("products", index, "cycles", cycle, position)
                    message = f"`{product.id}` is given on day {day}, but no visit is planned on that day."
                    yield error(
                        "TW-SCH-002", path, message, f"Add a visit with `day: {day}` or mend the day."
                    )


def _cycles(study: Study) -> Iterator[Finding]:
    for index, product in enumerate(study.products):
        starts = [min(cycle) for cycle in product.cycles if cycle]
        lengths = {later - earlier for earlier, later in pairwise(starts)}
        if len(lengths) > 1:
            found = ", ".join(str(length) for length in sorted(lengths))
            message = f"The cycles of `{product.id}` are of different length ({found} days)."
            yield warning(
                "TW-SCH-004", ("products", index, "cycles"), message, "Check the days of the cycles."
            )
