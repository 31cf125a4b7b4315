"""`--cluster ADDRESS`: work on the machines of a dask.distributed cluster, through a plain executor.

The work that goes there is a function of the package and its arguments, the same that a process of this machine
is given; so the scheduler and every worker must have the same version of Trialwright installed.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import pickle
import re
import signal
import threading
import warnings
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError, Executor, Future, ThreadPoolExecutor
from contextlib import contextmanager
from importlib.util import find_spec
from multiprocessing import resource_tracker
from typing import Annotated, Any, NamedTuple

import typer

from trialwright import __version__

from .output import EXIT_BROKEN, EXIT_USAGE, Stop

LOCAL = "local"
ANSWER_WITHIN_S = 10
"""How long a scheduler may take to answer, and its first worker to be there."""

ALONE_FOR_S = 30
"""How long a run waits for another worker when the last has gone."""

_LOOK_EVERY_S = 2.0
_ADDRESS = re.compile(r"(?:(?:tcp|tls|ws|wss)://)?(?:\[[0-9a-fA-F:.]+\]|[\w.-]+):\d{1,5}/?")

Address = Annotated[
    str,
    typer.Option(
        "--cluster",
        help="A dask scheduler, tcp://HOST:PORT, or `local` for processes of this machine. "
        "The answer does not depend on it.",
    ),
]


class Cluster(NamedTuple):
    """A cluster that answers. ``places`` is how many tasks it runs at a time, when it was asked."""

    executor: Executor
    places: int


@contextmanager
def connect(address: str) -> Iterator[Cluster]:
    """A cluster to submit work to: the scheduler at ``address``, or `local` (one process a core, for the while).

    Ends the command with a message where `distributed` is missing, where nothing answers, where there is no worker
    or another version of the package, and where the cluster goes away during the work. What was submitted and
    not yet done is given up at the end.
    """
    if find_spec("distributed") is None:
        raise Stop(
            EXIT_BROKEN,
            "Work on a cluster needs the package `distributed`, which is not installed.",
            "Install it with `pip install 'trialwright[cluster]'`, or leave --cluster out.",
        )
    if address != LOCAL and not _ADDRESS.fullmatch(address):
        remedy = "Give tcp://HOST:PORT as `dask scheduler` prints it, or `local`."
        raise Stop(EXIT_USAGE, f"`{address}` is not the address of a scheduler.", remedy)
    with _quiet(), _client(address) as client:
        executor = _WatchedExecutor(client)
        try:
            yield Cluster(executor, _look_at_workers(client))
        except (CancelledError, _worker_killed()) as error:
            raise _stop_of(error, executor) from error
        finally:
            executor.shutdown(wait=False)


@contextmanager
def _client(address: str) -> Iterator[Any]:
    """A connected client, and the local cluster under it where that is wanted; both closed at the end."""
    from distributed import Client, LocalCluster

    with contextlib.ExitStack() as open_things:
        if address == LOCAL:
            cores = len(os.sched_getaffinity(0))
            options: dict[str, Any] = {"n_workers": cores, "threads_per_worker": 1, "dashboard_address": ":0"}
            with interrupts_held():
                cluster = LocalCluster(**options, silence_logs=logging.CRITICAL)
            target: Any = open_things.enter_context(cluster)
        else:
            target = address
        try:
            if address != LOCAL:
                _await_answer(address)
            client = Client(target, timeout=ANSWER_WITHIN_S, set_as_default=False)
        except (OSError, TimeoutError) as error:
            message = f"No dask scheduler answers at {address} within {ANSWER_WITHIN_S} seconds."
            remedy = "Check the address that `dask scheduler` prints, and that this machine reaches it."
            raise Stop(EXIT_BROKEN, message, remedy) from error
        yield open_things.enter_context(client)


def _await_answer(address: str) -> None:
    """Waits for a scheduler to answer; in a thread of its own, as the caller's may have an event loop running."""

    async def answered() -> None:
        await asyncio.wait_for(_ask_scheduler(address), ANSWER_WITHIN_S)

    with ThreadPoolExecutor(1) as thread:
        thread.submit(lambda: asyncio.run(answered())).result()


async def _ask_scheduler(address: str) -> None:
    """Asks who is there. A client would wait for ever where something takes the connection and says nothing."""
    from distributed.core import rpc
    from distributed.security import Security

    async with rpc(address, connection_args=Security().get_connection_args("client")) as scheduler:
        await scheduler.identity()


def _look_at_workers(client: Any) -> int:
    """How many tasks the workers run at a time; ends the command where they cannot do the work."""
    try:
        client.wait_for_workers(1, timeout=ANSWER_WITHIN_S)
    except TimeoutError as error:
        remedy = "Start one with `dask worker ADDRESS` on a machine that has Trialwright installed."
        raise Stop(EXIT_BROKEN, "The cluster has no worker.", remedy) from error
    try:
        versions: dict[str, str] = client.run(installed_version)
        client.submit(installed_version, pure=False).result()
    except Exception as error:  # whatever a foreign environment raises when it unpickles a function of ours
        raise Stop(
            EXIT_BROKEN,
            f"The cluster cannot load Trialwright ({type(error).__name__}).",
            f"Install trialwright {__version__} where the scheduler and the workers run.",
        ) from error
    other = {worker: version for worker, version in versions.items() if version != __version__}
    if other:
        worker, version = min(other.items())
        raise Stop(
            EXIT_BROKEN,
            f"The worker {worker} has trialwright {version}; here it is {__version__}.",
            "Install the same version on every machine: the answers could differ.",
        )
    return max(1, sum(client.nthreads().values()))


def installed_version() -> str:
    """The version of this package where the function runs."""
    return __version__


class _WatchedExecutor(Executor):
    """Submits to a client. A cluster that goes away cancels what is waiting, so that nobody waits for ever."""

    def __init__(self, client: Any) -> None:
        self.lost = ""
        self._client = client
        self._inner = client.get_executor(pure=False)
        self._closed = threading.Event()
        threading.Thread(target=self._watch, name="cluster-watch", daemon=True).start()

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Function and arguments travel as one string of bytes: the scheduler would look into them for tasks."""
        return self._inner.submit(call_pickled, pickle.dumps((fn, args, kwargs)))

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Take no more work; without ``wait`` what was submitted is given up."""
        del cancel_futures
        self._closed.set()
        self._inner.shutdown(wait=wait)

    def _watch(self) -> None:
        alone_s = 0.0
        while not self._closed.wait(_LOOK_EVERY_S):
            alone_s = 0.0 if self._has_workers() else alone_s + _LOOK_EVERY_S
            if alone_s >= ALONE_FOR_S:
                self.lost = f"The cluster has had no worker for {ALONE_FOR_S} seconds."
                self._inner.shutdown(wait=False)
                return

    def _has_workers(self) -> bool:
        try:
            return bool(self._client.nthreads())
        except (
            Exception
        ):  # the scheduler is gone or the client is closing: its futures are cancelled by itself
            return False


def call_pickled(work: bytes) -> Any:
    """What a worker does: the function with the arguments that `submit` was given."""
    function, args, kwargs = pickle.loads(work)  # noqa: S301 - from the submitting side of our own cluster
    return function(*args, **kwargs)


@contextmanager
def interrupts_held() -> Iterator[None]:
    """Processes and threads started meanwhile never see Ctrl-C; this process does, when the block is over.

    A terminal sends Ctrl-C to every process of a command: the leading one ends the work, and the others
    would each print a trace.
    """
    resource_tracker.ensure_running()  # started later, it would unblock the signal in the thread that starts it
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


@contextmanager
def _quiet() -> Iterator[None]:
    """The library's own log lines and warnings would stand between the lines of the command."""
    before = logging.root.manager.disable
    logging.disable(logging.CRITICAL)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logging.disable(before)


def _worker_killed() -> type[Exception]:
    from distributed import KilledWorker

    return KilledWorker


def _stop_of(error: Exception, executor: _WatchedExecutor) -> Stop:
    if isinstance(error, CancelledError):
        message = executor.lost or "The connection to the cluster was lost."
        return Stop(EXIT_BROKEN, message, "See that scheduler and workers run, then start again.")
    return Stop(
        EXIT_BROKEN,
        "Workers of the cluster ended, several times, over the same piece of work.",
        "Give them more memory, and see their logs.",
    )
