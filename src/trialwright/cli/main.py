"""The command line: one command for each thing a person does.

Exit codes: 0 fine, 1 a finding of severity error, 2 wrong use, 3 a broken environment, 130 interrupted.
Commands import what they need when they run, so that ``trialwright --help`` is quick.
"""

from __future__ import annotations

import os
import sys
import traceback
from typing import Annotated, Any, cast

import typer
from typer.exceptions import TyperException

from trialwright import __version__

from . import (
    conduct,
    criteria,
    demo,
    design,
    doctor,
    ledger,
    outcomes,
    registry,
    rehearse,
    report,
    screen,
    serve,
    stats,
    study,
    user,
)
from .output import EXIT_BROKEN, EXIT_USAGE, Stop, say_error

app = typer.Typer(
    name="trialwright",
    help="A randomised trial from one study file, from its protocol to its posted results.",
    no_args_is_help=True,
    add_completion=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
study.add_to(app)
demo.add_to(app)
rehearse.add_to(app)
serve.add_to(app)
registry.add_to(app)
criteria.add_to(app)
screen.add_to(app)
report.add_to(app)
doctor.add_to(app)
app.add_typer(conduct.app, name="conduct")
app.add_typer(ledger.app, name="ledger")
app.add_typer(registry.app, name="registry")
app.add_typer(design.app, name="design")
app.add_typer(outcomes.app, name="outcomes")
app.add_typer(stats.app, name="stats")
app.add_typer(user.app, name="user")


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"trialwright {__version__}")
        raise typer.Exit


@app.callback()
def root(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and stop.")
    ] = False,
) -> None:
    """Work on one study: a file says what was planned, a ledger says what happened."""
    del version


def run() -> None:
    """Run the command line and turn whatever happens into one message and the right exit code."""
    sys.exit(_exit_code())


def _exit_code() -> int:
    try:
        outcome = app(standalone_mode=False)
        return outcome if isinstance(outcome, int) else 0
    except Stop as stop:
        if stop.message:
            say_error(stop.message, stop.remedy)
        return stop.code
    except typer.Exit as done:
        return done.exit_code
    except (KeyboardInterrupt, typer.Abort):
        say_error(
            "Stopped at your request.", "What was recorded before is complete; nothing is half-written."
        )
        return 130
    except TyperException as wrong:
        cast(Any, wrong).show()
        return EXIT_USAGE
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as error:
        return _unexpected(error)


def _unexpected(error: Exception) -> int:
    """A defect of the software: say so in one line; the trace only where a developer asked for it."""
    if os.environ.get("TRIALWRIGHT_TRACE"):
        traceback.print_exception(error)
    remedy = "Run again with TRIALWRIGHT_TRACE=1 for the details and report them."
    say_error(f"An unexpected error stopped the command ({type(error).__name__}).", remedy)
    return EXIT_BROKEN
