"""RECIST against the worked cases of the domain reference: 21 target, 59 overall, 22 best response."""

from __future__ import annotations

import json
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from trialwright.outcomes.progression_free import Assessment
from trialwright.outcomes.recist.best_response import (
    BestResponseRules,
    ResponseHistory,
    compute_best_response,
)
from trialwright.outcomes.recist.lesions import Lesion, Reading, Role, parse_reading
from trialwright.outcomes.recist.overall import compute_overall_response
from trialwright.outcomes.recist.responses import Response
from trialwright.outcomes.recist.target import (
    TargetResult,
    compute_carried_responses,
    compute_sum,
    compute_target_responses,
)

pytestmark = pytest.mark.requirement("TW-R-041")

PATH = Path(__file__).parents[2] / "data/domain/recist.json"
# Floats of the file are read as decimals: what is tested is exact.
REFERENCE = json.loads(PATH.read_text(), parse_float=Decimal)
START = date(2020, 1, 1)


def near(value: Any, expected: Any, tolerance: str) -> bool:
    if expected is None or value is None:
        return value is None and expected is None
    return abs(Decimal(str(value)) - Decimal(str(expected))) <= Decimal(tolerance)


def read_row(row: list[Any]) -> list[Reading]:
    readings = [parse_reading(f"T{k}", str(value)) for k, value in enumerate(row)]
    assert None not in readings
    return [reading for reading in readings if reading is not None]


def run_target(vector: dict[str, Any]) -> list[TargetResult]:
    types = vector["lesion_types"]
    lesions = [Lesion(f"T{k}", Role.TARGET, "liver", kind == "N") for k, kind in enumerate(types)]
    baseline, *visits = (read_row(row) for row in vector["measurements"])
    assert compute_sum(baseline)[0] == Decimal(str(vector["baseline_sum_mm"]))
    return compute_target_responses(lesions, baseline, visits)


@pytest.mark.parametrize("vector", REFERENCE["target_vectors"], ids=lambda v: v["id"])
def test_target(vector: dict[str, Any]) -> None:
    results = run_target(vector)
    assert len(results) == len(vector["expected"])
    for result, expected in zip(results, vector["expected"], strict=True):
        assert near(result.sum_mm, expected["sum_mm"], "1e-9")
        assert near(result.nadir_before_mm, expected["nadir_before_mm"], "1e-9")
        assert near(result.change_from_nadir_mm, expected["abs_change_from_nadir_mm"], "1e-9")
        assert near(result.percent_from_baseline, expected["pct_change_from_baseline"], "1e-4")
        assert near(result.percent_from_nadir, expected["pct_change_from_nadir"], "1e-4")
        assert result.response == expected["response"]
        flag = expected["review_flag"]
        assert result.review == (() if flag is None else (flag,))


def test_carried_partial_response() -> None:
    (vector,) = [v for v in REFERENCE["target_vectors"] if v["id"] == "T21"]
    arithmetic = [result.response for result in run_target(vector)]
    expected = [e["response_carry_pr_until_pd"] for e in vector["expected"]]
    assert compute_carried_responses(arithmetic) == expected
    dates = [START + timedelta(days=42 * k) for k in range(len(arithmetic))]
    assert compute_carried_responses(arithmetic, dates, confirm_min_days=28) == expected
    assert compute_carried_responses(arithmetic, dates, confirm_min_days=43) == arithmetic


def part(code: str) -> Response:
    return Response.NON_CR_NON_PD if code == "NONCR" else Response(code)


@pytest.mark.parametrize(
    "row", REFERENCE["overall_table"], ids=lambda r: "{target}-{non_target}-{new_lesion}".format(**r)
)
def test_overall_table(row: dict[str, Any]) -> None:
    overall = compute_overall_response(part(row["target"]), part(row["non_target"]), row["new_lesion"])
    assert overall == row["overall"]


def test_no_disease_at_baseline_and_none_since() -> None:
    assert compute_overall_response(Response.NA, Response.NA, False) is Response.NED


@pytest.mark.parametrize("vector", REFERENCE["bor_vectors"], ids=lambda v: v["id"])
def test_best_response(vector: dict[str, Any]) -> None:
    params = vector["params"]
    rules = BestResponseRules(
        start_window_days=params["sd_min_days"],
        confirmation_days=params["confirm_min_days"],
        max_not_evaluable=params["max_ne_between"],
        accept_stable_between=params["accept_one_sd_between_pr"],
    )
    therapy_day = params["new_anticancer_therapy_day"]
    history = ResponseHistory(
        "S1",
        START,
        tuple(Assessment(START + timedelta(days=a["day"]), a["response"]) for a in vector["assessments"]),
        None if therapy_day is None else START + timedelta(days=therapy_day),
    )
    assert compute_best_response(history, rules).response == vector["bor_unconfirmed"]
    confirmed = compute_best_response(history, rules, confirmed=True)
    assert confirmed.response == vector["bor_confirmed"]
    flag = vector.get("review_flag")
    assert confirmed.review == (() if flag is None else (flag,))
