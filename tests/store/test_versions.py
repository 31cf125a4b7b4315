"""Study versions: immutable, and found by what they say."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from trialwright.store.faults import StoreError
from trialwright.store.ledger_tables import StudyVersion
from trialwright.store.open import Store
from trialwright.store.versions import keep_version, load_version

from .conftest import BEGIN

BODY = {"title": "A trial", "arms": [{"id": "a"}, {"id": "b"}]}


def test_a_version_is_found_by_its_content(any_store: Store) -> None:
    address = keep_version("trial", BODY, now=BEGIN)
    assert len(address) == 64
    assert load_version("trial", address) == BODY
    assert keep_version("trial", dict(reversed(BODY.items())), now=BEGIN) == address
    assert StudyVersion.objects.count() == 1
    assert keep_version("another", BODY, now=BEGIN) == address
    assert keep_version("trial", {**BODY, "title": "Another"}, now=BEGIN) != address


def test_an_unknown_version_is_named(store: Store) -> None:
    with pytest.raises(StoreError) as caught:
        load_version("trial", "f" * 64)
    assert caught.value.finding.code == "TW-STO-070"
    assert "ffffffffffff" in caught.value.finding.message


def test_an_altered_version_is_not_used(any_store: Store, tamper: Callable[..., None]) -> None:
    address = keep_version("trial", BODY, now=BEGIN)
    tamper("study_version", "UPDATE study_version SET body = '{}'")
    with pytest.raises(StoreError) as caught:
        load_version("trial", address)
    assert caught.value.finding.code == "TW-STO-071"
