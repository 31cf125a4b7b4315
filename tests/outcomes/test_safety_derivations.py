"""Dose-limiting toxicity, laboratory shifts, listings, data behind the response figures."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from trialwright.outcomes.adverse_events import AdverseEvent, TreatmentPeriod
from trialwright.outcomes.ctcae_labs import LabValue
from trialwright.outcomes.dlt import (
    DltCriterion,
    DltDefinition,
    Verdict,
    compute_dlt,
    compute_window_completed,
    derive_dlt,
)
from trialwright.outcomes.lab_shifts import (
    LabResult,
    LabWindow,
    derive_shift_counts,
    derive_subject_shifts,
)
from trialwright.outcomes.listings import compute_study_day, derive_event_lines
from trialwright.outcomes.recist.best_response import BestResponse
from trialwright.outcomes.recist.responses import Response
from trialwright.outcomes.recist.target import TargetResult
from trialwright.outcomes.recist.time_points import TimePoint
from trialwright.outcomes.response_figures import (
    SwimmerHistory,
    derive_spider,
    derive_swimmer,
    derive_waterfall,
)

START = date(2024, 1, 8)
CELLS = frozenset({"cells"})


def day(number: int) -> date:
    return START + timedelta(days=number)


DEFINITION = DltDefinition(
    window_days=28,
    agents=CELLS,
    criteria=(
        DltCriterion("death", 5),
        DltCriterion("CRS 4", 4, special_interest=frozenset({"CRS"})),
        DltCriterion("CRS 3 over 3 days", 3, 3, special_interest=frozenset({"CRS"})),
        DltCriterion(
            "other 3 over 7 days",
            3,
            7,
            not_classes=frozenset({"Blood"}),
            not_terms=frozenset({"Fatigue"}),
        ),
    ),
)
EVENT = AdverseEvent("S1", "1", "Colitis", "Gastro", 3, day(2), day(12), related_to=CELLS, source_ids=(5,))


@pytest.mark.parametrize(
    ("change", "verdict", "criterion"),
    [
        ({}, Verdict.YES, "other 3 over 7 days"),
        ({"ended_on": day(9)}, Verdict.NO, ""),
        ({"ended_on": None}, Verdict.YES, "other 3 over 7 days"),
        ({"onset_on": day(14), "ended_on": None}, Verdict.OPEN, "other 3 over 7 days"),
        ({"grade": 2}, Verdict.NO, ""),
        ({"grade": 5}, Verdict.YES, "death"),
        ({"grade": None}, Verdict.OPEN, ""),
        ({"onset_on": None}, Verdict.OPEN, ""),
        ({"onset_on": day(-1)}, Verdict.NO, ""),
        ({"onset_on": day(28), "ended_on": day(60)}, Verdict.YES, "other 3 over 7 days"),
        ({"onset_on": day(29), "ended_on": day(60)}, Verdict.NO, ""),
        ({"related_to": frozenset({"vaccine"})}, Verdict.NO, ""),
        ({"term": "Fatigue"}, Verdict.NO, ""),
        ({"organ_class": "Blood"}, Verdict.NO, ""),
        ({"special_interest": "CRS", "ended_on": day(6)}, Verdict.YES, "CRS 3 over 3 days"),
        ({"special_interest": "CRS", "grade": 4, "ended_on": day(3)}, Verdict.YES, "CRS 4"),
    ],
)
def test_dose_limiting_toxicity(change: dict[str, Any], verdict: Verdict, criterion: str) -> None:
    found = compute_dlt(replace(EVENT, **change), START, DEFINITION, as_of=day(20))
    assert (found.verdict, found.criterion, found.source_ids) == (verdict, criterion, (5,))


def test_without_an_infusion_nothing_is_dose_limiting_and_the_window_is_not_completed() -> None:
    assert derive_dlt([EVENT], {}, DEFINITION, day(99))[0].verdict is Verdict.NO
    assert not compute_window_completed(None, DEFINITION, day(99))
    assert not compute_window_completed(START, DEFINITION, day(27))
    assert compute_window_completed(START, DEFINITION, day(28))


TERM = "Alanine aminotransferase increased"


def lab(subject: str, number: int, value: float) -> LabResult:
    return LabResult(subject, TERM, day(number), LabValue(value, "U/L", uln=40), (number + 500,))


def test_shift_from_baseline_to_worst() -> None:
    results = [
        lab("S1", -9, 200),
        lab("S1", 0, 30),
        lab("S1", 7, 130),
        lab("S1", 14, 60),
        lab("S1", 90, 900),
        lab("S2", -1, 80),
        lab("S2", 7, 100),
    ]
    windows = {s: LabWindow(START, day(60)) for s in ("S1", "S2", "S3")}
    arms = {"S1": "A", "S2": "A", "S3": "B", "S4": "B"}
    one, two, three = derive_subject_shifts(results, windows, arms)
    assert (one.baseline_grade, one.worst_grade, one.worst_on) == (0, 2, day(7))
    assert one.source_ids == (500, 507)
    assert (two.baseline_grade, two.worst_grade) == (0, 0)  # 100 is 1.25 times an abnormal baseline of 80
    assert (three.subject, three.baseline_grade, three.worst_grade) == ("S3", None, None)
    counts = derive_shift_counts([one, two, three])
    assert [(c.arm, c.baseline_grade, c.worst_grade, c.subjects) for c in counts] == [
        ("A", 0, 0, ("S2",)),
        ("A", 0, 2, ("S1",)),
        ("B", None, None, ("S3",)),
    ]


def test_study_day_has_no_zero() -> None:
    assert [compute_study_day(day(n), START) for n in (-2, -1, 0, 1)] == [-2, -1, 1, 2]


def test_event_lines() -> None:
    serious = replace(EVENT, event="2", onset_on=day(-1), ended_on=None, serious=True)
    lines = derive_event_lines(
        [EVENT, serious, replace(EVENT, subject="S9")], {"S1": "A"}, [TreatmentPeriod("S1", START, day(1))]
    )
    assert [(x.event, x.onset_day, x.duration_days, x.ongoing, x.treatment_emergent) for x in lines] == [
        ("2", -1, None, True, False),
        ("1", 3, 11, False, True),
    ]
    only = derive_event_lines([EVENT, serious], {"S1": "A"}, [], serious_only=True)
    assert [x.event for x in only] == ["2"] and only[0].onset_day is None


def point(
    subject: str, number: int, overall: Response, share: Fraction | None, new: bool = False
) -> TimePoint:
    target = TargetResult(Response.SD, Decimal(1), share is not None, Decimal(1), Decimal(1), None, share)
    progressed = day(number) if overall is Response.PD else None
    return TimePoint(
        subject, f"D{number}", day(number), target, Response.NA, new, overall, progressed, (), (number,)
    )


POINTS = {
    "S1": [
        point("S1", 42, Response.PR, Fraction(-2, 5)),
        point("S1", 84, Response.NE, None),
        point("S1", 126, Response.PD, Fraction(1, 10), new=True),
        point("S1", 168, Response.PD, Fraction(-9, 10)),
    ],
    "S2": [point("S2", 42, Response.PD, Fraction(3, 2))],
    "S3": [],
}
BEST = {
    s: BestResponse(s, r, False, source_ids=(n,))
    for n, (s, r) in enumerate([("S3", Response.NE), ("S1", Response.PR), ("S2", Response.PD)])
}


def test_waterfall() -> None:
    bars = derive_waterfall(POINTS, BEST)
    assert [(b.subject, b.best_percent, b.drawn_percent) for b in bars] == [
        ("S2", 150.0, 100.0),
        ("S1", -40.0, -40.0),
        ("S3", None, None),
    ]
    assert bars[1].source_ids == (1, 42)
    earlier = derive_waterfall(POINTS, BEST, {"S1": day(42)})
    assert [b.best_percent for b in earlier] == [150.0, None, None]


def test_spider() -> None:
    rows = derive_spider(POINTS, dict.fromkeys(POINTS, START))
    assert [(r.day, r.percent, r.new_lesion) for r in rows if r.subject == "S1"] == [
        (0, 0.0, False),
        (42, -40.0, False),
        (126, 10.0, True),
        (168, -90.0, False),
    ]


def test_swimmer() -> None:
    lanes = [
        SwimmerHistory("S2", "B", START, day(60), False, {}, died_on=day(60), source_ids=(8,)),
        SwimmerHistory("S1", "A", START, day(200), True, {"infusion": [day(42), day(21)]}, source_ids=(7,)),
        SwimmerHistory("S4", "A", START, day(90), True, {}),
    ]
    points = POINTS | {"S4": [point("S4", 84, Response.CR, Fraction(-1))]}
    rows = derive_swimmer(lanes, points)
    assert [(r.subject, r.kind, r.from_day, r.to_day) for r in rows] == [
        ("S1", "on study", 0, 200),
        ("S1", "infusion", 21, 21),
        ("S1", "infusion", 42, 42),
        ("S1", "response", 42, 126),
        ("S1", "progression", 126, 126),
        ("S1", "ongoing", 200, 200),
        ("S4", "on study", 0, 90),
        ("S4", "response", 84, 90),
        ("S4", "ongoing", 90, 90),
        ("S2", "on study", 0, 60),
        ("S2", "progression", 42, 42),
        ("S2", "death", 60, 60),
    ]
