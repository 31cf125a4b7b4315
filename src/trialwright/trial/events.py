"""The vocabulary of the ledger: what can have happened in a trial.

An :class:`Event` is what a decision answers with; a :class:`Recorded` event is the same after the ledger
took it in, with its place in the chain and who recorded it. Payloads are JSON documents: numbers that a
person entered stay decimal strings, dates stay ISO 8601 strings and may be partial (``2026-11``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from trialwright.study.findings import Finding


class Kind(StrEnum):
    """Kinds of events. The value is what stands in the ledger and never changes its meaning."""

    # the study and its sites (no subject)
    STUDY_ACTIVATED = "study_activated"
    STUDY_VERSION_ADOPTED = "study_version_adopted"
    SITE_OPENED = "site_opened"
    SITE_CLOSED = "site_closed"
    ALLOCATION_COMMITTED = "allocation_committed"
    HOLD_PLACED = "hold_placed"
    HOLD_LIFTED = "hold_lifted"

    # a subject's way in
    SUBJECT_REGISTERED = "subject_registered"
    CONSENT_GIVEN = "consent_given"
    CONSENT_WITHDRAWN = "consent_withdrawn"
    ELIGIBILITY_CONFIRMED = "eligibility_confirmed"
    SCREEN_FAILED = "screen_failed"
    SUBJECT_ALLOCATED = "subject_allocated"

    # what was captured
    FORM_SAVED = "form_saved"
    FORM_CORRECTED = "form_corrected"
    FORM_VERIFIED = "form_verified"
    FORM_SIGNED = "form_signed"
    FORM_LOCKED = "form_locked"
    FORM_UNLOCKED = "form_unlocked"
    QUERY_OPENED = "query_opened"
    QUERY_ANSWERED = "query_answered"
    QUERY_CLOSED = "query_closed"
    QUERY_REOPENED = "query_reopened"
    QUERY_CANCELLED = "query_cancelled"
    DEVIATION_RECORDED = "deviation_recorded"

    # a subject's own cells
    COLLECTION_RECORDED = "collection_recorded"
    MATERIAL_MOVED = "material_moved"
    BATCH_STARTED = "batch_started"
    BATCH_FAILED = "batch_failed"
    CONTAINERS_FILLED = "containers_filled"
    RELEASE_TEST_RECORDED = "release_test_recorded"
    BATCH_RELEASED = "batch_released"
    CONTAINER_MOVED = "container_moved"
    ADMINISTRATION_RECORDED = "administration_recorded"

    # a subject's way out
    TREATMENT_ENDED = "treatment_ended"
    FOLLOW_UP_ENDED = "follow_up_ended"


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened, as a decision states it.

    ``subject`` is the pseudonym, empty for a study event. ``occurred_on`` is when it happened in the world
    (ISO date, may be partial, empty when it is the moment of recording). ``reason`` is required by the
    rules of the kinds that correct something.
    """

    kind: Kind
    payload: Mapping[str, Any]
    subject: str = ""
    occurred_on: str = ""
    reason: str = ""
    kind_version: int = 1


@dataclass(frozen=True, slots=True)
class Recorded:
    """An event with its place in the ledger.

    ``seq`` counts from 1 in one study's ledger database; ``study_version`` is the content hash of the study
    file in force; ``recorded_at`` is UTC, ISO 8601 with milliseconds and ``Z``.
    """

    seq: int
    event: Event
    study: str
    study_version: str
    recorded_at: str
    actor: str
    role: str
    site: str

    @property
    def kind(self) -> Kind:
        """The event's kind."""
        return self.event.kind

    @property
    def payload(self) -> Mapping[str, Any]:
        """The event's payload."""
        return self.event.payload


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: the account, the role taken for this act, the site it is taken at ('' = whole study)."""

    user: str
    role: str
    site: str = ""


@dataclass(frozen=True, slots=True)
class Decision:
    """What a ``decide_`` function answers: events to record, or findings that refuse; never both.

    ``warnings`` do not refuse: they are shown to the person beside the result. ``kept`` is what is recorded of a
    refused attempt, where that it happened matters by itself.
    """

    events: tuple[Event, ...] = ()
    refusals: tuple[Finding, ...] = ()
    warnings: tuple[Finding, ...] = ()
    kept: tuple[Event, ...] = ()

    @property
    def accepted(self) -> bool:
        """Whether the command may be recorded."""
        return not self.refusals
