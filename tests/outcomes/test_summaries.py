"""Censoring table, response table, summaries of quality of life and exposure, courses of CRS."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from trialwright.outcomes.censoring_table import derive_censoring_table
from trialwright.outcomes.crs_icans import CrsSigns, compute_crs_course
from trialwright.outcomes.exposure import GivenDose, PlannedDose, compute_exposure, derive_exposure_summaries
from trialwright.outcomes.qol_summary import derive_score_summaries
from trialwright.outcomes.quality_of_life import Score
from trialwright.outcomes.recist.best_response import BestResponse, YesNo
from trialwright.outcomes.recist.response_table import derive_response_table
from trialwright.outcomes.recist.responses import Response
from trialwright.outcomes.survival_times import TimeToEvent

START = date(2024, 1, 1)
ARMS = {"S1": "A", "S2": "A", "S3": "B"}


def test_censoring_table_accounts_for_every_subject_once() -> None:
    def time(subject: str, event: bool, reason: str) -> TimeToEvent:
        return TimeToEvent(subject, "PFS", START, START, event, reason, source_ids=(int(subject[1]),))

    times = [
        time("S1", True, "PD"),
        time("S2", False, "NEW_THERAPY"),
        time("S3", True, "PD"),
        time("S9", True, "PD"),
    ]
    rows = derive_censoring_table(times, ARMS)
    assert [(r.event, r.reason, r.arm, r.count, r.at_risk) for r in rows] == [
        (True, "PD", "A", 1, 2),
        (True, "PD", "B", 1, 1),
        (False, "NEW_THERAPY", "A", 1, 2),
        (False, "NEW_THERAPY", "B", 0, 1),
    ]
    assert sum(r.count for r in rows) == len(ARMS) and rows[2].source_ids == (2,)


def test_response_table_keeps_the_whole_set_as_denominator() -> None:
    best = [
        BestResponse("S2", Response.NE, False),
        BestResponse("S1", Response.PR, False, source_ids=(4,)),
        BestResponse("S3", Response.PD, False),
    ]
    answers = [YesNo(s, "RESPONSE", s == "S1", source_ids=(4,)) for s in ARMS]
    rows = derive_response_table(best, answers, ARMS)
    assert [(r.row, r.arm, r.count, r.share) for r in rows] == [
        ("PR", "A", 1, 0.5),
        ("PR", "B", 0, 0.0),
        ("PD", "A", 0, 0.0),
        ("PD", "B", 1, 1.0),
        ("NE", "A", 1, 0.5),
        ("NE", "B", 0, 0.0),
        ("RESPONSE", "A", 1, 0.5),
        ("RESPONSE", "B", 0, 0.0),
    ]
    assert rows[6].source_ids == (4,)


def test_score_summaries() -> None:
    def score(subject: str, visit: str, value: float | None, change: float | None = None) -> Score:
        return Score(subject, visit, START, "QL", value, 50.0, change, change, (1,))

    scores = [
        score("S1", "BL", 50),
        score("S2", "BL", 100),
        score("S3", "BL", 0),
        score("S1", "W3", 75, 25),
        score("S2", "W3", None),
    ]
    rows = derive_score_summaries(scores, ARMS)
    assert [(r.visit, r.arm, r.count, r.mean, r.floor, r.ceiling) for r in rows] == [
        ("BL", "A", 2, 75.0, 0, 1),
        ("BL", "B", 1, 0.0, 1, 0),
        ("W3", "A", 1, 75.0, 0, 0),
    ]
    # By hand: sd = 50 / sqrt(2), t(1 df, 0.975) = 12.7062, so 75 +- 12.7062 * 25.
    assert rows[0].sd == pytest.approx(35.35533906)
    assert (rows[0].low, rows[0].high) == pytest.approx((75 - 317.655, 75 + 317.655), abs=1e-3)
    assert rows[1].sd is None and rows[1].low is None
    (change,) = derive_score_summaries(scores, ARMS, of_change=True)
    assert (change.visit, change.mean) == ("W3", 25)


def test_exposure_summaries() -> None:
    plan = [PlannedDose("cells", day, Decimal(10)) for day in (1, 22)]
    given_doses = [
        GivenDose("S1", "cells", 1, Decimal(10), START, source_ids=(1,)),
        GivenDose("S1", "cells", 22, Decimal(10), START, source_ids=(2,)),
        GivenDose("S2", "cells", 1, Decimal(4), START, source_ids=(3,)),
    ]
    exposures = [row for s in ("S1", "S2", "S3") for row in compute_exposure(s, None, plan, given_doses)]
    one, other = derive_exposure_summaries(exposures, ARMS)
    assert (one.subjects, one.treated, one.doses_planned, one.doses_given, one.all_doses) == (2, 2, 4, 3, 1)
    assert (one.median_received, one.least_received, one.most_received) == (12.0, 4.0, 20.0)
    assert one.median_intensity == pytest.approx(0.6) and one.source_ids == (1, 2, 3)
    assert (other.treated, other.median_received, other.median_delay_days) == (0, None, None)


def test_a_course_of_crs_remembers_fever_once_it_was_treated() -> None:
    course = [
        CrsSigns(37.0, hypotension=True),
        CrsSigns(38.6),
        CrsSigns(37.2, hypotension=True),
        CrsSigns(37.2, hypotension=True, treated=True),
        CrsSigns(36.8, hypotension=True, vasopressors=1),
    ]
    assert compute_crs_course(course) == [0, 1, 0, 2, 3]
