"""Counter-based random numbers: Philox 4x32-10.

A block of four 32-bit words is a pure function of a 128-bit counter and a 64-bit key, so any word of any
patient of any replicate can be made without making the others.

Source: Salmon, Moraes, Dror, Shaw (2011), Parallel random numbers: as easy as 1, 2, 3. SC'11, section
3.3 and the known-answer vectors published with their implementation.

Layout used here: key = seed; counter = (patient pair, purpose + 256 * stream, replicate low, replicate
high). A block serves two patients of a pair with two words each.
"""

from __future__ import annotations

import numpy as np

from trialwright.design.compiled import inlined

ROUNDS = 10
MULTIPLIER_0 = np.uint64(0xD2511F53)
MULTIPLIER_1 = np.uint64(0xCD9E8D57)
WEYL_0 = 0x9E3779B9
WEYL_1 = 0xBB67AE85

PURPOSE_FIRST_EXIT = 0
"""Words: time of the first of progression, death, drop-out; its kind and the time of entry."""
PURPOSE_AFTER_PROGRESSION = 1
"""Words: time from progression to death or drop-out; its kind."""
PURPOSE_COURSE = 2
"""Words: which course the subject takes (treated, product failed, cured); stratum."""

_MASK = 0xFFFFFFFF
_SHIFT = np.uint64(32)


def philox4x32(counter: tuple[int, int, int, int], key: tuple[int, int]) -> tuple[int, int, int, int]:
    """One block of four 32-bit words, in plain integers: slow, and the twin of the kernels."""
    c0, c1, c2, c3 = counter
    k0, k1 = key
    for _ in range(ROUNDS):
        product_0 = int(MULTIPLIER_0) * c0
        product_1 = int(MULTIPLIER_1) * c2
        c0, c1, c2, c3 = (
            (product_1 >> 32) ^ c1 ^ k0,
            product_1 & _MASK,
            (product_0 >> 32) ^ c3 ^ k1,
            product_0 & _MASK,
        )
        k0 = (k0 + WEYL_0) & _MASK
        k1 = (k1 + WEYL_1) & _MASK
    return c0, c1, c2, c3


def philox_keys(seed: int) -> np.ndarray:
    """The key schedule of a seed: ten pairs of round keys, shape (10, 2), uint32.

    ``seed`` is taken modulo 2**64.
    """
    k0, k1 = seed & _MASK, (seed >> 32) & _MASK
    keys = [((k0 + r * WEYL_0) & _MASK, (k1 + r * WEYL_1) & _MASK) for r in range(ROUNDS)]
    return np.array(keys, dtype=np.uint32)


@inlined
def philox_round(
    c0: np.uint32, c1: np.uint32, c2: np.uint32, c3: np.uint32, k0: np.uint32, k1: np.uint32
) -> tuple[np.uint32, np.uint32, np.uint32, np.uint32]:
    """One round on 32-bit words."""
    product_0 = MULTIPLIER_0 * np.uint64(c0)
    product_1 = MULTIPLIER_1 * np.uint64(c2)
    return (
        np.uint32(np.uint32(product_1 >> _SHIFT) ^ c1 ^ k0),
        np.uint32(product_1),
        np.uint32(np.uint32(product_0 >> _SHIFT) ^ c3 ^ k1),
        np.uint32(product_0),
    )


@inlined
def philox_block(
    pair: np.uint32, purpose: np.uint32, low: np.uint32, high: np.uint32, keys: np.ndarray
) -> tuple[np.uint32, np.uint32, np.uint32, np.uint32]:
    """Ten rounds with the key schedule of :func:`philox_keys`: the four words of a patient pair."""
    c0, c1, c2, c3 = pair, purpose, low, high
    c0, c1, c2, c3 = philox_round(c0, c1, c2, c3, keys[0, 0], keys[0, 1])
    c0, c1, c2, c3 = philox_round(c0, c1, c2, c3, keys[1, 0], keys[1, 1])
    c0, c1, c2, c3 = philox_round(c0, c1, c2, c3, keys[2, 0], keys[2, 1])
    c0, c1, c2, c3 = philox_round(c0, c1, c2, c3, keys[3, 0], keys[3, 1])
    c0, c1, c2, c3 = philox_round(c0, c1, c2, c3, keys[4, 0], keys[4, 1])
    c0, c1, c2, c3 = philox_round(c0, c1, c2, c3, keys[5, 0], keys[5, 1])
    c0, c1, c2, c3 = philox_round(c0, c1, c2, c3, keys[6, 0], keys[6, 1])
    c0, c1, c2, c3 = philox_round(c0, c1, c2, c3, keys[7, 0], keys[7, 1])
    c0, c1, c2, c3 = philox_round(c0, c1, c2, c3, keys[8, 0], keys[8, 1])
    c0, c1, c2, c3 = philox_round(c0, c1, c2, c3, keys[9, 0], keys[9, 1])
    return c0, c1, c2, c3
