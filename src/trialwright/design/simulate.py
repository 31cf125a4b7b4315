"""Operating characteristics of a design by simulation: the same answer on one core and on many."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import numpy as np
from numpy.typing import NDArray

from trialwright.design.check import check_scenario, check_tally
from trialwright.design.lane_engine import compute_lane_stretch
from trialwright.design.lane_subjects import fits_lanes, lane_beliefs
from trialwright.design.monitoring import compute_rule
from trialwright.design.philox import philox_keys
from trialwright.design.plain_engine import compute_stretch
from trialwright.design.result import DesignResult
from trialwright.design.scenario import DesignScenario
from trialwright.design.stretch import tally_lane_stretch, tally_plain_stretch
from trialwright.design.tables import compute_plan
from trialwright.design.tally import Tally, empty_tally
from trialwright.study.findings import has_errors

STRETCH = 16384
"""Replicates a task: small enough for even work, large enough to hide the cost of a task."""

Progress = Callable[[int, int], None]
"""Called with (replicates done, replicates asked for)."""


def simulate_design(
    scenario: DesignScenario,
    replicates: int,
    seed: int,
    cores: int = 1,
    progress: Progress | None = None,
    hazard_ratios: bool = True,
) -> DesignResult:
    """Simulate ``replicates`` trials of a scenario and say what the design shows.

    The result depends on scenario, replicates and seed alone, not on ``cores``. A scenario with errors
    is not simulated: the result then holds the findings and no numbers. Without ``hazard_ratios`` no Cox
    model is fitted, which is faster.
    """
    findings = check_scenario(scenario)
    if has_errors(findings) or replicates < 1:
        return DesignResult(scenario, 0, seed, None, tuple(findings))
    tally = empty_tally(len(scenario.looks), len(scenario.other_tests))
    for part in _tallies(scenario, replicates, seed, cores, hazard_ratios):
        tally.add(part)
        if progress is not None:
            progress(tally.replicates, replicates)
    return DesignResult(scenario, replicates, seed, tally, (*findings, *check_tally(scenario, tally)))


def _tallies(
    scenario: DesignScenario, replicates: int, seed: int, cores: int, hazard_ratios: bool
) -> Iterator[Tally]:
    stretches = [(first, min(STRETCH, replicates - first)) for first in range(0, replicates, STRETCH)]
    simulate = partial(simulate_stretch, scenario, seed, hazard_ratios=hazard_ratios)
    if cores <= 1:
        yield from map(simulate, stretches)
        return
    with ThreadPoolExecutor(max_workers=cores) as threads:
        yield from threads.map(simulate, stretches)


def simulate_stretch(
    scenario: DesignScenario, seed: int, stretch: tuple[int, int], hazard_ratios: bool = True
) -> Tally:
    """The tally of replicates ``first`` to ``first + count - 1``."""
    plan, tally = (
        compute_plan(scenario, hazard_ratios),
        empty_tally(len(scenario.looks), len(scenario.other_tests)),
    )
    rule = compute_rule(scenario)
    keys = philox_keys(seed)
    if fits_lanes(plan):
        tally_lane_stretch(*stretch, keys, plan, lane_beliefs(plan), rule, tally)
    else:
        tally_plain_stretch(*stretch, keys, plan, rule, tally)
    return tally


def compute_results(
    scenario: DesignScenario, seed: int, first: int, count: int, plain: bool = False, cox: bool = True
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Each replicate for itself: results (replicates, looks, endpoints, 5), look months (replicates, looks).

    Columns: score and variance of the log-rank, events, log hazard ratio and its information. Look months are
    negative where the wanted events were not reached. An endpoint that is not tested is nan.
    """
    plan = compute_plan(scenario, cox)
    results = np.full((count, plan.looks.shape[0], 2, 5), np.nan)
    look_months = np.empty((count, plan.looks.shape[0]))
    if plain or not fits_lanes(plan):
        shape = (count, plan.looks.shape[0], plan.others.shape[0])
        decisions, effects = np.zeros(shape, np.int8), np.zeros(shape)
        compute_stretch(first, philox_keys(seed), plan, results, look_months, decisions, effects)
    else:
        compute_lane_stretch(first, philox_keys(seed), plan, lane_beliefs(plan), results, look_months)
    return results, look_months
