"""`trialwright registry lint`: many records, any number of workers, broken ones among them."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from .conftest import Result, Run

ROOT = Path(__file__).parents[2]
SAMPLES = ROOT / "tests" / "data" / "registry"


@pytest.fixture
def lint(run: Run) -> Run:
    """Run the command at the day the tests judge at."""

    def call(*arguments: str | Path, stdin: str = "") -> Result:
        return run("registry", "lint", *arguments, "--on", "2026-11-22", stdin=stdin)

    return call


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Records in all forms, JSON lines with a broken line, and files that are no records."""
    for name in ("v2/NCT02745808.json", "legacy_xml/NCT01841593.xml", "classic_text/NCT05536349.txt"):
        shutil.copy(SAMPLES / name, tmp_path)
    record = (SAMPLES / "v2" / "NCT05034276.json").read_bytes().replace(b"\n", b" ")
    lines = [record] * 70 + [b'{"protocolSection": ', record]
    (tmp_path / "many.jsonl").write_bytes(b"\n".join(lines) + b"\n")
    (tmp_path / "broken.json").write_bytes(b'{"protocolSection": {"identificationModule": 7}}')
    (tmp_path / "empty.json").write_bytes(b"")
    (tmp_path / "picture.txt").write_bytes(b"\x89PNG\r\n\x1a\n\x00\x00")
    (tmp_path / "bomb.xml").write_text(
        '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]><clinical_study>&b;</clinical_study>', "utf-8"
    )
    return tmp_path


def test_counts_do_not_depend_on_the_number_of_workers(lint: Run, folder: Path) -> None:
    one, two = (lint(folder, "--format", "json", "--workers", workers) for workers in ("1", "2"))
    assert one.stdout == two.stdout
    document = json.loads(one.stdout)
    assert document["totals"]["records"] == 75
    assert document["totals"]["findings"] == sum(rule["findings"] for rule in document["rules"])
    assert [len(row["findings"]) for row in document["records"]]


def test_a_broken_record_is_a_finding_and_stops_nothing(lint: Run, folder: Path) -> None:
    result = lint(folder, "--format", "json", "--workers", "1")
    assert result.returncode == 1
    document = json.loads(result.stdout)
    unread = {
        Path(row["origin"]).name: row["findings"][0]["code"]
        for row in document["records"]
        if not row["nct_id"]
    }
    assert unread["empty.json"] == "TW-REG-001"
    assert unread["picture.txt"] == "TW-REG-002"
    assert unread["bomb.xml"] == "TW-REG-006"
    assert unread["many.jsonl:71"] == "TW-REG-014"
    assert document["totals"]["unread"] >= 4


def test_the_table_counts_every_rule(lint: Run, folder: Path) -> None:
    result = lint(folder / "NCT02745808.json", "--workers", "1")
    assert result.returncode == 0
    assert "TW-RCD-003" in result.stdout
    assert "1 records, 0 unread" in result.stdout


def test_sarif_has_a_rule_for_every_result(lint: Run, folder: Path) -> None:
    result = lint(folder, "--format", "sarif", "--workers", "1")
    log = json.loads(result.stdout)
    (session,) = log["runs"]
    assert log["version"] == "2.1.0"
    assert {one["ruleId"] for one in session["results"]} == {
        r["id"] for r in session["tool"]["driver"]["rules"]
    }
    levels = {one["level"] for one in session["results"]}
    assert levels <= {"error", "warning", "note"}
    lined = [one for one in session["results"] if "region" in one["locations"][0]["physicalLocation"]]
    assert all(
        one["locations"][0]["physicalLocation"]["artifactLocation"]["uri"].endswith("many.jsonl")
        for one in lined
    )


def test_standard_input_is_read(lint: Run) -> None:
    result = lint("-", "--format", "json", stdin=(SAMPLES / "v2" / "NCT05034276.json").read_text("utf-8"))
    assert [row["nct_id"] for row in json.loads(result.stdout)["records"]] == ["NCT05034276"]


def test_nothing_there_is_said(lint: Run, tmp_path: Path) -> None:
    result = lint(tmp_path, tmp_path / "none.json", "--format", "json", "--workers", "1")
    assert result.returncode == 1
    codes = [finding["code"] for row in json.loads(result.stdout)["records"] for finding in row["findings"]]
    assert codes == ["TW-REG-001", "TW-REG-010"]


def test_wrong_use_is_refused(lint: Run, run: Run, folder: Path) -> None:
    assert lint(folder, "--workers", "-1").returncode == 2
    assert run("registry", "lint", folder, "--on", "yesterday").returncode == 2
