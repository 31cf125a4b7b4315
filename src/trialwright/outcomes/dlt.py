"""Dose-limiting toxicity by the study's own definition.

A definition is a list of criteria; the first that an event meets makes it dose limiting. What a criterion
says (grade, class, duration, excluded terms) is the protocol's: nothing is built in. Source of the usual
elements: house safety reference, section 8.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from trialwright.outcomes.adverse_events import AdverseEvent


class Verdict(StrEnum):
    """Whether an event is dose limiting; ``OPEN`` while it cannot be known yet."""

    YES = "yes"
    NO = "no"
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class DltCriterion:
    """One criterion; empty sets mean any.

    ``lasting_over_days``: the event must last longer than so many days. ``classes``, ``terms``,
    ``special_interest`` restrict it; ``not_terms`` and ``not_classes`` exclude the manageable events that
    the protocol lists.
    """

    code: str
    min_grade: int
    lasting_over_days: int | None = None
    classes: frozenset[str] = frozenset()
    terms: frozenset[str] = frozenset()
    special_interest: frozenset[str] = frozenset()
    not_terms: frozenset[str] = frozenset()
    not_classes: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class DltDefinition:
    """The window from the first infusion (day 0) and the criteria; ``agents``: at least possibly related to
    one.
    """

    window_days: int
    criteria: tuple[DltCriterion, ...]
    agents: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class DltAssessment:
    """The verdict on one event, and the criterion that decided it (empty when none did)."""

    subject: str
    event: str
    verdict: Verdict
    criterion: str = ""
    source_ids: tuple[int, ...] = ()


def _concerns(event: AdverseEvent, criterion: DltCriterion) -> bool:
    return (
        (event.grade or 0) >= criterion.min_grade
        and (not criterion.classes or event.organ_class in criterion.classes)
        and (not criterion.terms or event.term in criterion.terms)
        and (not criterion.special_interest or event.special_interest in criterion.special_interest)
        and event.term not in criterion.not_terms
        and event.organ_class not in criterion.not_classes
    )


def _lasted(event: AdverseEvent, over_days: int, as_of: date) -> Verdict:
    """Whether the event lasted longer; ``OPEN`` while it still may."""
    if event.onset_on is None:
        return Verdict.OPEN
    if ((event.ended_on or as_of) - event.onset_on).days > over_days:
        return Verdict.YES
    return Verdict.NO if event.ended_on is not None else Verdict.OPEN


def compute_dlt(
    event: AdverseEvent, first_infusion_on: date | None, definition: DltDefinition, as_of: date
) -> DltAssessment:
    """Whether one event is dose limiting on ``as_of``.

    Open: the event has no onset or no grade yet, or still lasts and may yet outlast a criterion's duration.
    An event before the first infusion, after the window, or unrelated to every agent of the definition is
    not dose limiting.
    """

    def verdict(answer: Verdict, criterion: str = "") -> DltAssessment:
        return DltAssessment(event.subject, event.event, answer, criterion, event.source_ids)

    if first_infusion_on is None:
        return verdict(Verdict.NO)
    if definition.agents and not definition.agents & event.related_to:
        return verdict(Verdict.NO)
    onset_on = event.onset_on
    last_on = first_infusion_on + timedelta(days=definition.window_days)
    if onset_on is not None and not first_infusion_on <= onset_on <= last_on:
        return verdict(Verdict.NO)
    if onset_on is None or event.grade is None:
        return verdict(Verdict.OPEN)
    open_criterion = ""
    for criterion in definition.criteria:
        if not _concerns(event, criterion):
            continue
        over = criterion.lasting_over_days
        lasted = Verdict.YES if over is None else _lasted(event, over, as_of)
        if lasted is Verdict.YES:
            return verdict(Verdict.YES, criterion.code)
        if lasted is Verdict.OPEN:
            open_criterion = open_criterion or criterion.code
    return verdict(Verdict.OPEN, open_criterion) if open_criterion else verdict(Verdict.NO)


def compute_window_completed(
    first_infusion_on: date | None, definition: DltDefinition, last_seen_on: date | None
) -> bool:
    """Whether a subject was followed to the end of the window."""
    if first_infusion_on is None or last_seen_on is None:
        return False
    return (last_seen_on - first_infusion_on).days >= definition.window_days


def derive_dlt(
    events: Sequence[AdverseEvent],
    first_infusions: dict[str, date],
    definition: DltDefinition,
    as_of: date,
) -> list[DltAssessment]:
    """The verdict on every event, in the order given."""
    return [compute_dlt(e, first_infusions.get(e.subject), definition, as_of) for e in events]
