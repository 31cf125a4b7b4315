"""Lesions at each assessment, so that RECIST 1.1 finds progression when the latent course says, and not before.

Until the progression is due the sum of diameters falls or rises towards the subject's best change and is held
below progression; at the first assessment after it, a new lesion appears or the sum rises by at least 20 % and
5 mm over the nadir (RECIST 1.1, section 4.3).
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from decimal import Decimal

from trialwright.outcomes.recist.lesions import TOO_SMALL_MM
from trialwright.outcomes.recist.target import PARTIAL_SHARE, compute_progressed, compute_share
from trialwright.rehearsal.draws import Draws
from trialwright.study.model.rehearsal import TumourCourse

SMALLEST_TARGET_MM = 12
LARGEST_TARGET_MM = 180
SETTLING_DAYS = 60.0
"""How fast the sum comes near the best change."""
MEASURING_NOISE = 0.02
LOWEST_SHARE, HIGHEST_SHARE = 0.1, 1.12


@dataclass(frozen=True, slots=True)
class Lesion:
    """One row of an assessment. ``mm`` is None for a lesion too small to measure or not measured."""

    name: str
    role: str
    organ: str
    finding: str
    mm: int | None = None


@dataclass(slots=True)
class TumourHistory:
    """What was measured of one subject so far: target diameters, baseline sum and nadir in mm."""

    baseline: tuple[int, ...] = ()
    baseline_mm: Decimal = Decimal(0)
    nadir_mm: Decimal = Decimal(0)
    last: tuple[int, ...] = ()
    best_change: float = 0.0
    assessed: int = field(default=0)


def draw_baseline(course: TumourCourse, draws: Draws) -> TumourHistory:
    """The target lesions at baseline and the best change that the subject will come near."""
    count = draws.whole(*course.lesions)
    sizes = [course.diameter_mm * math.exp(course.spread * draws.normal()) for _ in range(count)]
    baseline = tuple(round(min(max(size, SMALLEST_TARGET_MM), LARGEST_TARGET_MM)) for size in sizes)
    total = Decimal(sum(baseline))
    change = course.best_change + course.best_change_spread * draws.normal()
    return TumourHistory(baseline, total, total, baseline, change)


def lesion_rows(course: TumourCourse, sizes: tuple[int, ...], appeared: bool) -> list[Lesion]:
    """The rows of an assessment with these target diameters, and a new lesion where one appeared."""
    rows = [_target(course, number, mm) for number, mm in enumerate(sizes, start=1)]
    return [*rows, Lesion("N1", "new", course.organ, "present")] if appeared else rows


def _target(course: TumourCourse, number: int, mm: int) -> Lesion:
    if mm < TOO_SMALL_MM:
        return Lesion(f"T{number}", "target", course.organ, "too_small")
    return Lesion(f"T{number}", "target", course.organ, "measured", mm)


def assess(
    course: TumourCourse, history: TumourHistory, day: int, progressed: bool, draws: Draws
) -> tuple[list[Lesion], str]:
    """The rows and the stated response of the assessment on study day ``day``; the history goes on."""
    before = history.nadir_mm
    sizes = _stable(history, day, draws)
    appeared = progressed and draws.chance(course.new_lesion_probability)
    if progressed and not appeared:
        sizes = _grown(history, draws)
    total = _sum(sizes)
    history.last, history.nadir_mm = sizes, min(history.nadir_mm, total)
    history.assessed += 1
    response = "PD" if appeared or compute_progressed(total, before) else _response(history, total)
    return lesion_rows(course, sizes, appeared), response


def _response(history: TumourHistory, total: Decimal) -> str:
    share = compute_share(total, history.baseline_mm)
    return "PR" if share is not None and share <= -PARTIAL_SHARE else "SD"


def _stable(history: TumourHistory, day: int, draws: Draws) -> tuple[int, ...]:
    """Diameters on the way to the best change; those of the last assessment where they would be progression."""
    share = 1.0 + history.best_change * (1.0 - math.exp(-max(day, 0) / SETTLING_DAYS))
    share = min(max(share, LOWEST_SHARE), HIGHEST_SHARE)
    noisy = [max(round(mm * share * (1.0 + MEASURING_NOISE * draws.normal())), 1) for mm in history.baseline]
    sizes = tuple(noisy)
    return history.last if compute_progressed(_sum(sizes), history.nadir_mm) else sizes


def _grown(history: TumourHistory, draws: Draws) -> tuple[int, ...]:
    """Diameters whose sum is progression over the nadir, by 20 to 60 % and at least 5 mm."""
    wanted = float(history.nadir_mm) * draws.between(1.2, 1.6) + 6.0
    scale = wanted / float(_sum(history.last))
    return tuple(math.ceil(max(mm, int(TOO_SMALL_MM)) * scale) for mm in history.last)


def _sum(sizes: tuple[int, ...]) -> Decimal:
    """The sum as RECIST takes it: 5 mm for a lesion too small to measure."""
    return sum((max(Decimal(mm), TOO_SMALL_MM) for mm in sizes), Decimal(0))
