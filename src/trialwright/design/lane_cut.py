"""The data as seen at a look, for sixteen replicates at once; see :mod:`trialwright.design.cut`."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from trialwright.design.compiled import inlined, kernel
from trialwright.design.lane_sort import sort_lanes
from trialwright.design.lane_subjects import ENTRY, OS, PFS, ROWS
from trialwright.design.lanes import Lane, choose, floored, load, same_bits, spread, store

_TIME_BITS, _EVENT_BIT, _NOT_ENROLLED = np.int32(-4), np.int32(2), np.int32(-4)
_ZERO = np.float32(0.0)
_NEVER_BITS = np.int32(0x7F000000)
"""Above every time, for events that do not happen."""


@inlined
def lesser(a: Lane, b: Lane) -> Lane:
    """The smaller, lane by lane."""
    return choose(a < b, a, b)


@inlined
def greater(a: Lane, b: Lane) -> Lane:
    """The larger, lane by lane."""
    return choose(a > b, a, b)


@kernel
def fill_keys(
    data: NDArray[np.int32],
    endpoint: int,
    arms: NDArray[np.int8],
    look: NDArray[np.float32],
    interval: np.float32,
    keys: NDArray[np.int32],
) -> None:
    """The keys of all subjects at a look; ``look`` (1, 16) holds its calendar time in each replicate."""
    at = load(look, 0)
    row = OS if endpoint == 0 else PFS
    for i in range(arms.shape[0]):
        entry, coded = same_bits(load(data, ROWS * i + ENTRY)), load(data, ROWS * i + row)
        months = same_bits(coded & _TIME_BITS)
        waited = greater(at - entry, spread(_ZERO))
        if endpoint == 1 and interval > _ZERO:
            waited = floored(waited / interval) * interval
        key = choose((entry + months) <= at, coded, same_bits(waited) & _TIME_BITS)
        store(keys, i, choose(entry <= at, key | np.int32(arms[i]), _NOT_ENROLLED))


@kernel
def sort_calendar(
    data: NDArray[np.int32],
    subjects: int,
    endpoint: int,
    calendar: NDArray[np.int32],
    latest: NDArray[np.float32],
) -> None:
    """Calendar times of the events in ascending order, ``never`` at the end, and the latest event or entry.

    ``calendar`` (subjects, 16) holds the bits of the times.
    """
    row = OS if endpoint == 0 else PFS
    last = spread(_ZERO)
    for i in range(subjects):
        entry, coded = same_bits(load(data, ROWS * i + ENTRY)), load(data, ROWS * i + row)
        months = entry + same_bits(coded & _TIME_BITS)
        event = (coded & _EVENT_BIT) == _EVENT_BIT
        last = greater(last, choose(event, greater(months, entry), entry))
        store(calendar, i, choose(event, same_bits(months), _NEVER_BITS))
    sort_lanes(calendar, subjects)
    store(latest, 0, last)


@kernel
def fill_look(
    calendar: NDArray[np.int32],
    latest: NDArray[np.float32],
    at_months: np.float32,
    at_events: int,
    look: NDArray[np.float32],
) -> None:
    """Calendar time of a look by events in each replicate; negative where its events were not reached.

    See :func:`trialwright.design.cut.compute_look_months`.
    """
    missed = _ZERO - lesser(load(latest, 0), spread(at_months))
    if at_events > calendar.shape[0]:
        store(look, 0, missed)
        return
    reached = same_bits(load(calendar, at_events - 1))
    store(look, 0, choose(reached <= at_months, reached, missed))
