"""Many trials at the level of the rehearsal, without its ledger: allocation as the study does it, survival, quality.

The design room allocates by a fixed pattern and knows no questionnaire, and so is fast. Here every subject is
allocated in the order of coming, tests are stratified as the allocation was, and the change of a QLQ-C30 scale is an
outcome with its missing data. A trial is a function of study, scenario, seed and its number alone.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass
from functools import partial
from statistics import NormalDist
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import t as student

from trialwright.design.philox import philox_keys
from trialwright.design.replicate import ENTRY, OS_EVENT, OS_MONTHS, PFS_EVENT, PFS_MONTHS, compute_replicate
from trialwright.design.scenario import DesignScenario
from trialwright.design.tables import Plan, compute_plan
from trialwright.rehearsal.simulated_allocation import AllocationPlan, Method, allocate_subjects
from trialwright.rehearsal.simulated_quality import QualityPlan, make_quality_plan, simulate_changes
from trialwright.stats.log_rank import compute_log_rank
from trialwright.study.model import Study

Progress = Callable[[int, int], None]
PIECE = 100
"""Trials that go to a process at a time."""

COLUMNS = (
    "os_z", "os_stratified_z", "pfs_z", "pfs_stratified_z", "os_events", "pfs_events", "imbalance",
    "stratum_imbalance", "quality_difference", "quality_p", "quality_missing",
)  # fmt: skip
"""What is kept of a trial; z is negative in favour of the experimental arm, not a number where not estimable."""


@dataclass(frozen=True, slots=True)
class ManyTrials:
    """All that a trial needs. ``at_months`` is the calendar time of the analysis, ``site_shares`` add up to one."""

    scenario: DesignScenario
    allocation: AllocationPlan
    site_shares: tuple[float, ...]
    quality: QualityPlan | None
    at_months: float


def plan_many_trials(
    study: Study, scenario: DesignScenario, method: Method | None = None, quality_day: int | None = None
) -> ManyTrials:
    """The plan of a study and one of its scenarios; without ``method`` the allocation is the study's own.

    A study without randomisation in its file is allocated in blocks of twice the ratio. The analysis is the last
    one of the scenario by its calendar time.
    """
    stated = study.design.randomisation
    control, experimental = scenario.ratio[1], scenario.ratio[0]
    sizes = stated.block_sizes if stated is not None else (2 * (control + experimental),)
    weights = [float(site.planned_subjects or 1) for site in study.sites] or [1.0]
    return ManyTrials(
        scenario,
        AllocationPlan(method or "blocks", (control, experimental), tuple(sizes)),
        tuple(weight / sum(weights) for weight in weights),
        make_quality_plan(study, quality_day),
        scenario.looks[-1].at_months or 2 * scenario.enrolment_months,
    )


def simulate_many_trials(
    plan: ManyTrials,
    trials: int,
    seed: int,
    progress: Progress | None = None,
    executor: Executor | None = None,
) -> dict[str, Any]:
    """What ``trials`` trials show, each estimate with its Monte Carlo standard error; the same from any executor."""
    pieces = [(first, min(PIECE, trials - first)) for first in range(0, trials, PIECE)]
    work = partial(simulate_some_trials, plan, seed)
    rows: list[NDArray[np.float64]] = []
    for made in map(work, pieces) if executor is None else executor.map(work, pieces):
        rows.append(made)
        if progress is not None:
            progress(sum(len(row) for row in rows), trials)
    found = np.concatenate(rows)
    return _summary(plan, seed, dict(zip(COLUMNS, found.T, strict=True)))


def simulate_some_trials(plan: ManyTrials, seed: int, piece: tuple[int, int]) -> NDArray[np.float64]:
    """The rows (trials, COLUMNS) of trials ``first`` to ``first + count - 1``, with ``piece`` = (first, count)."""
    design = compute_plan(plan.scenario)
    return np.array([_trial(plan, design, seed, number) for number in range(piece[0], sum(piece))])


def _trial(plan: ManyTrials, design: Plan, seed: int, number: int) -> list[float]:
    random = np.random.Generator(np.random.Philox(key=[seed, number]))
    n = plan.scenario.subjects
    sites = random.choice(len(plan.site_shares), n, p=plan.site_shares)
    _, strata = _draw(plan, design, seed, number, np.zeros(n, np.int8))
    arms = allocate_subjects(plan.allocation, strata.tolist(), sites.tolist(), f"{seed}/{number}")
    data, strata = _draw(plan, design, seed, number, arms)
    entry = np.sort(data[:, ENTRY])  # subjects stand in the order in which they come and are allocated
    row: list[float] = []
    events: list[float] = []
    for months, event in ((OS_MONTHS, OS_EVENT), (PFS_MONTHS, PFS_EVENT)):
        interval = plan.scenario.assessment_interval_months if event == PFS_EVENT else 0.0
        time, seen = _cut(data[:, months], data[:, event] > 0, plan.at_months - entry, interval)
        row += [_z(time, seen, arms, None), _z(time, seen, arms, strata)]
        events.append(float(seen.sum()))
    return [
        *row,
        *events,
        *_imbalances(arms, strata, plan.allocation.ratio),
        *_quality(plan, data, entry, arms, random),
    ]


def _draw(
    plan: ManyTrials, design: Plan, seed: int, number: int, arms: NDArray[np.int8]
) -> tuple[NDArray[np.float64], NDArray[np.int8]]:
    """The disease courses of the subjects with these arms, and their strata, which do not depend on the arms."""
    out, strata = np.empty((arms.size, 5), np.float32), np.empty(arms.size, np.int8)
    given = design.tables, design.interval, design.expected_arrivals
    compute_replicate(number, plan.scenario.stream, philox_keys(seed), arms, *given, out, strata)
    return out.astype(float), strata


def _cut(
    months: NDArray[np.float64], event: NDArray[np.bool_], followed: NDArray[np.float64], interval: float
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """(months, event) as seen after ``followed`` months; with visits, who waits is censored at the last one."""
    followed = np.maximum(followed, 0.0)
    seen = event & (months <= followed)
    visited = np.floor(followed / interval) * interval if interval > 0 else followed
    return np.where(seen, months, np.minimum(months, visited)), seen


def _z(
    months: NDArray[np.float64],
    event: NDArray[np.bool_],
    arms: NDArray[np.int8],
    strata: NDArray[np.int8] | None,
) -> float:
    if arms.min() == arms.max() or not event.any():
        return math.nan
    found = compute_log_rank(months, event, arms, strata=strata, levels=(0, 1))
    # the estimator's z is positive where the first group has fewer events than expected
    return -abs(found.z) if found.observed[1] < found.expected[1] else abs(found.z)


def _imbalances(arms: NDArray[np.int8], strata: NDArray[np.int8], ratio: tuple[int, int]) -> list[float]:
    """How many subjects too many the fuller arm has: in all, and at most in a stratum."""

    def of(chosen: NDArray[np.int8]) -> float:
        experimental = float(chosen.sum())
        return abs(experimental - chosen.size * ratio[1] / sum(ratio))

    return [of(arms), max(of(arms[strata == stratum]) for stratum in np.unique(strata))]


def _quality(
    plan: ManyTrials,
    data: NDArray[np.float64],
    entry: NDArray[np.float64],
    arms: NDArray[np.int8],
    random: np.random.Generator,
) -> list[float]:
    """(difference of the mean changes, Welch's p, share without a change); not numbers where it cannot be tested."""
    if plan.quality is None:
        return [math.nan] * 3
    until = np.minimum(data[:, OS_MONTHS], plan.at_months - entry)
    progressed = (data[:, PFS_EVENT] > 0) & (data[:, PFS_MONTHS] < data[:, OS_MONTHS])
    change = simulate_changes(plan.quality, until, data[:, PFS_MONTHS], progressed, random)
    missing = float(np.isnan(change).mean())
    groups = [change[(arms == arm) & ~np.isnan(change)] for arm in (0, 1)]
    if min(group.size for group in groups) < 2:
        return [math.nan, math.nan, missing]
    means, errors = [g.mean() for g in groups], [g.var(ddof=1) / g.size for g in groups]
    difference, variance = float(means[1] - means[0]), float(sum(errors))
    if variance <= 0:
        return [difference, math.nan, missing]
    freedom = variance**2 / sum(e * e / (g.size - 1) for e, g in zip(errors, groups, strict=True))
    return [difference, float(2 * student.sf(abs(difference) / math.sqrt(variance), freedom)), missing]


def _summary(plan: ManyTrials, seed: int, found: dict[str, NDArray[np.float64]]) -> dict[str, Any]:
    scenario = plan.scenario
    critical = NormalDist().inv_cdf(1 - scenario.alpha / scenario.sides)
    trials = len(found["imbalance"])
    document: dict[str, Any] = {
        "scenario": scenario.id,
        "title": scenario.title,
        "level": "rehearsal",
        "subjects": scenario.subjects,
        "replicates": trials,
        "seed": seed,
        "allocation": plan.allocation.method,
        "at_months": plan.at_months,
        "endpoints": {
            endpoint: {
                "power": _share(found[f"{endpoint}_z"] <= -critical),
                "power_stratified": _share(found[f"{endpoint}_stratified_z"] <= -critical),
                "events": _mean(found[f"{endpoint}_events"]),
                "not_estimable": _share(np.isnan(found[f"{endpoint}_z"])),
            }
            for endpoint in ("os", "pfs")
            if any(test.endpoint == endpoint for test in scenario.tests)
        },
        "imbalance": {"mean": _mean(found["imbalance"]), "most": float(found["imbalance"].max())},
        "stratum_imbalance": {
            "mean": _mean(found["stratum_imbalance"]),
            "most": float(found["stratum_imbalance"].max()),
        },
        "quality": None,
    }
    if plan.quality is not None:
        favour = (found["quality_p"] <= scenario.alpha) & (found["quality_difference"] > 0)
        document["quality"] = {
            "scale": plan.quality.scale.code,
            "day": plan.quality.day,
            "power": _share(favour),
            "rejected_either_way": _share(found["quality_p"] <= scenario.alpha),
            "difference": _mean(found["quality_difference"]),
            "missing": _mean(found["quality_missing"]),
        }
    return document


def _share(true: NDArray[np.bool_]) -> dict[str, float]:
    p = float(true.mean())
    return {"estimate": p, "se": math.sqrt(p * (1 - p) / true.size)}


def _mean(values: NDArray[np.float64]) -> dict[str, float] | None:
    known = values[~np.isnan(values)]
    if known.size == 0:
        return None
    return {"estimate": float(known.mean()), "se": float(known.std() / math.sqrt(known.size))}
