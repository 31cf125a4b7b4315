"""`trialwright conduct`: what sets a study going, done by a person with an account and a right."""

from __future__ import annotations

import getpass
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer

from .ledger import Data, store_faults
from .output import EXIT_ERRORS, EXIT_USAGE, Format, Stop, err, print_findings, say_step
from .serve import open_data
from .study import read_study

app = typer.Typer(
    help="Set a study going: adopt its file, open sites, seal the allocation list.", no_args_is_help=True
)

User = Annotated[str, typer.Option("--user", help="Your account; the password is asked for.")]
Role = Annotated[str, typer.Option("--role", help="The role you act in.")]
StudyId = Annotated[str, typer.Argument(help="The study's id.")]


@app.command("adopt")
def adopt(
    study: Annotated[Path, typer.Argument(help="The study: its folder or its study.yaml.")],
    user: User,
    role: Role,
    reason: Annotated[str, typer.Option("--reason", help="Why, when another version is in force.")] = "",
    data: Data = None,
) -> None:
    """Put a study file in force. The first adoption starts the study's ledger; a later one is an amendment."""
    found = read_study(study)
    open_data(data, new=True)
    from trialwright import actions
    from trialwright.trial.administration import AdoptStudy

    _do(actions.adopt_study, found.id, user, role, AdoptStudy(found, reason))
    say_step(f"{found.id} version {found.version} is in force")


@app.command("open-site")
def open_site(
    study: StudyId,
    site: Annotated[str, typer.Argument(help="The site's id in the study file.")],
    user: User,
    role: Role,
    data: Data = None,
) -> None:
    """Open a site: from now on it may register subjects."""
    open_data(data)
    from trialwright import actions
    from trialwright.trial.administration import OpenSite

    _do(actions.open_site, study, user, role, OpenSite(site))
    say_step(f"{site} is open")


@app.command("seal-list")
def seal_list(study: StudyId, user: User, role: Role, data: Data = None) -> None:
    """Make the allocation list of every stratum, seal it in the vault, and commit to it in the ledger."""
    open_data(data)
    from trialwright import actions
    from trialwright.trial.administration import CommitAllocationList

    _do(actions.commit_allocation_list, study, user, role, CommitAllocationList())
    say_step("The allocation list is sealed; its commitment stands in the ledger")


@app.command("hold")
def hold(
    study: StudyId,
    scope: Annotated[str, typer.Option("--scope", help="study, site:ID, arm:ID or product:ID.")],
    words: Annotated[str, typer.Option("--words", help="Why.")],
    user: User,
    role: Role,
    data: Data = None,
) -> None:
    """Stop allocation (and the giving of cells) in a scope until the hold is lifted."""
    open_data(data)
    from trialwright import actions
    from trialwright.trial.administration import PlaceHold

    _do(actions.place_hold, study, user, role, PlaceHold(scope, words))
    say_step(f"Hold placed on {scope}")


@app.command("lift")
def lift(
    study: StudyId,
    hold: Annotated[str, typer.Option("--hold", help="The hold's id, as the home page shows it.")],
    words: Annotated[str, typer.Option("--words", help="Why it can go on.")],
    user: User,
    role: Role,
    data: Data = None,
) -> None:
    """Lift a hold."""
    open_data(data)
    from trialwright import actions
    from trialwright.trial.administration import LiftHold

    _do(actions.lift_hold, study, user, role, LiftHold(hold, words))
    say_step("The hold is lifted")


def _do(act: Callable[..., Any], study: str, user: str, role: str, command: Any) -> None:
    """Carry out an action as an authenticated person, or end the command with what refused it."""
    from trialwright import actions
    from trialwright.trial.events import Actor

    _authenticate(user)
    with store_faults():
        outcome = act(actions.Context(study), Actor(user, role), command)
    if not outcome.accepted:
        print_findings(outcome.refusals, Format.TEXT, err)
        raise Stop(EXIT_ERRORS)


def _authenticate(user: str) -> None:
    """The account's password, asked for at the terminal or read from standard input."""
    from trialwright.store.accounts import find_account

    account = find_account(user)
    password = getpass.getpass("Password: ") if sys.stdin.isatty() else sys.stdin.readline().rstrip("\n")
    if account is None or not account.is_active or not account.check_password(password):
        remedy = "See `trialwright user list`; an account needs a dated training record."
        raise Stop(EXIT_USAGE, "Name or password is not right, or the account is not active.", remedy)
