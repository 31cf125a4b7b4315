"""Odd and impossible columns given to `trialwright stats`: an answer with the reason, or one clear refusal."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from trialwright.cli.output import EXIT_ERRORS, Stop
from trialwright.cli.stats import app

pytestmark = pytest.mark.filterwarnings("error")
RUNNER = CliRunner()


def refused(*arguments: str | Path) -> Stop:
    stop = RUNNER.invoke(app, [str(argument) for argument in arguments]).exception
    assert isinstance(stop, Stop), stop
    assert stop.code == EXIT_ERRORS
    return stop


def reasons(answer: Any) -> list[str]:
    """Every reason in an answer that says why there is no estimate."""

    def walk(part: Any) -> Iterator[str]:
        if isinstance(part, dict):
            if part.get("reason"):
                yield part["reason"]
            part = list(part.values())
        if isinstance(part, list):
            for one in part:
                yield from walk(one)

    return list(walk(answer))


ODD_COLUMNS = {
    "all censored": [(10 + n, 0, "AB"[n % 2], n) for n in range(8)],
    "one arm": [(10 + n, 1, "A", n) for n in range(8)],
    "a single event": [(10 + n, int(n == 3), "AB"[n % 2], n) for n in range(8)],
    "ties everywhere": [(10, 1, "AB"[n % 2], n) for n in range(8)],
    "a constant covariate": [(10 + n, 1, "AB"[n % 2], 5) for n in range(8)],
    "separation": [(10 + n if n < 4 else 100 + n, int(n < 4), "AB"[n // 4], n // 4) for n in range(8)],
    "nothing but zero": [(0, 1, "AB"[n % 2], n) for n in range(8)],
    "one subject": [(5, 1, "A", 1)],
}


def write_columns(folder: Path, rows: list[tuple[object, ...]]) -> Path:
    file = folder / "odd.csv"
    lines = ["time,event,arm,x", *(",".join(str(value) for value in row) for row in rows)]
    file.write_text("\n".join(lines) + "\n")
    return file


@pytest.mark.parametrize("name", ODD_COLUMNS)
def test_odd_columns_are_answered_and_no_library_complains(tmp_path: Path, name: str) -> None:
    file = write_columns(tmp_path, ODD_COLUMNS[name])
    for command in (("survival", "--arm", "arm"), ("cox", "--covariates", "x")):
        found = RUNNER.invoke(app, [command[0], str(file), *command[1:], "--format", "json"])
        assert found.exception is None, found.exception
        assert "NaN" not in found.stdout
        assert reasons(json.loads(found.stdout)), "nothing says why an estimate is missing"


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([], "has no rows"),
        ([("secret-name", 1, "A", 1)], "time must be numbers"),
        ([(-3, 1, "A", 1), (4, 1, "B", 2)], "negative"),
        ([("", 1, "A", 1), (4, 1, "B", 2)], "missing"),
        ([(3, 2, "A", 1), (4, 1, "B", 2)], "0 (censored) or 1"),
    ],
)
def test_impossible_columns_are_refused_without_a_value(
    tmp_path: Path, rows: list[tuple[object, ...]], words: str
) -> None:
    file = write_columns(tmp_path, rows)
    for command in (("survival", "--arm", "arm"), ("cox", "--covariates", "x")):
        stop = refused(command[0], file, *command[1:])
        assert words in stop.message
        assert "secret-name" not in stop.message + stop.remedy


def test_a_covariate_of_words_is_refused(tmp_path: Path) -> None:
    file = write_columns(tmp_path, ODD_COLUMNS["one arm"])
    assert "arm must be numbers" in refused("cox", file, "--covariates", "arm").message
