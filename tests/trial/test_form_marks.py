"""Verification, signature and lock: bound to one version, made by the right people."""

from __future__ import annotations

from typing import Any

import pytest
from tests.trial.bench import (
    DATA_MANAGER,
    INVESTIGATOR,
    MONITOR,
    NURSE,
    OTHER_DATA_MANAGER,
    SCREENING,
    Bench,
    codes,
)

from trialwright.trial.events import Actor, Decision
from trialwright.trial.form_marks import (
    LockForm,
    SignForm,
    UnlockForm,
    VerifyForm,
    decide_locking,
    decide_signature,
    decide_unlocking,
    decide_verification,
)
from trialwright.trial.queries import OpenQuery, decide_query_opening
from trialwright.trial.records import FormState

PLACE = ("screening", "laboratory")


@pytest.fixture
def screened(bench: Bench) -> Bench:
    """Screening forms saved."""
    return bench.register().consent().screen()


def form(bench: Bench) -> FormState:
    found = bench.state.form(*PLACE)
    assert found is not None
    return found


def verify(bench: Bench, actor: Actor = MONITOR, version: int = 1) -> Decision:
    command = VerifyForm(bench.state.subject, *PLACE, version)
    return decide_verification(bench.study, bench.state, command, actor, bench.now)


def sign(bench: Bench, version: int = 1, meaning: str = "responsibility") -> Decision:
    command = SignForm(bench.state.subject, *PLACE, version, meaning)
    return decide_signature(bench.study, bench.state, command, INVESTIGATOR, bench.now)


def lock(bench: Bench) -> Decision:
    command = LockForm(bench.state.subject, *PLACE, 1)
    return decide_locking(bench.study, bench.state, command, DATA_MANAGER, bench.now)


def unlock(bench: Bench, second: Actor = OTHER_DATA_MANAGER, reason: str = "wrong sample") -> Decision:
    command = UnlockForm(bench.state.subject, *PLACE, 1, second, reason)
    return decide_unlocking(bench.study, bench.state, command, DATA_MANAGER, bench.now)


def correct(bench: Bench, **more: Any) -> Decision:
    changed = {**SCREENING["laboratory"], "pulse": {"value": "60", "unit": "/min"}}
    return bench.save(*PLACE, changed, expected_version=1, reason="added", **more)


@pytest.mark.requirement("TW-R-021")
def test_verified_signed_locked_and_unlocked(screened: Bench) -> None:
    screened.take(verify(screened), MONITOR)
    assert form(screened).state == "verified" and form(screened).verification_holds
    screened.take(sign(screened), INVESTIGATOR)
    assert form(screened).state == "signed" and form(screened).signature_holds
    screened.take(lock(screened), DATA_MANAGER)
    assert codes(correct(screened)) == ["DAT-007"]
    assert codes(unlock(screened, DATA_MANAGER)) == ["DAT-057"]
    assert codes(unlock(screened, MONITOR)) == ["DAT-057"]
    assert codes(unlock(screened, reason=" ")) == ["DAT-009"]
    screened.take(unlock(screened), DATA_MANAGER)
    assert form(screened).state == "complete"


@pytest.mark.requirement("TW-R-015")
def test_a_correction_voids_both_marks(screened: Bench) -> None:
    screened.take(verify(screened), MONITOR)
    screened.take(sign(screened), INVESTIGATOR)
    screened.take(correct(screened))
    corrected = form(screened)
    assert corrected.state == "complete"
    assert not corrected.verification_holds and not corrected.signature_holds
    assert corrected.signed is not None and corrected.signed.version == 1


def test_a_mark_is_for_the_version_seen(screened: Bench) -> None:
    screened.take(correct(screened))
    assert codes(verify(screened)) == ["DAT-409"]
    assert codes(sign(screened)) == ["DAT-409"]
    assert sign(screened, version=2).accepted


def test_who_entered_does_not_verify(screened: Bench) -> None:
    assert codes(verify(screened, NURSE)) == ["DAT-053"]
    screened.take(sign(screened), INVESTIGATOR)
    assert codes(verify(screened, INVESTIGATOR)) == ["DAT-053"]
    screened.take(verify(screened), MONITOR)
    assert form(screened).state == "signed"
    assert codes(verify(screened)) == ["DAT-054"]


def test_marks_need_a_form_in_the_right_state(screened: Bench) -> None:
    assert codes(lock(screened)) == ["DAT-051"]
    assert codes(unlock(screened)) == ["DAT-051"]
    assert codes(sign(screened, meaning="friendship")) == ["DAT-055"]
    command = VerifyForm(screened.state.subject, "log", "death", 1)
    decision = decide_verification(screened.study, screened.state, command, MONITOR, screened.now)
    assert codes(decision) == ["DAT-050"]


def test_a_form_with_a_pending_query_is_not_locked(screened: Bench) -> None:
    screened.take(sign(screened), INVESTIGATOR)
    command = OpenQuery(screened.state.subject, *PLACE, "Which assay was used?")
    screened.take(
        decide_query_opening(screened.study, screened.state, command, MONITOR, screened.now), MONITOR
    )
    assert codes(lock(screened)) == ["DAT-056"]
