"""`make validate`: runs the tests that carry requirement ids and prints requirement, tests, result.

Fails when an implemented requirement has no passing test, when a test of any requirement fails, and when a
test names an id that the list does not have. A planned requirement is shown as planned, with its evidence.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass, field

import pytest

from tools.requirements import Requirement, load_requirements
from tools.tree import ROOT

PASSED, FAILED = "passed", "failed"


@dataclass
class Evidence:
    """A pytest plugin: gathers from every report the requirement ids that tests/conftest.py put on it."""

    outcomes: dict[str, dict[str, str]] = field(default_factory=dict[str, dict[str, str]])

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """One phase of one test: a failure in any phase stands; only a finished call can pass."""
        test = report.nodeid.split("@")[0]
        for key, identifier in report.user_properties:
            if key != "requirement":
                continue
            tests = self.outcomes.setdefault(str(identifier), {})
            if report.outcome != PASSED:
                tests[test] = report.outcome
            elif report.when == "call":
                tests.setdefault(test, PASSED)


@dataclass(frozen=True)
class Row:
    """One line of the table: ``result`` is passed, failed, no test or planned."""

    requirement: Requirement
    tests: dict[str, str]

    @property
    def result(self) -> str:
        if any(outcome != PASSED for outcome in self.tests.values()):
            return FAILED
        if self.requirement.status == "planned":
            return "planned"
        return PASSED if self.tests else "no test"

    @property
    def holds(self) -> bool:
        return self.result in (PASSED, "planned")


def build_rows(requirements: list[Requirement], outcomes: dict[str, dict[str, str]]) -> list[Row]:
    """The table, in the order of the list."""
    return [Row(requirement, outcomes.get(requirement.id, {})) for requirement in requirements]


def find_problems(rows: list[Row], outcomes: dict[str, dict[str, str]]) -> list[str]:
    """Why the table does not hold; empty when it does."""
    problems = [f"{row.requirement.id}: {row.result}" for row in rows if not row.holds]
    known = {row.requirement.id for row in rows}
    for identifier in sorted(set(outcomes) - known):
        problems += [f"{test} names {identifier}, which is not in the list" for test in outcomes[identifier]]
    return problems


def render_rows(rows: list[Row]) -> str:
    """The table as text: a line a requirement, and its tests indented under it."""
    lines: list[str] = []
    for row in rows:
        lines.append(f"{row.requirement.id}  {row.result:<8}  {row.requirement.text}")
        lines.append(f"{'':20}  source: {row.requirement.source}")
        lines += [f"{'':20}  {outcome}: {test}" for test, outcome in sorted(row.tests.items())]
    return "\n".join(lines)


def main(arguments: list[str]) -> int:
    """Run the marked tests and print the table; 0 when it holds, 1 when not."""
    requirements = load_requirements(ROOT)
    evidence = Evidence()
    options = ["-q", "-m", "requirement", "-n", "2", "--dist", "loadgroup", "--no-header", *arguments]
    code = pytest.main([f"--rootdir={ROOT}", *options], plugins=[evidence])
    rows = build_rows(requirements, evidence.outcomes)
    print(render_rows(rows))
    problems = find_problems(rows, evidence.outcomes)
    print("\n".join(problems) or f"validate: {len(rows)} requirements, all as claimed")
    ran = code in (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED)
    return 0 if ran and not problems else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
