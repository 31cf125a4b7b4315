"""`trialwright ledger`: verify the chain, refold it, keep its head elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from .output import EXIT_ERRORS, Format, Stop, err, print_findings, print_json, say_step
from .serve import open_data

app = typer.Typer(help="The append-only ledger: verify, replay, rebuild, checkpoint.", no_args_is_help=True)

Data = Annotated[Path | None, typer.Option("--data", help="The folder with the databases.")]
Answer = Annotated[Format, typer.Option("--format", help="How to answer.")]


@app.command("verify")
def verify(
    data: Data = None,
    checkpoint: Annotated[
        Path | None,
        typer.Option("--checkpoint", help="A head kept elsewhere, to see whether the end was cut."),
    ] = None,
    answer: Answer = Format.TEXT,
) -> None:
    """Recompute the whole chain: is every entry still what was recorded, and is none missing?"""
    open_data(data)
    from trialwright.store.checkpoint import read_checkpoint
    from trialwright.store.open import find_data_dir
    from trialwright.store.verify import verify_store

    with store_faults():
        import os

        known = read_checkpoint(checkpoint, find_data_dir(os.environ)) if checkpoint is not None else None
        with progress_bar("Verifying") as tell:
            found = verify_store(tell, known)
    if answer is Format.JSON:
        print_json(
            {
                "intact": found.intact,
                "entries": found.count,
                "head": found.head.hash,
                "first_bad_seq": found.first_bad_seq,
                "findings": [finding.as_json() for finding in found.findings],
            }
        )
    elif found.intact:
        say_step(f"{found.count} entries hold; head {found.head.hash}")
    else:
        print_findings(found.findings, Format.TEXT)
    if not found.intact:
        raise Stop(EXIT_ERRORS)


@app.command("replay")
def replay(data: Data = None, answer: Answer = Format.TEXT) -> None:
    """Refold every event and compare with what the pages show: the difference must be zero."""
    open_data(data)
    from trialwright.store.replay import replay_store

    with store_faults(), progress_bar("Replaying") as tell:
        differences = replay_store(tell)
    findings = [difference.as_finding() for difference in differences]
    if answer is Format.JSON:
        print_json({"differences": len(findings), "findings": [finding.as_json() for finding in findings]})
    elif not findings:
        say_step("Replay equals the projections: no difference")
    else:
        print_findings(findings, Format.TEXT)
    if findings:
        raise Stop(EXIT_ERRORS)


@app.command("rebuild")
def rebuild(data: Data = None) -> None:
    """Fold the projections anew from the ledger (after it has verified)."""
    open_data(data)
    from trialwright.store.replay import rebuild_projections

    with store_faults(), progress_bar("Rebuilding") as tell:
        rows = rebuild_projections(tell)
    say_step(f"{rows} rows folded anew from the ledger")


@app.command("checkpoint")
def checkpoint(
    out: Annotated[Path, typer.Argument(help="The file to write; keep it on another machine.")],
    data: Data = None,
) -> None:
    """Write the signed head of the ledger to a file: a chain alone cannot show that its end was cut off."""
    open_data(data)
    import os

    from trialwright.store.checkpoint import write_checkpoint
    from trialwright.store.open import find_data_dir
    from trialwright.store.sources import system_clock

    with store_faults():
        written = write_checkpoint(out, find_data_dir(os.environ), now=system_clock())
    say_step(f"Head {written.seq} ({written.hash[:16]}) written to {out}")


@contextmanager
def store_faults() -> Iterator[None]:
    """End the command with the store's own words when a database refuses."""
    from trialwright.store.faults import StoreError

    try:
        yield
    except StoreError as fault:
        print_findings([fault.finding], Format.TEXT, err)
        raise Stop(EXIT_ERRORS) from fault


@contextmanager
def progress_bar(what: str) -> Iterator[Callable[[int, int], None]]:
    """A progress bar on standard error; the answer is called with (done, in all)."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=err, transient=True, disable=not err.is_terminal) as progress:
        task = progress.add_task(what, total=None)

        def tell(done: int, total: int) -> None:
            progress.update(task, completed=done, total=total)

        yield tell
