"""Operating characteristics of a design by simulation: the same answer on one core and on many."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ThreadPoolExecutor, wait
from itertools import islice
from typing import NamedTuple

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
from trialwright.design.tables import Plan, compute_plan
from trialwright.design.tally import Rule, Tally, empty_tally
from trialwright.study.findings import has_errors

STRETCH = 16384
"""Replicates a thread takes at a time: small enough for even work, large enough to hide the cost of a task."""

STRETCH_AWAY = 2**18
"""Replicates a task that goes to another process or machine."""

Progress = Callable[[int, int], None]
"""Called with (replicates done, replicates asked for)."""


class Task(NamedTuple):
    """All that a stretch of replicates needs, ready for the engines."""

    plan: Plan
    rule: Rule
    seed: int


def simulate_design(
    scenario: DesignScenario,
    replicates: int,
    seed: int,
    cores: int = 1,
    progress: Progress | None = None,
    hazard_ratios: bool = True,
    executor: Executor | None = None,
) -> DesignResult:
    """Simulate ``replicates`` trials of a scenario and say what the design shows.

    The result depends on scenario, replicates and seed alone, to the last bit: not on ``cores`` (threads),
    nor on ``executor``, which may send the work to other processes or, as that of a cluster client, to
    other machines. A scenario with errors is not simulated: the result then holds the findings and no
    numbers. Without ``hazard_ratios`` no Cox model is fitted, which is faster.
    """
    findings = check_scenario(scenario)
    if has_errors(findings) or replicates < 1:
        return DesignResult(scenario, 0, seed, None, tuple(findings))
    task = Task(compute_plan(scenario, hazard_ratios), compute_rule(scenario), seed)
    tally = empty_tally(len(scenario.looks), len(scenario.other_tests))
    for part in _tallies(task, replicates, cores, executor):
        tally.add(part)
        if progress is not None:
            progress(tally.replicates, replicates)
    return DesignResult(scenario, replicates, seed, tally, (*findings, *check_tally(scenario, tally)))


def _tallies(task: Task, replicates: int, cores: int, executor: Executor | None) -> Iterator[Tally]:
    """The tallies of all stretches, in the order in which they are done."""
    if executor is not None:
        yield from _done(executor, task, _stretches(replicates, STRETCH_AWAY))
    elif cores > 1:
        with ThreadPoolExecutor(max_workers=cores) as threads:
            yield from _done(threads, task, _stretches(replicates, STRETCH))
    else:
        for stretch in _stretches(replicates, STRETCH):
            yield simulate_stretch(task, stretch)


def _stretches(replicates: int, length: int) -> list[tuple[int, int]]:
    return [(first, min(length, replicates - first)) for first in range(0, replicates, length)]


def _done(executor: Executor, task: Task, stretches: list[tuple[int, int]]) -> Iterator[Tally]:
    """Tallies as they come, a few stretches ahead, so that neither tasks nor answers pile up."""
    waiting: set[Future[Tally]] = set()
    remaining = iter(stretches)
    try:
        while True:
            waiting |= {
                executor.submit(simulate_stretch, task, s) for s in islice(remaining, 64 - len(waiting))
            }
            if not waiting:
                return
            done, waiting = wait(waiting, return_when=FIRST_COMPLETED)
            for future in done:
                yield future.result()
    finally:
        for future in waiting:
            future.cancel()


def simulate_stretch(task: Task, stretch: tuple[int, int]) -> Tally:
    """The tally of replicates ``first`` to ``first + count - 1``, with ``stretch`` = (first, count)."""
    plan, rule, keys = task.plan, task.rule, philox_keys(task.seed)
    tally = empty_tally(plan.looks.shape[0], plan.others.shape[0])
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
