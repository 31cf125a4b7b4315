"""Every command of the command line, hung into one tree.

Commands import what they need when they run, so that ``trialwright --help`` is quick.
"""

from __future__ import annotations

from typing import Annotated

import typer

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
