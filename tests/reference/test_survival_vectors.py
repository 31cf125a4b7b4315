"""The survival vectors A01-A26 of tests/data/domain/analysis.json (R survival 3.5.3, survRM2 1.0-4)."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from trialwright.stats.cox import compute_cox
from trialwright.stats.kaplan_meier import compute_kaplan_meier, compute_reverse_kaplan_meier
from trialwright.stats.landmarks import compute_landmarks
from trialwright.stats.log_rank import LogRank, compute_log_rank
from trialwright.stats.proportional_hazards import compute_proportional_hazards_test
from trialwright.stats.rmst import compute_restricted_mean_difference
from trialwright.stats.survival_quantiles import compute_median

DOMAIN = Path(__file__).parents[1] / "data" / "domain"
REFERENCE = json.loads((DOMAIN / "analysis.json").read_text(encoding="utf-8"))
TOLERANCE = REFERENCE["tolerance"]
PRINTED = 5e-9  # the vectors carry eight significant digits


def expected(target: str) -> dict[str, Any]:
    """The expected values of one target, named in full so that a missing vector fails."""
    (found,) = [vector["expected"] for vector in REFERENCE["vectors"] if vector["target"] == target]
    return found


def read(name: str) -> dict[str, np.ndarray]:
    """Columns of a data set as text; an empty field is missing."""
    with (DOMAIN / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return {column: np.array([row[column] for row in rows]) for column in rows[0]}


class Data:
    """A data set with time and event columns as numbers, possibly of a subset."""

    def __init__(self, name: str, time: str, event: str, seen: str = "1") -> None:
        self.columns = read(name)
        self.time = self.columns[time].astype(float)
        self.event = self.columns[event] == seen

    def number(self, column: str) -> np.ndarray:
        return self.columns[column].astype(float)

    def where(self, keep: np.ndarray) -> Data:
        part = object.__new__(Data)
        part.columns = {name: values[keep] for name, values in self.columns.items()}
        part.time, part.event = self.time[keep], self.event[keep]
        return part


LUNG = Data("lung", "time", "status", "2")
LUNG_STRATA = LUNG.where(LUNG.columns["ph.ecog"] != "")
VETERAN = Data("veteran", "time", "status")
OVARIAN = Data("ovarian", "futime", "fustat")
AML = Data("aml", "time", "status")
GASTRIC = Data("gastric_xelox", "timeWeeks", "delta")
PBC = Data("pbc_rmst", "time", "status")


def pick(data: Data, column: str, value: str) -> Data:
    return data.where(data.columns[column] == value)


MEDIANS = [
    ("lung all log-log", LUNG, "log-log"),
    ("lung all log", LUNG, "log"),
    ("lung sex=1 log-log", pick(LUNG, "sex", "1"), "log-log"),
    ("lung sex=2 log-log", pick(LUNG, "sex", "2"), "log-log"),
    ("lung sex=1 log", pick(LUNG, "sex", "1"), "log"),
    ("lung sex=2 log", pick(LUNG, "sex", "2"), "log"),
    ("veteran trt=1 log-log", pick(VETERAN, "trt", "1"), "log-log"),
    ("veteran trt=2 log-log", pick(VETERAN, "trt", "2"), "log-log"),
    ("ovarian all log-log", OVARIAN, "log-log"),
    ("aml x=Maintained log-log", pick(AML, "x", "Maintained"), "log-log"),
    ("aml x=Nonmaintained log-log", pick(AML, "x", "Nonmaintained"), "log-log"),
    ("gastric_xelox PFS weeks log-log", GASTRIC, "log-log"),
    ("gastric_xelox PFS weeks log", GASTRIC, "log"),
]


@pytest.mark.parametrize(("target", "data", "interval"), MEDIANS, ids=[m[0] for m in MEDIANS])
def test_median(target: str, data: Data, interval: Any) -> None:
    (want,) = [
        v["expected"] for v in REFERENCE["vectors"] if v["target"] == target and "median" in v["expected"]
    ]
    median = compute_median(compute_kaplan_meier(data.time, data.event, interval=interval))
    got = (median.estimate, median.lower, median.upper)
    assert got == pytest.approx(
        [np.nan if want[key] is None else want[key] for key in ("median", "median_lcl", "median_ucl")],
        abs=1e-12,
        nan_ok=True,
    )
    assert median.interval == interval


@pytest.mark.parametrize(
    ("target", "data"),
    [("lung reverse KM log-log", LUNG), ("gastric_xelox reverse KM weeks log-log", GASTRIC)],
)
def test_reverse_median(target: str, data: Data) -> None:
    want = expected(target)
    median = compute_median(compute_reverse_kaplan_meier(data.time, data.event))
    assert (median.estimate, median.lower, median.upper) == (
        want["median"],
        want["median_lcl"],
        want["median_ucl"],
    )


@pytest.mark.parametrize(
    ("vector", "data", "interval", "times"),
    [
        ("A05", LUNG, "log-log", (100, 180, 365, 500)),
        ("A06", LUNG, "log", (180, 365)),
        ("A23", GASTRIC, "log-log", (26, 52, 104)),
    ],
)
def test_landmark_survival(vector: str, data: Data, interval: Any, times: tuple[int, ...]) -> None:
    (want,) = [v["expected"] for v in REFERENCE["vectors"] if v["id"] == vector]
    at = compute_landmarks(compute_kaplan_meier(data.time, data.event, interval=interval), times)
    fields = {"S": at.survival, "se": at.std_error, "lcl": at.lower, "ucl": at.upper}
    for place, when in enumerate(times):
        checked = [name for name in fields if f"{name}({when})" in want]
        assert checked
        for name in checked:
            assert fields[name][place] == pytest.approx(want[f"{name}({when})"], abs=PRINTED)


LOG_RANKS: list[tuple[str, Data, str, str | None]] = [
    ("lung log-rank sex", LUNG, "sex", None),
    ("lung log-rank sex stratified ph.ecog (n=227)", LUNG_STRATA, "sex", "ph.ecog"),
    ("veteran log-rank trt", VETERAN, "trt", None),
    ("veteran log-rank trt stratified celltype", VETERAN, "trt", "celltype"),
    ("veteran log-rank celltype (3 df)", VETERAN, "celltype", None),
    ("ovarian log-rank rx", OVARIAN, "rx", None),
    ("ovarian log-rank rx stratified resid.ds", OVARIAN, "rx", "resid.ds"),
    ("aml log-rank", AML, "x", None),
]


@pytest.mark.parametrize(("target", "data", "group", "strata"), LOG_RANKS, ids=[row[0] for row in LOG_RANKS])
def test_log_rank(target: str, data: Data, group: str, strata: str | None) -> None:
    want = expected(target)
    layers = None if strata is None else data.columns[strata]
    result: LogRank = compute_log_rank(data.time, data.event, data.columns[group], strata=layers)
    assert result.statistic == pytest.approx(want["chisq"], rel=1e-7)
    assert result.df == (3 if "3 df" in target else 1)
    if "p" in want:
        assert result.p_value == pytest.approx(want["p"], rel=TOLERANCE["logrank"])
    if "V" in want:
        assert result.expected[0] == pytest.approx(want["E(sex=1)"], rel=1e-7)
        assert result.covariance[0, 0] == pytest.approx(want["V"], rel=1e-7)


COX_MODELS: list[tuple[str, Data, str, str | None, Any]] = [
    ("lung Cox sex Efron", LUNG, "sex", None, "efron"),
    ("lung Cox sex Breslow", LUNG, "sex", None, "breslow"),
    ("lung Cox sex strata(ph.ecog) Efron", LUNG_STRATA, "sex", "ph.ecog", "efron"),
    ("ovarian Cox rx Efron", OVARIAN, "rx", None, "efron"),
    ("ovarian Cox rx strata(resid.ds)", OVARIAN, "rx", "resid.ds", "efron"),
    ("aml Cox Efron", AML, "x", None, "efron"),
    ("aml Cox Breslow", AML, "x", None, "breslow"),
]


@pytest.mark.parametrize(
    ("target", "data", "column", "strata", "ties"), COX_MODELS, ids=[row[0] for row in COX_MODELS]
)
def test_cox_one_covariate(target: str, data: Data, column: str, strata: str | None, ties: Any) -> None:
    want = expected(target)
    covariate = data.columns[column] == "Nonmaintained" if column == "x" else data.number(column)
    layers = None if strata is None else data.columns[strata]
    fit = compute_cox(data.time, data.event, covariate, strata=layers, ties=ties)
    got = {
        "coef": fit.coefficient[0],
        "se": fit.std_error[0],
        "HR": fit.hazard_ratio[0],
        "HR_lcl": fit.lower[0],
        "HR_ucl": fit.upper[0],
        "loglik": fit.log_likelihood,
    }
    for name, value in want.items():
        assert got[name] == pytest.approx(value, rel=5e-8)  # eight printed digits


@pytest.mark.requirement("TW-R-039")
def test_cox_three_covariates() -> None:
    want = expected("lung Cox age+sex+ph.ecog")
    columns = ("age", "sex", "ph.ecog")
    fit = compute_cox(
        LUNG_STRATA.time, LUNG_STRATA.event, np.column_stack([LUNG_STRATA.number(name) for name in columns])
    )
    assert fit.coefficient == pytest.approx([want[f"coef {name}"] for name in columns], rel=5e-8)


VETERAN_NAMES = (
    "trt",
    "celltypesmallcell",
    "celltypeadeno",
    "celltypelarge",
    "karno",
    "diagtime",
    "age",
    "prior",
)


def veteran_covariates() -> np.ndarray:
    """The full model of the vectors: treatment, cell type against squamous, and four numbers."""
    cells = [VETERAN.columns["celltype"] == cell for cell in ("smallcell", "adeno", "large")]
    numbers = [VETERAN.number(name) for name in ("karno", "diagtime", "age", "prior")]
    return np.column_stack([VETERAN.number("trt"), *cells, *numbers])


def test_cox_veteran_full() -> None:
    want = expected("veteran Cox full Efron")
    fit = compute_cox(VETERAN.time, VETERAN.event, veteran_covariates(), names=VETERAN_NAMES)
    for place, name in enumerate(VETERAN_NAMES[:5]):
        assert fit.coefficient[place] == pytest.approx(want[f"coef {name}"], rel=5e-8)
        assert fit.std_error[place] == pytest.approx(want[f"se {name}"], rel=5e-8)


@pytest.mark.parametrize("transform", ["km", "rank"])
def test_proportional_hazards_lung(transform: Any) -> None:
    want = expected(f"lung cox.zph ({transform}) sex")
    result = compute_proportional_hazards_test(LUNG.time, LUNG.event, LUNG.number("sex"), transform=transform)
    assert result.tests[0].statistic == pytest.approx(want["chisq"], rel=5e-8)
    if "p" in want:
        assert result.tests[0].p_value == pytest.approx(want["p"], rel=5e-8)


@pytest.mark.requirement("TW-R-039")
def test_proportional_hazards_veteran() -> None:
    want = expected("veteran cox.zph full")
    result = compute_proportional_hazards_test(
        VETERAN.time, VETERAN.event, veteran_covariates(), names=VETERAN_NAMES
    )
    karno = result.tests[result.terms.index("karno")]
    assert karno.statistic == pytest.approx(want["chisq karno"], rel=5e-8)
    assert karno.p_value == pytest.approx(want["p karno"], rel=5e-8)
    assert result.global_test.statistic == pytest.approx(want["chisq GLOBAL"], rel=5e-8)
    assert result.global_test.p_value == pytest.approx(want["p GLOBAL"], rel=5e-8)
    assert result.global_test.df == 8


RESTRICTED_MEANS: list[tuple[str, Data, str, tuple[str, str], float]] = [
    ("pbc_rmst tau=10 (years)", PBC, "arm", ("0", "1"), 10),
    ("lung sex=2 (arm1) vs sex=1 (arm0) tau=365", LUNG, "sex", ("1", "2"), 365),
    ("veteran trt=2 (arm1) vs trt=1 tau=180", VETERAN, "trt", ("1", "2"), 180),
]


@pytest.mark.parametrize(
    ("target", "data", "column", "levels", "tau"), RESTRICTED_MEANS, ids=[row[0] for row in RESTRICTED_MEANS]
)
def test_restricted_mean(target: str, data: Data, column: str, levels: tuple[str, str], tau: float) -> None:
    want = expected(target)
    result = compute_restricted_mean_difference(
        data.time, data.event, data.columns[column], tau, levels=levels
    )
    got = {
        "RMST arm1": result.second.estimate,
        "se arm1": result.second.std_error,
        "RMST arm0": result.first.estimate,
        "se arm0": result.first.std_error,
        "difference": result.difference,
        "diff_lcl": result.lower,
        "diff_ucl": result.upper,
        "p": result.p_value,
    }
    for name, value in want.items():
        assert got[name] == pytest.approx(value, rel=5e-8)


def test_every_vector_is_used() -> None:
    """A vector added to the file must be added here: 41 groups, all named above."""
    used = {row[0] for row in [*MEDIANS, *LOG_RANKS, *COX_MODELS, *RESTRICTED_MEANS]}
    used |= {"lung reverse KM log-log", "gastric_xelox reverse KM weeks log-log", "gastric_xelox log-log"}
    used |= {"lung Cox age+sex+ph.ecog", "veteran Cox full Efron", "veteran cox.zph full"}
    used |= {"lung cox.zph (km) sex", "lung cox.zph (rank) sex"}
    assert {vector["target"] for vector in REFERENCE["vectors"]} == used
