"""Where instants and random bytes come from: arguments, so that a rehearsal with a seed repeats itself."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], datetime]
"""Answers the present instant, aware and in UTC."""

Entropy = Callable[[int], bytes]
"""Answers that many bytes that nobody could foretell (or, in a rehearsal, that the seed decides)."""

system_entropy: Entropy = os.urandom
"""The operating system's generator: the only source for a real trial."""


def system_clock() -> datetime:
    """The machine's clock in UTC."""
    return datetime.now(UTC)


def instant_text(at: datetime) -> str:
    """An instant as the ledger writes it: UTC, ISO 8601, milliseconds, ``Z``. Refuses a naive datetime."""
    if at.tzinfo is None:
        raise ValueError("an instant needs a time zone: pass an aware datetime")
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def seeded_entropy(seed: str, stream: str = "ledger") -> Entropy:
    """A repeatable source for rehearsals and tests: SHA-256 in counter mode, keyed by seed and stream."""
    key = hashlib.sha256(f"{seed}|{stream}".encode()).digest()
    counter = 0

    def take(count: int) -> bytes:
        nonlocal counter
        taken = b""
        while len(taken) < count:
            taken += hashlib.sha256(key + counter.to_bytes(8, "big")).digest()
            counter += 1
        return taken[:count]

    return take
