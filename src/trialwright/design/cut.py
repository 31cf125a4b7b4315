"""The data as seen at an analysis: calendar time of the look, cut, sorted keys.

A subject's observation is one 32-bit integer: the bits of its time (single precision, which order like
integers for numbers >= 0) with the two lowest bits replaced by event and arm. Times therefore stand on a
grid of 22 significant bits, about seven seconds in a month, on which ties are treated exactly.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from trialwright.design.compiled import inlined, kernel
from trialwright.design.subjects import TIME_BITS, last_visit

Times = tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.float32]]
"""Of each subject: entry, months to event or drop-out, whether it is an event (1) or not (0)."""

NOT_ENROLLED = np.int32(-4)
"""The key of a subject who has not entered yet: before every time, neither event nor experimental arm."""
EVENT_BIT, ARM_BIT = np.int32(2), np.int32(1)


@inlined
def coded_months(months: np.float32, event: bool | np.bool_) -> np.int32:
    """The bits of a time on the grid, with the event flag."""
    bits = np.int32(np.float32(months).view(np.int32) & TIME_BITS)
    return np.int32(bits | EVENT_BIT) if event else bits


@inlined
def observation_key(
    entry: np.float32, coded: np.int32, arm: np.int32, look: np.float32, interval: np.float32
) -> np.int32:
    """The key of a subject at a look. An event at the look itself counts.

    Who is still under observation is censored at the look, or at the last visit before it.
    """
    months = np.int32(coded & TIME_BITS).view(np.float32)
    seen = np.float32(entry + months) <= look
    waiting = coded_months(last_visit(max(np.float32(look - entry), np.float32(0.0)), interval), False)
    key = np.int32((coded if seen else waiting) | arm)
    return key if entry <= look else NOT_ENROLLED


@kernel
def compute_look_months(
    times: Times,
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
    entry, months, event = times
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
    times: Times,
    arms: NDArray[np.int8],
    strata: NDArray[np.int8],
    stratum: int,
    look: np.float32,
    interval: np.float32,
    keys: NDArray[np.int32],
) -> int:
    """Fill ``keys`` with the enrolled subjects of a stratum (-1: of all) in ascending time; how many."""
    entry, months, event = times
    count = 0
    for i in range(entry.shape[0]):
        if stratum < 0 or strata[i] == stratum:
            coded = coded_months(months[i], event[i] > 0)
            key = observation_key(entry[i], coded, np.int32(arms[i]), look, interval)
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
