"""The table of requirements says what the tests say, and refuses claims without evidence."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from tools.requirements import SOURCE, Requirement, load_requirements, render_requirements
from tools.tree import ROOT, list_files
from tools.validate import Evidence, build_rows, find_problems, render_rows

PYTEST_FILE = """
import pytest

@pytest.mark.requirement("TW-R-001", "TW-R-002")
def test_both(): pass

@pytest.mark.requirement("TW-R-002")
def test_wrong(): assert 1 + 1 == 3
"""


def requirement(number: int, status: str = "implemented") -> Requirement:
    return Requirement(f"TW-R-{number:03}", "Ledger", "Something holds.", "21 CFR 11.10(a)", status)


def problems_of(status: str, tests: dict[str, str]) -> list[str]:
    outcomes = {"TW-R-001": tests} if tests else {}
    return find_problems(build_rows([requirement(1, status)], outcomes), outcomes)


def test_implemented_with_passing_test_holds() -> None:
    assert problems_of("implemented", {"test_a": "passed"}) == []


def test_implemented_without_test_fails() -> None:
    assert problems_of("implemented", {}) == ["TW-R-001: no test"]


def test_implemented_with_one_failing_test_fails() -> None:
    assert problems_of("implemented", {"test_a": "passed", "test_b": "failed"}) == ["TW-R-001: failed"]


def test_planned_needs_no_test_but_may_not_have_a_failing_one() -> None:
    assert problems_of("planned", {}) == []
    assert problems_of("planned", {"test_a": "failed"}) == ["TW-R-001: failed"]


def test_unknown_id_is_named_with_its_test() -> None:
    outcomes = {"TW-R-999": {"test_a": "passed"}}
    assert find_problems(build_rows([], outcomes), outcomes) == [
        "test_a names TW-R-999, which is not in the list"
    ]


def test_table_shows_requirement_tests_and_result() -> None:
    rows = build_rows([requirement(1)], {"TW-R-001": {"tests/a.py::test_a": "passed"}})
    table = render_rows(rows)
    assert table.startswith("TW-R-001  passed    Something holds.")
    assert "passed: tests/a.py::test_a" in table


def test_evidence_is_gathered_from_a_real_run(tmp_path: Path) -> None:
    (tmp_path / "test_marked.py").write_text(PYTEST_FILE, encoding="utf-8")
    (tmp_path / "conftest.py").write_text((ROOT / "tests/conftest.py").read_text(encoding="utf-8"))
    evidence = Evidence()
    options = ["-q", "-p", "no:cacheprovider", f"--rootdir={tmp_path}", "-c", str(ROOT / "pyproject.toml")]
    code = pytest.main([*options, str(tmp_path)], plugins=[evidence])
    assert code == pytest.ExitCode.TESTS_FAILED
    named = {
        identifier: sorted((test.split("::")[1], outcome) for test, outcome in tests.items())
        for identifier, tests in evidence.outcomes.items()
    }
    assert named == {
        "TW-R-001": [("test_both", "passed")],
        "TW-R-002": [("test_both", "passed"), ("test_wrong", "failed")],
    }


def test_list_is_well_formed_and_rendered_whole() -> None:
    requirements = load_requirements(ROOT)
    assert len(requirements) >= 30
    page = render_requirements(requirements)
    assert all(f"| {one.id} |" in page for one in requirements)


def test_malformed_list_names_every_entry(tmp_path: Path) -> None:
    (tmp_path / SOURCE).parent.mkdir(parents=True)
    entry = "topic: Ledger\n  text: Something holds.\n  source: none\n  status: "
    text = f"- id: TW-R-001\n  {entry}done\n- id: TW-R-001\n  {entry}planned\n- id: R1\n  text: short\n"
    (tmp_path / SOURCE).write_text(text, encoding="utf-8")
    with pytest.raises(
        ValueError, match=r"TW-R-001: status.*TW-R-001: stands twice.*R1: has .*R1: not of the form"
    ):
        load_requirements(tmp_path)


def test_every_id_in_a_test_mark_is_in_the_list() -> None:
    known = {one.id for one in load_requirements(ROOT)}
    own = Path("tests/house/test_validate.py")
    tests = [
        name for name in list_files() if name.parts[0] == "tests" and name.suffix == ".py" and name != own
    ]
    named = {
        identifier
        for name in tests
        for mark in re.findall(r"mark\.requirement\(([^)]*)\)", (ROOT / name).read_text(encoding="utf-8"))
        for identifier in re.findall(r"TW-R-\d+", mark)
    }
    assert named <= known
