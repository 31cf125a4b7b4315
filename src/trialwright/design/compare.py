"""The difference in power between two designs, on the same random numbers.

Trial by trial both designs meet the same patients, so that the difference is known better than either power.
"""

from __future__ import annotations

import math
from concurrent.futures import Executor
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trialwright.design.monitoring import compute_rule
from trialwright.design.plain_engine import SCORE, VARIANCE
from trialwright.design.scenario import DesignScenario, Endpoint
from trialwright.design.simulate import Progress, compute_results

AT_ONCE = 20_000


@dataclass(frozen=True, slots=True)
class PowerDifference:
    """Power of ``second`` minus power of ``first`` at their last looks, with its paired standard error.

    ``only_first`` and ``only_second``: shares of the trials that only one of the designs rejects.
    """

    first: str
    second: str
    endpoint: Endpoint
    difference: float
    se: float
    only_first: float
    only_second: float
    replicates: int

    def as_json(self) -> dict[str, Any]:
        """A JSON-ready mapping."""
        return {name: getattr(self, name) for name in self.__slots__}


def compare_power(
    first: DesignScenario,
    second: DesignScenario,
    endpoint: Endpoint,
    replicates: int,
    seed: int,
    progress: Progress | None = None,
    executor: Executor | None = None,
) -> PowerDifference:
    """Compare the log-rank tests in favour of the experimental arm, both designs simulated with one seed.

    The look compared is the last; stops before it do not count. ``executor`` may send the work elsewhere.
    """
    pieces = [(begin, min(AT_ONCE, replicates - begin)) for begin in range(0, replicates, AT_ONCE)]
    only_first = only_second = done = 0
    count = partial(count_differences, first, second, endpoint, seed)
    found = map(count, pieces) if executor is None else executor.map(count, pieces)
    for (_, length), (one, other) in zip(pieces, found, strict=True):
        only_first, only_second, done = only_first + one, only_second + other, done + length
        if progress is not None:
            progress(done, replicates)
    a, b = only_first / replicates, only_second / replicates
    se = math.sqrt(max(a + b - (b - a) ** 2, 0.0) / replicates)
    return PowerDifference(first.id, second.id, endpoint, b - a, se, a, b, replicates)


def count_differences(
    first: DesignScenario, second: DesignScenario, endpoint: Endpoint, seed: int, piece: tuple[int, int]
) -> tuple[int, int]:
    """How many of the trials ``piece`` (first, count) only the first, and only the second design rejects."""
    one, other = (_rejects(scenario, endpoint, seed, *piece) for scenario in (first, second))
    return int((one & ~other).sum()), int((other & ~one).sum())


def _rejects(
    scenario: DesignScenario, endpoint: Endpoint, seed: int, begin: int, count: int
) -> NDArray[np.bool_]:
    e = ("os", "pfs").index(endpoint)
    last = compute_results(scenario, seed, begin, count, cox=False)[0][:, -1, e]
    score, variance = last[:, SCORE], last[:, VARIANCE]
    z = np.divide(score, np.sqrt(variance), out=np.zeros(count), where=variance > 0)
    return z <= -compute_rule(scenario).critical_z[-1, e]
