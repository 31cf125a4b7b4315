"""Time frames, instruments, and whether a schedule reaches far enough."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.standards.clinicaltrials_gov.samples import SEED, read_one

from trialwright.standards.clinicaltrials_gov import derive_draft
from trialwright.standards.clinicaltrials_gov.outcome_words import (
    check_outcomes,
    derive_outcome_readings,
    find_instrument,
)
from trialwright.standards.clinicaltrials_gov.time_frames import parse_time_frame
from trialwright.study.model.study import Study

MONTH, YEAR = 30.4375, 365.25


@pytest.mark.parametrize(
    ("words", "points", "every", "until", "baseline"),
    [
        ("2 years", (2 * YEAR,), None, None, False),
        ("1,3,6,9 and 12 months", (MONTH, 3 * MONTH, 6 * MONTH, 9 * MONTH, 12 * MONTH), None, None, False),
        ("Baseline to 6 months", (6 * MONTH,), None, None, True),
        ("Day 1 to Day 940", (1.0, 940.0), None, None, False),
        ("Baseline, week 8", (56.0,), None, None, True),
        (
            "Every 8 weeks until disease progression; up to 61 months",
            (61 * MONTH,),
            56.0,
            "disease progression",
            False,
        ),
        ("through study completion, an average of 1 year", (YEAR,), None, "study completion", False),
        ("one year", (YEAR,), None, None, False),
        ("0.5 hours post-dose", (0.0208,), None, None, False),
        ("Day -92", (-92.0,), None, None, False),
        ("after the operation", (), None, None, False),
        ("24", (), None, None, False),
    ],
)
def test_time_frames(
    words: str, points: tuple, every: float | None, until: str | None, baseline: bool
) -> None:
    frame = parse_time_frame(words)
    assert frame.points_days == pytest.approx(points, abs=1e-3)
    assert (frame.every_days, frame.until, frame.baseline) == (every, until, baseline)
    assert frame.is_only_a_number is (words == "24")


@pytest.mark.parametrize(
    ("words", "points", "every", "until"),
    [
        ("from baseline to day 28 (±3 days)", (28,), None, None),
        ("day 90 +/- 14 days", (90,), None, None),
        ("Day -1 to Day 7", (-1, 7), None, None),
        ("one week before and 3 months after surgery", (-7, 91.3125), None, None),
        ("36 weeks postmenstrual age", (), None, None),
        ("At age 2 years corrected", (), None, None),
        ("Up to 2 years 3 months", (821.8125,), None, None),
        ("1/2 year", (182.625,), None, None),
        ("every 6-8 weeks until progression", (), 42, "progression"),
        ("Monthly for 12 months", (365.25,), 30.4375, None),
        ("ten minutes after intubation", (0.0069,), None, None),
        ("first 48 h", (2,), None, None),
        ("Approximately 1,095 days", (1095,), None, None),
        ("End of Cycle 2 (each cycle is 28 days)", (56,), None, None),
        ("Cycle 2 Day 1 (each cycle is 21 days)", (22,), None, None),
        ("up to 3 cycles (each cycle = 3 weeks)", (63,), None, None),
        ("POD 1, 3, 5", (1, 3, 5), None, None),
        ("28 days or until hospital discharge", (28,), None, "discharge"),
    ],
)
def test_time_frames_as_registries_write_them(
    words: str, points: tuple[float, ...], every: float | None, until: str | None
) -> None:
    found = parse_time_frame(words)
    assert (found.points_days, found.every_days, found.until) == (points, every, until)


def test_the_origin_of_a_time_is_no_value_before_treatment() -> None:
    assert not parse_time_frame("Time from randomization until death").baseline
    assert parse_time_frame("At randomization and week 12").baseline


@pytest.mark.parametrize(
    ("words", "instrument", "named"),
    [
        ("RECIST v1.1", "recist_1_1", True),
        ("response by RECIST criteria", "recist", True),
        ("CTCAE, version 5.0", "ctcae", True),
        ("EORTC QLQ-C30 and QLQ-STO22", "qlq_c30", True),
        ("QLQ-STO22", "qlq_module", True),
        ("EQ-5D-5L index", "eq_5d", True),
        ("Quality of life core questionnaire will be used.", "qlq_c30", False),
        ("number of adverse events", "ctcae", False),
        ("blood pressure", None, False),
        ("the moca tree", None, False),
    ],
)
def test_instruments(words: str, instrument: str | None, named: bool) -> None:
    found = find_instrument(words)
    assert (found.id if found else None) == instrument
    if found:
        assert found.named is named and found.words in words


def test_the_seed_outcomes() -> None:
    study = derive_draft(read_one(SEED)).study()
    survival, progression, quality = derive_outcome_readings(study)
    assert survival.derivation == "overall_survival"
    assert progression.derivation == "progression_free_survival"
    assert quality.derivation == "questionnaire_change"
    assert (
        quality.instrument is not None and quality.instrument.id == "qlq_c30" and not quality.instrument.named
    )
    # The record's visits are the days of infusion; none reaches two years.
    assert survival.derivable is False and "day 63" in survival.reason
    assert [finding.code for finding in check_outcomes(study)] == ["TW-REG-052"]


def test_a_schedule_that_reaches_the_time_frame() -> None:
    study = derive_draft(read_one(SEED)).study()
    late = study.visits[-1].model_copy(update={"day": 731})
    readings = derive_outcome_readings(study.model_copy(update={"visits": (*study.visits, late)}))
    assert [reading.derivable for reading in readings] == [True, True, True]
    without: Study = study.model_copy(update={"visits": ()})
    assert {reading.derivable for reading in derive_outcome_readings(without)} == {None}


def test_a_time_frame_without_a_time_is_found() -> None:
    study = derive_draft(read_one(SEED)).study()
    vague = study.outcomes[0].model_copy(update={"time_frame": "when possible"})
    found = check_outcomes(study.model_copy(update={"outcomes": (vague,)}))
    assert [finding.code for finding in found] == ["TW-REG-053"]


@settings(max_examples=80, deadline=None)
@given(st.text(alphabet="0123 days,-weekmonthyear/;to&andevery.", max_size=150))
def test_any_time_frame_is_read_without_raising(words: str) -> None:
    frame = parse_time_frame(words)
    assert list(frame.points_days) == sorted(set(frame.points_days))
