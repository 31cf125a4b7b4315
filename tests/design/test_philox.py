"""The generator, against the known-answer vectors of Random123 and its own slow twin."""

from __future__ import annotations

import numba
import numpy as np
import pytest

from trialwright.design.philox import philox4x32, philox_block, philox_keys

ONES = 0xFFFFFFFF
KNOWN = [
    ((0, 0, 0, 0), (0, 0), "6627e8d5 e169c58d bc57ac4c 9b00dbd8"),
    ((ONES, ONES, ONES, ONES), (ONES, ONES), "408f276d 41c83b0e a20bc7c6 6d5451fd"),
    (
        (0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344),
        (0xA4093822, 0x299F31D0),
        "d16cfe09 94fdcceb 5001e420 24126ea1",
    ),
]


@numba.njit
def compute_block(counter: tuple[np.uint64, ...], keys: tuple[np.uint64, ...]) -> tuple[np.uint32, ...]:
    c0, c1, c2, c3 = counter
    return philox_block(c0, c1, c2, c3, keys)


@pytest.mark.parametrize(("counter", "key", "words"), KNOWN)
def test_known_answers(counter: tuple[int, ...], key: tuple[int, int], words: str) -> None:
    """Salmon et al. 2011, kat_vectors: philox4x32 10 rounds."""
    expected = tuple(int(word, 16) for word in words.split())
    assert philox4x32(counter, key) == expected
    compiled = compute_block(tuple(np.uint64(c) for c in counter), philox_keys(key[0] | key[1] << 32))
    assert tuple(int(word) for word in compiled) == expected


def test_kernel_equals_plain_integers() -> None:
    rng = np.random.default_rng(7)
    for _ in range(500):
        counter = rng.integers(0, 2**32, 4, dtype=np.uint64).astype(np.uint32)
        seed = int(rng.integers(0, 2**63))
        slow = philox4x32(tuple(int(c) for c in counter), (seed & ONES, seed >> 32))
        assert (
            tuple(int(w) for w in compute_block(tuple(np.uint64(c) for c in counter), philox_keys(seed)))
            == slow
        )
