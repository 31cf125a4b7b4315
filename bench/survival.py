"""Kaplan-Meier with interval, log-rank and Cox with three covariates, beside every package that is installed.

Each package and analysis runs in a process of its own, after a warm-up on a thousand subjects, and is timed as
the best of a few runs in processor seconds (wall seconds beside them); memory is what the process grew by at
its peak, the data apart. A package that is not installed is left out; one that passes the limit is stopped.

    python bench/survival.py --subjects 100000 1000000 --limit 60
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import resource
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
from r_peers import SURVIVAL, has_r, measure_r_survival

from trialwright.stats.cox import compute_cox
from trialwright.stats.kaplan_meier import compute_kaplan_meier
from trialwright.stats.log_rank import compute_log_rank

SEED = 20
EFFECTS = (-0.5, 0.3, 0.2)
Columns = dict[str, Any]
MAX_RUNS = 20
ENOUGH_S = 2.0
"""No further run is begun after this long."""


def make_data(subjects: int, whole_days: bool) -> Columns:
    """Exponential times with the covariates' effects, 37 % censored at random."""
    rng = np.random.default_rng(SEED)
    x = np.column_stack(
        [rng.integers(0, 2, subjects), rng.normal(size=subjects), rng.uniform(-1, 1, subjects)]
    )
    time_days = rng.exponential(400 * np.exp(-x @ np.array(EFFECTS)))
    dropout_days = rng.exponential(900, subjects)
    event = time_days <= dropout_days
    seen = np.minimum(time_days, dropout_days)
    return {"time": np.ceil(seen) if whole_days else seen, "event": event, "arm": x[:, 0].astype(int), "x": x}


@contextmanager
def elsewhere() -> Iterator[None]:
    """This file has the name of the Rust package that it measures: its folder is not searched meanwhile."""
    before, here = list(sys.path), Path(__file__).resolve().parent
    sys.path[:] = [folder for folder in before if Path(folder or ".").resolve() != here]
    try:
        yield
    finally:
        sys.path[:] = before


def peer(module: str) -> Any:
    """A module of a package that may not be installed."""
    with elsewhere():
        return import_module(module)


def trialwright_curve(d: Columns) -> float:
    return float(compute_kaplan_meier(d["time"], d["event"]).lower[-2])


def trialwright_log_rank(d: Columns) -> float:
    return compute_log_rank(d["time"], d["event"], d["arm"]).statistic


def trialwright_cox(d: Columns) -> float:
    return float(compute_cox(d["time"], d["event"], d["x"]).coefficient[0])


def lifelines_curve(d: Columns) -> float:
    fit = peer("lifelines").KaplanMeierFitter().fit(d["time"], d["event"])
    return float(fit.confidence_interval_.iloc[-2, 0])


def lifelines_log_rank(d: Columns) -> float:
    first, t, e = d["arm"] == 0, d["time"], d["event"]
    return float(
        peer("lifelines.statistics").logrank_test(t[first], t[~first], e[first], e[~first]).test_statistic
    )


def lifelines_cox(d: Columns) -> float:
    frame = peer("pandas").DataFrame(rust_columns(d)).drop(columns="arm")
    return float(peer("lifelines").CoxPHFitter().fit(frame, "t", "e").params_.iloc[0])


def statsmodels_curve(d: Columns) -> float:
    """No interval: this package gives the standard error only."""
    return float(peer("statsmodels.duration.survfunc").SurvfuncRight(d["time"], d["event"]).surv_prob_se[-2])


def statsmodels_log_rank(d: Columns) -> float:
    return float(peer("statsmodels.duration.survfunc").survdiff(d["time"], d["event"], d["arm"])[0])


def statsmodels_cox(d: Columns) -> float:
    model = peer("statsmodels.duration.hazard_regression").PHReg
    return float(model(d["time"], d["x"], status=d["event"], ties="efron").fit(disp=0).params[0])


def scikit_survival_curve(d: Columns) -> float:
    estimate = peer("sksurv.nonparametric").kaplan_meier_estimator
    return float(estimate(d["event"], d["time"], conf_type="log-log")[2][0][-2])


def scikit_survival_log_rank(d: Columns) -> float:
    response = peer("sksurv.util").Surv.from_arrays(d["event"], d["time"])
    return float(peer("sksurv.compare").compare_survival(response, d["arm"])[0])


def scikit_survival_cox(d: Columns) -> float:
    response = peer("sksurv.util").Surv.from_arrays(d["event"], d["time"])
    return float(
        peer("sksurv.linear_model").CoxPHSurvivalAnalysis(ties="efron").fit(d["x"], response).coef_[0]
    )


def rust_columns(d: Columns) -> dict[str, Any]:
    columns = {"t": d["time"], "e": d["event"].astype(int), "arm": d["arm"]}
    return {**columns, **{name: d["x"][:, place] for place, name in enumerate("abc")}}


def rust_survival_curve(d: Columns) -> float:
    curve = peer("survival").survfit("Surv(t, e) ~ 1", rust_columns(d), conf_type="log-log")
    return float(curve.lower[-2])


def rust_survival_log_rank(d: Columns) -> float:
    return float(peer("survival").survdiff("Surv(t, e) ~ arm", rust_columns(d)).chisq)


def rust_survival_cox(d: Columns) -> float:
    return float(peer("survival").coxph("Surv(t, e) ~ a + b + c", rust_columns(d)).coefficients[0])


CASES: list[tuple[str, str, str, Callable[[Columns], float]]] = [
    ("Kaplan-Meier, 95 % interval", "trialwright", "trialwright", trialwright_curve),
    ("Kaplan-Meier, 95 % interval", "lifelines", "lifelines", lifelines_curve),
    ("Kaplan-Meier, 95 % interval", "statsmodels (no interval)", "statsmodels", statsmodels_curve),
    ("Kaplan-Meier, 95 % interval", "scikit-survival", "sksurv", scikit_survival_curve),
    ("Kaplan-Meier, 95 % interval", "survival (Rust)", "survival", rust_survival_curve),
    ("log-rank", "trialwright", "trialwright", trialwright_log_rank),
    ("log-rank", "lifelines", "lifelines", lifelines_log_rank),
    ("log-rank", "statsmodels", "statsmodels", statsmodels_log_rank),
    ("log-rank", "scikit-survival", "sksurv", scikit_survival_log_rank),
    ("log-rank", "survival (Rust)", "survival", rust_survival_log_rank),
    ("Cox, three covariates", "trialwright", "trialwright", trialwright_cox),
    ("Cox, three covariates", "lifelines", "lifelines", lifelines_cox),
    ("Cox, three covariates", "statsmodels", "statsmodels", statsmodels_cox),
    ("Cox, three covariates", "scikit-survival", "sksurv", scikit_survival_cox),
    ("Cox, three covariates", "survival (Rust)", "survival", rust_survival_cox),
]


def measure(case: int, subjects: int, whole_days: bool, answer: Any) -> None:
    """In a process of its own: warm up, run a few times, send the best."""
    import warnings

    warnings.simplefilter("ignore")
    run = CASES[case][3]
    run(make_data(1_000, whole_days))
    data = make_data(subjects, whole_days)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    cpu_s = wall_s = float("inf")
    value = 0.0
    started = time.perf_counter()
    for _ in range(MAX_RUNS):
        cpu, wall = time.process_time(), time.perf_counter()
        value = run(data)
        cpu_s = min(cpu_s, time.process_time() - cpu)
        wall_s = min(wall_s, time.perf_counter() - wall)
        if time.perf_counter() - started > ENOUGH_S:
            break
    grown_mb = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    answer.send({"cpu_s": cpu_s, "wall_s": wall_s, "peak_mb": grown_mb, "value": value})


def run_case(case: int, subjects: int, whole_days: bool, limit_s: float) -> dict[str, Any]:
    """The measurement, or why there is none."""
    ours, theirs = multiprocessing.Pipe(duplex=False)
    process = multiprocessing.get_context("spawn").Process(
        target=measure, args=(case, subjects, whole_days, theirs)
    )
    process.start()
    theirs.close()
    found: dict[str, Any] = {"stopped": f"over {limit_s:g} s"}
    if ours.poll(limit_s):
        try:
            found = ours.recv()
        except EOFError:
            found = {"stopped": "failed"}
    process.kill()
    process.join()
    return found


def main() -> None:
    """Run every case that can be run and print one line each."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--subjects", type=int, nargs="+", default=[100_000])
    parser.add_argument("--limit", type=float, default=30.0, help="seconds a case may take")
    parser.add_argument("--whole-days", action="store_true", help="round times up to days, so that many tie")
    parser.add_argument("--format", choices=("text", "json"), default="text")
    options = parser.parse_args()
    for subjects in options.subjects:
        for case, (analysis, package, module, _) in enumerate(CASES):
            with elsewhere():
                if find_spec(module) is None:
                    continue
            found = run_case(case, subjects, options.whole_days, options.limit)
            show({"subjects": subjects, "analysis": analysis, "package": package, **found}, options.format)
        for analysis in SURVIVAL if has_r("survival") else ():
            found = measure_r_survival(analysis, make_data(subjects, options.whole_days), options.limit)
            show(
                {"subjects": subjects, "analysis": analysis, "package": "survival (R)", **found},
                options.format,
            )


def show(row: dict[str, Any], form: str) -> None:
    """Print one measurement."""
    print(json.dumps(row) if form == "json" else describe(row), flush=True)


def describe(row: dict[str, Any]) -> str:
    """One line of the table."""
    head = f"{row['subjects']:>9,}  {row['analysis']:<28} {row['package']:<26}"
    if "stopped" in row:
        return f"{head} {row['stopped']}"
    return (
        f"{head} {row['cpu_s']:8.3f} s CPU {row['wall_s']:8.3f} s wall "
        f"{row['peak_mb']:7.0f} MB  value {row['value']:.10g}"
    )


if __name__ == "__main__":
    main()
