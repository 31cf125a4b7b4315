"""The reference of the command line, written from the commands themselves."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

HEAD = """\
# Commands

Every command says what it takes with `--help`; this page is written from the commands themselves.

Exit codes: 0 fine, 1 a finding of severity error, 2 wrong use, 3 a broken environment, 130 interrupted by Ctrl-C. A
command that stops leaves nothing half-written: files are written aside and renamed, and a ledger write is one
transaction. Where a program may want the answer, `--format json` gives it.

"""


def render_commands_page(_: Path) -> str:
    """docs/reference/commands.md."""
    import typer.main

    from trialwright.cli.commands import app

    root: Any = typer.main.get_command(app)
    return HEAD + "\n".join(_pages(root, "trialwright"))


def _pages(command: Any, name: str) -> Iterator[str]:
    subcommands = getattr(command, "commands", None)
    if subcommands:
        for child in subcommands:
            yield from _pages(subcommands[child], f"{name} {child}")
        return
    yield f"## {name}\n"
    yield f"{_words(command.help)}\n"
    rows = [_row(parameter) for parameter in command.params if parameter.name != "help"]
    if rows:
        yield "| argument or option | default | meaning |\n| --- | --- | --- |"
        yield "\n".join(rows) + "\n"


def _row(parameter: Any) -> str:
    argument = parameter.param_type_name == "argument"
    name = parameter.name.upper() if argument else ", ".join([*parameter.opts, *parameter.secondary_opts])
    default = parameter.default
    plain = (
        "" if default is None or callable(default) or argument else str(getattr(default, "value", default))
    )
    if default in ("", False) or repr(default).startswith("<"):
        plain = ""
    return f"| `{name}` | {f'`{plain}`' if plain else ''} | {_words(getattr(parameter, 'help', ''))} |"


def _words(text: str | None) -> str:
    return " ".join((text or "").split()).replace("|", "\\|")
