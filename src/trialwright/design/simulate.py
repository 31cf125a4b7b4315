"""Operating characteristics of a design by simulation: the same answer on one core and on many."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
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

AHEAD = 64
"""Pieces that wait for a place at a time."""

Progress = Callable[[int, int], None]
"""Called with (replicates done, replicates asked for)."""


class Task(NamedTuple):
    """All that a stretch of replicates needs, ready for the engines."""

    plan: Plan
    rule: Rule
    seed: int


class Piece(NamedTuple):
    """Some replicates of one of the scenarios that are simulated together."""

    scenario: int
    task: Task
    stretch: tuple[int, int]


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
    [(_, result)] = simulate_designs([scenario], replicates, seed, cores, progress, hazard_ratios, executor)
    return result


def simulate_designs(
    scenarios: Sequence[DesignScenario],
    replicates: int,
    seed: int,
    cores: int = 1,
    progress: Progress | None = None,
    hazard_ratios: bool = True,
    executor: Executor | None = None,
) -> Iterator[tuple[int, DesignResult]]:
    """(position, result) of each scenario, as each is done; all scenarios share the cores or the executor."""
    findings = [check_scenario(scenario) for scenario in scenarios]
    barred = [has_errors(found) or replicates < 1 for found in findings]
    for i, scenario in enumerate(scenarios):
        if barred[i]:
            yield i, DesignResult(scenario, 0, seed, None, tuple(findings[i]))
    length = STRETCH if executor is None else STRETCH_AWAY
    pieces = (
        Piece(i, Task(compute_plan(scenario, hazard_ratios), compute_rule(scenario), seed), stretch)
        for i, scenario in enumerate(scenarios)
        if not barred[i]
        for stretch in _stretches(replicates, length)
    )
    open_tallies: dict[int, Tally] = {}
    done, in_all = 0, replicates * barred.count(False)
    for i, part in _tallies(pieces, cores, executor):
        scenario = scenarios[i]
        tally = open_tallies.setdefault(i, empty_tally(len(scenario.looks), len(scenario.other_tests)))
        tally.add(part)
        done += part.replicates
        if progress is not None:
            progress(done, in_all)
        if tally.replicates == replicates:
            del open_tallies[i]
            met = (*findings[i], *check_tally(scenario, tally))
            yield i, DesignResult(scenario, replicates, seed, tally, met)


def _tallies(pieces: Iterator[Piece], cores: int, executor: Executor | None) -> Iterator[tuple[int, Tally]]:
    """The tallies of all pieces, in the order in which they are done."""
    if executor is not None:
        yield from _done(executor, pieces)
    elif cores > 1:
        with ThreadPoolExecutor(max_workers=cores) as threads:
            yield from _done(threads, pieces)
    else:
        for piece in pieces:
            yield piece.scenario, simulate_stretch(piece.task, piece.stretch)


def _stretches(replicates: int, length: int) -> list[tuple[int, int]]:
    return [(first, min(length, replicates - first)) for first in range(0, replicates, length)]


def _done(executor: Executor, pieces: Iterator[Piece]) -> Iterator[tuple[int, Tally]]:
    """Tallies as they come, a few pieces ahead, so that neither tasks nor answers pile up."""
    waiting: dict[Future[Tally], int] = {}
    try:
        while True:
            for piece in islice(pieces, AHEAD - len(waiting)):
                waiting[executor.submit(simulate_stretch, piece.task, piece.stretch)] = piece.scenario
            if not waiting:
                return
            for future in wait(waiting, return_when=FIRST_COMPLETED).done:
                yield waiting.pop(future), future.result()
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
