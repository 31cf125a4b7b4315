"""The small trial, built once a run; every test works on a copy of its store, signed in as anybody."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connections
from django.test import Client

from trialwright.store.open import open_store, prepare_django

prepare_django()  # before the test modules import tables

STUDY = "nct02632201"
SignIn = Callable[[str], Client]


@pytest.fixture(scope="session")
def built_trial(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the small trial."""
    from tests.web.small_trial import build_small_trial

    folder = tmp_path_factory.mktemp("small-trial")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TRIALWRIGHT_DATA_DIR", str(folder))
        patch.delenv("TRIALWRIGHT_DATABASE_URL", raising=False)
        open_store(folder)
        build_small_trial(folder)
        connections.close_all()
    return folder


@pytest.fixture
def trial_store(built_trial: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A copy of the small trial that a test may change."""
    folder = tmp_path / "store"
    shutil.copytree(built_trial, folder)
    monkeypatch.setenv("TRIALWRIGHT_DATA_DIR", str(folder))
    monkeypatch.delenv("TRIALWRIGHT_DATABASE_URL", raising=False)
    monkeypatch.setattr(settings, "ALLOWED_HOSTS", ["testserver", "127.0.0.1", "localhost"])
    monkeypatch.setattr(settings, "DATA_DIR", folder)
    open_store(folder)
    yield folder
    connections.close_all()


@pytest.fixture
def sign_in(trial_store: Path) -> SignIn:
    """Gives a client that is signed in under an account of the small trial."""
    from trialwright.store.accounts import find_account

    def make(username: str) -> Client:
        client = Client()
        account = find_account(username)
        assert account is not None
        client.force_login(account, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return make
