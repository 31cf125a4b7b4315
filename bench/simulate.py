"""Replicates a second of the design simulation, per core, beside the packages of Python and R that are installed.

The case: 1:1, even accrual over 18 months, exponential medians 10 and 16 months, 5 % drop-out a year, analysis at
month 42. Times are processor time of the thread, the best of several short runs, so that other work on the
machine counts as little as possible; "two cores" is wall time.
"""

from __future__ import annotations

import argparse
import math
import time
from collections.abc import Callable
from importlib.util import find_spec
from typing import Any

import numpy as np
from numpy.typing import NDArray
from r_peers import measure_r_trials

from trialwright.design.compiled import kernel
from trialwright.design.hazards import solve_course
from trialwright.design.lane_subjects import ROWS, Beliefs, fill_subjects, lane_beliefs
from trialwright.design.lanes import LANES
from trialwright.design.monitoring import compute_rule
from trialwright.design.philox import RoundKeys, philox_block, philox_keys
from trialwright.design.scenario import ArmBelief, DesignScenario, DesignTest, Look, exponential_scenario
from trialwright.design.simulate import Task, compute_results, simulate_design, simulate_stretch
from trialwright.design.tables import Plan, compute_plan

SEED = 1
RUNS = 15


def benchmark_case(subjects: int) -> DesignScenario:
    """The case that the issue measures."""
    return exponential_scenario(subjects, 10.0, 16.0, 18.0, 42.0, -math.log(0.95) / 12)


def illness_death_case(subjects: int) -> DesignScenario:
    """PFS median 5.5 and OS median 11.1 months, hazard ratio 0.6, both endpoints tested."""
    control = solve_course((5.5, 0.5), (11.1, 0.5), 0.1)
    assert control is not None
    return benchmark_case(subjects).varied(
        control=ArmBelief(control),
        experimental=ArmBelief(control.scaled(0.6)),
        tests=(DesignTest("os"), DesignTest("pfs")),
    )


def three_looks(subjects: int) -> DesignScenario:
    """Looks at one, two and three quarters of the subjects having died."""
    looks = tuple(Look(f"look {k}", None, subjects * k // 4) for k in (1, 2, 3))
    return benchmark_case(subjects).varied(looks=looks)


@kernel
def compute_bits(first: int, groups: int, subjects: int, keys: RoundKeys, out: NDArray[np.uint32]) -> None:
    """Random words only: 64 bits a subject."""
    for g in range(groups):
        for pair in range(subjects // 2):
            for lane in range(LANES):
                number = np.uint64(first + g * LANES) + np.uint64(lane)
                high = number >> np.uint64(32)
                a, b, c, d = philox_block(np.uint64(pair), np.uint64(0), number, high, keys)
                out[2 * pair, lane] = a ^ b
                out[2 * pair + 1, lane] = c ^ d


@kernel
def compute_data(
    first: int, groups: int, keys: RoundKeys, plan: Plan, beliefs: Beliefs, data: NDArray[np.int32]
) -> None:
    """Subjects only: entry, time and event, no analysis."""
    for g in range(groups):
        fill_subjects(first + g * LANES, keys, plan, beliefs, data)


def rate(work: Callable[[], Any], replicates: int) -> float:
    """Replicates a second of processor time, the best of several runs after one to warm up."""
    work()
    best = math.inf
    for _ in range(RUNS):
        begin = time.thread_time()
        work()
        best = min(best, time.thread_time() - begin)
    return replicates / best


def measure_own(subjects: int, replicates: int) -> dict[str, float]:
    """Every analysis of the package at one number of subjects, tallies included."""
    case, groups = benchmark_case(subjects), replicates // LANES
    plan = compute_plan(case)
    keys, beliefs = philox_keys(SEED), lane_beliefs(plan)
    words = np.zeros((subjects, LANES), np.uint32)
    data = np.zeros((ROWS * (subjects + 1), LANES), np.int32)

    def tally(scenario: DesignScenario, cox: bool) -> Callable[[], Any]:
        task = Task(compute_plan(scenario, cox), compute_rule(scenario), SEED)
        return lambda: simulate_stretch(task, (0, replicates))

    few = max(replicates // 10, 16)
    return {
        "random bits only": rate(lambda: compute_bits(0, groups, subjects, keys, words), groups * LANES),
        "data only": rate(lambda: compute_data(0, groups, keys, plan, beliefs, data), groups * LANES),
        "log-rank": rate(tally(case, False), replicates),
        "log-rank and Cox": rate(tally(case, True), replicates),
        "three looks by events": rate(tally(three_looks(subjects), False), replicates),
        "illness-death, OS and PFS": rate(tally(illness_death_case(subjects), False), replicates),
        "plain engine, log-rank and Cox": rate(lambda: compute_results(case, SEED, 0, few, plain=True), few),
    }


def draw_trial(rng: np.random.Generator, subjects: int) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any]]:
    """(months, event, arm) of one trial of the case, by numpy."""
    arm = np.arange(subjects) % 2
    death = rng.exponential(np.where(arm == 1, 16.0, 10.0) / math.log(2))
    drop_out = rng.exponential(-12 / math.log(0.95), subjects)
    follow_up = 42.0 - rng.uniform(0.0, 18.0, subjects)
    months = np.minimum(np.minimum(death, drop_out), follow_up)
    return months, death <= months, arm


def peers() -> dict[str, Callable[[NDArray[Any], NDArray[Any], NDArray[Any]], Any]]:
    """Log-rank tests of the packages that are installed."""
    found: dict[str, Callable[..., Any]] = {}
    if find_spec("lifelines"):
        from lifelines.statistics import logrank_test

        found["lifelines"] = lambda t, e, a: logrank_test(t[a == 1], t[a == 0], e[a == 1], e[a == 0])
    if find_spec("statsmodels"):
        from statsmodels.duration.survfunc import survdiff

        found["statsmodels"] = survdiff
    if find_spec("sksurv"):
        from sksurv.compare import compare_survival
        from sksurv.util import Surv

        found["scikit-survival"] = lambda t, e, a: compare_survival(Surv.from_arrays(e, t), a)
    return found


def measure_peer(test: Callable[..., Any], subjects: int, seconds: float = 0.5) -> float:
    """Trials a second: one trial drawn by numpy and tested, over and over."""
    rng, done = np.random.default_rng(SEED), 0
    begin = time.thread_time()
    while time.thread_time() - begin < seconds:
        test(*draw_trial(rng, subjects))
        done += 1
    return done / (time.thread_time() - begin)


def measure(subjects: int, million: float) -> dict[str, float]:
    """Replicates a second of everything at one number of subjects."""
    replicates = max(int(million * 1e6 / subjects) // LANES * LANES, LANES)
    others = {f"{name}, log-rank": measure_peer(test, subjects) for name, test in peers().items()}
    return {**measure_own(subjects, replicates), **others, **measure_r_trials(subjects)}


def print_side_by_side(columns: dict[int, dict[str, float]]) -> None:
    """A Markdown table: a row an analysis or package, a column a number of subjects; shares are of data only."""
    print("| replicates a second and core |" + "".join(f" n = {subjects:,} |" for subjects in columns))
    print("| --- |" + " --- |" * len(columns))
    for name in next(iter(columns.values())):
        cells = [
            f" {found[name]:,.0f} ({found[name] / found['data only']:.2%}) |" for found in columns.values()
        ]
        print(f"| {name} |" + "".join(cells))


def main() -> None:
    """Print one table, and the speed of one and of two cores by the clock."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--subjects", type=int, nargs="*", default=[40, 400, 4000])
    parser.add_argument("--million", type=float, default=4.0, help="millions of subjects a run")
    given = parser.parse_args()
    columns = {subjects: measure(subjects, given.million) for subjects in given.subjects}
    print_side_by_side(columns)
    for cores in (1, 2):
        begin = time.perf_counter()
        simulate_design(benchmark_case(40), 2_000_000, SEED, cores)
        print(f"\n40 subjects, log-rank and Cox, {cores} core(s), wall time:", end=" ")
        print(f"{2e6 / (time.perf_counter() - begin):,.0f} replicates a second")


if __name__ == "__main__":
    main()
