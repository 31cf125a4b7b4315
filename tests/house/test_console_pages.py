"""Outputs shown in pages are those of the commands."""

from __future__ import annotations

from pathlib import Path

import pytest
from tools.console_pages import render_console_page, run_command


def page_of(folder: Path, text: str) -> str:
    (folder / "page.md").write_text(text, encoding="utf-8")
    return render_console_page("page.md")(folder)


def test_an_output_is_put_in_anew(tmp_path: Path) -> None:
    shown = page_of(tmp_path, "before\n```console\n$ trialwright --version\nold output\n```\nafter\n")
    assert shown.startswith("before\n```console\n$ trialwright --version\ntrialwright ")
    assert shown.endswith("\n```\nafter\n") and "old output" not in shown


def test_chosen_lines_stand_between_dots_and_files_come_from_the_page(tmp_path: Path) -> None:
    text = (
        "<!-- file: record.json -->\n```json\n{}\n```\n"
        "<!-- shows: TW-REG-007 -->\n```console\n$ trialwright import record.json\n```\n"
    )
    shown = page_of(tmp_path, text)
    assert "record.json: error TW-REG-007" in shown
    assert "\n…\n" in shown
    assert page_of(tmp_path, shown) == shown


def test_only_our_own_commands_are_run(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="not ours"):
        run_command("rm -r x", tmp_path)
