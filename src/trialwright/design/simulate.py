"""Operating characteristics of a design by simulation: the same answer on one core and on many."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from trialwright.design.check import check_scenario, check_tally
from trialwright.design.philox import philox_keys
from trialwright.design.plain_engine import compute_stretch
from trialwright.design.result import DesignResult
from trialwright.design.scenario import DesignScenario
from trialwright.design.tables import Plan, compute_plan
from trialwright.design.tally import Tally, add_results, empty_tally
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
    tally = empty_tally(len(scenario.looks))
    for part in _tallies(scenario, replicates, seed, cores):
        tally.add(part)
        if progress is not None:
            progress(tally.replicates, replicates)
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
    plan = compute_plan(scenario)
    results, look_months = compute_stretch_results(plan, seed, *stretch)
    tally = empty_tally(len(scenario.looks))
    limit = critical_z(scenario)
    add_results(results, look_months, plan.tested, limit, scenario.sides, scenario.fewest_events, tally)
    return tally


def compute_stretch_results(
    plan: Plan, seed: int, first: int, count: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """(results, look months) a replicate, by the plain engine; shapes as in the engine."""
    results = np.full((count, plan.looks.shape[0], 2, 5), np.nan)
    look_months = np.empty((count, plan.looks.shape[0]))
    compute_stretch(first, philox_keys(seed), plan, results, look_months)
    return results, look_months


def critical_z(scenario: DesignScenario) -> float:
    """The normal quantile that a test must reach."""
    return NormalDist().inv_cdf(1.0 - scenario.alpha / scenario.sides)
