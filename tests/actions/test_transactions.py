"""One transaction an action or a batch: all or nothing, one head, no slot twice."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable
from dataclasses import replace

import pytest
from tests.actions.conftest import Clock, done, refusals
from tests.trial.bench import ADMINISTRATOR, INVESTIGATOR, NURSE, SCREENING, STATISTICIAN, the_study

from trialwright import actions
from trialwright.actions import Context
from trialwright.store.allocation import check_lists
from trialwright.store.ledger import read, read_head
from trialwright.store.open import open_store
from trialwright.store.projections import load_study, load_subject
from trialwright.store.replay import replay_store
from trialwright.store.sources import seeded_entropy
from trialwright.store.verify import verify_store
from trialwright.trial.administration import AdoptStudy, CommitAllocationList
from trialwright.trial.allocation import Allocate
from trialwright.trial.enrolment import RecordConsent, RegisterSubject
from trialwright.trial.events import Kind
from trialwright.trial.forms import SaveForm


def test_a_batch_is_kept_whole(active: Context) -> None:
    with actions.batch(active) as batched:
        subject = done(actions.register_subject(batched, NURSE, RegisterSubject("east"))).subject
        refused = actions.save_form(batched, NURSE, SaveForm(subject, "screening", "disease", {}))
        assert refusals(refused) == ["SUB-011"]
        done(actions.record_consent(batched, NURSE, RecordConsent(subject, "1")))
        saved = SaveForm(subject, "screening", "disease", SCREENING["disease"])
        done(actions.save_form(batched, NURSE, saved))
    kinds = [one.kind for one in read("cells", subject=subject)]
    assert kinds == [Kind.SUBJECT_REGISTERED, Kind.CONSENT_GIVEN, Kind.FORM_SAVED]
    assert not verify_store().findings and not replay_store()


@pytest.mark.requirement("TW-R-006")
def test_a_broken_batch_leaves_nothing(active: Context) -> None:
    before = read_head()
    with pytest.raises(RuntimeError, match="power"), actions.batch(active) as batched:
        done(actions.register_subject(batched, NURSE, RegisterSubject("east")))
        raise RuntimeError("the power failed")
    assert read_head() == before
    assert load_subject("cells", "S01-001") is None
    assert done(actions.register_subject(active, NURSE, RegisterSubject("east"))).subject == "S01-001"


def test_a_batch_gives_the_same_ledger_as_single_actions(active: Context, clock: Clock) -> None:
    def work(context: Context) -> None:
        subject = done(actions.register_subject(context, NURSE, RegisterSubject("east"))).subject
        done(actions.record_consent(context, NURSE, RecordConsent(subject, "1")))

    work(replace(active, entropy=seeded_entropy("one")))
    single = [one.event for one in read("cells", subject="S01-001")]
    with actions.batch(replace(active, entropy=seeded_entropy("two"))) as batched:
        work(batched)
    grouped = [one.event for one in read("cells", subject="S01-002")]
    assert [(e.kind, e.occurred_on) for e in single] == [(e.kind, e.occurred_on) for e in grouped]


def test_an_interrupted_commitment_is_taken_up(context: Context) -> None:
    done(actions.adopt_study(context, ADMINISTRATOR, AdoptStudy(the_study())))
    with pytest.raises(RuntimeError, match="power"), actions.batch(context) as batched:
        done(actions.commit_allocation_list(batched, STATISTICIAN, CommitAllocationList("seed one")))
        raise RuntimeError("the power failed")
    assert not list(read("cells", kinds=[Kind.ALLOCATION_COMMITTED]))
    done(actions.commit_allocation_list(context, STATISTICIAN, CommitAllocationList("seed two")))
    assert not list(check_lists())
    conduct = load_study("cells")
    assert conduct is not None and {name: one.slots for name, one in conduct.lists.items()} == {
        "her2_2": 16,
        "her2_3": 16,
    }


def _allocate(subjects: list[str], clock: Clock) -> None:
    open_store()
    context = Context("cells", clock=clock, entropy=seeded_entropy(subjects[0]))
    for subject in subjects:
        done(actions.allocate(context, INVESTIGATOR, Allocate(subject, f"request {subject}")))


@pytest.mark.requirement("TW-R-031")
def test_allocations_at_once_take_different_slots(
    active: Context, enrol: Callable[..., str], clock: Clock
) -> None:
    subjects = [enrol("eligible") for _ in range(6)]
    spawning = multiprocessing.get_context("spawn")
    workers = [spawning.Process(target=_allocate, args=(subjects[n::2], clock)) for n in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)
    assert [worker.exitcode for worker in workers] == [0, 0]
    states = [load_subject("cells", subject) for subject in subjects]
    assert sorted(s.allocation.slot for s in states if s and s.allocation) == [1, 2, 3, 4, 5, 6]
    assert not verify_store().findings
