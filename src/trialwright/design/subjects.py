"""One subject of one replicate: entry, first exit, progression, death, drop-out.

All arithmetic is single precision without fused operations, so that the numpy twin in the tests, this
kernel and the lane kernel give the same bits.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from trialwright.design.compiled import inlined

PROGRESSION, DEATH, DROP_OUT = 0, 1, 2

_ZERO, _HALF, _ONE = np.float32(0.0), np.float32(0.5), np.float32(1.0)
_UNIT = np.float32(2.0**-32)
_BELOW_ONE = np.float32(1.0 - 2.0**-24)
_LOG2 = np.float32(0.6931471805599453)
_ROOT_HALF_BITS = np.int32(0x3F3504F3)
_MANTISSA = np.int32(0x007FFFFF)
_LEAST_EXIT = np.float32(1e-8)
TIME_BITS = np.int32(-4)

# Minimax polynomial for log(1 + x) / x on [sqrt(1/2) - 1, sqrt(2) - 1]; the coefficients are those of
# S. L. Moshier's Cephes library (logf), maximal relative error below 1e-7.
_P = tuple(
    np.float32(c)
    for c in (
        7.0376836292e-2,
        -1.1514610310e-1,
        1.1676998740e-1,
        -1.2420140846e-1,
        1.4249322787e-1,
        -1.6668057665e-1,
        2.0000714765e-1,
        -2.4999993993e-1,
        3.3333331174e-1,
    )
)
P0, P1, P2, P3, P4, P5, P6, P7, P8 = _P


@inlined
def uniform(word: np.uint32) -> np.float32:
    """A number in (0, 1) from 32 random bits."""
    return min((np.float32(word) + _HALF) * _UNIT, _BELOW_ONE)


@inlined
def exponential(word: np.uint32) -> np.float32:
    """A standard exponential number from 32 random bits: minus the logarithm of (word + 1/2) / 2**32."""
    bits = np.float32(np.float32(word) + _HALF).view(np.int32)
    shifted = np.int32(bits - _ROOT_HALF_BITS)
    exponent = np.int32(shifted >> np.int32(23))
    mantissa = np.int32(np.int32(shifted & _MANTISSA) + _ROOT_HALF_BITS)
    x = np.float32(mantissa.view(np.float32) - _ONE)
    z = x * x
    y = P0
    y = y * x + P1
    y = y * x + P2
    y = y * x + P3
    y = y * x + P4
    y = y * x + P5
    y = y * x + P6
    y = y * x + P7
    y = y * x + P8
    log_mantissa = x - (_HALF * z - y * x * z)
    return max(np.float32(np.int32(32) - exponent) * _LOG2 - log_mantissa, _LEAST_EXIT)


@inlined
def piece_of(target: np.float32, cumulative: NDArray[np.float32], course: int) -> int:
    """The last piece whose cumulative hazard does not exceed ``target``."""
    piece = 0
    for k in range(1, cumulative.shape[1]):
        if target >= cumulative[course, k]:
            piece = k
    return piece


@inlined
def piece_at(months: np.float32, starts: NDArray[np.float32]) -> int:
    """The piece in force at a time."""
    piece = 0
    for k in range(1, starts.shape[0]):
        if months >= starts[k]:
            piece = k
    return piece


@inlined
def entry_months(share: np.float32, accrual: NDArray[np.float32]) -> np.float32:
    """Calendar time of entry of the subject at ``share`` of enrolment."""
    months = accrual[0, 1] + (share - accrual[0, 0]) * accrual[0, 2]
    for k in range(1, accrual.shape[0]):
        if share >= accrual[k, 0]:
            months = accrual[k, 1] + (share - accrual[k, 0]) * accrual[k, 2]
    return months


@inlined
def split_share(share: np.float32, progress: np.float32, die: np.float32) -> tuple[int, np.float32]:
    """(kind of exit, what is left of the uniform number, again uniform) by cumulative probabilities."""
    if share < progress:
        return PROGRESSION, share / progress
    if share < die:
        return DEATH, (share - progress) / (die - progress)
    return DROP_OUT, (share - die) / (_ONE - die)


@inlined
def on_grid(months: np.float32) -> np.float32:
    """A time with its two lowest bits cleared: they make room for event and arm in the sort keys."""
    return np.int32(np.float32(months).view(np.int32) & TIME_BITS).view(np.float32)


@inlined
def seen_at_visit(months: np.float32, interval: np.float32) -> np.float32:
    """The first visit at or after a time; the time itself without visits."""
    if interval > _ZERO:
        return np.float32(np.ceil(months / interval)) * interval
    return months


@inlined
def last_visit(months: np.float32, interval: np.float32) -> np.float32:
    """The last visit at or before a time; the time itself without visits."""
    if interval > _ZERO:
        return np.float32(np.floor(months / interval)) * interval
    return months
