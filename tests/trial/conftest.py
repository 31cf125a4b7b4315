"""A study under way, in memory."""

from __future__ import annotations

import pytest
from tests.trial.bench import Bench


@pytest.fixture
def bench() -> Bench:
    """The study active, its sites open, no subject yet."""
    return Bench()
