"""Counter-based random numbers: Philox 4x32-10.

A block of four 32-bit words is a pure function of a 128-bit counter and a 64-bit key, so any word of any
patient of any replicate can be made without making the others.

Source: Salmon, Moraes, Dror, Shaw (2011), Parallel random numbers: as easy as 1, 2, 3. SC'11, section 3.3 and
the known-answer vectors published with their implementation.

Layout used here: key = seed; counter = (patient pair, purpose + 256 * stream, replicate low, replicate high).
A block serves the two patients of a pair with two words each.
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
PURPOSE_ARRIVAL = 3
"""Words: a waiting time of the Poisson process of arrivals; of the first subject also who comes last."""

RoundKeys = tuple[np.uint64, ...]
Words = tuple[np.uint32, np.uint32, np.uint32, np.uint32]
Wide = tuple[np.uint64, np.uint64, np.uint64, np.uint64]

_MASK = 0xFFFFFFFF
_LOW = np.uint64(_MASK)
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


def philox_keys(seed: int) -> RoundKeys:
    """The key schedule of a seed (modulo 2**64): twenty round keys, in pairs."""
    k0, k1 = seed & _MASK, (seed >> 32) & _MASK
    pairs = [((k0 + r * WEYL_0) & _MASK, (k1 + r * WEYL_1) & _MASK) for r in range(ROUNDS)]
    return tuple(np.uint64(key) for pair in pairs for key in pair)


@inlined
def philox_round(wide: Wide, k0: np.uint64, k1: np.uint64) -> Wide:
    """One round. The words stand in the lower halves of 64 bits, the upper halves hold rubbish.

    So written, eight lanes need three instructions a product and no packing between the rounds.
    """
    product_0 = (wide[0] & _LOW) * MULTIPLIER_0
    product_1 = (wide[2] & _LOW) * MULTIPLIER_1
    return (product_1 >> _SHIFT) ^ wide[1] ^ k0, product_1, (product_0 >> _SHIFT) ^ wide[3] ^ k1, product_0


@inlined
def philox_block(pair: np.uint64, purpose: np.uint64, low: np.uint64, high: np.uint64, k: RoundKeys) -> Words:
    """Ten rounds with the key schedule of :func:`philox_keys`: the four words of a patient pair."""
    wide = (pair, purpose, low, high)
    wide = philox_round(wide, k[0], k[1])
    wide = philox_round(wide, k[2], k[3])
    wide = philox_round(wide, k[4], k[5])
    wide = philox_round(wide, k[6], k[7])
    wide = philox_round(wide, k[8], k[9])
    wide = philox_round(wide, k[10], k[11])
    wide = philox_round(wide, k[12], k[13])
    wide = philox_round(wide, k[14], k[15])
    wide = philox_round(wide, k[16], k[17])
    wide = philox_round(wide, k[18], k[19])
    return np.uint32(wide[0]), np.uint32(wide[1]), np.uint32(wide[2]), np.uint32(wide[3])
