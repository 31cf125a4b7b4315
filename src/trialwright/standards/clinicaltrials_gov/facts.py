"""What has actually happened in the trial, as far as the registry asks: given by the ledger, or nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date


@dataclass(frozen=True, slots=True)
class RecordFacts:
    """Facts for the exported record and for deadlines. None: it has not happened, or is not known.

    ``status_changed_on`` is the day on which ``overall_status`` came true. ``record_reviewed_on`` is the day
    on which the responsible party last vouched for the whole record. ``secondary_examined_on`` is the day on
    which the last subject was examined for a secondary outcome; ``registration_comments_on`` and
    ``results_comments_on`` are the days on which the agency's review asked for corrections, ``notice_on`` that
    of a notice of noncompliance. ``fulfilled`` gives, by a duty's code, the day on which it was done.
    """

    first_enrolled_on: date | None = None
    enrolled: int | None = None
    primary_completion_on: date | None = None
    completion_on: date | None = None
    overall_status: str | None = None
    status_changed_on: date | None = None
    why_stopped: str | None = None
    record_reviewed_on: date | None = None
    secondary_examined_on: date | None = None
    last_visit_on: date | None = None
    federally_funded: bool = False
    amendment_approved_on: date | None = None
    device_status_changed_on: date | None = None
    registration_comments_on: date | None = None
    results_comments_on: date | None = None
    notice_on: date | None = None
    fulfilled: Mapping[str, date] = field(default_factory=dict[str, date], hash=False)
