"""`trialwright rehearse`: one ledger a seed, clear words when it cannot be done."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest
from tests.rehearsal.conftest import SMALL
from typer.testing import CliRunner

from trialwright.cli.commands import app
from trialwright.cli.output import EXIT_ERRORS, Stop
from trialwright.store.open import Store

SHORT = ["--seed", "5", "--subjects", "1"]


@pytest.mark.usefixtures("quick_passwords")
def test_rehearses_and_keeps_the_accounts(store: Store) -> None:
    command = ["rehearse", str(SMALL), "--data", str(store.data_dir), *SHORT]
    answer = CliRunner().invoke(app, [*command, "--format", "json"], catch_exceptions=False)
    assert answer.exit_code == 0
    said = json.loads(answer.stdout)
    assert said["simulated"] is True
    assert said["allocated"] == 1
    assert "accounts" not in said
    file = store.data_dir / "demonstration.json"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    shown = json.loads(file.read_text())
    assert [account["username"] for account in shown][:2] == ["doctor", "nurse"]

    again = CliRunner().invoke(app, command)
    assert isinstance(again.exception, Stop)
    assert again.exception.code == EXIT_ERRORS
    assert "TW-REH-021" in again.stderr
    assert json.loads(file.read_text()) == shown


@pytest.mark.usefixtures("quick_passwords")
def test_tells_people_what_happened(store: Store) -> None:
    command = ["rehearse", str(SMALL), "--data", str(store.data_dir), *SHORT]
    answer = CliRunner().invoke(app, command, catch_exceptions=False)
    assert answer.exit_code == 0
    assert "1 allocated" in answer.stdout
    assert "administration recorded" in answer.stdout


def test_a_study_without_a_rehearsal(store: Store, tmp_path: Path) -> None:
    text = (SMALL / "study.yaml").read_text(encoding="utf-8")
    (tmp_path / "study.yaml").write_text(text[: text.index("\nrehearsal:")] + "\n", encoding="utf-8")
    command = ["rehearse", str(tmp_path), "--data", str(store.data_dir)]
    answer = CliRunner().invoke(app, command)
    assert isinstance(answer.exception, Stop)
    assert answer.exception.code == EXIT_ERRORS
    assert "TW-REH-001" in answer.stderr
