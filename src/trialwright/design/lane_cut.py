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
def fill_look(
    data: NDArray[np.int32],
    subjects: int,
    at_months: np.float32,
    at_events: int,
    endpoint: int,
    keys: NDArray[np.int32],
    look: NDArray[np.float32],
) -> None:
    """Calendar time of a look in each replicate; negative where its events were not reached.

    See :func:`trialwright.design.cut.compute_look_months`. ``keys`` is scratch.
    """
    if at_events <= 0:
        look[0, :] = at_months
        return
    row = OS if endpoint == 0 else PFS
    latest = spread(_ZERO)
    for i in range(subjects):
        entry, coded = same_bits(load(data, ROWS * i + ENTRY)), load(data, ROWS * i + row)
        calendar = entry + same_bits(coded & _TIME_BITS)
        event = (coded & _EVENT_BIT) == _EVENT_BIT
        latest = greater(latest, choose(event, greater(calendar, entry), entry))
        store(keys, i, choose(event, same_bits(calendar), _NEVER_BITS))
    sort_lanes(keys, subjects)
    reached = same_bits(load(keys, min(at_events, subjects) - 1))
    in_time = reached <= at_months
    store(look, 0, choose(in_time, reached, _ZERO - lesser(latest, spread(at_months))))
    if at_events > subjects:
        store(look, 0, _ZERO - lesser(latest, spread(at_months)))
