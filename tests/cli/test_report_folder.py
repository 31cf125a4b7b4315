"""Writing a report into a folder: progress, and nothing of an earlier report left beside it."""

from __future__ import annotations

from pathlib import Path

import pytest

from trialwright.cli.output import EXIT_USAGE, Stop
from trialwright.cli.report import parse_variant, write_report
from trialwright.report.model import Figure, Report, Row, Section, Stamp, Table

STAMP = Stamp("one", "v" * 64, "1.0", "a" * 64, 9, "2026-01-01", "trialwright test", simulated=True)
SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 20" width="40"><rect width="40" height="20"/></svg>'


def report(*names: str) -> Report:
    tables = tuple(Table(name, name, ("", "n"), (Row("a", ("1",)),)) for name in names)
    figures = tuple(Figure(f"{name}_figure", name, SVG, "A box.") for name in names)
    return Report("One", STAMP, (Section("s", "S", (), (*tables, *figures)),))


def files(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


def test_progress_is_told_for_every_file(tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    write_report(report("first"), tmp_path, lambda done, of: told.append((done, of)))
    assert told == [(n, 7) for n in range(1, 8)]
    assert len(files(tmp_path)) == 7


def test_an_earlier_report_leaves_nothing_and_other_files_stay(tmp_path: Path) -> None:
    write_report(report("by_arm", "both"), tmp_path)
    (tmp_path / "tables" / "my-notes.csv").write_text("mine")
    write_report(report("both"), tmp_path)
    left = files(tmp_path)
    assert not [name for name in left if "by_arm" in name]
    assert {"tables/both.csv", "figures/both_figure.png", "tables/my-notes.csv"} <= left


def test_a_results_file_of_something_else_is_no_reason_to_delete(tmp_path: Path) -> None:
    (tmp_path / "results.json").write_text('{"sections": [{"tables": [{"id": "../../x"}], "figures": []}]}')
    outside = tmp_path.parent / "x.csv"
    outside.write_text("keep")
    write_report(report("both"), tmp_path)
    assert outside.read_text() == "keep"


def test_an_unknown_variant_is_wrong_use() -> None:
    with pytest.raises(Stop, match="no report weekly") as stop:
        parse_variant("weekly")
    assert stop.value.code == EXIT_USAGE
    assert "dsmb-open" in stop.value.remedy
