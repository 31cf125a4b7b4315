"""Running the command line as a person does: in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

Result = subprocess.CompletedProcess[str]
Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Run `trialwright` with arguments in an empty folder; no environment of the tests leaks into it."""

    def call(*arguments: str | Path, stdin: str = "", **extra: str) -> Result:
        keep = {k: v for k, v in os.environ.items() if not k.startswith(("TRIALWRIGHT_", "DJANGO_"))}
        program = "from trialwright.cli.main import run; run()"
        return subprocess.run(
            [sys.executable, "-c", program, *map(str, arguments)],
            input=stdin,
            capture_output=True,
            text=True,
            cwd=tmp_path,
            env={**keep, "COLUMNS": "120", "NO_COLOR": "1", **extra},
            timeout=120,
            check=False,
        )

    return call
