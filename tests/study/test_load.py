"""Reading study files: what is good is read whole, what is bad is said with its place and its remedy."""

from __future__ import annotations

from pathlib import Path

import pytest

from trialwright.study.findings import Severity, has_errors
from trialwright.study.load import load_study, study_hash, study_json
from trialwright.study.model import Study

STUDIES = Path(__file__).parents[2] / "studies"
SMALL = """\
format: trialwright-study/1
id: small
version: "1"
title: A small study
registry: {}
arms:
  - {id: a, label: A}
  - {id: b, label: B}
"""


def write(folder: Path, text: str) -> Path:
    file = folder / "study.yaml"
    file.write_text(text, encoding="utf-8")
    return file


@pytest.mark.parametrize("folder", sorted(path.parent for path in STUDIES.glob("*/study.yaml")))
def test_every_study_of_the_project_is_read_without_a_finding(folder: Path) -> None:
    loaded = load_study(folder)
    assert loaded.findings == ()
    assert loaded.study is not None
    assert loaded.study.id == folder.name


def test_the_hash_is_that_of_the_content_and_survives_a_round_trip(tmp_path: Path) -> None:
    study = load_study(write(tmp_path, SMALL)).study
    assert study is not None
    again = Study.model_validate_json(study_json(study))
    assert again == study
    assert study_hash(again) == study_hash(study)
    commented = load_study(write(tmp_path, SMALL.replace("id: small", "id: small  # the same"))).study
    assert commented is not None
    assert study_hash(commented) == study_hash(study)
    other = load_study(write(tmp_path, SMALL.replace("A small study", "Another study"))).study
    assert other is not None
    assert study_hash(other) != study_hash(study)


def test_forms_beside_the_study_are_read_and_keep_their_own_places(tmp_path: Path) -> None:
    folder = tmp_path / "forms"
    folder.mkdir()
    (folder / "b.yaml").write_text("id: weight\ntitle: Weight\n", encoding="utf-8")
    (folder / "c.yaml").write_text(
        "- id: pulse\n  title: Pulse\n- id: mood\n  title: Mood\n", encoding="utf-8"
    )
    loaded = load_study(write(tmp_path, SMALL + "forms:\n  - {id: first, title: First}\n"))
    assert loaded.study is not None
    assert [form.id for form in loaded.study.forms] == ["first", "weight", "pulse", "mood"]
    place = loaded.place(("forms", 3, "title"))
    assert (Path(place.file).name, place.line, place.column) == ("c.yaml", 4, 3)


@pytest.mark.parametrize(
    ("text", "code", "line", "words"),
    [
        ("", "TW-FIL-001", 1, "empty"),
        ("just words", "TW-FIL-005", 1, "does not hold a study"),
        (SMALL + "arms: []\n", "TW-FIL-003", 9, "cannot be read"),
        (SMALL + "  - [unclosed\n", "TW-FIL-002", 10, "cannot be read"),
        (SMALL.replace("label: B", "lable: B"), "TW-FIL-010", 8, "`lable`"),
        (SMALL.replace('version: "1"\n', ""), "TW-FIL-011", 1, "`version`"),
        (SMALL.replace("label: B", "label: [B]"), "TW-FIL-012", 8, "arms.1.label"),
        (SMALL + "safety: {assumed: true}\n", "TW-FIL-012", 9, "reason"),
    ],
)
def test_bad_files_are_explained(tmp_path: Path, text: str, code: str, line: int, words: str) -> None:
    loaded = load_study(write(tmp_path, text))
    assert loaded.study is None
    found = [finding for finding in loaded.findings if finding.code == code]
    assert found, [str(finding) for finding in loaded.findings]
    assert found[0].severity is Severity.ERROR
    assert found[0].place.line == line
    assert words in found[0].message
    assert found[0].remedy


def test_an_unknown_key_is_answered_with_the_nearest_known_one(tmp_path: Path) -> None:
    loaded = load_study(write(tmp_path, SMALL.replace("label: B", "lable: B")))
    unknown = next(finding for finding in loaded.findings if finding.code == "TW-FIL-010")
    assert "`label`" in unknown.remedy


def test_all_findings_are_reported_and_not_the_first(tmp_path: Path) -> None:
    loaded = load_study(write(tmp_path, SMALL.replace("label:", "lable:")))
    assert len([finding for finding in loaded.findings if finding.code == "TW-FIL-010"]) == 2


def test_what_is_no_text_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "study.yaml"
    file.write_bytes(b"\x00\xff\xfe\x80binary")
    assert [finding.code for finding in load_study(file).findings] == ["TW-FIL-001"]
    assert [finding.code for finding in load_study(tmp_path / "nothing").findings] == ["TW-FIL-001"]
    file.write_bytes(b"a" * 6_000_000)
    assert "too large" in load_study(file).findings[0].message


def test_a_deeply_nested_file_is_refused_and_does_not_exhaust_the_stack(tmp_path: Path) -> None:
    loaded = load_study(write(tmp_path, SMALL + "design: {other: {x: " + "[" * 500 + "]" * 500 + "}}\n"))
    assert loaded.study is None
    assert has_errors(loaded.findings)
