"""Sorting sixteen columns at once, without branches.

Batcher's merge exchange (Knuth, The Art of Computer Programming vol. 3, section 5.2.2, algorithm M): the
comparisons do not depend on the data, so all lanes make the same ones, each one minimum and one maximum.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from trialwright.design.compiled import inlined, kernel
from trialwright.design.lanes import choose, load, store


@inlined
def exchange(keys: NDArray[np.int32], i: int, j: int) -> None:
    """Put the smaller of two rows first, lane by lane."""
    a, b = load(keys, i), load(keys, j)
    ordered = a < b
    store(keys, i, choose(ordered, a, b))
    store(keys, j, choose(ordered, b, a))


@kernel
def sort_lanes(keys: NDArray[np.int32], rows: int) -> None:
    """Sort each column of the first ``rows`` rows of an array (rows, 16) upwards."""
    top = 1
    while 2 * top < rows:
        top *= 2
    p = top
    while p > 0 and rows > 1:
        q, r, d = top, 0, p
        while True:
            for begin in range(r, rows - d, 2 * p):
                for i in range(begin, min(begin + p, rows - d)):
                    exchange(keys, i, i + d)
            if q == p:
                break
            d = q - p
            q //= 2
            r = p
        p //= 2
