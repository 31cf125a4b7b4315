"""`trialwright demo`: the main job end to end on the real record, then a page to look at it."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from .demo_steps import STEPS, Demo
from .output import EXIT_BROKEN, Stop, out, say_step
from .serve import check_port, serve

MARK = ".trialwright-demo"
"""A file in a demo's folder: only a folder that holds it is ever emptied for a new demo."""


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command("demo")(demo)


def demo(
    folder: Annotated[Path, typer.Option("--out", help="The folder of everything that is made.")] = Path(
        "demo"
    ),
    seed: Annotated[int, typer.Option("--seed", min=0, help="The same seed gives the same trial.")] = 1,
    port: Annotated[int, typer.Option("--port", min=1, max=65535, help="Port of the page.")] = 8000,
    no_serve: Annotated[bool, typer.Option("--no-serve", help="Stop before the page.")] = False,
    on: Annotated[
        str, typer.Option("--on", help="Date of judgement of the registry; today without it.")
    ] = "",
) -> None:
    """Import, check, simulate, rehearse, verify, analyse, register, serve: the whole way with simulated subjects."""
    if not no_serve:
        check_port("127.0.0.1", port)
    prepare_folder(folder)
    for name in ("TRIALWRIGHT_DATABASE_URL", "TRIALWRIGHT_ALLOCATION_URL", "TRIALWRIGHT_IDENTITY_URL"):
        os.environ.pop(name, None)
    job = Demo(folder, seed, on)
    for number, (name, step) in enumerate(STEPS, start=1):
        _run_step(job, number, name, step)
    job.write_run()
    total = sum(job.seconds.values())
    say_step(f"Done in {total:.1f} s. Report: {folder / 'report' / 'index.html'}")
    if not no_serve:
        serve(folder, port, "127.0.0.1", demonstration=True)


def _run_step(job: Demo, number: int, name: str, step: Callable[[Demo], str]) -> None:
    begun = time.perf_counter()
    line = step(job)
    job.seconds[name] = round(time.perf_counter() - begun, 2)
    out.print(f"[green]✓[/] {number}. [bold]{name}[/] ({job.seconds[name]:.1f} s): {line}", soft_wrap=True)


def prepare_folder(folder: Path) -> None:
    """An empty folder for the demo. A folder that holds anything but an earlier demo is left alone."""
    try:
        if folder.exists() and any(folder.iterdir()):
            if not (folder / MARK).exists():
                remedy = "Name an empty or a new folder with --out."
                raise Stop(EXIT_BROKEN, f"{folder} holds something else than a demo.", remedy)
            shutil.rmtree(folder)
        folder.mkdir(parents=True, exist_ok=True)
        (folder / MARK).write_text("Made by `trialwright demo`; emptied by the next one.\n", encoding="utf-8")
    except OSError as error:
        reason = error.strerror or "unknown reason"
        raise Stop(
            EXIT_BROKEN, f"{folder} cannot be written: {reason}.", "Choose another with --out."
        ) from error
