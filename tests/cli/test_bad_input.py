"""Bad input on the command line: one clear message, the right exit code, nothing half-written, no trace."""

from __future__ import annotations

import json
import socket
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from .conftest import Result, Run

ROOT = Path(__file__).parents[2]
SEED = ROOT / "seed/NCT02632201.txt"
STUDY = ROOT / "studies/nct02632201"
ERRORS, USAGE, BROKEN = 1, 2, 3


def refused(result: Result, code: int, *words: str) -> None:
    """The exit code, every word in the message, and no trace of Python."""
    text = result.stdout + result.stderr
    assert result.returncode == code, text
    assert "Traceback" not in text
    for word in words:
        assert word in text, text


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\x00\x01\x02\xff\xfe binary",
        b"just a sentence",
        b'{"protocolSection": {',
        b"<clinical_study><id_info>",
    ],
    ids=["empty", "binary", "sentence", "truncated JSON", "truncated XML"],
)
def test_a_record_that_is_none_is_refused(run: Run, tmp_path: Path, content: bytes) -> None:
    record = tmp_path / "record.txt"
    record.write_bytes(content)
    refused(run("import", record, "--out", "draft"), ERRORS, "TW-REG-")
    assert not (tmp_path / "draft" / "study.yaml").exists()


def test_a_record_that_is_missing_is_refused(run: Run) -> None:
    refused(run("import", "nothing.txt"), ERRORS, "nothing.txt", "cannot be read")


@pytest.mark.parametrize("length", [900, 2000, 4000, 6000])
def test_a_page_cut_off_in_the_middle_gives_no_draft(run: Run, tmp_path: Path, length: int) -> None:
    (tmp_path / "half.txt").write_bytes(SEED.read_bytes()[:length])
    result = run("import", "half.txt", "--out", "draft")
    refused(result, ERRORS, "TW-REG-033", "cut off", "Copy the whole page again", "No draft was written")
    assert not (tmp_path / "draft").exists()


def test_a_page_cut_off_leaves_an_earlier_draft_as_it_is(run: Run, tmp_path: Path) -> None:
    assert run("import", SEED, "--out", "draft").returncode == 0
    draft = tmp_path / "draft/study.yaml"
    before = draft.read_bytes()
    (tmp_path / "half.txt").write_bytes(SEED.read_bytes()[:2500])
    result = run("import", "half.txt", "--out", "draft", "--format", "json")
    assert result.returncode == ERRORS
    errors = [finding for finding in json.loads(result.stdout) if finding["severity"] == "error"]
    assert [finding["code"] for finding in errors] == ["TW-REG-033"]
    assert draft.read_bytes() == before


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("format: trialwright-study/1\n\tid: x\n", "TW-FIL-002"),
        ("format: trialwright-study/1\nid: x\nversion: '1'\ntitel: y\nregistry: {}\n", "`title`"),
        ("[1, 2]\n", "TW-FIL-005"),
    ],
)
def test_a_study_file_with_an_error_is_explained(run: Run, tmp_path: Path, text: str, words: str) -> None:
    (tmp_path / "study.yaml").write_text(text, encoding="utf-8")
    refused(run("check", "study.yaml"), ERRORS, words, "study.yaml:")


def changed(tmp_path: Path, old: str, new: str) -> Path:
    """A copy of the first study with one passage changed."""
    folder = tmp_path / "study"
    (folder / "forms").mkdir(parents=True)
    text = (STUDY / "study.yaml").read_text(encoding="utf-8")
    assert old in text
    (folder / "study.yaml").write_text(text.replace(old, new, 1), encoding="utf-8")
    for form in (STUDY / "forms").glob("*.yaml"):
        (folder / "forms" / form.name).write_bytes(form.read_bytes())
    return folder


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("rule: creatinine < 2.5 mg/dL", "rule: creatinine < 2.5 mm", "mg/dL"),
        (
            'id: dose_20, label: "DC, cycle 1 (2nd)", epoch: treatment, track: treatment, day: 20',
            "id: dose_20, label: x, epoch: treatment, track: treatment, day: 22",
            "TW-SCH-001",
        ),
        ("cycles: [[21], [42], [63]]", "cycles: [[21], [42], [64]]", "TW-SCH-002"),
        ("outcomes:\n", "outcome:\n", "`outcomes`"),
    ],
    ids=["wrong unit", "overlapping visits", "dose on no visit", "unknown key"],
)
def test_a_fault_of_the_protocol_is_found(run: Run, tmp_path: Path, old: str, new: str, words: str) -> None:
    refused(run("check", changed(tmp_path, old, new), "--quiet"), ERRORS, words)


def test_wrong_use_says_so(run: Run) -> None:
    refused(run("check"), USAGE, "study")
    refused(run("no-such-command"), USAGE, "no-such-command")
    refused(run("registry", "status", STUDY, "--on", "yesterday"), USAGE, "not a date")


def test_a_port_in_use_is_said_before_anything_is_done(run: Run, tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        refused(run("serve", "--port", port, "--data", "data"), BROKEN, f"Port {port} is in use")
        refused(run("demo", "--port", port, "--out", "demo"), BROKEN, f"Port {port} is in use")
    assert not (tmp_path / "demo").exists()


def test_a_folder_that_is_no_demo_is_left_alone(run: Run, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("keep me", encoding="utf-8")
    refused(run("demo", "--no-serve", "--out", "mine"), BROKEN, "something else than a demo")
    assert (tmp_path / "mine" / "thesis.txt").read_text(encoding="utf-8") == "keep me"


def test_a_place_that_cannot_be_written_is_refused(run: Run, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder", encoding="utf-8")
    refused(run("import", SEED, "--out", "file/draft"), BROKEN, "cannot be written")
    refused(run("user", "add", "ann", "--display-name", "Ann", "--data", "file/data"), BROKEN, "data folder")
    refused(run("demo", "--no-serve", "--out", "file/demo"), BROKEN, "cannot be written")


def make_ledger(run: Run) -> None:
    """An empty ledger in the folder `data`."""
    assert run("user", "add", "eve", "--display-name", "Eve", "--generate", "--data", "data").returncode == 0


@pytest.mark.parametrize(
    "command",
    [
        ("ledger", "verify"),
        ("ledger", "replay"),
        ("ledger", "rebuild"),
        ("ledger", "checkpoint", "head.json"),
        ("analyse", "nct02632201"),
        ("user", "list"),
    ],
    ids=lambda command: " ".join(command[:2]),
)
def test_a_mistyped_data_folder_is_no_ledger_that_holds(
    run: Run, tmp_path: Path, command: tuple[str, ...]
) -> None:
    refused(run(*command, "--data", "dtaa"), BROKEN, "There is no ledger in dtaa", "--data")
    assert not (tmp_path / "dtaa").exists()


@pytest.mark.parametrize("seconds", [0.4, 4.0], ids=["while it loads", "while it works"])
def test_ctrl_c_gives_one_message_and_no_trace(tmp_path: Path, seconds: float) -> None:
    program = "import os, signal, threading\n"
    program += f"threading.Timer({seconds}, os.kill, (os.getpid(), signal.SIGINT)).start()\n"
    program += "from trialwright.cli.main import run; run()"
    arguments = ["design", "simulate", str(STUDY), "--replicates", "100000000"]
    result = subprocess.run(
        [sys.executable, "-c", program, *arguments],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        check=False,
        timeout=120,
    )
    refused(result, 130, "Stopped at your request")
    assert result.stderr.count("Stopped") == 1


def test_a_database_of_a_newer_version_is_left_alone(run: Run, tmp_path: Path) -> None:
    make_ledger(run)
    with sqlite3.connect(tmp_path / "data/ledger.sqlite3") as database:
        database.execute(
            "INSERT INTO django_migrations (app, name, applied) VALUES ('store', '9999_from_the_future', '2030-01-01')"
        )
    refused(run("ledger", "verify", "--data", "data"), BROKEN, "newer version")


def test_a_file_that_is_no_database_is_left_alone(run: Run, tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data/ledger.sqlite3").write_bytes(b"not a database at all, whatever it is" * 40)
    refused(run("ledger", "verify", "--data", "data"), BROKEN, "not a Trialwright database")


def test_a_locked_database_is_said_to_be_locked(run: Run, tmp_path: Path) -> None:
    make_ledger(run)
    lock = sqlite3.connect(tmp_path / "data/ledger.sqlite3", isolation_level=None)
    lock.execute("BEGIN EXCLUSIVE")
    try:
        result = run(
            "user",
            "add",
            "ann",
            "--display-name",
            "Ann",
            "--generate",
            "--data",
            "data",
            TRIALWRIGHT_BUSY_SECONDS="0.2",
        )
    finally:
        lock.close()
    refused(result, result.returncode, "locked")
    assert result.returncode in (ERRORS, BROKEN)


def test_a_password_is_never_echoed_and_an_account_needs_training(run: Run) -> None:
    result = run("user", "add", "ann", "--display-name", "Ann", "--generate", "--data", "data")
    assert result.returncode == 0
    listed = run("user", "list", "--data", "data", "--format", "json")
    assert '"active": false' in listed.stdout
    refused(run("user", "role", "bob", "--role", "monitor", "--study", "x", "--data", "data"), ERRORS, "bob")
