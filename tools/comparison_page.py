"""docs/reference/comparison-with-r.md: what R printed beside what the house's functions give, computed anew.

R's figures and the data sets stand in tests/data/domain; a test holds the two columns of the page together.
"""

from __future__ import annotations

import csv
import json
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from tools.tree import ROOT
from trialwright.stats.cox import CoxFit, compute_cox
from trialwright.stats.kaplan_meier import compute_kaplan_meier, compute_reverse_kaplan_meier
from trialwright.stats.landmarks import compute_landmarks
from trialwright.stats.log_rank import LogRank, compute_log_rank
from trialwright.stats.proportional_hazards import compute_proportional_hazards_test
from trialwright.stats.rmst import compute_restricted_mean_difference
from trialwright.stats.survival_quantiles import SurvivalQuantile, compute_median

DIGITS = 8
Interval = Literal["log", "log-log", "plain"]
Values = dict[str, float]

HEAD = """# Results beside R's

R's printed output (R 4.2.2, survival 3.5.3, survRM2 1.0-4; data from those packages and from asaur) beside what
`trialwright.stats` gives for the same data. `make docs` computes the second column anew, `make check` says when the
page is stale, and a test holds the two together: the eighth digit may differ by one where the ninth is near a half.

The data sets stand in `tests/data/domain`; `trialwright stats survival FILE.csv` prints the same from the terminal.
What is chosen where packages differ is told in [the conventions](conventions.md).

| data | what | R | Trialwright |
| --- | --- | --- | --- |
"""


@dataclass(frozen=True, slots=True)
class Data:
    """A data set: its columns as text, times and whether the event was seen."""

    columns: dict[str, NDArray[Any]]
    time: NDArray[np.float64]
    event: NDArray[np.bool_]

    def where(self, column: str, keep: Callable[[str], bool]) -> Data:
        """The rows whose value of a column is kept."""
        mask = np.array([keep(str(value)) for value in self.columns[column]])
        columns = {name: values[mask] for name, values in self.columns.items()}
        return Data(columns, self.time[mask], self.event[mask])

    def number(self, column: str) -> NDArray[np.float64]:
        """A column as numbers."""
        return self.columns[column].astype(np.float64)


def read_data(folder: Path, name: str, time: str, event: str, seen: str = "1") -> Data:
    """A data set of the folder; ``seen`` is the value that means an event."""
    with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    columns = {column: np.array([row[column] for row in rows]) for column in rows[0]}
    return Data(columns, columns[time].astype(np.float64), columns[event] == seen)


def compute_values(folder: Path) -> dict[str, Values]:
    """What the house's functions give, under the names of the reference's targets and quantities."""
    return _lung(folder) | _veteran(folder) | _ovarian(folder) | _gastric(folder)


def _lung(folder: Path) -> dict[str, Values]:
    lung = read_data(folder, "lung", "time", "status", "2")
    known = lung.where("ph.ecog", bool)
    women, men = lung.where("sex", "2".__eq__), lung.where("sex", "1".__eq__)
    three = np.column_stack([known.number(column) for column in ("age", "sex", "ph.ecog")])
    fit = compute_cox(known.time, known.event, three)
    found = {
        "lung all log-log": _median(lung, "log-log") | _landmarks(lung, "log-log", (100, 180, 365, 500)),
        "lung all log": _median(lung, "log") | _landmarks(lung, "log", (180, 365)),
        "lung reverse KM log-log": _of_median(compute_median(compute_reverse_kaplan_meier(lung.time, lung.event))),
        "lung log-rank sex": _test(compute_log_rank(lung.time, lung.event, lung.number("sex"))),
        "lung log-rank sex stratified ph.ecog (n=227)": _test(
            compute_log_rank(known.time, known.event, known.number("sex"), strata=known.columns["ph.ecog"])
        ),
        "lung Cox sex Efron": _cox(compute_cox(lung.time, lung.event, lung.number("sex"))),
        "lung Cox sex Breslow": _cox(compute_cox(lung.time, lung.event, lung.number("sex"), ties="breslow")),
        "lung Cox sex strata(ph.ecog) Efron": _cox(
            compute_cox(known.time, known.event, known.number("sex"), strata=known.columns["ph.ecog"])
        ),
        "lung Cox age+sex+ph.ecog": {
            f"coef {name}": float(b) for name, b in zip(("age", "sex", "ph.ecog"), fit.coefficient, strict=True)
        },
        "lung sex=2 (arm1) vs sex=1 (arm0) tau=365": _restricted(lung, lung.columns["sex"] == "2", 365),
    }  # fmt: skip
    for transform in ("km", "rank"):
        test = compute_proportional_hazards_test(
            lung.time, lung.event, lung.number("sex"), transform=transform
        )
        found[f"lung cox.zph ({transform}) sex"] = {
            "chisq": test.tests[0].statistic,
            "p": test.tests[0].p_value,
        }
    for label, part in (("sex=1", men), ("sex=2", women)):
        for interval in ("log-log", "log"):
            found[f"lung {label} {interval}"] = _median(part, interval)
    return found


def _veteran(folder: Path) -> dict[str, Values]:
    data = read_data(folder, "veteran", "time", "status")
    kinds = ("smallcell", "adeno", "large")
    names = ["trt", *(f"celltype{kind}" for kind in kinds), "karno", "diagtime", "age", "prior"]
    columns = [data.number("trt"), *((data.columns["celltype"] == kind).astype(float) for kind in kinds)]
    columns += [data.number(column) for column in names[4:]]
    fit = compute_cox(data.time, data.event, np.column_stack(columns), names=names)
    zph = compute_proportional_hazards_test(data.time, data.event, np.column_stack(columns), names=names)
    full = {f"coef {name}": float(b) for name, b in zip(names, fit.coefficient, strict=True)}
    full |= {f"se {name}": float(b) for name, b in zip(names, fit.std_error, strict=True)}
    tests = {**dict(zip(zph.terms, zph.tests, strict=True)), "GLOBAL": zph.global_test}
    checked = {f"chisq {name}": test.statistic for name, test in tests.items()}
    checked |= {f"p {name}": test.p_value for name, test in tests.items()}
    arm, cells = data.number("trt"), data.columns["celltype"]
    return {
        "veteran trt=1 log-log": _median(data.where("trt", "1".__eq__), "log-log"),
        "veteran trt=2 log-log": _median(data.where("trt", "2".__eq__), "log-log"),
        "veteran log-rank trt": _test(compute_log_rank(data.time, data.event, arm)),
        "veteran log-rank trt stratified celltype": _test(
            compute_log_rank(data.time, data.event, arm, strata=cells)
        ),
        "veteran log-rank celltype (3 df)": _test(compute_log_rank(data.time, data.event, cells)),
        "veteran Cox full Efron": full,
        "veteran cox.zph full": checked,
        "veteran trt=2 (arm1) vs trt=1 tau=180": _restricted(data, data.columns["trt"] == "2", 180),
    }


def _ovarian(folder: Path) -> dict[str, Values]:
    data = read_data(folder, "ovarian", "futime", "fustat")
    arm, strata = data.number("rx"), data.columns["resid.ds"]
    return {
        "ovarian all log-log": _median(data, "log-log"),
        "ovarian log-rank rx": _test(compute_log_rank(data.time, data.event, arm)),
        "ovarian log-rank rx stratified resid.ds": _test(
            compute_log_rank(data.time, data.event, arm, strata=strata)
        ),
        "ovarian Cox rx Efron": _cox(compute_cox(data.time, data.event, arm)),
        "ovarian Cox rx strata(resid.ds)": _cox(compute_cox(data.time, data.event, arm, strata=strata)),
    }


def _gastric(folder: Path) -> dict[str, Values]:
    data = read_data(folder, "gastric_xelox", "timeWeeks", "delta")
    reverse = compute_median(compute_reverse_kaplan_meier(data.time, data.event))
    return {
        "gastric_xelox PFS weeks log-log": _median(data, "log-log"),
        "gastric_xelox PFS weeks log": _median(data, "log"),
        "gastric_xelox log-log": _landmarks(data, "log-log", (26, 52, 104)),
        "gastric_xelox reverse KM weeks log-log": _of_median(reverse),
    }


def _median(data: Data, interval: Interval) -> Values:
    return _of_median(compute_median(compute_kaplan_meier(data.time, data.event, interval=interval)))


def _of_median(found: SurvivalQuantile) -> Values:
    return {"median": found.estimate, "median_lcl": found.lower, "median_ucl": found.upper}


def _landmarks(data: Data, interval: Interval, times: tuple[int, ...]) -> Values:
    at = compute_landmarks(compute_kaplan_meier(data.time, data.event, interval=interval), times)
    fields = {"S": at.survival, "se": at.std_error, "lcl": at.lower, "ucl": at.upper}
    return {f"{name}({t})": float(v[k]) for k, t in enumerate(times) for name, v in fields.items()}


def _test(found: LogRank) -> Values:
    values = {"chisq": found.statistic, "p": found.p_value, "V": float(found.covariance[0, 0])}
    return values | {"E(sex=1)": float(found.expected[0])}


def _cox(fit: CoxFit) -> Values:
    named = {"coef": fit.coefficient, "se": fit.std_error, "HR": fit.hazard_ratio}
    limits = {"HR_lcl": fit.lower, "HR_ucl": fit.upper}
    return {name: float(v[0]) for name, v in (named | limits).items()} | {"loglik": fit.log_likelihood}


def _restricted(data: Data, first: NDArray[np.bool_], horizon: float) -> Values:
    found = compute_restricted_mean_difference(data.time, data.event, first.astype(float), horizon)
    return {
        "difference": found.difference,
        "diff_lcl": found.lower,
        "diff_ucl": found.upper,
        "p": found.p_value,
    }


def compare_rows() -> Iterator[tuple[str, str, str, str]]:
    """Data set, quantity, R's figure and the house's, each to R's digits, for every quantity that R printed."""
    folder = ROOT / "tests" / "data" / "domain"
    reference = json.loads((folder / "analysis.json").read_text(encoding="utf-8"))["vectors"]
    computed = compute_values(folder)
    for vector in reference:
        values = computed.get(vector["target"], {})
        data, _, what = vector["target"].partition(" ")
        for quantity, printed in vector["expected"].items():
            if quantity in values:
                yield data, f"{what}: {quantity}", _figure(printed), _figure(values[quantity])


def _figure(value: float | None) -> str:
    return "NA" if value is None or not math.isfinite(value) else f"{value:.{DIGITS}g}"


def render_comparison_page(_root: Path = ROOT) -> str:
    """The page; the data sets are those of this checkout, wherever the page is written."""
    return HEAD + "".join(f"| {' | '.join(row)} |\n" for row in compare_rows())
