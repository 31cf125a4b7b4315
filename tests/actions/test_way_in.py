"""A subject's way in through the actions, into the ledger and the projections."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from tests.actions.conftest import Clock, refusals
from tests.trial.bench import ADMINISTRATOR, INVESTIGATOR, STATISTICIAN, the_study

from trialwright import actions
from trialwright.actions import Context
from trialwright.store.allocation import reveal
from trialwright.store.ledger import read
from trialwright.store.projections import load_study, load_subject
from trialwright.trial.administration import AdoptStudy, CommitAllocationList
from trialwright.trial.allocation import Allocate
from trialwright.trial.events import Kind
from trialwright.trial.subject import Status


def test_from_registration_to_allocation(enrol: Callable[..., str]) -> None:
    subject = enrol()
    state = load_subject("cells", subject)
    assert state is not None and state.status is Status.ALLOCATED
    assert subject == "S01-001"
    assert state.allocation is not None
    assert state.allocation.arm == reveal("cells", "her2_3", 1)
    kinds = [recorded.kind for recorded in read("cells", subject=subject)]
    assert kinds == [
        Kind.SUBJECT_REGISTERED,
        Kind.CONSENT_GIVEN,
        *[Kind.FORM_SAVED] * 4,
        Kind.FORM_SIGNED,
        Kind.ELIGIBILITY_CONFIRMED,
        Kind.SUBJECT_ALLOCATED,
    ]


def test_slots_are_taken_in_order_within_the_stratum(enrol: Callable[..., str]) -> None:
    subjects = [enrol(her2=level) for level in ("3", "2", "3", "2")]
    states = [load_subject("cells", subject) for subject in subjects]
    taken = [(s.allocation.stratum, s.allocation.slot) for s in states if s and s.allocation]
    assert taken == [("her2_3", 1), ("her2_2", 1), ("her2_3", 2), ("her2_2", 2)]
    conduct = load_study("cells")
    assert conduct is not None and conduct.slots_used == {"her2_3": 2, "her2_2": 2}
    assert sum(conduct.allocated.values()) == 4


@pytest.mark.requirement("TW-R-031")
def test_a_request_sent_twice_is_recorded_once(
    active: Context, enrol: Callable[..., str], clock: Clock
) -> None:
    subject = enrol()
    again = actions.allocate(active, INVESTIGATOR, Allocate(subject, f"request {subject}"))
    assert again.accepted and not again.recorded and again.subject == subject
    other = actions.allocate(active, INVESTIGATOR, Allocate(subject, "another request"))
    assert refusals(other) == ["ALC-001"]


def test_lists_are_committed_once(active: Context) -> None:
    again = actions.commit_allocation_list(active, STATISTICIAN, CommitAllocationList())
    assert refusals(again) == ["ADM-008"]
    conduct = load_study("cells")
    assert conduct is not None and set(conduct.lists) == {"her2_2", "her2_3"}


@pytest.mark.requirement("TW-R-030")
def test_the_ledger_never_holds_an_arm_before_its_subject(active: Context) -> None:
    committed = [one.payload for one in read("cells", kinds=[Kind.ALLOCATION_COMMITTED])]
    assert all(set(payload) == {"stratum", "commitment", "slots"} for payload in committed)


def test_the_version_in_force_is_adopted_once(active: Context) -> None:
    again = actions.adopt_study(active, ADMINISTRATOR, AdoptStudy(the_study()))
    assert refusals(again) == ["ADM-002"]
