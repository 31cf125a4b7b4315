"""What has actually happened in the trial, as far as the registry asks: given by the ledger, or nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class RecordFacts:
    """Facts for the exported record and for deadlines. None: it has not happened, or is not known.

    ``status_changed_on`` is the day on which ``overall_status`` came true. ``record_reviewed_on`` is the day
    on which the responsible party last vouched for the whole record.
    """

    first_enrolled_on: date | None = None
    enrolled: int | None = None
    primary_completion_on: date | None = None
    completion_on: date | None = None
    overall_status: str | None = None
    status_changed_on: date | None = None
    why_stopped: str | None = None
    record_reviewed_on: date | None = None
