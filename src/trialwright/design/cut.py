"""The data as seen at an analysis: calendar time of the look, cut, sorted keys.

A subject's observation is one 32-bit integer: the bits of its time (single precision, which order like
integers for numbers >= 0) with the two lowest bits replaced by event and arm. Times therefore stand on a
grid of 22 significant bits, about seven seconds in a month, on which ties are treated exactly.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from trialwright.design.compiled import inlined, kernel

NOT_ENROLLED = np.int32(-1)
EVENT_BIT, ARM_BIT = np.int32(2), np.int32(1)
TIME_BITS = np.int32(-4)


@inlined
def observation_key(
    entry: np.float32, months: np.float32, event: np.float32, arm: np.int8, look: np.float32
) -> np.int32:
    """The key of a subject at a look; ``NOT_ENROLLED`` before entry. An event at the look itself counts."""
    if entry > look:
        return NOT_ENROLLED
    seen = np.float32(entry + months) <= look
    observed = months if seen else np.float32(look - entry)
    bits = np.int32(np.float32(observed).view(np.int32) & TIME_BITS)
    flag = EVENT_BIT if seen and event > 0 else np.int32(0)
    return np.int32(bits | flag | np.int32(arm))


@kernel
def compute_look_months(
    entry: NDArray[np.float32],
    months: NDArray[np.float32],
    event: NDArray[np.float32],
    at_months: np.float32,
    at_events: int,
) -> tuple[np.float32, bool]:
    """(calendar time of the look, whether its events were reached).

    With ``at_events`` > 0 the look falls on that event, or on ``at_months`` when this comes first (then the
    events were not reached). When fewer events ever happen, the last of them or the last entry is as late as
    waiting makes sense.
    """
    if at_events <= 0:
        return at_months, True
    calendar = np.empty(entry.shape[0], np.float32)
    count, latest = 0, np.float32(0.0)
    for i in range(entry.shape[0]):
        latest = max(latest, entry[i])
        if event[i] > 0:
            calendar[count] = entry[i] + months[i]
            latest = max(latest, calendar[count])
            count += 1
    if count >= at_events:
        reached = np.sort(calendar[:count])[at_events - 1]
        if reached <= at_months:
            return reached, True
    return min(at_months, latest), False


@kernel
def compute_sorted_keys(
    entry: NDArray[np.float32],
    months: NDArray[np.float32],
    event: NDArray[np.float32],
    arms: NDArray[np.int8],
    strata: NDArray[np.int8],
    stratum: int,
    look: np.float32,
    keys: NDArray[np.int32],
) -> int:
    """Fill ``keys`` with the enrolled subjects of one stratum in ascending time; how many."""
    count = 0
    for i in range(entry.shape[0]):
        if strata[i] == stratum:
            key = observation_key(entry[i], months[i], event[i], arms[i], look)
            if key >= 0:
                keys[count] = key
                count += 1
    keys[:count].sort()
    return count


@kernel
def decode_keys(
    keys: NDArray[np.int32],
    count: int,
    months: NDArray[np.float32],
    event: NDArray[np.int8],
    arm: NDArray[np.int8],
) -> None:
    """Times, events and arms of sorted keys, into the three arrays."""
    for i in range(count):
        months[i] = np.int32(keys[i] & TIME_BITS).view(np.float32)
        event[i] = (keys[i] & EVENT_BIT) >> 1
        arm[i] = keys[i] & ARM_BIT
