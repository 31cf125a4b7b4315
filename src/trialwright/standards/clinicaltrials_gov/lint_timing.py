"""Whether the follow-up that the outcomes promise fits between the study's dates."""

from __future__ import annotations

from collections.abc import Iterator

from trialwright.study.findings import Finding
from trialwright.study.model.outcomes import Outcome
from trialwright.study.model.study import Study

from .dates import Span, parse_span
from .lint_registration import find
from .time_frames import parse_time_frame

_MONTH_DAYS = 30.4375
_LONGEST = 2_000
_SLACK = 1.25
"""Dates that have come true are judged with this much more room: `up to` in a report is rounded up."""


def check_timing(study: Study) -> Iterator[Finding]:
    """TW-TIM-001 the primary outcome ends after primary completion, -002 an outcome ends after completion.

    The longest time that the dates allow is taken (a date without a day is read both ways). A time frame of
    just that length fits only if everybody had been enrolled on the first day. One finding a rule.
    """
    status = study.registry.status
    start = _span(status.start.date if status.start else None)
    ends = (
        ("TW-TIM-001", "primary completion", status.primary_completion, ("primary",)),
        ("TW-TIM-002", "study completion", status.completion, ("primary", "secondary")),
    )
    told: set[int] = set()
    for code, words, end, levels in ends:
        span = _span(end.date if end else None)
        if start is None or span is None or span.last <= start.first:
            continue
        room = (span.last - start.first).days * (_SLACK if end and end.type == "ACTUAL" else 1.0)
        late = [
            (index, days)
            for index, outcome in enumerate(study.outcomes)
            if outcome.level in levels
            and index not in told
            and (days := _days(outcome)) is not None
            and days >= room
        ]
        if late:
            told.update(index for index, _ in late)
            yield _finding(study, code, words, late, (span.last - start.first).days)


def _finding(study: Study, code: str, words: str, late: list[tuple[int, float]], room: int) -> Finding:
    index, days = late[0]
    outcome, more = study.outcomes[index], f" (and {len(late) - 1} more)" if len(late) > 1 else ""
    message = (
        f"`{outcome.measure[:120]}`{more} is followed for {days / _MONTH_DAYS:.0f} months; "
        f"from start to {words} there are {room / _MONTH_DAYS:.0f}."
    )
    return find(code, ("outcomes", index, "time_frame"), message, outcome.time_frame or "")


def _days(outcome: Outcome) -> float | None:
    """The longest time the outcome is followed for, in days."""
    return parse_time_frame(outcome.time_frame[:_LONGEST]).longest_days if outcome.time_frame else None


def _span(words: str | None) -> Span | None:
    return parse_span(words) if words else None
