"""Reading criteria and screening a subject from the terminal."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from .conftest import Run

ROOT = Path(__file__).parents[2]
SEED = ROOT / "seed/NCT02632201.txt"
STUDY = ROOT / "studies/nct02632201"
RECORDS = ROOT / "tests/data/registry/v2"


def test_criteria_of_the_seed_as_json_lines(run: Run) -> None:
    result = run("criteria", SEED, "--format", "jsonl")
    assert result.returncode == 0
    entries = [json.loads(line) for line in result.stdout.splitlines()]
    assert {entry["nct"] for entry in entries} == {"NCT02632201"}
    found = {(e["variable"], e["operator"], e["value"], e["unit"], e["sense"]) for e in entries}
    assert ("creatinine", "<", 2.5, "mg/dL", "eligible_if") in found
    assert ("ast", ">", 5, "ULN", "excluded_if") in found
    assert ("bilirubin", ">", 100, "umol/L", "excluded_if") in found
    assert ("her2_ihc", ">=", 2, None, "eligible_if") in found


def test_criteria_of_a_study_are_those_of_its_record(run: Run) -> None:
    result = run("criteria", STUDY, SEED, "--format", "json")
    assert result.returncode == 0
    entries = json.loads(result.stdout)
    half = len(entries) // 2
    assert [e["rule"] for e in entries[:half]] == [e["rule"] for e in entries[half:]]


def test_criteria_of_a_folder(run: Run) -> None:
    result = run("criteria", RECORDS, "--format", "jsonl")
    assert result.returncode == 0
    assert len({json.loads(line)["nct"] for line in result.stdout.splitlines()}) == 22


def test_criteria_say_what_is_no_record(run: Run, tmp_path: Path) -> None:
    (tmp_path / "broken.json").write_text("{", encoding="utf-8")
    result = run("criteria", "broken.json")
    assert result.returncode == 1
    assert "Traceback" not in result.stderr


def _screen(run: Run, tmp_path: Path, values: dict[str, Any]) -> dict[str, Any]:
    subject = tmp_path / "subject.json"
    subject.write_text(json.dumps({"on": "2026-03-16", "values": values}), encoding="utf-8")
    result = run("screen", STUDY, "--subject", subject, "--format", "json")
    assert result.returncode == 0, result.stderr
    return json.loads(result.stdout)


def _eligible() -> dict[str, Any]:
    day = "2026-03-10"
    return {
        "age": {"number": 52, "unit": "years"},
        "life_expectancy": {"number": 9, "unit": "months"},
        "ECOG": {"number": 1, "on": day},
        "tumour_site": "stomach",
        "liver_metastasis": True,
        "histology": "adenocarcinoma",
        "HER2_IHC": 3,
        "creatinine": {"number": 80, "unit": "umol/L", "on": day},
        "ALT": {"number": 30, "unit": "U/L", "uln": 40, "on": day},
        "AST": {"number": 31, "unit": "U/L", "uln": 40, "on": day},
        "bilirubin": {"number": 12, "unit": "umol/L", "on": day},
        "blood_count_suits_collection": {"signed": True, "flag": True},
        "informed_consent": {"signed": True, "flag": True},
        "fertile": False,
        "contraception": True,
        "other_serious_disease": False,
    }


def test_a_subject_that_meets_everything_is_eligible(run: Run, tmp_path: Path) -> None:
    found = _screen(run, tmp_path, _eligible())
    assert found["decision"] == "ELIGIBLE"
    assert found["missing"] == []


def test_a_failing_value_decides_whatever_else_is_unknown(run: Run, tmp_path: Path) -> None:
    creatinine = {"number": 222, "unit": "umol/L", "on": "2026-03-10"}
    found = _screen(run, tmp_path, {"creatinine": creatinine})
    assert found["decision"] == "NOT_ELIGIBLE"
    results = {criterion["id"]: criterion["result"] for criterion in found["criteria"]}
    assert (results["i7a"], results["e3a"], results["i1"]) == ("not_met", "met", "unknown")
    (leaf,) = next(c for c in found["criteria"] if c["id"] == "e3a")["leaves"]
    assert leaf["value"]["occurred_on"] == "2026-03-10"
    assert leaf["limits"]


def test_what_is_missing_comes_in_the_order_of_what_it_settles(run: Run, tmp_path: Path) -> None:
    values = _eligible()
    del values["HER2_IHC"], values["AST"]
    found = _screen(run, tmp_path, values)
    assert found["decision"] == "INCOMPLETE"
    assert found["missing"][0]["variable"] == "AST"
    assert {missing["variable"] for missing in found["missing"]} == {"AST", "HER2_IHC"}


def test_screening_in_words(run: Run, tmp_path: Path) -> None:
    (tmp_path / "subject.json").write_text('{"values": {"age": {"number": 66, "unit": "years"}}}')
    result = run("screen", STUDY, "--subject", "subject.json")
    assert result.returncode == 0
    assert "not met" in result.stdout
    assert "Decision: not eligible" in result.stdout


@pytest.mark.parametrize(
    "text",
    ["", "[]", "{", '{"values": 3}', '{"values": {"age": {"years": 3}}}', '{"values": {"age": [[1]]}}',
     '{"values": {"age": {"number": "many"}}}', '{"on": "soon", "values": {}}',
     '{"values": {"age": {"number": 3, "flag": true}}}', '{"values": {"age": {"number": 3, "censored": "~"}}}'],
)  # fmt: skip
def test_a_subject_file_that_cannot_be_read_is_explained(run: Run, tmp_path: Path, text: str) -> None:
    (tmp_path / "subject.json").write_text(text, encoding="utf-8")
    result = run("screen", STUDY, "--subject", "subject.json")
    assert result.returncode == 2
    assert "Traceback" not in result.stderr
    assert result.stderr.strip()
