"""Counts of subjects and of things, each with the subjects and the ledger entries behind it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median

from trialwright.outcomes.traceability import merge_sources

from .model import Number
from .wording import write_share

NOBODY = "–"
"""What stands in a cell that nobody can be in."""


@dataclass(frozen=True, slots=True)
class Fact:
    """Something counted: whose it is, and the ledger entries that say so. ``value`` where it is measured."""

    subject: str
    sources: tuple[int, ...]
    value: float = 0.0


def count_things(number: str, definition: str, facts: Sequence[Fact], unit: str = "") -> Number:
    """How many things there are; a subject may have several."""
    subjects, sources = _behind(facts)
    return Number(number, str(len(facts)), len(facts), definition, unit, subjects, sources)


def count_people(number: str, definition: str, facts: Iterable[Fact]) -> Number:
    """How many subjects have at least one of the facts, without a share."""
    subjects, sources = _behind(list(facts))
    return Number(number, str(len(subjects)), len(subjects), definition, "subjects", subjects, sources)


def count_share(number: str, definition: str, facts: Iterable[Fact], of: int) -> Number:
    """How many subjects have at least one of the facts, and their share of ``of`` subjects."""
    subjects, sources = _behind(list(facts))
    text = write_share(len(subjects), of)
    return Number(number, text, len(subjects), definition, "subjects", subjects, sources)


def count_share_of_things(
    number: str, definition: str, facts: Sequence[Fact], of: int, unit: str = ""
) -> Number:
    """How many things there are, and their share of ``of`` things."""
    subjects, sources = _behind(facts)
    return Number(number, write_share(len(facts), of), len(facts), definition, unit, subjects, sources)


def count_subjects_and_events(number: str, definition: str, facts: Sequence[Fact], of: int) -> Number:
    """Subjects with at least one, their share of ``of``, and the number of things: ``7 (35.0 %); 12``."""
    subjects, sources = _behind(facts)
    text = f"{write_share(len(subjects), of)}; {len(facts)}" if facts else write_share(0, of)
    return Number(number, text, len(subjects), definition, "subjects", subjects, sources)


def summarise(
    number: str, definition: str, facts: Sequence[Fact], unit: str, digits: int = 0
) -> Number | str:
    """Median and range of measured facts; a dash where there are none."""
    if not facts:
        return NOBODY
    values = [fact.value for fact in facts]
    subjects, sources = _behind(facts)
    middle = float(median(values))
    text = f"{middle:.{digits}f} ({min(values):.{digits}f} to {max(values):.{digits}f})"
    return Number(number, text, middle, definition, unit, subjects, sources)


def _behind(facts: Sequence[Fact]) -> tuple[tuple[str, ...], tuple[int, ...]]:
    subjects = tuple(sorted({fact.subject for fact in facts}))
    return subjects, merge_sources(*(fact.sources for fact in facts))
