"""One call a verb: JSON without NaN, agreement with the single functions, degenerate arms."""

from __future__ import annotations

import json
import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trialwright.stats.cox import compute_cox
from trialwright.stats.json_ready import render_json
from trialwright.stats.log_rank import compute_log_rank
from trialwright.stats.summaries import (
    summarise_competing_risks,
    summarise_cox,
    summarise_longitudinal,
    summarise_response,
    summarise_survival,
)

TIME = [3, 5, 7, 9, 11, 13, 4, 6, 8, 10, 12, 14]
EVENT = [1, 1, 0, 1, 1, 0, 1, 1, 1, 0, 1, 1]
ARM = ["control"] * 6 + ["cells"] * 6
STRATUM = ["a", "b"] * 6


def dumped(summary: dict[str, object]) -> str:
    """As a file would hold it; NaN and infinity are refused."""
    return json.dumps(summary, allow_nan=False)


def test_survival_summary() -> None:
    summary = summarise_survival(
        TIME, EVENT, ARM, arms=["control", "cells"], strata=STRATUM, landmarks=[6, 12], tau=12
    )
    dumped(summary)
    assert [part["arm"] for part in summary["arms"]] == ["control", "cells"]
    direct = compute_log_rank(TIME, EVENT, ARM, levels=["control", "cells"])
    assert summary["log_rank"]["statistic"] == direct.statistic
    assert summary["log_rank_stratified"]["n_strata"] == 2
    cells = [arm == "cells" for arm in ARM]
    fit = compute_cox(TIME, EVENT, cells, strata=STRATUM)
    assert summary["cox"]["names"] == ["cells vs control"]
    assert summary["cox"]["hazard_ratio"][0] == pytest.approx(fit.hazard_ratio[0])
    assert summary["rmst_difference"]["tau"] == 12
    assert summary["arms"][0]["numbers_at_risk"] == [4, 1]
    assert summary["n_events"] == sum(EVENT)


def test_survival_summary_of_one_group_and_of_three() -> None:
    alone = summarise_survival(TIME, EVENT)
    assert "log_rank" not in alone
    dumped(alone)
    three = summarise_survival(TIME, EVENT, ["a", "b", "c"] * 4)
    assert three["log_rank"]["df"] == 2
    assert len(three["cox"]["hazard_ratio"]) == 2
    assert "rmst_difference" not in three
    dumped(three)


@pytest.mark.parametrize("event", [[0] * 4, [1] * 4])
def test_an_empty_arm_is_said_and_not_hidden(event: list[int]) -> None:
    summary = summarise_survival([1, 2, 3, 4], event, ["a"] * 4, arms=["a", "b"], landmarks=[1, 9])
    text = dumped(summary)
    assert "no subjects" in text
    assert summary["arms"][1]["n"] == 0
    assert not summary["log_rank"]["estimable"]
    assert not summary["cox"]["estimable"]
    assert not summary["rmst_difference"]["estimable"]


def test_cox_summary_holds_the_check() -> None:
    summary = summarise_cox(TIME, EVENT, [arm == "cells" for arm in ARM], names=["cells"])
    dumped(summary)
    assert set(summary["proportional_hazards"]["tests"]) == {"cells", "GLOBAL"}


def test_competing_risks_summary() -> None:
    cause = [flag * (1 + place % 2) for place, flag in enumerate(EVENT)]
    summary = summarise_competing_risks(TIME, cause, ARM, of_cause=2)
    dumped(summary)
    assert summary["gray"]["cause"] == 2
    assert len(summary["arms"]) == 2


def test_response_summary() -> None:
    summary = summarise_response([1, 0, 0, 1, 1, 1], ["c", "c", "c", "t", "t", "t"])
    dumped(summary)
    (comparison,) = summary["comparisons"]
    assert (comparison["first"], comparison["second"]) == ("t", "c")
    assert comparison["difference"]["newcombe"]["difference"] == pytest.approx(2 / 3)
    with pytest.raises(ValueError, match="0 or 1"):
        summarise_response([2], ["a"])


def test_longitudinal_summary() -> None:
    rng = np.random.default_rng(2)
    summary = summarise_longitudinal(
        rng.normal(size=40), np.repeat(range(20), 2), np.repeat(["a", "b"] * 10, 2), ["v1", "v2"] * 20
    )
    dumped(summary)
    assert [part["key"] for part in summary["differences"]] == [["b", "v1"], ["b", "v2"]]


def test_numbers_that_are_none_become_null() -> None:
    assert render_json(
        {"a": float("nan"), "b": np.array([1.0, np.inf]), "c": (np.int64(3), np.bool_(True))}
    ) == {
        "a": None,
        "b": [1.0, None],
        "c": [3, True],
    }


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from([0.0, 1.0, 1.0, 2.0, 2.5, 1e-9, 4e5]),
            st.integers(0, 2),
            st.sampled_from(["a", "b"]),
            st.sampled_from(["s", "t"]),
        ),
        max_size=10,
    )
)
def test_any_tiny_trial_gives_json_without_a_warning(rows: list[tuple[float, int, str, str]]) -> None:
    """Empty arms, zero times, everything tied: an answer or a reason each, and nothing on the screen."""
    time, cause, arm, stratum = [list(column) for column in zip(*rows, strict=True)] or [[], [], [], []]
    event = [int(code > 0) for code in cause]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        survival = summarise_survival(
            time, event, arm, arms=["a", "b"], strata=stratum, landmarks=[0, 1, 3], tau=None
        )
        risks = summarise_competing_risks(time, cause, arm, arms=["a", "b"])
        response = summarise_response(event, arm, arms=["a", "b"])
        subjects = list(range(len(time)))
        change = summarise_longitudinal(time, subjects, arm, stratum, arms=["a", "b"], visits=["s", "t"])
    for summary in (survival, risks, response, change):
        dumped(summary)
    for part in ("log_rank", "log_rank_stratified", "cox", "rmst_difference", "max_combo"):
        assert survival[part]["estimable"] or survival[part]["reason"]
    assert risks["gray"]["estimable"] or risks["gray"]["reason"]
    assert not change["estimable"]  # one row a subject: the two visits are never seen together
    assert change["reason"]
