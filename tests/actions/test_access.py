"""Who may act on whom: every action against every role, the own site against the foreign, people who are
gone.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from tests.actions.conftest import SYSTEM, Clock, done, refusals
from tests.trial.bench import (
    BEGIN,
    INVESTIGATOR,
    NURSE,
    OTHER_DATA_MANAGER,
    OTHER_LABORATORY,
    OTHER_NURSE,
    PEOPLE,
    SCREENING,
    WEST_NURSE,
    the_study,
)

from trialwright import actions
from trialwright.actions import Context
from trialwright.actions.record_identity import RecordIdentity
from trialwright.store.accounts import disable_account, find_account
from trialwright.store.ledger import read_head
from trialwright.trial.administration import (
    AdoptStudy,
    CloseSite,
    CommitAllocationList,
    LiftHold,
    OpenSite,
    PlaceHold,
)
from trialwright.trial.allocation import Allocate
from trialwright.trial.cells.bedside import Administer, StartInfusion, VerifyAtBedside
from trialwright.trial.cells.collection import MoveMaterial, RecordCollection
from trialwright.trial.cells.custody import MoveContainer
from trialwright.trial.cells.manufacture import FailBatch, FillContainers, StartBatch
from trialwright.trial.cells.release import RecordReleaseTest, ReleaseBatch
from trialwright.trial.disposition import EndFollowUp, EndTreatment, RecordDeviation
from trialwright.trial.enrolment import RecordConsent, RegisterSubject, WithdrawConsent
from trialwright.trial.events import Actor
from trialwright.trial.form_marks import LockForm, SignForm, UnlockForm, VerifyForm
from trialwright.trial.forms import SaveForm
from trialwright.trial.queries import AnswerQuery, CancelQuery, CloseQuery, OpenQuery, ReopenQuery
from trialwright.trial.rights import may
from trialwright.trial.screening import ConfirmEligibility, RecordScreenFailure

FORM = ("screening", "laboratory")


def on_subject(subject: str) -> dict[str, tuple[Any, tuple[str, ...]]]:
    """Every action on a subject: a command, and the rights of which one is needed."""
    cells = ("manufacture", "release_batch", "administer")
    return {
        "record_consent": (RecordConsent(subject, "2"), ("record_consent",)),
        "withdraw_consent": (WithdrawConsent(subject, "treatment"), ("record_consent",)),
        "save_form": (SaveForm(subject, *FORM, SCREENING["laboratory"]), ("enter_data",)),
        "verify_form": (VerifyForm(subject, *FORM, 1), ("verify_data",)),
        "sign_form": (SignForm(subject, *FORM, 1), ("sign",)),
        "lock_form": (LockForm(subject, *FORM, 1), ("lock_data",)),
        "unlock_form": (UnlockForm(subject, *FORM, 1, OTHER_DATA_MANAGER, "why"), ("lock_data",)),
        "open_query": (OpenQuery(subject, *FORM, "Which unit?"), ("open_query",)),
        "answer_query": (AnswerQuery(subject, "Q0001", "mg/dL"), ("answer_query",)),
        "close_query": (CloseQuery(subject, "Q0001"), ("close_query",)),
        "reopen_query": (ReopenQuery(subject, "Q0001", "why"), ("close_query",)),
        "cancel_query": (CancelQuery(subject, "Q0001", "why"), ("close_query",)),
        "confirm_eligibility": (ConfirmEligibility(subject), ("confirm_eligibility",)),
        "record_screen_failure": (RecordScreenFailure(subject, words="why"), ("confirm_eligibility",)),
        "allocate": (Allocate(subject, "request"), ("allocate",)),
        "record_collection": (
            RecordCollection(subject, "mononuclear cells", "A999926000001", OTHER_NURSE),
            ("collect_material",),
        ),
        "move_material": (MoveMaterial(subject, "C1", "ACCEPTED"), ("collect_material", *cells)),
        "start_batch": (StartBatch(subject, "vaccine", ("C1",), (5,)), ("manufacture",)),
        "fail_batch": (FailBatch(subject, "B01", "other"), ("manufacture",)),
        "fill_containers": (FillContainers(subject, "B01", (), OTHER_LABORATORY), ("manufacture",)),
        "record_release_test": (
            RecordReleaseTest(subject, "B01", "identity", "pass"),
            ("manufacture", "release_batch"),
        ),
        "release_batch": (ReleaseBatch(subject, "B01"), ("release_batch",)),
        "move_container": (MoveContainer(subject, "B01-01", "STORED"), cells),
        "verify_at_bedside": (VerifyAtBedside(subject, "B01-01", "", "", OTHER_NURSE), ("administer",)),
        "start_infusion": (StartInfusion(subject, "B01-01", "", ""), ("administer",)),
        "administer": (Administer(subject, "B01-01", "1"), ("administer",)),
        "record_deviation": (RecordDeviation(subject, "other", "minor", "text"), ("enter_data",)),
        "end_treatment": (EndTreatment(subject, "completed"), ("enter_data",)),
        "end_follow_up": (EndFollowUp(subject, "completed"), ("enter_data",)),
        "record_identity": (RecordIdentity(subject, "A Name"), ("see_identity",)),
    }


ON_STUDY: dict[str, tuple[Any, str, str]] = {
    "adopt_study": (AdoptStudy(the_study()), "manage_study", ""),
    "open_site": (OpenSite("east"), "manage_study", ""),
    "close_site": (CloseSite("east"), "manage_study", ""),
    "commit_allocation_list": (CommitAllocationList(), "hold_allocation_list", ""),
    "place_hold": (PlaceHold("study", "why"), "place_hold", ""),
    "lift_hold": (LiftHold("H1", "why"), "place_hold", ""),
    "register_subject": (RegisterSubject("east"), "register_subject", "east"),
}


def test_the_tables_name_every_action() -> None:
    apart = {"Context", "Outcome", "batch"}
    assert set(on_subject("S")) | set(ON_STUDY) == set(actions.__all__) - apart


@pytest.mark.parametrize("verb", on_subject("S"))
@pytest.mark.requirement("TW-R-011")
def test_actions_on_a_subject(verb: str, active: Context, enrol: Callable[..., str]) -> None:
    command, rights = on_subject(enrol("consented"))[verb]
    act = getattr(actions, verb)
    before = read_head()
    for person in PEOPLE:
        allowed = any(may(the_study(), person, right, "east") for right in rights)  # type: ignore[arg-type]
        if allowed:
            continue
        sees = may(the_study(), person, "see_subjects", "east")
        assert refusals(act(active, person, command)) == (["ACT-403"] if sees else ["ACT-404"]), person
    assert read_head() == before, "a refused action left a trace"
    permitted = next(p for p in PEOPLE if any(may(the_study(), p, right, "east") for right in rights))  # type: ignore[arg-type]
    assert not {"ACT-401", "ACT-404"} & set(refusals(act(active, permitted, command)))


@pytest.mark.parametrize("verb", on_subject("S"))
@pytest.mark.requirement("TW-R-012")
def test_a_foreign_subject_looks_like_none(verb: str, active: Context, enrol: Callable[..., str]) -> None:
    subject = enrol("consented")
    act = getattr(actions, verb)
    foreign = act(active, WEST_NURSE, on_subject(subject)[verb][0])
    unknown = act(active, WEST_NURSE, on_subject("S01-999")[verb][0])
    assert foreign == unknown
    assert refusals(foreign) == ["ACT-404"]


@pytest.mark.parametrize("verb", ON_STUDY)
@pytest.mark.requirement("TW-R-011")
def test_actions_on_the_study(verb: str, active: Context) -> None:
    command, right, site = ON_STUDY[verb]
    act = getattr(actions, verb)
    before = read_head()
    for person in PEOPLE:
        if not may(the_study(), person, right, site):  # type: ignore[arg-type]
            assert refusals(act(active, person, command)) == ["ACT-403"], person
    assert read_head() == before


def test_people_who_are_gone_or_not_in_the_role(
    active: Context, enrol: Callable[..., str], clock: Clock
) -> None:
    subject = enrol("consented")
    command = SaveForm(subject, *FORM, SCREENING["laboratory"])
    for actor in (
        Actor("nora", "investigator", "east"),
        Actor("nora", "nurse", "west"),
        Actor("nora", "nurse"),
    ):
        assert refusals(actions.save_form(active, actor, command)) == ["ACT-401"]
    account = find_account("nora")
    assert account is not None
    disable_account(account, "left the hospital", by=SYSTEM, now=BEGIN)
    assert refusals(actions.save_form(active, NURSE, command)) == ["ACT-401"]


def test_a_role_begins_on_its_day(active: Context, clock: Clock) -> None:
    clock.now = clock.now.replace(year=2025)
    assert refusals(actions.register_subject(active, NURSE, RegisterSubject("east"))) == ["ACT-401"]
    assert date(2026, 1, 5) > clock.now.date()


def test_nothing_before_the_study_is_active(context: Context) -> None:
    assert refusals(actions.register_subject(context, NURSE, RegisterSubject("east"))) == ["ACT-001"]
    consent = RecordConsent("S01-001", "1")
    assert refusals(actions.record_consent(context, NURSE, consent)) == ["ACT-001"]


def test_the_file_must_be_of_this_study(context: Context) -> None:
    other = the_study().model_copy(update={"id": "other"})
    assert refusals(actions.adopt_study(context, INVESTIGATOR, AdoptStudy(other))) == ["ADM-001"]
    assert refusals(actions.adopt_study(context, INVESTIGATOR, AdoptStudy(the_study()))) == ["ACT-403"]
    stranger = Actor("nobody", "administrator")
    assert refusals(actions.adopt_study(context, stranger, AdoptStudy(the_study()))) == ["ACT-401"]


@pytest.mark.requirement("TW-R-017")
def test_identities_stay_in_their_vault(active: Context, enrol: Callable[..., str]) -> None:
    first, second = enrol("registered"), enrol("registered")
    before = read_head()
    person = {"name": "Chen Mei", "birth_on": "1970-05-17"}
    assert not done(actions.record_identity(active, INVESTIGATOR, RecordIdentity(first, **person))).warnings
    again = done(actions.record_identity(active, INVESTIGATOR, RecordIdentity(second, **person)))
    assert [finding.code for finding in again.warnings] == ["TW-IDN-002"]
    assert first not in again.warnings[0].message
    assert read_head() == before
    assert refusals(actions.record_identity(active, INVESTIGATOR, RecordIdentity(first, " "))) == ["IDN-001"]
    changed = actions.record_identity(active, INVESTIGATOR, RecordIdentity(first, "Chen May"))
    assert refusals(changed) == ["STO-052"]
