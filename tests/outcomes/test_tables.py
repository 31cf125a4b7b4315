"""The polars adapters keep every value, have fixed columns and types, and also work without rows."""

from __future__ import annotations

import ast
import subprocess
import sys
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pytest

import trialwright.outcomes
from trialwright.outcomes import tables
from trialwright.outcomes.adverse_events import AdverseEvent, derive_overview, derive_worst_grades
from trialwright.outcomes.exposure import GivenDose, PlannedDose, compute_exposure
from trialwright.outcomes.quality_of_life import Compliance, Score
from trialwright.outcomes.survival_times import TimeToEvent

START = date(2024, 1, 1)
EVENT = AdverseEvent("S1", "1", "Nausea", "GI", 2, START, source_ids=(3,))
DOSE = GivenDose("S1", "cells", 1, Decimal("1e9"), START, source_ids=(4,))
ROWS: dict[str, list[Any]] = {
    "derive_survival_table": [
        TimeToEvent("S1", "OS", START, date(2024, 1, 31), True, "DEATH", source_ids=(1, 2))
    ],
    "derive_score_table": [Score("S1", "BL", START, "QL", 66.5, source_ids=(7,))],
    "derive_compliance_table": [Compliance("A", "BL", 3, 4, (7,))],
    "derive_exposure_table": compute_exposure("S1", START, [PlannedDose("cells", 1, Decimal("2e9"))], [DOSE]),
    "derive_grade_table": derive_worst_grades([EVENT], {"S1": "A"}),
    "derive_overview_table": derive_overview([EVENT], {"S1": "A"}),
}


@pytest.mark.parametrize("name", ROWS)
def test_a_table_without_rows_has_the_same_columns_and_types(name: str) -> None:
    derive = getattr(tables, name)
    full, empty = derive(ROWS[name]), derive([])
    assert full.height == len(ROWS[name]) and empty.height == 0
    assert full.schema == empty.schema
    assert full["source_ids"].dtype == pl.List(pl.Int64)


def test_values_arrive() -> None:
    (survival,) = tables.derive_survival_table(ROWS["derive_survival_table"]).to_dicts()
    assert (survival["days"], survival["censor_code"], survival["day_count"]) == (31, 0, "inclusive")
    assert survival["source_ids"] == [1, 2]
    (exposure,) = tables.derive_exposure_table(ROWS["derive_exposure_table"]).to_dicts()
    assert (exposure["intensity"], exposure["received"], exposure["source_ids"]) == (0.5, 1e9, [4])
    grades = tables.derive_grade_table(ROWS["derive_grade_table"])
    assert grades["grade_2"].to_list() == [1, 1, 1] and grades["grade_3"].sum() == 0
    overview = tables.derive_overview_table(ROWS["derive_overview_table"])
    assert overview.filter(pl.col("kind") == "any")["subjects"].to_list() == [["S1"]]


def test_the_room_imports_no_server_and_no_other_room() -> None:
    root = Path(trialwright.outcomes.__file__).parent
    allowed = ("trialwright.outcomes", "trialwright.study", "trialwright.stats")
    for path in root.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("trialwright"):
                assert (node.module or "").startswith(allowed), f"{path.name}: {node.module}"
    modules = ", ".join(
        "trialwright.outcomes." + ".".join(p.relative_to(root).with_suffix("").parts)
        for p in sorted(root.rglob("*.py"))
        if p.name != "__init__.py"
    )
    code = f"import sys, {modules}; sys.exit('django' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
