"""What stays of a scan that did not fit: the act is refused, and that it happened is recorded as a deviation."""

from __future__ import annotations

from collections.abc import Iterable

from trialwright.study.findings import Finding
from trialwright.trial.disposition import IDENTITY, deviation_event
from trialwright.trial.events import Decision, Event
from trialwright.trial.subject import SubjectState

MISMATCHES = {
    "TW-CEL-011": "A code of another chain of identity was scanned; the step was refused.",
    "TW-CEL-070": "Another container than the one ordered was scanned; the step was refused.",
}
"""Refusals that mean that a product and a subject did not belong together."""


def refuse_scan(
    state: SubjectState, problems: Iterable[Finding], about: str, on: str, warnings: tuple[Finding, ...] = ()
) -> Decision:
    """The refusal, with a deviation to keep where a scan did not fit. ``on``: the local date."""
    refusals = tuple(problems)
    texts = list(dict.fromkeys(MISMATCHES[f.code] for f in refusals if f.code in MISMATCHES))
    kept: tuple[Event, ...] = tuple(
        deviation_event(state, IDENTITY, "minor", text, on, about=about, after=after)
        for after, text in enumerate(texts)
    )
    return Decision(refusals=refusals, warnings=warnings, kept=kept)
