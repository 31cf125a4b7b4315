"""What commands print: findings, tables, JSON, one clear line on an error."""

from __future__ import annotations

import contextlib
import json
import sys
from collections.abc import Iterable, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from trialwright.study.findings import Finding, Severity, has_errors

EXIT_FINE, EXIT_ERRORS, EXIT_USAGE, EXIT_BROKEN = 0, 1, 2, 3

out = Console(highlight=False)
err = Console(stderr=True, highlight=False)

STYLES = {Severity.ERROR: "bold red", Severity.WARNING: "yellow", Severity.INFO: "dim"}


class Format(StrEnum):
    """How a command answers."""

    TEXT = "text"
    JSON = "json"


class Stop(Exception):  # noqa: N818 - it ends a command, it is no defect
    """Ends a command with an exit code and, where there is one, a message for the person."""

    def __init__(self, code: int, message: str = "", remedy: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.remedy = remedy


def say_error(message: str, remedy: str = "") -> None:
    """One clear line on standard error, with what to do."""
    err.print(f"[bold red]✗[/] {escape(message)}", soft_wrap=True)
    if remedy:
        err.print(f"  {escape(remedy)}", soft_wrap=True)


def say_step(message: str) -> None:
    """One line about a step that is done."""
    out.print(f"[green]✓[/] {escape(message)}", soft_wrap=True)


def print_json(document: Any) -> None:
    """A JSON document on standard output, indented, keys in the order given."""
    sys.stdout.write(json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False) + "\n")


def print_findings(findings: Sequence[Finding], answer: Format, console: Console = out) -> None:
    """Findings as text (place, severity, code, message, remedy) or as a JSON list."""
    if answer is Format.JSON:
        print_json([finding.as_json() for finding in findings])
        return
    for finding in findings:
        style = STYLES[finding.severity]
        place = f"{finding.place}: " if str(finding.place) else ""
        line = f"{escape(place)}[{style}]{finding.severity.value}[/] {finding.code} {escape(finding.message)}"
        console.print(line, soft_wrap=True)
        if finding.remedy:
            console.print(f"    {escape(finding.remedy)}", style="dim", soft_wrap=True)
    console.print(count_line(findings))


def count_line(findings: Iterable[Finding]) -> str:
    """`2 errors, 1 warning, 14 notes`."""
    found = list(findings)
    names = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}
    counts = [(names[s], sum(f.severity is s for f in found)) for s in Severity]
    return ", ".join(f"{n} {name}{'' if n == 1 else 's'}" for name, n in counts)


def print_table(title: str, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """A table for people; numbers are right-aligned by their look."""
    table = Table(title=title or None, title_justify="left", header_style="bold")
    for column in columns:
        table.add_column(column)
    for row in rows:
        table.add_row(*(escape(cell) for cell in row))
    out.print(table)


def stop_on_errors(findings: Iterable[Finding]) -> None:
    """End with exit code 1 where a finding is an error."""
    if has_errors(findings):
        raise Stop(EXIT_ERRORS)


def write_aside(path: Path, content: str | bytes) -> None:
    """Write a file beside its place and rename it, so that no reader ever sees a half of it."""
    data = content.encode() if isinstance(content, str) else content
    aside = path.with_name(f".{path.name}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        aside.write_bytes(data)
        aside.replace(path)
    except OSError as error:
        with contextlib.suppress(OSError):
            aside.unlink(missing_ok=True)
        reason = error.strerror or "unknown reason"
        raise Stop(
            EXIT_BROKEN, f"{path} cannot be written: {reason}.", "Choose another folder with --out."
        ) from error
