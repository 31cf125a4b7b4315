"""`make check`: every check of the house, one line each; a failing one shows what it found.

`make check ARGS="size docs"` runs only those named.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tools.check_docs import check_docs
from tools.check_size import check_size
from tools.check_templates import check_templates
from tools.check_words import check_words
from tools.generated_docs import check_generated
from tools.tree import ROOT, list_files

PROGRAMS = {
    "format": ["ruff", "format", "--check", "--output-format", "concise", "."],
    "lint": ["ruff", "check", "--output-format", "concise", "."],
    "types": ["pyright"],
    "imports": ["lint-imports", "--no-logo"],
}


@dataclass(frozen=True)
class Outcome:
    """What one check says: whether all is well, the details to show, and one line of figures."""

    ok: bool
    details: str = ""
    summary: str = ""


def run_program(command: list[str]) -> Outcome:
    """Run a program of the environment; its output is shown only when it fails."""
    program = Path(sys.executable).parent / command[0]
    answer = subprocess.run(
        [str(program), *command[1:]],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
    )
    return Outcome(answer.returncode == 0, (answer.stdout + answer.stderr).strip())


def run_size() -> Outcome:
    """Sizes and names; files under review are shown even when all is well."""
    report = check_size(ROOT, list_files())
    warnings = [f"to review: {warning}" for warning in report.warnings]
    return Outcome(not report.problems, "\n".join(report.problems + warnings), report.summary)


def from_problems(problems: list[str]) -> Outcome:
    return Outcome(not problems, "\n".join(problems))


CHECKS: dict[str, Callable[[], Outcome]] = {
    **{name: lambda command=command: run_program(command) for name, command in PROGRAMS.items()},
    "size": run_size,
    "words": lambda: from_problems(check_words(ROOT, list_files())),
    "templates": lambda: from_problems(check_templates(ROOT, list_files())),
    "docs": lambda: from_problems(check_docs(ROOT, list_files()) + check_generated(ROOT)),
}


def main(names: list[str]) -> int:
    """Run the named checks, or all; 0 when they pass, 1 when one fails, 2 for an unknown name."""
    unknown = [name for name in names if name not in CHECKS]
    if unknown:
        print(f"no check named {', '.join(unknown)}; there are: {', '.join(CHECKS)}", file=sys.stderr)
        return 2
    failed: list[str] = []
    for name in names or CHECKS:
        outcome = CHECKS[name]()
        print(f"{name:<10} {'ok' if outcome.ok else 'FAILED'}  {outcome.summary}".rstrip())
        if outcome.details and (not outcome.ok or name == "size"):
            print("    " + outcome.details.replace("\n", "\n    "))
        if not outcome.ok:
            failed.append(name)
    print(f"check: {', '.join(failed)} failed" if failed else "check: all is well")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
