"""The audit passes only when every package was looked up: silence is not a clean bill."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest
from tools.tree import ROOT

ANSWERS = [
    ("echo 'No known vulnerabilities found'", 0, "none has a known vulnerability"),
    (
        "echo 'No known vulnerabilities found'; echo 'rich Dependency could not be audited: rich'",
        3,
        "1 packages",
    ),
    ("echo 'Found 2 known vulnerabilities in 1 package'; exit 1", 1, "known vulnerabilities stand above"),
    ("echo 'connection refused'; exit 1", 3, "no full answer"),
]


@pytest.mark.parametrize(("answer", "code", "words"), ANSWERS)
def test_answer_is_read_rightly(tmp_path: Path, answer: str, code: int, words: str) -> None:
    program = tmp_path / "pip-audit"
    program.write_text(f"#!/bin/sh\n{answer}\n", encoding="utf-8")
    program.chmod(0o755)
    run = subprocess.run(
        ["sh", str(ROOT / "tools/audit.sh")],
        env={**os.environ, "PIP_AUDIT": str(program)},
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
    )
    assert run.returncode == code
    assert words in run.stdout
