"""Cells from vein to vein through the actions; the ledger replays to the same projections."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from tests.actions.conftest import ON_BOTH, Clock, done, refusals
from tests.trial.bench import (
    INVESTIGATOR,
    LABORATORY,
    NURSE,
    OTHER_LABORATORY,
    OTHER_NURSE,
    QUALITY,
    WEST_NURSE,
)

from trialwright import actions
from trialwright.actions import Context
from trialwright.store.projection_tables import ContainerRow
from trialwright.store.projections import load_subject
from trialwright.store.replay import replay_store
from trialwright.store.verify import verify_store
from trialwright.trial.cells.bedside import Administer, StartInfusion, VerifyAtBedside
from trialwright.trial.cells.collection import MoveMaterial, RecordCollection
from trialwright.trial.cells.custody import MoveContainer
from trialwright.trial.cells.manufacture import FillContainers, NewContainer, StartBatch
from trialwright.trial.cells.release import RecordReleaseTest, ReleaseBatch
from trialwright.trial.events import Actor
from trialwright.trial.subject import SubjectState


def state_of(subject: str) -> SubjectState:
    state = load_subject("cells", subject)
    assert state is not None
    return state


@pytest.fixture
def collected(active: Context, enrol: Callable[..., str], clock: Clock) -> str:
    """An allocated subject with accepted material, on the first dose day."""
    subject = enrol()
    clock.wait(hours=1)
    command = RecordCollection(subject, "mononuclear cells", "A999926000001", second=INVESTIGATOR)
    done(actions.record_collection(active, NURSE, command))
    (name,) = state_of(subject).collections
    coi = state_of(subject).coi
    for to, who in (("RECEIVED_AT_MFG", LABORATORY), ("ACCEPTED", QUALITY)):
        done(actions.move_material(active, who, MoveMaterial(subject, name, to, scanned_coi=coi)))
    clock.wait(days=4)
    return subject


def prepare(context: Context, subject: str) -> str:
    """A vaccine made, released and prepared at the site; answers the container's id."""
    (name,) = state_of(subject).collections
    done(actions.start_batch(context, LABORATORY, StartBatch(subject, "vaccine", (name,), (5,))))
    (batch,) = state_of(subject).batches
    vial = NewContainer(5, "1e7", "{cells}", "1", "mL")
    done(
        actions.fill_containers(
            context, LABORATORY, FillContainers(subject, batch, (vial,), OTHER_LABORATORY)
        )
    )
    for test, result, unit in (
        ("identity", "pass", ""),
        ("viability", "91.5", "%"),
        ("sterility", "pass", ""),
    ):
        command = RecordReleaseTest(subject, batch, test, result, unit)
        done(actions.record_release_test(context, LABORATORY, command))
    done(actions.release_batch(context, QUALITY, ReleaseBatch(subject, batch)))
    (container,) = state_of(subject).containers
    coi = state_of(subject).coi
    for to, who in (("SHIPPED_TO_SITE", LABORATORY), ("RECEIVED_AT_SITE", NURSE), ("PREPARED", NURSE)):
        done(actions.move_container(context, who, MoveContainer(subject, container, to, scanned_coi=coi)))
    return container


@ON_BOTH
@pytest.mark.requirement("TW-R-033", "TW-R-034", "TW-R-035")
def test_from_collection_to_administration(active: Context, collected: str, clock: Clock) -> None:
    container = prepare(active, collected)
    coi = state_of(collected).coi
    check = VerifyAtBedside(collected, container, container, coi, second=OTHER_NURSE)
    done(actions.verify_at_bedside(active, NURSE, check))
    done(actions.start_infusion(active, NURSE, StartInfusion(collected, container, container, coi)))
    clock.wait(minutes=2)
    done(actions.administer(active, NURSE, Administer(collected, container, "1")))
    (given,) = state_of(collected).administrations
    assert (given.product, given.planned_day, given.by, given.witness) == ("vaccine", 5, "nora", "nils")
    assert ContainerRow.objects.get(container=container).state == "INFUSED"
    assert not verify_store().findings
    assert not replay_store()


@pytest.mark.requirement("TW-R-035")
def test_the_second_person_is_real_and_of_the_site(active: Context, collected: str) -> None:
    container = prepare(active, collected)
    coi = state_of(collected).coi
    for second, code in (
        (WEST_NURSE, "CEL-018"),
        (NURSE, "CEL-018"),
        (LABORATORY, "CEL-018"),
    ):
        check = VerifyAtBedside(collected, container, container, coi, second=second)
        assert refusals(actions.verify_at_bedside(active, NURSE, check)) == [code]
    for stranger in (
        Actor("nobody", "nurse", "east"),
        Actor("stan", "nurse", "east"),
        Actor("nils", "nurse", "west"),
    ):
        check = VerifyAtBedside(collected, container, container, coi, second=stranger)
        assert refusals(actions.verify_at_bedside(active, NURSE, check)) == ["ACT-401"]


def test_makers_do_not_release_and_releasers_do_not_make(active: Context, collected: str) -> None:
    (name,) = state_of(collected).collections
    command = StartBatch(collected, "vaccine", (name,), (5,))
    assert refusals(actions.start_batch(active, QUALITY, command)) == ["ACT-403"]
    done(actions.start_batch(active, LABORATORY, command))
    (batch,) = state_of(collected).batches
    assert refusals(actions.release_batch(active, LABORATORY, ReleaseBatch(collected, batch))) == ["ACT-403"]
