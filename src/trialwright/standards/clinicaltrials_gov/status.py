"""The status that the registry displays at a date: the rule that turns a silent record into "unknown"."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from .dates import Span, add_years, date_of, months_between, on_day, parse_span
from .kleene import all_of
from .shape import text_of

Version = Literal["2023", "2012"]


@dataclass(frozen=True, slots=True)
class StatusRule:
    """A version of the rule: which statuses it turns, and whether the completion date must have passed."""

    version: Version
    statuses: frozenset[str]
    asks_completion: bool
    source: str


RULES: dict[str, StatusRule] = {
    "2023": StatusRule(
        "2023",
        frozenset({"NOT_YET_RECRUITING", "RECRUITING", "ENROLLING_BY_INVITATION", "ACTIVE_NOT_RECRUITING"}),
        True,
        "ClinicalTrials.gov glossary, as observed in data of 2023-06 to 2026-08",
    ),
    "2012": StatusRule(
        "2012",
        frozenset({"NOT_YET_RECRUITING", "RECRUITING", "ACTIVE_NOT_RECRUITING"}),
        False,
        "ClinicalTrials.gov glossary, captures of 2012 to 2017",
    ),
}


@dataclass(frozen=True, slots=True)
class DisplayStatus:
    """What the registry shows at ``on``.

    ``unknown`` is three-valued; where it is None, ``status`` is None too: the record does not decide it.
    ``reasons`` says how each condition stands.
    """

    status: str | None
    last_status: str | None
    unknown: bool | None
    on: date
    rule: Version
    reasons: tuple[str, ...]


def compute_display_status(
    status_module: dict[str, Any], on: date, version: Version = "2023"
) -> DisplayStatus:
    """Display status by the Unknown rule.

    Unknown when all hold: the last status is one the rule turns; the study completion date has passed or is
    absent; the record was verified more than two years before. A verification month exactly 24 months back
    cannot be decided, because it has no day. ``SUSPENDED`` is never turned.
    """
    rule = RULES[version]
    last = text_of(status_module, "overallStatus")
    if last == "UNKNOWN":
        last = text_of(status_module, "lastKnownStatus")
    if last is None:
        return DisplayStatus(None, None, None, on, version, ("the record states no recruitment status",))
    reasons: list[str] = []
    turned = last in rule.statuses
    reasons.append(f"last status {last} is {'one' if turned else 'none'} that the rule turns")
    completion, _ = date_of(status_module, "completionDateStruct")
    passed = _has_passed(completion, on) if rule.asks_completion else True
    if rule.asks_completion:
        reasons.append(_completion_words(completion, passed))
    stale = _is_stale(parse_span(status_module.get("statusVerifiedDate")), on)
    reasons.append(_stale_words(status_module, stale))
    unknown = all_of((turned, passed, stale))
    status = None if unknown is None else "UNKNOWN" if unknown else last
    return DisplayStatus(status, last, unknown, on, version, tuple(reasons))


def _has_passed(completion: Span | None, on: date) -> bool | None:
    return True if completion is None else completion.is_before(on_day(on))


def _is_stale(verified: Span | None, on: date) -> bool | None:
    """Verified more than two years before ``on``; undecidable in the 24th month of a date without a day."""
    if verified is None:
        return None
    if verified.first == verified.last:
        return add_years(verified.first, 2) < on
    months = months_between(verified.first, on)
    return None if months == 24 else months > 24


def _completion_words(completion: Span | None, passed: bool | None) -> str:
    if completion is None:
        return "no study completion date is stated"
    words = {True: "has passed", False: "has not passed", None: "may have passed: it has no day"}
    return f"the study completion date {words[passed]}"


def _stale_words(module: dict[str, Any], stale: bool | None) -> str:
    verified = module.get("statusVerifiedDate")
    if verified is None:
        return "the record states no verification date"
    words = {
        True: "more than two years before",
        False: "within the last two years",
        None: "two years before, to the month: undecidable without a day",
    }
    return f"last verified {verified}, {words[stale]}"


MOVES: dict[str, tuple[str, ...]] = {
    "NOT_YET_RECRUITING": ("RECRUITING", "ENROLLING_BY_INVITATION", "WITHDRAWN"),
    "RECRUITING": ("ACTIVE_NOT_RECRUITING", "SUSPENDED", "COMPLETED", "TERMINATED"),
    "ENROLLING_BY_INVITATION": ("ACTIVE_NOT_RECRUITING", "SUSPENDED", "COMPLETED", "TERMINATED"),
    "ACTIVE_NOT_RECRUITING": ("COMPLETED", "TERMINATED", "SUSPENDED", "RECRUITING"),
    "SUSPENDED": ("RECRUITING", "ACTIVE_NOT_RECRUITING", "TERMINATED"),
    "COMPLETED": (),
    "TERMINATED": (),
    "WITHDRAWN": (),
}
"""Usual moves between statuses; ``WITHDRAWN`` only while nobody is enrolled. Corrections are allowed."""
