"""Adverse events: which ones follow a dose or come in the course of the disease, how bad, and how long."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from trialwright.rehearsal.draws import Draws
from trialwright.study.model.rehearsal import ExpectedEvent, Rehearsal

SERIOUS_SHARE = {1: 0.0, 2: 0.02, 3: 0.3, 4: 1.0}
"""How often an event of a grade is serious."""


@dataclass(frozen=True, slots=True)
class SimulatedEvent:
    """One event: ``starts_after_days`` counts from the dose, or from allocation where no dose led to it."""

    term: str
    words: str
    grade: int
    starts_after_days: int
    lasts_days: int
    serious: bool
    related: Mapping[str, str]


def draw_events_after_dose(
    rehearsal: Rehearsal, product: str, seed: int, subject: int, day: int
) -> list[SimulatedEvent]:
    """What follows the dose of ``product`` planned for study day ``day``."""
    expected = [event for event in rehearsal.adverse_events if product in event.products]
    return _draw(expected, seed, subject, product, day)


def draw_events_of_disease(rehearsal: Rehearsal, seed: int, subject: int) -> list[SimulatedEvent]:
    """What comes whether or not a product was given."""
    expected = [event for event in rehearsal.adverse_events if not event.products]
    return _draw(expected, seed, subject, "disease", 0)


def _draw(
    expected: list[ExpectedEvent], seed: int, subject: int, cause: str, day: int
) -> list[SimulatedEvent]:
    found: list[SimulatedEvent] = []
    for event in expected:
        draws = Draws(seed, "event", subject, cause, day, event.term)
        if draws.chance(event.probability):
            found.append(_happen(event, draws))
    return found


def _happen(event: ExpectedEvent, draws: Draws) -> SimulatedEvent:
    grade = draws.weighted(dict(enumerate(event.grades, start=1)))
    return SimulatedEvent(
        event.term,
        event.words,
        grade,
        draws.whole(*event.onset_days),
        draws.whole(*event.lasts_days),
        draws.chance(SERIOUS_SHARE[grade]),
        event.related,
    )
