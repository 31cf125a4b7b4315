"""`--cluster`: the same answer from a dask cluster as from this process, and a clear word where there is none."""

from __future__ import annotations

import json
import logging
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from distributed import LocalCluster

from trialwright.cli import cluster
from trialwright.cli.cluster import connect
from trialwright.cli.output import EXIT_BROKEN, EXIT_USAGE, Stop

from .conftest import Result, Run

SAMPLES = Path(__file__).parents[2] / "tests" / "data" / "registry"


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """A scheduler with two worker processes, on ports that are free."""
    options = {"n_workers": 2, "threads_per_worker": 1, "dashboard_address": ":0"}
    with LocalCluster(**options, silence_logs=logging.CRITICAL) as running:
        yield running.scheduler_address


@pytest.fixture
def records(tmp_path: Path) -> Path:
    """Files, JSON lines enough for several pieces of work, and what is no record."""
    folder = tmp_path / "records"
    folder.mkdir()
    for name in ("v2/NCT02745808.json", "legacy_xml/NCT01841593.xml", "classic_text/NCT05536349.txt"):
        shutil.copy(SAMPLES / name, folder)
    line = (SAMPLES / "v2" / "NCT05034276.json").read_bytes().replace(b"\n", b" ")
    (folder / "many.jsonl").write_bytes(b"\n".join([*[line] * 70, b'{"protocolSection": ', line]))
    (folder / "empty.json").write_bytes(b"")
    return folder


COMMANDS = (
    ("registry", "lint", "--on", "2026-11-22", "--format", "json"),
    ("criteria", "--format", "jsonl"),
    ("registry", "convert"),
)


@pytest.mark.parametrize("command", COMMANDS)
def test_a_cluster_answers_as_one_process_does(
    run: Run, records: Path, address: str, command: tuple[str, ...]
) -> None:
    here, away = (run(*command, records, *where) for where in (("--workers", "1"), ("--cluster", address)))
    assert here.stdout
    assert (away.stdout, away.stderr, away.returncode) == (here.stdout, here.stderr, here.returncode)


def test_local_processes_are_a_cluster_too(run: Run, records: Path) -> None:
    command = ("registry", "convert", records)
    assert run(*command, "--cluster", "local").stdout == run(*command, "--workers", "1").stdout != ""


def test_something_else_that_says_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster, "ANSWER_WITHIN_S", 1)
    with socket.socket() as silent:  # takes connections and says nothing
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        host, port = silent.getsockname()
        with pytest.raises(Stop, match="No dask scheduler answers") as told, connect(f"{host}:{port}"):
            raise AssertionError
    assert told.value.code == EXIT_BROKEN


@pytest.mark.parametrize("wrong", ["somewhere", "ftp://host:1", "tcp://host", "host:port"])
def test_no_address(wrong: str) -> None:
    with pytest.raises(Stop, match="is not the address of a scheduler") as told, connect(wrong):
        raise AssertionError
    assert told.value.code == EXIT_USAGE


def test_a_library_that_is_missing_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(Stop, match="needs the package `distributed`") as told, connect("local"):
        raise AssertionError
    assert "trialwright[cluster]" in told.value.remedy


def test_workers_of_another_version_are_refused(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster, "__version__", "0.0.0")
    with pytest.raises(Stop, match=re.escape("here it is 0.0.0")), connect(address):
        raise AssertionError


def test_a_scheduler_without_workers_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster, "ANSWER_WITHIN_S", 1)
    with (
        LocalCluster(n_workers=0, processes=False, dashboard_address=":0", protocol="tcp") as empty,
        pytest.raises(Stop, match="The cluster has no worker"),
        connect(empty.scheduler_address),
    ):
        raise AssertionError


def test_workers_that_go_away_end_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster, "ALONE_FOR_S", 0.2)
    monkeypatch.setattr(cluster, "_LOOK_EVERY_S", 0.1)
    options = {"n_workers": 1, "threads_per_worker": 1, "dashboard_address": ":0"}
    with (
        LocalCluster(**options, silence_logs=logging.CRITICAL) as leaving,
        pytest.raises(Stop, match="has had no worker"),
        connect(leaving.scheduler_address) as found,
    ):
        waiting = found.executor.submit(time.sleep, 60)
        leaving.scale(0)
        waiting.result(timeout=30)


def test_workers_and_a_cluster_exclude_one_another(run: Run, records: Path) -> None:
    result = run("registry", "lint", records, "--workers", "2", "--cluster", "local")
    assert result.returncode == EXIT_USAGE
    assert "Leave one of the two out" in result.stderr


@pytest.mark.parametrize("where", [("--workers", "2"), ("--cluster", "local")])
def test_ctrl_c_ends_every_process_without_a_trace(tmp_path: Path, where: tuple[str, str]) -> None:
    line = (SAMPLES / "v2" / "NCT06331169.json").read_bytes().replace(b"\n", b" ") + b"\n"
    (tmp_path / "many.jsonl").write_bytes(line * 4_000)
    result = _interrupted(tmp_path, "registry", "lint", "many.jsonl", "--format", "json", *where)
    assert result.returncode == 130
    assert result.stderr.splitlines()[0] == "✗ Stopped at your request."
    assert "Traceback" not in result.stderr


def _interrupted(folder: Path, *arguments: str) -> Result:
    """A command that is sent what Ctrl-C sends, to all of its processes, once its first answer is there."""
    program = "import signal; signal.signal(2, signal.default_int_handler)\n"
    program += "if __name__ == '__main__':\n    from trialwright.cli.main import run; run()"
    (folder / "command.py").write_text(program)
    running = subprocess.Popen(
        [sys.executable, "command.py", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=folder,
        start_new_session=True,
    )
    assert running.stdout is not None
    head = running.stdout.readline() + running.stdout.readline()
    os.killpg(running.pid, signal.SIGINT)
    rest, told = running.communicate(timeout=60)
    assert json.loads(head.splitlines()[1].rstrip(","))["nct_id"] == "NCT06331169"
    return Result(running.args, running.returncode, head + rest, told)
