"""Sizes and names: a file holds one idea, a function fits on a screen, a module says what it is for."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from tools.tree import read_lines

FILE_LINES_MOST = 600
FILE_LINES_REVIEWED = 400
FUNCTION_LINES_MOST = 60
CODE_SUFFIXES = {".py", ".js", ".css", ".html", ".sh"}
# Written by a program, or by Django for the database: nobody reads these from top to bottom.
EXEMPT_FOLDERS = {"migrations", "generated", "vendor"}
EMPTY_NAMES = {"util", "utils", "helper", "helpers", "common", "manager", "managers", "misc"}


@dataclass
class SizeReport:
    """``problems`` fail the check; ``warnings`` are for a reviewer; ``summary`` is one line of figures."""

    problems: list[str] = field(default_factory=list[str])
    warnings: list[str] = field(default_factory=list[str])
    function_lines: list[int] = field(default_factory=list[int])

    @property
    def summary(self) -> str:
        if not self.function_lines:
            return "no functions"
        middle, longest = median(self.function_lines), max(self.function_lines)
        return f"{len(self.function_lines)} functions, median {middle:g} lines, longest {longest}"


def check_size(root: Path, names: list[Path]) -> SizeReport:
    """Measure every code file of ``names``; functions are counted from ``def`` to their last line."""
    report = SizeReport()
    code = [n for n in names if n.suffix in CODE_SUFFIXES and not EXEMPT_FOLDERS & set(n.parts)]
    for name, lines in read_lines(root, code):
        if name.stem in EMPTY_NAMES:
            report.problems.append(f"{name}: the name says nothing; name the file after what it holds")
        if len(lines) > FILE_LINES_MOST:
            report.problems.append(f"{name}: {len(lines)} lines; at most {FILE_LINES_MOST}: split it by idea")
        elif len(lines) > FILE_LINES_REVIEWED:
            report.warnings.append(f"{name}: {len(lines)} lines; does it still hold one idea?")
        if name.suffix == ".py":
            measure_functions(name, "\n".join(lines), report)
    return report


def measure_functions(name: Path, source: str, report: SizeReport) -> None:
    """Add the length of each function of ``source``, and a problem for each that is too long."""
    try:
        tree = ast.parse(source)
    except SyntaxError as error:
        report.problems.append(f"{name}:{error.lineno}: not Python: {error.msg}")
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            report.function_lines.append(length)
            if length > FUNCTION_LINES_MOST:
                report.problems.append(
                    f"{name}:{node.lineno}: {node.name} has {length} lines; at most {FUNCTION_LINES_MOST}"
                )
