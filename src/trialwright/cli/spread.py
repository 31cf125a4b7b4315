"""One function over many pieces of work: in this process, in processes of this machine, or on a cluster."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from itertools import chain, islice
from multiprocessing import get_context
from typing import Annotated, NamedTuple, Protocol, TypeVar

import typer

from .cluster import connect, interrupts_held
from .output import EXIT_BROKEN, EXIT_USAGE, Stop, err

AHEAD = 4
"""Pieces of work handed out per worker before the first is taken back: it bounds the memory."""

Workers = Annotated[int, typer.Option("--workers", help="Processes; 0 takes every core.")]


class Sized(Protocol):
    """A piece of work that knows its size in bytes."""

    @property
    def size(self) -> int:
        """Bytes."""
        ...


class Places(NamedTuple):
    """Where work is done: on a cluster, or in so many processes of this machine (0: one a core)."""

    workers: int = 1
    cluster: str = ""


Unit = TypeVar("Unit", bound=Sized)
Answer = TypeVar("Answer")


def choose_places(workers: int, cluster: str) -> Places:
    """The options of a command as places; ends the command where they cannot be."""
    if workers < 0:
        raise Stop(EXIT_USAGE, "The number of workers is negative.", "Use --workers 1 or more, or 0.")
    if workers and cluster:
        message = "Work is done either by --workers of this machine or on a --cluster."
        raise Stop(EXIT_USAGE, message, "Leave one of the two out.")
    return Places(workers or len(os.sched_getaffinity(0)), cluster)


def spread(
    work: Callable[[Unit], Answer], units: Iterator[Unit], places: Places
) -> Iterator[tuple[int, Answer]]:
    """The size of every unit and the answer of ``work``, in the order of the units, wherever it is done.

    At most ``AHEAD`` units a worker are under way. A single unit stays in this process unless a cluster is named.
    """
    first = list(islice(units, 2))
    if places.cluster:
        with connect(places.cluster) as found:
            yield from _in_order(found.executor, found.places, work, chain(first, units))
    elif places.workers == 1 or len(first) < 2:
        for unit in chain(first, units):
            yield unit.size, work(unit)
    else:
        with _processes(places.workers) as pool:
            yield from _in_order(pool, places.workers, work, chain(first, units))


def _in_order(
    executor: Executor, workers: int, work: Callable[[Unit], Answer], units: Iterable[Unit]
) -> Iterator[tuple[int, Answer]]:
    waiting: deque[tuple[int, Future[Answer]]] = deque()
    for unit in units:
        with interrupts_held():  # the first pieces start the processes
            waiting.append((unit.size, executor.submit(work, unit)))
        if len(waiting) >= workers * AHEAD:
            size, oldest = waiting.popleft()
            yield size, oldest.result()
    for size, oldest in waiting:
        yield size, oldest.result()


@contextmanager
def _processes(workers: int) -> Iterator[Executor]:
    """Processes of this machine. What they have not begun is given up when the work ends early."""
    pool = ProcessPoolExecutor(workers, mp_context=get_context("spawn"))
    try:
        yield pool
    except BrokenProcessPool as error:
        message = "A worker process ended before its time, perhaps for want of memory."
        raise Stop(EXIT_BROKEN, message, "Use fewer with --workers.") from error
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def show_progress(
    what: str,
    rows: Iterable[tuple[int, Answer]],
    total: int,
    count: Callable[[Answer], int],
    unseen: bool = False,
) -> Iterator[Answer]:
    """Passes the answers on and shows on standard error how far it is, in bytes and in what is counted.

    Nothing is shown where standard error is no terminal, nor where it is ``unseen`` (the answers go there too).
    """
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (
        TextColumn(what),
        BarColumn(),
        DownloadColumn(),
        TextColumn("{task.fields[counted]} records"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=err, transient=True, disable=unseen or not err.is_terminal) as bar:
        task = bar.add_task(what, total=total or None, counted=0)
        counted = 0
        for size, answer in rows:
            counted += count(answer)
            bar.update(task, advance=size, counted=counted)
            yield answer
