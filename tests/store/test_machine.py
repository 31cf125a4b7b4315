"""A machine that does anything a caller may do, in any order, beside a plain list of what was recorded."""

from __future__ import annotations

import shutil
import tempfile
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connections, transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from trialwright.store import ledger
from trialwright.store.checkpoint import Checkpoint, read_checkpoint, write_checkpoint
from trialwright.store.open import open_store
from trialwright.store.projections import load_subject
from trialwright.store.replay import rebuild_projections, replay_store
from trialwright.store.verify import verify_store
from trialwright.trial.events import Actor, Event, Kind, Recorded

from .conftest import BEGIN

TEXT = st.text(st.characters(exclude_categories=("Cs",)), max_size=12)
DOCUMENTS = st.dictionaries(TEXT, st.fixed_dictionaries({"value": TEXT}), max_size=3)
STUDIES = st.sampled_from(["trial", "another"])


class LedgerMachine(RuleBasedStateMachine):
    """Writes, rolls back, reopens, verifies and replays."""

    new_store: Path

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="tw-machine-"))
        shutil.copytree(self.new_store, self.folder, dirs_exist_ok=True)
        open_store(self.folder)
        self.recorded: list[Recorded] = []
        self.subjects: list[tuple[str, str]] = []
        self.checkpoint: Checkpoint | None = None
        for study in ("trial", "another"):
            self.write(study, Event(Kind.STUDY_ACTIVATED, {"version": "v1"}))
            self.write(study, Event(Kind.SITE_OPENED, {"site": "site1", "number": 1}))

    def write(self, study: str, *events: Event) -> list[Recorded]:
        now = BEGIN + timedelta(seconds=len(self.recorded))
        with ledger.writing():
            recorded = ledger.append(
                events, actor=Actor("u-1", "nurse", "site1"), study_id=study, study_version="v1", now=now
            )
        self.recorded += recorded
        return recorded

    @rule(study=STUDIES)
    def register(self, study: str) -> None:
        subject = f"S01-{len(self.subjects):03}"
        self.write(study, Event(Kind.SUBJECT_REGISTERED, {"site": "site1"}, subject=subject))
        self.subjects.append((study, subject))

    @precondition(lambda self: self.subjects)
    @rule(data=st.data(), documents=st.lists(DOCUMENTS, min_size=1, max_size=3), reason=TEXT)
    def save_forms(self, data: st.DataObject, documents: list[dict[str, Any]], reason: str) -> None:
        study, subject = data.draw(st.sampled_from(self.subjects))
        events = [
            Event(Kind.FORM_SAVED, self.form(document), subject, "2026-03", reason.replace("\0", ""))
            for document in documents
        ]
        self.write(study, *events)
        state = load_subject(study, subject)
        assert state is not None
        assert state.forms["baseline/lab/1"].document == documents[-1]

    def form(self, document: dict[str, Any]) -> dict[str, Any]:
        key = {"visit": "baseline", "form": "lab", "repeat": 1}
        return {**key, "version": 1, "complete": True, "document": document, "warned": []}

    @precondition(lambda self: self.subjects)
    @rule(bad=st.booleans())
    def give_up(self, bad: bool) -> None:
        """A transaction that does not end well leaves nothing, whether an error or the caller ends it."""
        study, subject = self.subjects[0]
        good = Event(Kind.FORM_SAVED, self.form({}), subject)
        if bad:
            with pytest.raises(ValueError):
                self.write(study, good, Event(Kind.SUBJECT_REGISTERED, {"site": "site1"}, subject=subject))
        else:
            with ledger.writing():
                actor = Actor("u-1", "nurse", "site1")
                ledger.append([good], actor=actor, study_id=study, study_version="v1", now=BEGIN)
                transaction.set_rollback(True)

    @rule()
    def reopen(self) -> None:
        connections.close_all()
        open_store(self.folder)

    @rule()
    def write_checkpoint(self) -> None:
        file = self.folder / "checkpoint.json"
        self.checkpoint = write_checkpoint(file, self.folder, now=BEGIN)
        assert read_checkpoint(file, self.folder) == self.checkpoint

    @rule()
    def verify(self) -> None:
        verification = verify_store(checkpoint=self.checkpoint)
        assert verification.intact
        assert verification.count == len(self.recorded)

    @rule()
    def replay(self) -> None:
        assert replay_store() == []

    @rule()
    def rebuild(self) -> None:
        rebuild_projections()
        assert replay_store() == []

    @rule(after=st.integers(0, 20), study=STUDIES)
    def read_a_part(self, after: int, study: str) -> None:
        expected = [one for one in self.recorded if one.seq > after and one.study == study]
        assert list(ledger.read(study, after=after)) == expected

    @invariant()
    def everything_recorded_is_there(self) -> None:
        assert list(ledger.read()) == self.recorded
        assert ledger.read_head().seq == len(self.recorded)

    def teardown(self) -> None:
        connections.close_all()
        shutil.rmtree(self.folder)


@pytest.mark.usefixtures("store")  # takes the environment back when the machine has ended
def test_ledger_machine(new_store: Path) -> None:
    LedgerMachine.new_store = new_store
    quick = settings(
        max_examples=12, stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck)
    )
    run_state_machine_as_test(LedgerMachine, settings=quick)
