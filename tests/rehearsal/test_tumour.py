"""Lesions: RECIST 1.1, as the outcomes read it, sees progression exactly when the latent course says."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from trialwright.outcomes.recist.lesions import (
    Lesion as Followed,
)
from trialwright.outcomes.recist.lesions import (
    LesionHistory,
    NewReading,
    NewState,
    Reading,
    Role,
    State,
    Visit,
)
from trialwright.outcomes.recist.responses import Response
from trialwright.outcomes.recist.time_points import derive_time_points
from trialwright.rehearsal.draws import Draws
from trialwright.rehearsal.tumour import Lesion, assess, draw_baseline, lesion_rows
from trialwright.study.model.rehearsal import TumourCourse

FROM_DAY = 43
EVERY_DAYS = 42
SEEN_AS = {"measured": State.MEASURED, "too_small": State.TOO_SMALL}


def read(visit: str, day: int, rows: list[Lesion]) -> Visit:
    from datetime import date, timedelta

    on = date(2024, 1, 1) + timedelta(days=day)
    targets = [
        Reading(row.name, SEEN_AS[row.finding], None if row.mm is None else Decimal(row.mm))
        for row in rows
        if row.role == "target"
    ]
    new = [NewReading(row.name, NewState.UNEQUIVOCAL) for row in rows if row.role == "new"]
    return Visit(visit, on, tuple(targets), (), tuple(new))


@settings(max_examples=100, deadline=None)
@given(
    seed=st.integers(0, 2**32),
    most=st.integers(1, 5),
    change=st.floats(-1, 1),
    spread=st.floats(0, 1),
    new=st.sampled_from([0.0, 0.4, 1.0]),
    progresses_at=st.integers(0, 9),
)
def test_progression_is_seen_when_it_is_due(
    seed: int, most: int, change: float, spread: float, new: float, progresses_at: int
) -> None:
    course = TumourCourse(
        organ="liver",
        lesions=(1, most),
        diameter_mm=30,
        spread=0.6,
        best_change=change,
        best_change_spread=spread,
        new_lesion_probability=new,
    )
    history = draw_baseline(course, Draws(seed, "base"))
    baseline = read("baseline", -5, lesion_rows(course, history.baseline, False))
    visits, stated = [], []
    for number in range(progresses_at + 1):
        day = FROM_DAY + EVERY_DAYS * number
        rows, response = assess(course, history, day, number == progresses_at, Draws(seed, "at", number))
        visits.append(read(f"visit_{number}", day, rows))
        stated.append(response)
    followed = [Followed(reading.lesion, Role.TARGET) for reading in baseline.targets]
    points = derive_time_points(LesionHistory("S", tuple(followed), baseline, tuple(visits)))
    assert [point.overall is Response.PD for point in points] == [
        n == progresses_at for n in range(len(visits))
    ]
    assert [point.overall.value for point in points] == stated


def test_baseline_is_measurable() -> None:
    course = TumourCourse(
        organ="liver", lesions=(2, 2), diameter_mm=12, spread=2, best_change=0, best_change_spread=0,
        new_lesion_probability=0,
    )  # fmt: skip
    for seed in range(50):
        sizes = draw_baseline(course, Draws(seed, "base")).baseline
        assert len(sizes) == 2
        assert all(12 <= mm <= 180 for mm in sizes)
