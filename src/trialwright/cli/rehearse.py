"""`trialwright rehearse`: simulated subjects go through the whole trial, by the same actions as the pages."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from trialwright.rehearsal import RehearsalStopped, RehearsalSummary, rehearse
from trialwright.study.model import Study

from .ledger import store_faults
from .output import EXIT_ERRORS, Format, Stop, err, out, print_findings, print_json, print_table, say_step
from .serve import open_data
from .study import read_study


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command("rehearse")(rehearse_study)


def rehearse_study(
    study: Annotated[Path, typer.Argument(help="The study: its folder or its study.yaml.")],
    data: Annotated[Path, typer.Option("--data", help="The folder of the new databases.")],
    seed: Annotated[int, typer.Option("--seed", min=0, help="The same seed gives the same ledger.")] = 1,
    subjects: Annotated[
        int | None, typer.Option("--subjects", min=1, help="How many enter; as planned without it.")
    ] = None,
    answer: Annotated[Format, typer.Option("--format", help="How to answer.")] = Format.TEXT,
) -> None:
    """Let simulated subjects go through the trial, from registration to the end of follow-up, into a new ledger."""
    found = read_study(study)
    open_data(data, new=True)
    summary = run_rehearsal(found, seed, subjects)
    keep_accounts(summary, data)
    if answer is Format.JSON:
        print_json(summary.as_json())
        return
    say_step(summary.line())
    rows = [[kind.replace("_", " "), str(count)] for kind, count in summary.kinds.items()]
    print_table("Events", ("Kind", "Number"), rows)
    refused = [[code, str(count)] for code, count in summary.refused.items()]
    print_table("Refused as they had to be", ("Code", "Number"), refused)
    out.print(f"From {summary.first_at} to {summary.last_at} (simulated). Ledger head {summary.head}")


def run_rehearsal(study: Study, seed: int, subjects: int | None = None) -> RehearsalSummary:
    """The rehearsal on the opened store with a progress bar, or the end of the command with its findings."""
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    with (
        store_faults(),
        Progress(*columns, console=err, transient=True, disable=not err.is_terminal) as progress,
    ):
        task = progress.add_task("Rehearsing", total=None)

        def tell(done: int, total: int, words: str) -> None:
            progress.update(task, completed=done, total=total, description=f"Rehearsing: {words}")

        try:
            return rehearse(study, seed=seed, subjects=subjects, progress=tell)
        except RehearsalStopped as stopped:
            progress.stop()
            print_findings(stopped.findings, Format.TEXT, err)
            raise Stop(
                EXIT_ERRORS, "The rehearsal stopped.", "Mend what the findings say; begin anew."
            ) from stopped


def keep_accounts(summary: RehearsalSummary, folder: Path) -> None:
    """Keep one account a role beside the databases, for the sign-in page of a demonstration."""
    from trialwright.web.demonstration import write_demonstration_accounts

    write_demonstration_accounts(folder, summary.accounts)
