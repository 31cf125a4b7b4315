"""Columns of input files: found by name, checked, named when wrong."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Any

from trialwright.outcomes.files.columns import open_sheet, render_columns
from trialwright.outcomes.files.lesions_file import LESIONS
from trialwright.outcomes.files.questionnaire_file import LONG
from trialwright.outcomes.files.responses_file import REFERENCE, RESPONSES


def codes(findings: Any) -> list[str]:
    return [f.code for f in findings]


def test_columns_are_found_by_any_of_their_names_without_regard_to_case() -> None:
    sheet = open_sheet("f", RESPONSES, [{"usubjid": "1", "Adt": "2020-01-01", "AVALC": "CR"}])
    assert (sheet.names["subject"], sheet.names["date"], sheet.names["response"]) == (
        "usubjid",
        "Adt",
        "AVALC",
    )
    assert sheet.findings == []


def test_a_missing_column_is_named_with_its_meaning_and_the_nearest_one() -> None:
    sheet = open_sheet("f.csv", RESPONSES, [{"subject": "1", "date": "2020-01-01", "respnse": "CR"}])
    (finding,) = sheet.findings
    assert finding.code == "TW-TAB-001" and "response" in finding.message and "respnse" in finding.remedy
    assert str(finding.place) == "f.csv"


def test_an_empty_file_is_said() -> None:
    assert codes(open_sheet("f", RESPONSES, [], ["subject", "date", "response"]).findings) == ["TW-TAB-002"]


def test_typed_and_text_values_read_alike_and_bad_ones_are_named_without_their_value() -> None:
    rows = [
        {"subject": 1.0, "date": date(2020, 1, 2), "response": "CR"},
        {"subject": "1", "date": datetime(2020, 1, 2, 9, 0), "response": "CR"},  # noqa: DTZ001
        {"subject": "1", "date": "2020-01-02T09:00", "response": float("nan")},
        {"subject": "1", "date": "secret", "response": ""},
        {"subject": "1", "date": "2020-01", "response": "CR"},
    ]
    sheet = open_sheet("f", RESPONSES, rows)
    assert [sheet.whole_date(row, "date") for row in range(5)] == [date(2020, 1, 2)] * 3 + [None, None]
    assert sheet.text(0, "subject") == "1" and sheet.text(2, "response") == ""
    assert codes(sheet.findings) == ["TW-TAB-010", "TW-TAB-011"]
    assert all("secret" not in f.message for f in sheet.findings)
    assert sheet.findings[0].place.path == ("row", 4, "date")


def test_columns_can_be_shown_as_a_table() -> None:
    table = render_columns(LESIONS).splitlines()
    assert len(table) == 2 + len(LESIONS.columns) and "`TRLNKID`" in render_columns(LESIONS)


def test_the_documentation_shows_the_columns_as_they_are() -> None:
    page = (Path(__file__).parents[3] / "docs/reference/outcomes.md").read_text(encoding="utf-8")
    for shape in (LESIONS, RESPONSES, REFERENCE, LONG):
        assert render_columns(shape) in page, shape.title
