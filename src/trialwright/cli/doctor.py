"""`trialwright doctor`: is everything there that the work needs?"""

from __future__ import annotations

import importlib
import importlib.metadata
import os
import platform
import shutil
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated

import typer

from .output import EXIT_BROKEN, Format, Stop, out, print_json


@dataclass(frozen=True, slots=True)
class Result:
    """One thing looked at. ``needed`` says whether the work stops without it."""

    name: str
    found: str
    fine: bool
    needed: bool
    remedy: str = ""


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command("doctor")(doctor)


def doctor(
    answer: Annotated[Format, typer.Option("--format", help="How to answer.")] = Format.TEXT,
) -> None:
    """Look at Python, the libraries, the data folder, the database and the browser for tests."""
    results = list(look())
    if answer is Format.JSON:
        print_json([asdict(result) for result in results])
    else:
        for result in results:
            mark = "[green]✓[/]" if result.fine else ("[red]✗[/]" if result.needed else "[yellow]–[/]")
            out.print(f"{mark} {result.name}: {result.found}", soft_wrap=True)
            if not result.fine and result.remedy:
                out.print(f"    {result.remedy}", style="dim", soft_wrap=True)
    if any(result.needed and not result.fine for result in results):
        raise Stop(EXIT_BROKEN, "Something that the work needs is missing.")


def look() -> Iterator[Result]:
    """Everything that is looked at, in the order a person would."""
    version = platform.python_version()
    yield Result("Python", version, sys.version_info >= (3, 11), True, "Install Python 3.11 or newer.")
    yield from _libraries()
    yield _data_folder()
    yield _database()
    chromium = (
        os.environ.get("TRIALWRIGHT_CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    )
    remedy = "Needed for the browser tests only: install the package `chromium`."
    yield Result("Chromium", chromium or "not found", chromium is not None, False, remedy)


def _libraries() -> Iterator[Result]:
    for name, module in (
        ("Django", "django"),
        ("pydantic", "pydantic"),
        ("numpy", "numpy"),
        ("numba", "numba"),
        ("matplotlib", "matplotlib"),
        ("typst", "typst"),
    ):
        try:
            importlib.import_module(module)
            yield Result(name, importlib.metadata.version(name), True, True)
        except ImportError:
            yield Result(name, "cannot be loaded", False, True, "Run `make setup` again.")


def _data_folder() -> Result:
    from trialwright.store.databases import find_data_dir

    folder = Path(find_data_dir(os.environ))
    parent = next(p for p in (folder, *folder.absolute().parents) if p.exists())
    fine = os.access(parent, os.W_OK)
    remedy = "Name another folder with TRIALWRIGHT_DATA_DIR."
    return Result("Data folder", f"{folder}{'' if fine else ' cannot be written'}", fine, True, remedy)


def _database() -> Result:
    url = os.environ.get("TRIALWRIGHT_DATABASE_URL", "")
    if not url:
        import sqlite3

        fine = sqlite3.sqlite_version_info >= (3, 35)
        return Result(
            "Database", f"SQLite {sqlite3.sqlite_version}", fine, True, "SQLite 3.35 or newer is needed."
        )
    import psycopg

    try:
        with psycopg.connect(url, connect_timeout=5) as connection:
            number = connection.info.server_version // 10_000
    except psycopg.Error:
        return Result(
            "Database", "PostgreSQL does not answer", False, True, "Check TRIALWRIGHT_DATABASE_URL."
        )
    return Result("Database", f"PostgreSQL {number}", number >= 15, True, "PostgreSQL 15 or newer is needed.")
