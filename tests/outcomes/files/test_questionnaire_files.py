"""Questionnaires from files."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from trialwright.outcomes.files.questionnaire_file import derive_score_rows, find_item_columns

DOMAIN = Path(__file__).parents[2] / "data/domain"
QLQ = json.loads((DOMAIN / "qlq_c30.json").read_text())
START = date(2020, 1, 1)


def iso(day: int) -> str:
    return (START + timedelta(days=day)).isoformat()


def codes(findings: Any) -> list[str]:
    return [f.code for f in findings]


@pytest.mark.parametrize("form", ["wide", "long"])
def test_questionnaire_forms_of_the_worked_cases(form: str) -> None:
    rows: list[dict[str, Any]] = []
    for vector in QLQ["vectors"]:
        head = {"USUBJID": vector["id"], "VISIT": "BASELINE", "QSDTC": iso(0)}
        items = {int(name[1:]): value for name, value in vector["items"].items()}
        if form == "wide":
            rows.append(head | {f"Q{item:02d}": value for item, value in items.items()})
        else:
            rows.extend(
                head | {"QSTESTCD": f"EOR01{item:02d}", "QSSTRESN": value, "QSCAT": "EORTC QLQ-C30 V3.0"}
                for item, value in items.items()
            )
    derived = derive_score_rows(rows)
    assert derived.findings == () and len(derived.rows) == 16
    for row, vector in zip(derived.rows, QLQ["vectors"], strict=True):
        for scale, expected in vector["expected"].items():
            assert row[scale] == (None if expected is None else pytest.approx(expected, abs=1e-6))


def test_change_from_the_first_form() -> None:
    items = {f"q{k}": 1 if k < 29 else 7 for k in range(1, 31)}
    rows = [
        {"subject": "A", "visit": "W3", "date": iso(21)} | items | {"q29": 4, "q30": 4},
        {"subject": "A", "visit": "BL", "date": iso(0)} | items,
    ]
    later, first = derive_score_rows(rows, with_change=True).rows
    assert (later["QL"], later["QL_change"], first["QL_change"]) == (50.0, -50.0, None)


def test_bad_questionnaire_rows_are_named() -> None:
    items = {f"q{k}": 1 for k in range(1, 31)}
    wrong = [{"subject": "A", "date": iso(0)} | items | {"q3": 9}, {"subject": "A", "date": iso(0)} | items]
    assert codes(derive_score_rows(wrong).findings) == ["TW-TAB-041", "TW-QOL-001"]
    assert codes(derive_score_rows([{"subject": "A", "x": 1}]).findings) == ["TW-TAB-001", "TW-TAB-001"]
    long = [{"subject": "A", "item": i, "value": 1} for i in ("1", "1", "x", "44")]
    assert codes(derive_score_rows(long).findings) == ["TW-TAB-043", "TW-TAB-042", "TW-QOL-002"]
    assert find_item_columns(["q1", "Q30", "item_2", "QSDTC", "c30_q3"]) == {
        "q1": 1,
        "Q30": 30,
        "item_2": 2,
        "c30_q3": 3,
    }
