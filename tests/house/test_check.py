"""The runner of the checks: what it returns, and what it shows."""

from __future__ import annotations

import pytest
from tools import check
from tools.check import Outcome, main, run_program


def test_unknown_check_is_a_usage_error(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["spelling"]) == 2
    assert "no check named spelling; there are: format, lint" in capsys.readouterr().err


def test_failing_check_shows_its_details(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(
        check,
        "CHECKS",
        {"good": lambda: Outcome(True, "hidden"), "bad": lambda: Outcome(False, "a.py:1: wrong")},
    )
    assert main([]) == 1
    shown = capsys.readouterr().out
    assert "a.py:1: wrong" in shown
    assert "hidden" not in shown
    assert shown.endswith("check: bad failed\n")
    assert main(["good"]) == 0


def test_program_that_fails_gives_its_output() -> None:
    outcome = run_program(["ruff", "check", "no-such-folder"])
    assert not outcome.ok
    assert "no-such-folder" in outcome.details
