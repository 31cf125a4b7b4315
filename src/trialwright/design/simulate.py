"""Operating characteristics of a design by simulation: the same answer on one core and on many."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from statistics import NormalDist

import numpy as np

from trialwright.design.check import check_scenario, check_tally
from trialwright.design.philox import philox_keys
from trialwright.design.plain_engine import compute_stretch
from trialwright.design.result import DesignResult
from trialwright.design.scenario import DesignScenario
from trialwright.design.tables import NEVER, compute_tables
from trialwright.design.tally import Tally, compute_tally
from trialwright.study.findings import has_errors

STRETCH = 4096
"""Replicates a task: small enough for even work, large enough to hide the cost of a call."""

Progress = Callable[[int, int], None]
"""Called with (replicates done, replicates asked for)."""


def simulate_design(
    scenario: DesignScenario,
    replicates: int,
    seed: int,
    cores: int = 1,
    progress: Progress | None = None,
) -> DesignResult:
    """Simulate ``replicates`` trials of a scenario and say what the design shows.

    The result depends on scenario, replicates and seed alone, not on ``cores``. A scenario with errors
    is not simulated: the result then holds the findings and no numbers.
    """
    findings = check_scenario(scenario)
    if has_errors(findings) or replicates < 1:
        return DesignResult(scenario, 0, seed, None, tuple(findings))
    tally: Tally | None = None
    for part in _tallies(scenario, replicates, seed, cores):
        if tally is None:
            tally = part
        else:
            tally.add(part)
        if progress is not None:
            progress(tally.replicates, replicates)
    assert tally is not None
    return DesignResult(scenario, replicates, seed, tally, (*findings, *check_tally(scenario, tally)))


def _tallies(scenario: DesignScenario, replicates: int, seed: int, cores: int) -> Iterator[Tally]:
    stretches = [(first, min(STRETCH, replicates - first)) for first in range(0, replicates, STRETCH)]
    simulate = partial(simulate_stretch, scenario, seed)
    if cores <= 1:
        yield from map(simulate, stretches)
        return
    with ThreadPoolExecutor(max_workers=cores) as threads:
        yield from threads.map(simulate, stretches)


def simulate_stretch(scenario: DesignScenario, seed: int, stretch: tuple[int, int]) -> Tally:
    """The tally of replicates ``first`` to ``first + count - 1``."""
    results, look_months = compute_stretch_results(scenario, seed, *stretch)
    return compute_tally(results, look_months, critical_z(scenario), scenario.sides, scenario.fewest_events)


def compute_stretch_results(
    scenario: DesignScenario, seed: int, first: int, count: int
) -> tuple[np.ndarray, np.ndarray]:
    """(results, look months) a replicate, by the plain engine; shapes as in the engine."""
    tables = compute_tables(scenario)
    results = np.empty((count, len(scenario.looks), 2, 5))
    look_months = np.empty((count, len(scenario.looks)))
    looks = np.array(
        [
            (NEVER if look.at_months is None else look.at_months, look.at_events or 0, look.endpoint == "pfs")
            for look in scenario.looks
        ]
    )
    arms = np.array([scenario.arm_of(i) for i in range(scenario.subjects)], dtype=np.int8)
    arrays = tuple(getattr(tables, name) for name in tables.__slots__)
    interval = np.float32(scenario.assessment_interval_months)
    compute_stretch(
        first, scenario.stream, philox_keys(seed), arms, arrays, interval, looks, results, look_months
    )
    return results, look_months


def critical_z(scenario: DesignScenario) -> float:
    """The normal quantile that a test must reach."""
    return NormalDist().inv_cdf(1.0 - scenario.alpha / scenario.sides)
