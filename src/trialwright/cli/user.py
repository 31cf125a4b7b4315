"""`trialwright user`: accounts and roles. Every change is recorded in the account log."""

from __future__ import annotations

import getpass
import secrets
from typing import Annotated, Any

import typer

from .dates import parse_date, parse_optional_date
from .ledger import Data, store_faults
from .output import EXIT_ERRORS, EXIT_USAGE, Format, Stop, out, print_json, print_table, say_step
from .serve import open_data

app = typer.Typer(help="Accounts: add, roles, list, lock. Names are never used again.", no_args_is_help=True)

Name = Annotated[str, typer.Argument(help="The user name.")]


@app.command("add")
def add(
    name: Name,
    display_name: Annotated[str, typer.Option("--display-name", prompt=True, help="Name as it is printed.")],
    trained_on: Annotated[str, typer.Option("--trained-on", help="Date of the training record.")] = "",
    generate: Annotated[bool, typer.Option("--generate", help="Make a password and print it once.")] = False,
    data: Data = None,
) -> None:
    """Add an account. Without a dated training record it cannot sign in yet."""
    open_data(data, new=True)
    from trialwright.store.accounts import TERMINAL, create_account
    from trialwright.store.sources import system_clock

    password = secrets.token_urlsafe(15) if generate else _ask_password()
    with store_faults():
        trained = parse_optional_date(trained_on)
        create_account(name, display_name, password, by=TERMINAL, now=system_clock(), trained_on=trained)
    say_step(f"Account {name} added")
    if generate:
        out.print(f"Password (shown once): {password}", markup=False)


@app.command("role")
def role(
    name: Name,
    role: Annotated[str, typer.Option("--role", help="The role's id in the study file.")],
    study: Annotated[str, typer.Option("--study", help="The study's id.")],
    site: Annotated[str, typer.Option("--site", help="The site's id; leave out for all sites.")] = "",
    since: Annotated[str, typer.Option("--since", help="First day; today without it.")] = "",
    until: Annotated[str, typer.Option("--until", help="Last day; none without it.")] = "",
    data: Data = None,
) -> None:
    """Give an account a role in a study."""
    open_data(data)
    from trialwright.store.accounts import TERMINAL, Role, grant_role
    from trialwright.store.sources import system_clock

    account = _account(name)
    now = system_clock()
    with store_faults():
        first = parse_date(since) if since else now.date()
        last = parse_optional_date(until)
        grant_role(account, Role(study, site, role), first, by=TERMINAL, now=now, until=last)
    say_step(f"{name} is {role} in {study}{f' at {site}' if site else ''} from {first}")


@app.command("disable")
def disable(
    name: Name, reason: Annotated[str, typer.Option("--reason", prompt=True, help="Why.")], data: Data = None
) -> None:
    """End somebody's right to sign in; the account and its name stay."""
    open_data(data)
    from trialwright.store.accounts import TERMINAL, disable_account
    from trialwright.store.sources import system_clock

    with store_faults():
        disable_account(_account(name), reason, by=TERMINAL, now=system_clock())
    say_step(f"Account {name} disabled")


@app.command("list")
def list_accounts(
    data: Data = None,
    answer: Annotated[Format, typer.Option("--format", help="How to answer.")] = Format.TEXT,
) -> None:
    """List the accounts and what each one may be."""
    open_data(data)
    from trialwright.store.account_tables import Account

    accounts = Account.objects.prefetch_related("memberships").order_by("username")
    if answer is Format.JSON:
        print_json([_describe(account) for account in accounts])
        return
    rows = [
        (
            a.username,
            a.display_name,
            "active" if a.is_active else "not active",
            "; ".join(_describe(a)["roles"]),
        )
        for a in accounts
    ]
    print_table("Accounts", ("Name", "Person", "State", "Roles"), rows)


def _describe(account: Any) -> dict[str, Any]:
    roles = [f"{m.role} in {m.study}{f' at {m.site}' if m.site else ''}" for m in account.memberships.all()]
    return {
        "username": account.username,
        "display_name": account.display_name,
        "active": account.is_active,
        "roles": roles,
    }


def _account(name: str):
    from trialwright.store.accounts import find_account

    account = find_account(name)
    if account is None:
        raise Stop(EXIT_ERRORS, f"There is no account {name}.", "See `trialwright user list`.")
    return account


def _ask_password() -> str:
    first = getpass.getpass("Password: ")
    if first != getpass.getpass("Again: "):
        raise Stop(EXIT_USAGE, "The two passwords differ.", "Run the command again.")
    return first
