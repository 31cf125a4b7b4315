"""The import contracts hold and bite: a pure room that reaches for Django is found."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from tools.tree import ROOT

PURE_ROOMS = ["study", "stats", "trial", "outcomes", "design", "standards", "report"]
ROOMS = [*PURE_ROOMS, "store", "actions", "rehearsal", "web", "cli"]
BREACHES = [
    ("design", "import django\n"),
    ("stats", "import psycopg\n"),
    ("study", "import trialwright.trial\n"),
    ("trial", "import trialwright.design\n"),
    ("store", "import trialwright.actions\n"),
]


def make_house(folder: Path) -> Path:
    """A package with the real contracts and empty rooms."""
    for room in ROOMS:
        (folder / "trialwright" / room).mkdir(parents=True)
        (folder / "trialwright" / room / "__init__.py").touch()
    (folder / "trialwright" / "__init__.py").touch()
    shutil.copy(ROOT / "pyproject.toml", folder)
    return folder


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    program = Path(sys.executable).parent / "lint-imports"
    return subprocess.run(
        [str(program), "--no-cache", "--no-logo"],
        cwd=folder,
        env={"PYTHONPATH": str(folder), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
    )


def test_empty_rooms_keep_the_contracts(tmp_path: Path) -> None:
    answer = lint(make_house(tmp_path))
    assert answer.returncode == 0, answer.stdout


@pytest.mark.parametrize(("room", "line"), BREACHES)
def test_breach_is_found(tmp_path: Path, room: str, line: str) -> None:
    house = make_house(tmp_path)
    (house / "trialwright" / room / "breach.py").write_text(line, encoding="utf-8")
    answer = lint(house)
    assert answer.returncode == 1
    assert f"trialwright.{room}" in answer.stdout


def test_room_outside_the_contract_is_found(tmp_path: Path) -> None:
    house = make_house(tmp_path)
    (house / "trialwright" / "extras.py").touch()
    assert lint(house).returncode == 1


@pytest.mark.parametrize("room", PURE_ROOMS)
def test_pure_room_is_imported_without_django(room: str) -> None:
    program = (
        "import importlib, pkgutil, sys; "
        f"room = importlib.import_module('trialwright.{room}'); "
        "names = [m.name for m in pkgutil.walk_packages(room.__path__, room.__name__ + '.')]; "
        "[importlib.import_module(name) for name in names]; "
        "sys.exit('django' in sys.modules or 'psycopg' in sys.modules)"
    )
    answer = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert answer.returncode == 0, answer.stderr
