"""The page of results beside R's: our code gives, digit by digit, what R printed, and the page says so."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
from tools.comparison_page import DIGITS, compare_rows, render_comparison_page

ROOT = Path(__file__).parents[2]
ROWS = list(compare_rows())


@pytest.mark.parametrize("row", ROWS, ids=[f"{row[0]} {row[1]}" for row in ROWS])
def test_the_figure_is_the_one_that_r_printed(row: tuple[str, str, str, str]) -> None:
    if row[2] == "NA":
        assert row[3] == "NA"
        return
    printed, ours = float(row[2]), float(row[3])
    last_digit = 10.0 ** (math.floor(math.log10(abs(printed))) - DIGITS + 1)
    assert abs(ours - printed) <= 1.01 * last_digit


def test_the_four_data_sets_are_there_in_full() -> None:
    counts = {
        name: sum(row[0] == name for row in ROWS) for name in ("lung", "veteran", "ovarian", "gastric_xelox")
    }
    assert all(count >= 12 for count in counts.values()), counts


def test_the_page_prints_these_rows() -> None:
    page = ROOT / "docs" / "reference" / "comparison-with-r.md"
    assert page.read_text(encoding="utf-8") == render_comparison_page()
