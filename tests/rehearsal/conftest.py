"""A small study, and a store in which it was rehearsed once for all tests that only look."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from tools.tree import ROOT

from trialwright.rehearsal import RehearsalSummary, rehearse
from trialwright.store.open import open_store, prepare_django
from trialwright.study.load import load_study
from trialwright.study.model.study import Study

prepare_django()  # before the test modules import tables

SMALL = ROOT / "tests" / "data" / "rehearsal"
FIRST = ROOT / "studies" / "nct02632201"
SEED = 2


def read_study(folder: Path) -> Study:
    """The study of a folder."""
    found = load_study(folder).study
    assert found is not None
    return found


@pytest.fixture(scope="session")
def study() -> Study:
    """The small study: six subjects, two sites, other names than the first study's."""
    return read_study(SMALL)


@pytest.fixture(scope="session")
def first_study() -> Study:
    """The study of the product's own example."""
    return read_study(FIRST)


@pytest.fixture
def quick_passwords() -> Iterator[None]:
    """Passwords hashed the quick way: a dozen accounts would cost seconds, and no test here signs in."""
    with hash_quickly():
        yield


@contextmanager
def hash_quickly() -> Iterator[None]:
    """The quick way meanwhile. Django keeps the hashers it has read, so they are read anew on both ends."""
    from django.conf import settings
    from django.contrib.auth.hashers import reset_hashers

    try:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(settings, "PASSWORD_HASHERS", ["django.contrib.auth.hashers.MD5PasswordHasher"])
            reset_hashers(setting="PASSWORD_HASHERS")
            yield
    finally:
        reset_hashers(setting="PASSWORD_HASHERS")


@pytest.fixture(scope="session")
def rehearsed(
    study: Study, new_store: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, RehearsalSummary]:
    """The folder of a store in which the small study was rehearsed, and what it came to."""
    from django.db import connections

    folder = tmp_path_factory.mktemp("rehearsed") / "store"
    shutil.copytree(new_store, folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TRIALWRIGHT_DATA_DIR", str(folder))
        patch.delenv("TRIALWRIGHT_DATABASE_URL", raising=False)
        open_store(folder)
        with hash_quickly():
            summary = rehearse(study, seed=SEED)
        connections.close_all()
    return folder, summary


@pytest.fixture
def played(
    rehearsed: tuple[Path, RehearsalSummary], monkeypatch: pytest.MonkeyPatch
) -> Iterator[RehearsalSummary]:
    """The rehearsed store, open for looking."""
    from django.db import connections

    folder, summary = rehearsed
    monkeypatch.setenv("TRIALWRIGHT_DATA_DIR", str(folder))
    monkeypatch.delenv("TRIALWRIGHT_DATABASE_URL", raising=False)
    open_store(folder)
    yield summary
    connections.close_all()
