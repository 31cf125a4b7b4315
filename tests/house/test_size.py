"""The size check finds what is too long and what is badly named, and leaves the rest alone."""

from __future__ import annotations

from pathlib import Path

from tools.check_size import FILE_LINES_MOST, FUNCTION_LINES_MOST, SizeReport, check_size


def measure(folder: Path, name: str, text: str) -> SizeReport:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return check_size(folder, [Path(name)])


def function_of(lines: int) -> str:
    return "def compute_sum():\n" + "    1\n" * (lines - 1)


def test_longest_function_allowed_passes(tmp_path: Path) -> None:
    report = measure(tmp_path, "survival.py", function_of(FUNCTION_LINES_MOST))
    assert report.problems == []
    assert report.function_lines == [FUNCTION_LINES_MOST]


def test_oversized_function_is_named_with_its_line(tmp_path: Path) -> None:
    report = measure(tmp_path, "survival.py", "x = 1\n" + function_of(FUNCTION_LINES_MOST + 1))
    assert report.problems == ["survival.py:2: compute_sum has 61 lines; at most 60"]


def test_oversized_method_and_nested_function_are_found(tmp_path: Path) -> None:
    body = "".join(f"        {line}\n" for line in function_of(FUNCTION_LINES_MOST + 1).splitlines())
    report = measure(tmp_path, "survival.py", f"class Curve:\n    async def read(self):\n{body}")
    assert len(report.problems) == 2


def test_oversized_file_fails_and_long_file_is_reviewed(tmp_path: Path) -> None:
    assert len(measure(tmp_path, "style.css", "a\n" * (FILE_LINES_MOST + 1)).problems) == 1
    report = measure(tmp_path, "style.css", "a\n" * FILE_LINES_MOST)
    assert report.problems == []
    assert len(report.warnings) == 1


def test_migrations_are_exempt(tmp_path: Path) -> None:
    report = measure(tmp_path, "store/migrations/0001_initial.py", "x = 1\n" * 700)
    assert (report.problems, report.warnings) == ([], [])


def test_name_that_says_nothing_is_refused(tmp_path: Path) -> None:
    for name in ("utils.py", "study/helpers.py", "web/common.js", "store/manager.py"):
        assert "says nothing" in measure(tmp_path, name, "x = 1\n").problems[0]


def test_file_that_is_not_python_is_a_problem_and_no_crash(tmp_path: Path) -> None:
    assert "not Python" in measure(tmp_path, "broken.py", "def (:\n").problems[0]


def test_summary_gives_median_and_longest(tmp_path: Path) -> None:
    report = measure(tmp_path, "three.py", function_of(2) + function_of(4) + function_of(9))
    assert report.summary == "3 functions, median 4 lines, longest 9"
