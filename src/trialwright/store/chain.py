"""The hash chain: pure functions over JSON documents.

``h_i = SHA256(bytes(h_(i-1)) || canonical JSON of entry i)`` with ``h_0`` 32 zero bytes. Canonical JSON has
sorted keys, the separators ``,`` and ``:``, UTF-8 and no ASCII escaping. The ledger chains headers, and a
header holds the salted digest of its payload, so that the payload itself never enters the chain: it can be
sealed apart, and a short payload (which of two arms) cannot be guessed from its digest.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any

ZERO_HASH = "0" * 64
"""``h_0``: what the first entry of a chain follows."""

SALT_BYTES = 16
"""Length of a salt: 128 bits, more than can be tried out."""


def canonical_json(value: Any) -> str:
    """The one JSON text of a document. Refuses what JSON cannot hold (NaN, infinities, unpaired
    surrogates).
    """
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    text.encode()  # an unpaired surrogate cannot be stored, and must fail here and not in the database
    return text


def salted_digest(salt: bytes, text: str) -> str:
    """Hex SHA-256 over a salt and a canonical text."""
    return hashlib.sha256(salt + text.encode()).hexdigest()


def content_hash(text: str) -> str:
    """Hex SHA-256 of a canonical text: the address of an immutable document."""
    return hashlib.sha256(text.encode()).hexdigest()


def next_hash(previous: str, entry: Mapping[str, Any]) -> str:
    """Hex hash of ``entry`` following the hex hash ``previous``."""
    return hashlib.sha256(bytes.fromhex(previous) + canonical_json(entry).encode()).hexdigest()


def find_first_mismatch(links: Iterable[tuple[Mapping[str, Any], str, str]]) -> int | None:
    """Position (from 1) of the first link that does not follow from the one before, or None.

    ``links`` are (entry, previous hash as stored, hash as stored), in order from the beginning of the chain.
    """
    expected = ZERO_HASH
    for position, (entry, previous, stored) in enumerate(links, start=1):
        if previous != expected or next_hash(expected, entry) != stored:
            return position
        expected = stored
    return None
