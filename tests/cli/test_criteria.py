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


def test_an_imported_record_is_checked_shown_and_screened(run: Run, tmp_path: Path) -> None:
    assert run("import", SEED, "--out", "draft").returncode == 0
    checked = run("check", "draft", "--page", "draft.html", "--quiet")
    assert checked.returncode == 1
    assert "Total bilirubin 3 to 5.847 mg/dL (51.31 to 100 µmol/L)" in checked.stdout
    page = (tmp_path / "draft.html").read_text(encoding="utf-8")
    assert page.count('class="number-line"') == 8
    assert "i read: computed" in page and "✎ read: to attest" in page
    blank = run("screen", "draft", "--blank")
    values = json.loads(blank.stdout)["values"]
    assert values["alt"] == {"label": "ALT", "number": None, "unit": "U/L", "uln": None, "on": None}
    (tmp_path / "subject.json").write_text(blank.stdout, encoding="utf-8")
    screened = run("screen", "draft", "--subject", "subject.json")
    assert "Decision: incomplete" in screened.stdout
    assert "1. Life expectancy [life_expectancy]: settles 2 (i2, e1)." in screened.stdout


def test_a_value_that_nobody_asks_for_is_pointed_out(run: Run, tmp_path: Path) -> None:
    (tmp_path / "subject.json").write_text('{"values": {"creatinin": {"number": 1, "unit": "mg/dL"}}}')
    result = run("screen", STUDY, "--subject", "subject.json")
    assert "`creatinin` is not asked for" in result.stderr
    assert "Did you mean `creatinine`" in result.stderr
    assert run("screen", STUDY).returncode == 2


def test_decided_criteria_say_why_and_long_numbers_are_rounded(run: Run, tmp_path: Path) -> None:
    value = '{"number": 2, "unit": "mg/dL", "on": "2026-03-10"}'
    (tmp_path / "subject.json").write_text(f'{{"on": "2026-03-16", "values": {{"bilirubin": {value}}}}}')
    result = run("screen", STUDY, "--subject", "subject.json", COLUMNS="200")
    assert "Total bilirubin is less than 3 mg/dL." in " ".join(result.stdout.split())
    assert "≈ 5.84659" in result.stdout
