"""One agenda for all subjects: what comes next in time, ties in the order in which things were planned.

A process is a generator: it does something, then yields the instant at which it wants to go on. So the ledger
is written in the order of the simulated time, whoever is concerned.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from datetime import datetime

Process = Iterator[datetime]
"""Something that takes time: it yields the instants at which it goes on."""


class Agenda:
    """Runs processes in the order of their instants."""

    def __init__(self) -> None:
        self._queue: list[tuple[datetime, int, Process]] = []
        self._planned = 0

    def plan(self, at: datetime, process: Process) -> None:
        """Let a process begin at an instant."""
        heapq.heappush(self._queue, (at, self._planned, process))
        self._planned += 1

    def next(self) -> tuple[datetime, Process] | None:
        """Takes out what comes next, or None at the end."""
        if not self._queue:
            return None
        at, _, process = heapq.heappop(self._queue)
        return at, process

    def go_on(self, process: Process) -> None:
        """Runs a process to its next pause, and plans what follows; nothing follows when it has ended."""
        following = next(process, None)
        if following is not None:
            self.plan(following, process)
