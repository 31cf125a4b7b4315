"""The state of the study as conducted: version in force, open sites, allocation lists, holds, counts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Self

from pydantic import Field

from trialwright.trial.events import Kind, Recorded
from trialwright.trial.records import Part


class SiteState(Part):
    """A site: open or closed, its number in subject codes, and how many subjects it registered."""

    site: str
    number: int
    opened_on: str
    closed_on: str = ""
    subjects: int = 0

    @property
    def open(self) -> bool:
        """Whether the site may register and allocate."""
        return not self.closed_on


class ListCommitment(Part):
    """One stratum's allocation list in the vault: how many slots, and the hash that commits to them."""

    stratum: str
    commitment: str
    slots: int
    seq: int


class Hold(Part):
    """A stop that blocks allocation (and giving cells) in its scope until lifted.

    ``scope`` is ``study``, ``site:<id>``, ``arm:<id>`` or ``product:<id>``.
    """

    id: str
    scope: str
    words: str
    placed_by: str
    placed_on: str
    seq: int


class StudyState(Part):
    """What happened to the study as a whole, as it stands at ledger sequence ``last_seq``.

    ``version`` is the content hash in force, ``versions`` all adopted, oldest first. ``slots_used``
    counts by stratum, ``allocated`` by arm, ``reached`` how many subjects ever passed each milestone.
    ``identifiers`` maps every chain-of-identity id (``coi:...``) and donation number (``din:...``) to its
    subject, for ever. ``simulated`` marks a rehearsal: nobody in it is a real person, for as long as the
    ledger lasts.
    """

    study: str
    version: str = ""
    simulated: bool = False
    versions: tuple[str, ...] = ()
    sites: dict[str, SiteState] = Field(default_factory=dict[str, SiteState])
    lists: dict[str, ListCommitment] = Field(default_factory=dict[str, ListCommitment])
    slots_used: dict[str, int] = Field(default_factory=dict[str, int])
    allocated: dict[str, int] = Field(default_factory=dict[str, int])
    allocated_by_site: dict[str, int] = Field(default_factory=dict[str, int])
    reached: dict[str, int] = Field(default_factory=dict[str, int])
    holds: dict[str, Hold] = Field(default_factory=dict[str, Hold])
    identifiers: dict[str, str] = Field(default_factory=dict[str, str])
    last_seq: int = 0

    def holds_on(self, *scopes: str) -> tuple[Hold, ...]:
        """The holds in force on the study or on any of ``scopes``."""
        return tuple(hold for hold in self.holds.values() if hold.scope == "study" or hold.scope in scopes)

    def to_json(self) -> str:
        """The state as JSON text; `from_json` gives an equal state back."""
        return self.model_dump_json()

    @classmethod
    def from_json(cls, text: str | bytes) -> Self:
        """The state that `to_json` wrote."""
        return cls.model_validate_json(text)


Update = dict[str, Any]


def evolve_study(state: StudyState | None, recorded: Recorded) -> StudyState:
    """The state after one more event, of the study or of any of its subjects.

    ``state`` is None before STUDY_ACTIVATED and only then; anything else raises ValueError.
    """
    if recorded.kind is Kind.STUDY_ACTIVATED:
        if state is not None:
            raise ValueError(f"ledger sequence {recorded.seq}: the study is active already")
        version = recorded.payload["version"]
        return StudyState(
            study=recorded.study,
            version=version,
            simulated=bool(recorded.payload.get("simulated")),
            versions=(version,),
            last_seq=recorded.seq,
        )
    if state is None:
        raise ValueError(f"ledger sequence {recorded.seq}: {recorded.kind} before the study was activated")
    change = UPDATES.get(recorded.kind)
    update = change(state, recorded) if change else {}
    return state.model_copy(update={**update, "last_seq": recorded.seq})


def _plus_one(counts: dict[str, int], name: str) -> dict[str, int]:
    return {**counts, name: counts.get(name, 0) + 1}


def _milestone(name: str) -> Callable[[StudyState, Recorded], Update]:
    return lambda state, _recorded: {"reached": _plus_one(state.reached, name)}


def _version_adopted(state: StudyState, recorded: Recorded) -> Update:
    version = recorded.payload["version"]
    return {"version": version, "versions": (*state.versions, version)}


def _site_opened(state: StudyState, recorded: Recorded) -> Update:
    site, number = recorded.payload["site"], recorded.payload["number"]
    before = state.sites.get(site)
    opened = (
        before.model_copy(update={"closed_on": ""})
        if before
        else SiteState(site=site, number=number, opened_on=recorded.event.occurred_on)
    )
    return {"sites": {**state.sites, site: opened}}


def _site_closed(state: StudyState, recorded: Recorded) -> Update:
    site = recorded.payload["site"]
    closed = state.sites[site].model_copy(update={"closed_on": recorded.event.occurred_on})
    return {"sites": {**state.sites, site: closed}}


def _list_committed(state: StudyState, recorded: Recorded) -> Update:
    payload = recorded.payload
    commitment = ListCommitment(
        stratum=payload["stratum"],
        commitment=payload["commitment"],
        slots=payload["slots"],
        seq=recorded.seq,
    )
    return {"lists": {**state.lists, commitment.stratum: commitment}}


def _hold_placed(state: StudyState, recorded: Recorded) -> Update:
    hold = Hold(
        id=recorded.payload["hold"],
        scope=recorded.payload["scope"],
        words=recorded.payload["words"],
        placed_by=recorded.actor,
        placed_on=recorded.event.occurred_on,
        seq=recorded.seq,
    )
    return {"holds": {**state.holds, hold.id: hold}}


def _hold_lifted(state: StudyState, recorded: Recorded) -> Update:
    return {"holds": {name: hold for name, hold in state.holds.items() if name != recorded.payload["hold"]}}


def _registered(state: StudyState, recorded: Recorded) -> Update:
    site = state.sites[recorded.payload["site"]]
    counted = site.model_copy(update={"subjects": site.subjects + 1})
    return {
        "sites": {**state.sites, site.site: counted},
        "reached": _plus_one(state.reached, "registered"),
    }


def _consented(state: StudyState, recorded: Recorded) -> Update:
    return {} if recorded.payload["again"] else {"reached": _plus_one(state.reached, "consented")}


def _allocated(state: StudyState, recorded: Recorded) -> Update:
    payload = recorded.payload
    return {
        "slots_used": {**state.slots_used, payload["stratum"]: payload["slot"]},
        "allocated": _plus_one(state.allocated, payload["arm"]),
        "allocated_by_site": _plus_one(state.allocated_by_site, payload["site"]),
        "reached": _plus_one(state.reached, "allocated"),
    }


def _collected(state: StudyState, recorded: Recorded) -> Update:
    subject = recorded.event.subject
    names = {f"coi:{recorded.payload['coi']}": subject, f"din:{recorded.payload['din']}": subject}
    return {"identifiers": {**state.identifiers, **names}}


UPDATES: Mapping[Kind, Callable[[StudyState, Recorded], Update]] = MappingProxyType(
    {
        Kind.STUDY_VERSION_ADOPTED: _version_adopted,
        Kind.SITE_OPENED: _site_opened,
        Kind.SITE_CLOSED: _site_closed,
        Kind.ALLOCATION_COMMITTED: _list_committed,
        Kind.HOLD_PLACED: _hold_placed,
        Kind.HOLD_LIFTED: _hold_lifted,
        Kind.SUBJECT_REGISTERED: _registered,
        Kind.CONSENT_GIVEN: _consented,
        Kind.SCREEN_FAILED: _milestone("screen_failed"),
        Kind.SUBJECT_ALLOCATED: _allocated,
        Kind.COLLECTION_RECORDED: _collected,
        Kind.TREATMENT_ENDED: _milestone("treatment_ended"),
        Kind.FOLLOW_UP_ENDED: _milestone("follow_up_ended"),
    }
)
"""How each kind of event changes the study's state; the other kinds only move ``last_seq``."""
