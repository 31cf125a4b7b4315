"""The state of one subject: a fold over the subject's events, nothing else.

The state can be thrown away at any time and rebuilt from the ledger; the store keeps its JSON beside the
ledger only to answer quickly.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Self

from pydantic import Field

from trialwright.trial.capture import evolve_deviations, evolve_forms, evolve_queries
from trialwright.trial.cells.fold import (
    evolve_administrations,
    evolve_batches,
    evolve_collections,
    evolve_containers,
)
from trialwright.trial.cells.records import Administration, Batch, Collection, Container
from trialwright.trial.events import Kind, Recorded
from trialwright.trial.records import (
    Allocation,
    Consent,
    CriterionVerdict,
    Deviation,
    EligibilityRecord,
    Ending,
    FormState,
    Part,
    Query,
    ScreenFailure,
    form_key,
)


class Status(StrEnum):
    """Where a subject stands, from what was recorded last."""

    REGISTERED = "registered"
    CONSENTED = "consented"
    SCREEN_FAILED = "screen_failed"
    ELIGIBLE = "eligible"
    ALLOCATED = "allocated"
    ON_TREATMENT = "on_treatment"
    IN_FOLLOW_UP = "in_follow_up"
    COMPLETED = "completed"
    WITHDRAWN = "withdrawn"
    LOST = "lost_to_follow_up"
    DIED = "died"
    OFF_STUDY = "off_study"


ENDED_AS = MappingProxyType(
    {"death": Status.DIED, "completed": Status.COMPLETED, "withdrawal": Status.WITHDRAWN, "lost": Status.LOST}
)
"""Status by the reason code of the end of follow-up; any other reason is off study."""


class SubjectState(Part):
    """Everything recorded about one subject, as it stands at ledger sequence ``last_seq``.

    ``subject`` is the pseudonym (``S01-001``), ``site`` the site's id. ``registered_on`` and the other dates
    are local ISO dates; ``coi`` is the chain-of-identity id, empty before the first collection.
    """

    study: str
    subject: str
    site: str
    registered_on: str
    consent: Consent | None = None
    eligibility: EligibilityRecord | None = None
    screen_failure: ScreenFailure | None = None
    allocation: Allocation | None = None
    forms: dict[str, FormState] = Field(default_factory=dict[str, FormState])
    queries: dict[str, Query] = Field(default_factory=dict[str, Query])
    deviations: tuple[Deviation, ...] = ()
    coi: str = ""
    collections: dict[str, Collection] = Field(default_factory=dict[str, Collection])
    batches: dict[str, Batch] = Field(default_factory=dict[str, Batch])
    containers: dict[str, Container] = Field(default_factory=dict[str, Container])
    administrations: tuple[Administration, ...] = ()
    treatment_end: Ending | None = None
    follow_up_end: Ending | None = None
    last_seq: int = 0

    @property
    def status(self) -> Status:
        """Where the subject stands."""
        if self.follow_up_end is not None:
            return ENDED_AS.get(self.follow_up_end.reason, Status.OFF_STUDY)
        if self.screen_failure is not None:
            return Status.SCREEN_FAILED
        if self.consent is not None and self.consent.scope in ("follow_up", "data"):
            return Status.WITHDRAWN
        if self.allocation is not None:
            return self._status_after_allocation()
        if self.eligibility is not None and self.eligibility.decision == "eligible":
            return Status.ELIGIBLE
        return Status.CONSENTED if self.consent is not None else Status.REGISTERED

    def _status_after_allocation(self) -> Status:
        if self.treatment_end is not None:
            return Status.IN_FOLLOW_UP
        return Status.ON_TREATMENT if self.administrations else Status.ALLOCATED

    def form(self, visit: str, form: str, repeat: int = 1) -> FormState | None:
        """The form of that visit instance, or None when nothing was saved yet."""
        return self.forms.get(form_key(visit, form, repeat))

    def to_json(self) -> str:
        """The state as JSON text; `from_json` gives an equal state back."""
        return self.model_dump_json()

    @classmethod
    def from_json(cls, text: str | bytes) -> Self:
        """The state that `to_json` wrote."""
        return cls.model_validate_json(text)


Update = dict[str, Any]


def evolve_subject(state: SubjectState | None, recorded: Recorded) -> SubjectState:
    """The state after one more event of the subject.

    ``state`` is None before SUBJECT_REGISTERED and only then. An event that cannot follow raises ValueError:
    the rules never decide one, so it means a damaged ledger or a bug.
    """
    if recorded.kind is Kind.SUBJECT_REGISTERED:
        if state is not None:
            raise ValueError(f"ledger sequence {recorded.seq}: the subject is registered already")
        return SubjectState(
            study=recorded.study,
            subject=recorded.event.subject,
            site=recorded.payload["site"],
            registered_on=recorded.event.occurred_on,
            last_seq=recorded.seq,
        )
    if state is None:
        raise ValueError(f"ledger sequence {recorded.seq}: {recorded.kind} before the subject was registered")
    update = UPDATES[recorded.kind](state, recorded)
    return state.model_copy(update={**update, "last_seq": recorded.seq})


def _consent_given(state: SubjectState, recorded: Recorded) -> Update:
    before = state.consent.versions if state.consent else ()
    version = recorded.payload["version"]
    consent = Consent(
        version=version,
        given_on=recorded.event.occurred_on,
        language=recorded.payload.get("language", ""),
        versions=(*before, version),
        seq=recorded.seq,
    )
    return {"consent": consent}


def _consent_withdrawn(state: SubjectState, recorded: Recorded) -> Update:
    if state.consent is None:
        raise ValueError(f"ledger sequence {recorded.seq}: withdrawal without a consent")
    update = {
        "withdrawn_on": recorded.event.occurred_on,
        "withdrawn_seq": recorded.seq,
        "scope": recorded.payload["scope"],
    }
    return {"consent": state.consent.model_copy(update=update)}


def _eligibility_confirmed(_state: SubjectState, recorded: Recorded) -> Update:
    payload = recorded.payload
    record = EligibilityRecord(
        decision=payload["decision"],
        verdicts={name: CriterionVerdict(**verdict) for name, verdict in payload["verdicts"].items()},
        basis=dict(payload["basis"]),
        confirmed_by=recorded.actor,
        confirmed_on=recorded.event.occurred_on,
        study_version=recorded.study_version,
        seq=recorded.seq,
    )
    return {"eligibility": record}


def _screen_failed(_state: SubjectState, recorded: Recorded) -> Update:
    failure = ScreenFailure(
        criteria=tuple(recorded.payload["criteria"]),
        words=recorded.payload["words"],
        failed_on=recorded.event.occurred_on,
        seq=recorded.seq,
    )
    return {"screen_failure": failure}


def _allocated(_state: SubjectState, recorded: Recorded) -> Update:
    payload = recorded.payload
    allocation = Allocation(
        arm=payload["arm"],
        stratum=payload["stratum"],
        slot=payload["slot"],
        levels=dict(payload["levels"]),
        allocated_on=recorded.event.occurred_on,
        allocated_at=payload["allocated_at"],
        request=payload["request"],
        seq=recorded.seq,
    )
    return {"allocation": allocation}


def _form(state: SubjectState, recorded: Recorded) -> Update:
    return {"forms": evolve_forms(state.forms, recorded)}


def _query(state: SubjectState, recorded: Recorded) -> Update:
    return {"queries": evolve_queries(state.queries, recorded)}


def _deviation(state: SubjectState, recorded: Recorded) -> Update:
    return {"deviations": evolve_deviations(state.deviations, recorded)}


def _collection(state: SubjectState, recorded: Recorded) -> Update:
    coi = state.coi or recorded.payload["coi"]
    return {"coi": coi, "collections": evolve_collections(state.collections, recorded)}


def _batch(state: SubjectState, recorded: Recorded) -> Update:
    return {"batches": evolve_batches(state.batches, recorded)}


def _filled(state: SubjectState, recorded: Recorded) -> Update:
    return _batch(state, recorded) | _container(state, recorded)


def _container(state: SubjectState, recorded: Recorded) -> Update:
    return {"containers": evolve_containers(state.containers, recorded)}


def _administered(state: SubjectState, recorded: Recorded) -> Update:
    return {
        "containers": evolve_containers(state.containers, recorded),
        "administrations": evolve_administrations(state.administrations, recorded),
    }


def _ending(recorded: Recorded) -> Ending:
    return Ending(
        ended_on=recorded.event.occurred_on,
        reason=recorded.payload["reason"],
        words=recorded.payload.get("words", ""),
        seq=recorded.seq,
    )


UPDATES: Mapping[Kind, Callable[[SubjectState, Recorded], Update]] = MappingProxyType(
    {
        Kind.CONSENT_GIVEN: _consent_given,
        Kind.CONSENT_WITHDRAWN: _consent_withdrawn,
        Kind.ELIGIBILITY_CONFIRMED: _eligibility_confirmed,
        Kind.SCREEN_FAILED: _screen_failed,
        Kind.SUBJECT_ALLOCATED: _allocated,
        Kind.FORM_SAVED: _form,
        Kind.FORM_CORRECTED: _form,
        Kind.FORM_VERIFIED: _form,
        Kind.FORM_SIGNED: _form,
        Kind.FORM_LOCKED: _form,
        Kind.FORM_UNLOCKED: _form,
        Kind.QUERY_OPENED: _query,
        Kind.QUERY_ANSWERED: _query,
        Kind.QUERY_CLOSED: _query,
        Kind.QUERY_REOPENED: _query,
        Kind.QUERY_CANCELLED: _query,
        Kind.DEVIATION_RECORDED: _deviation,
        Kind.COLLECTION_RECORDED: _collection,
        Kind.MATERIAL_MOVED: lambda state, r: {"collections": evolve_collections(state.collections, r)},
        Kind.BATCH_STARTED: _batch,
        Kind.BATCH_FAILED: _batch,
        Kind.CONTAINERS_FILLED: _filled,
        Kind.RELEASE_TEST_RECORDED: _container,
        Kind.BATCH_RELEASED: _container,
        Kind.CONTAINER_MOVED: _container,
        Kind.ADMINISTRATION_RECORDED: _administered,
        Kind.TREATMENT_ENDED: lambda _, r: {"treatment_end": _ending(r)},
        Kind.FOLLOW_UP_ENDED: lambda _, r: {"follow_up_end": _ending(r)},
    }
)
"""How each kind of a subject's event changes the state."""
