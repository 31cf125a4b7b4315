"""The setup script says what is missing instead of failing somewhere inside."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest
from tools.tree import ROOT

NEEDED = ("sh", "dirname", "id", "grep", "rm", "touch", "sleep", "env")


@pytest.fixture
def bare_path(tmp_path: Path) -> Path:
    """A folder of programs with the shell's own and nothing else: no Python, no browser, no apt-get."""
    programs = tmp_path / "bin"
    programs.mkdir()
    for name in NEEDED:
        found = shutil.which(name)
        assert found is not None
        (programs / name).symlink_to(found)
    return programs


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A copy of what the script reads, without an environment."""
    folder = tmp_path / "checkout"
    (folder / "tools").mkdir(parents=True)
    shutil.copy(ROOT / "tools/setup.sh", folder / "tools/setup.sh")
    return folder


def write_program(folder: Path, name: str, body: str) -> None:
    path = folder / name
    path.write_text(f"#!/bin/sh\n{body}\n", encoding="utf-8")
    path.chmod(0o755)


def run_setup(
    checkout: Path, programs: Path, *parts: str, **settings: str
) -> subprocess.CompletedProcess[str]:
    environment = {"PATH": str(programs), "HOME": str(checkout), "TRIALWRIGHT_NO_INSTALL": "1", **settings}
    return subprocess.run(
        ["sh", str(checkout / "tools/setup.sh"), *parts],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
    )


def test_no_python_at_all_is_said(checkout: Path, bare_path: Path) -> None:
    answer = run_setup(checkout, bare_path)
    assert answer.returncode == 3
    assert "Python 3.11 or newer is needed" in answer.stderr


def test_python_that_is_too_old_is_said(checkout: Path, bare_path: Path) -> None:
    write_program(bare_path, "python3", '[ "$1" = --version ] && echo "Python 3.9.2" || exit 1')
    answer = run_setup(checkout, bare_path)
    assert answer.returncode == 3
    assert "Python 3.9.2" in answer.stderr


def test_missing_venv_module_names_the_package(checkout: Path, bare_path: Path) -> None:
    old_shape = 'case "$2" in *ensurepip*) exit 1 ;; *print*) echo 3.11 ;; esac'
    write_program(bare_path, "python3", old_shape)
    answer = run_setup(checkout, bare_path)
    assert answer.returncode == 3
    assert "python3.11-venv" in answer.stderr
    assert not (checkout / ".venv").exists()


def test_newer_python_beside_an_old_one_is_taken(checkout: Path, bare_path: Path) -> None:
    write_program(bare_path, "python3", "exit 1")
    write_program(bare_path, "python3.12", 'case "$2" in *ensurepip*) exit 1 ;; *print*) echo 3.12 ;; esac')
    assert "python3.12-venv" in run_setup(checkout, bare_path).stderr


def test_missing_chromium_names_the_package(checkout: Path, bare_path: Path) -> None:
    answer = run_setup(checkout, bare_path, "chromium")
    assert answer.returncode == 3
    assert "chromium" in answer.stderr


def test_chromium_that_does_not_run_is_said(checkout: Path, bare_path: Path) -> None:
    answer = run_setup(checkout, bare_path, "chromium", TRIALWRIGHT_CHROMIUM=os.devnull)
    assert answer.returncode == 3
    assert "does not run" in answer.stderr


def test_chromium_on_the_path_is_enough(checkout: Path, bare_path: Path) -> None:
    write_program(bare_path, "chromium", "exit 0")
    assert run_setup(checkout, bare_path, "chromium").returncode == 0


def test_unknown_part_is_refused(checkout: Path, bare_path: Path) -> None:
    assert "unknown part" in run_setup(checkout, bare_path, "browser").stderr


def test_missing_venv_module_is_installed_where_that_is_allowed(checkout: Path, bare_path: Path) -> None:
    called = checkout / "apt-get.log"
    write_program(bare_path, "id", "echo 0")
    write_program(bare_path, "apt-get", f'echo "$*" >> "{called}"')
    write_program(bare_path, "python3", 'case "$2" in *ensurepip*|venv) exit 1 ;; *print*) echo 3.11 ;; esac')
    answer = run_setup(checkout, bare_path, TRIALWRIGHT_NO_INSTALL="")
    assert "python3.11-venv" in called.read_text(encoding="utf-8").splitlines()[-1]
    assert answer.returncode == 3
    assert "-m venv' failed" in answer.stderr
