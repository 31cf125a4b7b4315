"""Whatever a file holds: a clear finding, exit code 1 or 2, no trace, no half-made draft, and an end."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

import pytest

from trialwright.cli.main import run

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "seed/NCT02632201.txt").read_bytes()
RECORD = json.loads((ROOT / "tests/data/registry/v2/NCT04265963.json").read_text(encoding="utf-8"))
XML = (ROOT / "tests/data/registry/legacy_xml/NCT01065844.xml").read_bytes()
COMMANDS = (
    ("import", "{}", "--out", "made"),
    ("registry", "convert", "{}"),
    ("criteria", "{}", "--format", "jsonl"),
    ("registry", "lint", "{}", "--on", "2026-11-22", "--workers", "1", "--format", "json"),
)
DTD = b'<?xml version="1.0"?><!DOCTYPE clinical_study SYSTEM "http://127.0.0.1:9/x.dtd"><clinical_study/>'
LOL = b'<!DOCTYPE a [<!ENTITY a "aa"><!ENTITY b "&a;&a;">]><clinical_study><a>&b;</a></clinical_study>'


def changed(**eligibility: Any) -> bytes:
    record = json.loads(json.dumps(RECORD))
    record["protocolSection"]["eligibilityModule"] = eligibility
    return json.dumps(record).encode()


def with_count(number: str) -> bytes:
    record = json.loads(json.dumps(RECORD))
    record["protocolSection"]["designModule"]["enrollmentInfo"]["count"] = "HERE"
    return json.dumps(record).replace('"HERE"', number).encode()


REFUSED: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "TW-REG-001"),
    "blanks": (b" " * 100_000, "TW-REG-001"),
    "zeros": (b"\0" * 10_000, "TW-REG-002"),
    "picture": (b"\x89PNG\r\n\x1a\n" + bytes(range(256)), "TW-REG-002"),
    "not JSON": (b"{not json", "TW-REG-004"),
    "no study": (b'{"a": 1}', "TW-REG-007"),
    "a number": (b"3", "TW-REG-003"),
    "null": (b"null", "TW-REG-003"),
    "deep list": (b"[" * 100_000 + b"]" * 100_000, "TW-REG-004"),
    "deep object": (b'{"a":' * 50_000 + b"1" + b"}" * 50_000, "TW-REG-004"),
    "deep inside": (b'{"protocolSection": {"x": ' + b"[" * 5_000 + b"]" * 5_000 + b"}}", "TW-REG-004"),
    "NaN": (with_count("NaN"), "TW-REG-004"),
    "digits without end": (with_count("9" * 5_000), "TW-REG-004"),
    "cut JSON": (json.dumps(RECORD).encode()[:5_000], "TW-REG-014"),
    "external DTD": (DTD, "TW-REG-006"),
    "entities": (LOL, "TW-REG-006"),
    "deep XML": (b"<clinical_study>" + b"<a>" * 50_000 + b"</a>" * 50_000 + b"</clinical_study>", "TW-REG-005"),
    "wide XML": (b"<clinical_study>" + b"<a/>" * 60_000 + b"</clinical_study>", "TW-REG-008"),
    "cut XML": (XML[:3_000], "TW-REG-014"),
    "cut page": (PAGE[:3_000], "TW-REG-033"),
    "prose": (b"just a sentence about a trial", "TW-REG-003"),
    "no eligibility": (changed(), "TW-REG-056"),
    "blank eligibility": (changed(eligibilityCriteria=" \n "), "TW-REG-056"),
}  # fmt: skip
READ: dict[str, bytes] = {
    "UTF-16": json.dumps(RECORD).encode("utf-16"),
    "UTF-32": json.dumps(RECORD).encode("utf-32"),
    "byte order mark": b"\xef\xbb\xbf" + PAGE,
    "page in UTF-16": PAGE.decode().encode("utf-16-be"),
    "CRLF": PAGE.replace(b"\n", b"\r\n"),
    "NUL inside": PAGE.replace(b"cell", b"ce\0ll"),
    "lone surrogates": changed(eligibilityCriteria="Inclusion Criteria:\n* Age \ud800 > 18 years \udfff\x00\x07"),
    "exponent": with_count("1e999"),
    "odd keys": b'{"protocolSection": {"": {"": []}, "a.b[0]": 2, "identificationModule": {"nctId": ["x"]}}}',
}  # fmt: skip


def call(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str]:
    """Exit code and everything printed by one command, run in this process."""
    monkeypatch.setattr(sys, "argv", ["trialwright", *words])
    code = 0
    try:
        run()
    except SystemExit as end:
        code = int(end.code or 0)
    printed = capsys.readouterr()
    return code, printed.out + printed.err


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_used_is_named(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    data, code = REFUSED[name]
    Path("record.x").write_bytes(data)
    for command in COMMANDS:
        ended, text = call(monkeypatch, capsys, *(word.format("record.x") for word in command))
        assert ended in (1, 2), (command, text)
        assert code in text, (command, text)
        assert "Traceback" not in text and "unexpected error" not in text
    assert Path("made/study.yaml").exists() == (code == "TW-REG-056")


@pytest.mark.parametrize("name", READ)
def test_what_is_odd_is_read(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("record.x").write_bytes(READ[name])
    for command in COMMANDS:
        ended, text = call(monkeypatch, capsys, *(word.format("record.x") for word in command))
        assert ended in (0, 1), (command, text)
        assert "Traceback" not in text and "unexpected error" not in text
    assert Path("made/study.yaml").exists()
    ended, text = call(monkeypatch, capsys, "check", "made")
    assert ended in (0, 1) and "unexpected error" not in text


def test_a_folder_of_mixed_files_with_a_loop_and_a_pipe(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    folder = Path("mixed/below")
    folder.mkdir(parents=True)
    Path("mixed/a.json").write_text(json.dumps([RECORD, 3, None, {"protocolSection": 5}]), encoding="utf-8")
    Path("mixed/b.txt").write_bytes(PAGE)
    (folder / "c.xml").write_bytes(XML)
    Path("mixed/d.json").write_bytes(b"{broken")
    Path("mixed/picture.png").write_bytes(b"\x89PNG")
    (folder / "loop").symlink_to("..")
    Path("mixed/lost").symlink_to("nowhere")
    os.mkfifo("mixed/pipe")
    for command in COMMANDS[1:]:
        ended, text = call(monkeypatch, capsys, *(word.format("mixed") for word in command))
        assert ended == 1, (command, text)
        assert text.count("TW-REG-007") >= 3 and "TW-REG-004" in text
        for number in ("NCT04265963", "NCT02632201", "NCT01065844"):
            assert number in text
    ended, text = call(monkeypatch, capsys, "import", "mixed")
    assert (ended, "Traceback" in text) == (1, False)


def test_a_file_that_may_not_be_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Root reads everything, so the refusal is made by the system call."""
    monkeypatch.chdir(tmp_path)
    Path("record.x").write_bytes(PAGE)
    for name in ("read_bytes", "open"):

        def refuse(self: Path, *_: Any, **__: Any) -> Any:
            raise PermissionError(13, "Permission denied", str(self))

        monkeypatch.setattr(Path, name, refuse)
    for command in COMMANDS:
        ended, text = call(monkeypatch, capsys, *(word.format("record.x") for word in command))
        assert ended == 1, (command, text)
        assert "ermission denied" in text
        assert "Traceback" not in text
