"""Binomial, difference, MMRM and random-slopes vectors of tests/data/domain/analysis.json, and Gray's test."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from trialwright.stats.competing_risks import compute_cumulative_incidence
from trialwright.stats.gray import compute_gray_test
from trialwright.stats.mmrm import compute_mmrm
from trialwright.stats.proportion_difference import compute_proportion_difference
from trialwright.stats.proportions import compute_proportion

DATA = Path(__file__).parents[1] / "data"
REFERENCE = json.loads((DATA / "domain" / "analysis.json").read_text(encoding="utf-8"))


def read(path: str) -> list[dict[str, str]]:
    with (DATA / path).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("row", REFERENCE["binomial"], ids=lambda row: f"{row['x']}/{row['n']}")
def test_one_proportion(row: dict[str, Any]) -> None:
    for method, name in (("clopper-pearson", "clopper_pearson"), ("wilson", "wilson")):
        interval = compute_proportion(row["x"], row["n"], method=method)
        assert [interval.lower, interval.upper] == pytest.approx(
            row[name], abs=6e-8
        )  # seven printed decimals


@pytest.mark.parametrize("row", REFERENCE["difference"], ids=lambda row: f"{row['x1']}/{row['n1']}")
def test_difference_of_proportions(row: dict[str, Any]) -> None:
    for method, name, decimals in (
        ("newcombe", "newcombe", 6e-8),
        ("miettinen-nurminen", "miettinen_nurminen", 6e-7),
        ("mee", "mee", 6e-7),
    ):
        result = compute_proportion_difference(row["x1"], row["n1"], row["x2"], row["n2"], method=method)
        assert result.difference == pytest.approx(row["difference"])
        assert [result.lower, result.upper] == pytest.approx(row[name], abs=decimals)


def test_mmrm_vector() -> None:
    """MM1: R mmrm on the FEV1 data, unstructured covariance; the vector's own tolerance 2e-3 (df: 2e-2)."""
    vector = REFERENCE["mmrm"]
    rows = read("domain/fev_mmrm.csv")
    column = {name: np.array([row[name] for row in rows]) for name in rows[0]}
    response = np.array([float(value) if value else np.nan for value in column["FEV1"]])
    arm = (column["ARMCD"] == "TRT").astype(float)
    visits = [(column["AVISIT"] == f"VIS{k}").astype(float) for k in (2, 3, 4)]
    races = [(column["RACE"] == race).astype(float) for race in ("Black or African American", "White")]
    design = np.column_stack(
        [np.ones(len(rows)), *races, column["SEX"] == "Female", arm, *visits, *(arm * v for v in visits)]
    )
    fit = compute_mmrm(response, column["USUBJID"], column["AVISIT"], design, names=list(vector["expected"]))
    assert (fit.n_rows, fit.n_subjects) == (vector["rows_used"], vector["subjects"])
    assert fit.minus_2_reml == pytest.approx(vector["minus2_reml"], abs=5e-3)
    expected = np.array(list(vector["expected"].values()))
    np.testing.assert_allclose(fit.coefficient, expected[:, 0], atol=vector["tolerance"])
    np.testing.assert_allclose(fit.std_error, expected[:, 1], atol=vector["tolerance"])
    np.testing.assert_allclose(fit.df, expected[:, 2], atol=2e-2)
    np.testing.assert_allclose(fit.visit_covariance, vector["covariance_gls"], atol=vector["tolerance"])


def test_random_slopes_vector() -> None:
    """MM2: R lme4 on the sleep study; its optimiser stops 2e-4 short of the maximum in the deviations."""
    want = REFERENCE["random_slopes"]["expected"]
    rows = read("domain/sleepstudy.csv")
    days = np.array([float(row["Days"]) for row in rows])
    fit = compute_mmrm(
        [float(row["Reaction"]) for row in rows],
        [row["Subject"] for row in rows],
        days,
        np.column_stack([np.ones(days.size), days]),
        structure="random-slopes",
    )
    first, cross, second, residual = fit.parameters
    got = {
        "intercept": fit.coefficient[0],
        "intercept_se": fit.std_error[0],
        "days": fit.coefficient[1],
        "days_se": fit.std_error[1],
        "sd_intercept": np.sqrt(first),
        "sd_days": np.sqrt(second),
        "corr": cross / np.sqrt(first * second),
        "sd_residual": np.sqrt(residual),
        "minus2_reml": fit.minus_2_reml,
    }
    for name, value in want.items():
        assert got[name] == pytest.approx(value, abs=3e-4)


def test_gray_and_cumulative_incidence_of_the_transplant_data() -> None:
    """Scrucca, Santucci and Aversa 2010 (Bone Marrow Transplant 45:1388): R cmprsk's printed output.

    The data are ``bmtcrr`` of R casebase: 177 transplants, relapse (1) with death without it competing (2).
    """
    rows = read("reference/bmtcrr.csv")
    months = np.array([float(row["months"]) for row in rows])
    cause = np.array([int(row["cause"]) for row in rows])
    disease = np.array([row["disease"] for row in rows])
    for of_cause, statistic, p_value in ((1, 2.8623325, 0.09067592), (2, 0.4481279, 0.50322531)):
        result = compute_gray_test(months, cause, disease, of_cause=of_cause)
        assert result.statistic == pytest.approx(statistic, abs=6e-8)
        assert result.p_value == pytest.approx(p_value, abs=6e-9)
        assert result.df == 1
    for name, of_cause, at_20, at_60 in (
        ("ALL", 1, 0.3713851, 0.3875571),
        ("AML", 1, 0.2414530, 0.2810390),
        ("ALL", 2, 0.3698630, 0.3860350),
        ("AML", 2, 0.4439103, 0.4551473),
    ):
        arm = disease == name
        curve = compute_cumulative_incidence(months[arm], cause[arm], of_cause=of_cause)
        for when, value in ((20, at_20), (60, at_60)):
            place = np.searchsorted(curve.time, when, side="right") - 1
            assert curve.incidence[place] == pytest.approx(value, abs=6e-8)
