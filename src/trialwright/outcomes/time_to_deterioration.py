"""Time to deterioration of a patient-reported score.

Source: the house analysis reference, section 7. A deterioration is a change from baseline of at least the
threshold in the worse direction. Variants: the first; the first or death; the definitive one (no later
score back above the threshold; a fall at the last form counts by convention).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from trialwright.outcomes.dates import DayCount
from trialwright.outcomes.questionnaire import Direction, compute_benefit
from trialwright.outcomes.survival_times import TimeToEvent
from trialwright.outcomes.traceability import merge_sources

_TOLERANCE = 1e-9
"""Scores are thirds and twelfths held as floats: a change of exactly the threshold must count."""


class Deterioration(StrEnum):
    """Which fall counts."""

    FIRST = "first_deterioration"
    FIRST_OR_DEATH = "first_deterioration_or_death"
    DEFINITIVE = "definitive_deterioration"


@dataclass(frozen=True, slots=True)
class DeteriorationRule:
    """``threshold_points`` and ``variant`` come from the analysis plan.

    ``death_without_form``: with ``FIRST_OR_DEATH``, whether a death counts for a subject without any form
    after baseline. By default such a subject is censored on day 1 like anyone who cannot be assessed.
    """

    threshold_points: float = 10.0
    variant: Deterioration = Deterioration.FIRST
    death_without_form: bool = False


@dataclass(frozen=True, slots=True)
class DatedScore:
    """One score on one date; ``value`` ``None`` where it was missing."""

    on: date
    value: float | None
    source_ids: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class ScoreHistory:
    """One subject's scores of one scale. The baseline is the last score on or before ``start_on``."""

    subject: str
    start_on: date
    scores: tuple[DatedScore, ...]
    died_on: date | None = None
    source_ids: tuple[int, ...] = ()
    death_source_ids: tuple[int, ...] = ()


def compute_fall_possible(baseline: float, direction: Direction, threshold_points: float) -> bool:
    """Whether a fall of the threshold is possible at all from this baseline (no floor or ceiling)."""
    room = baseline if direction is Direction.HIGHER_BETTER else 100 - baseline
    return room >= threshold_points - _TOLERANCE


def _find_fall(
    base: float, later: Sequence[DatedScore], direction: Direction, rule: DeteriorationRule
) -> int | None:
    """The index of the score that counts as the deterioration."""
    fallen = [
        compute_benefit(direction, (score.value or 0.0) - base) <= -rule.threshold_points + _TOLERANCE
        for score in later
    ]
    if rule.variant is not Deterioration.DEFINITIVE:
        return fallen.index(True) if True in fallen else None
    start = len(fallen)
    while start > 0 and fallen[start - 1]:
        start -= 1
    return start if start < len(fallen) else None


def compute_time_to_deterioration(
    history: ScoreHistory,
    direction: Direction,
    rule: DeteriorationRule,
    *,
    day_count: DayCount = DayCount.INCLUSIVE,
) -> TimeToEvent:
    """Time to deterioration of one subject.

    Without a baseline, or without a score after it, the subject is censored at the start
    (``NO_BASELINE``, ``NO_FORM_AFTER_BASELINE``); without a fall, at the last score (``LAST_QOL``).
    Scores after death are ignored.
    """

    def ended(on: date, event: bool, reason: str, sources: tuple[int, ...]) -> TimeToEvent:
        merged = merge_sources(history.source_ids, sources)
        return TimeToEvent(history.subject, "TTD", history.start_on, on, event, reason, day_count, "", merged)

    present = sorted((score for score in history.scores if score.value is not None), key=lambda s: s.on)
    before = [score for score in present if score.on <= history.start_on]
    later = [score for score in present if score.on > history.start_on]
    if history.died_on is not None:
        later = [score for score in later if score.on <= history.died_on]
    base = before[-1] if before else None
    if base is None or base.value is None:
        return ended(history.start_on, False, "NO_BASELINE", ())
    dies = rule.variant is Deterioration.FIRST_OR_DEATH and history.died_on is not None
    if not later and not (dies and rule.death_without_form):
        return ended(history.start_on, False, "NO_FORM_AFTER_BASELINE", base.source_ids)
    index = _find_fall(base.value, later, direction, rule)
    if index is not None:
        fall = later[index]
        kept = later[index:] if rule.variant is Deterioration.DEFINITIVE else [fall]
        sources = merge_sources(base.source_ids, *(score.source_ids for score in kept))
        return ended(fall.on, True, "DETERIORATION", sources)
    if dies and history.died_on is not None:
        return ended(history.died_on, True, "DEATH", merge_sources(base.source_ids, history.death_source_ids))
    return ended(later[-1].on, False, "LAST_QOL", merge_sources(base.source_ids, later[-1].source_ids))
