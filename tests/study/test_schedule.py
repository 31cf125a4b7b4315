"""Day arithmetic and the schedule unrolled."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trialwright.study.load import load_study
from trialwright.study.model.schedule import Repeat, Visit, Window
from trialwright.study.prose import render_power
from trialwright.study.schedule import date_of_day, day_of_date, expand_visits, shift_day

ROOT = Path(__file__).parents[2]
DAYS = st.integers(-400, 1200).filter(bool)


@given(DAYS, st.dates(date(2000, 3, 1), date(2090, 1, 1)))
def test_day_and_date_are_inverse(day: int, day_one: date) -> None:
    assert day_of_date(day_one, date_of_day(day_one, day)) == day


@given(DAYS, st.integers(-300, 300), st.dates(date(2000, 3, 1), date(2080, 1, 1)))
def test_shifting_a_day_is_shifting_its_date(day: int, days: int, day_one: date) -> None:
    assert date_of_day(day_one, shift_day(day, days)) == date_of_day(day_one, day) + timedelta(days=days)


def test_there_is_no_day_zero() -> None:
    assert shift_day(1, -1) == -1
    assert shift_day(-1, 1) == 1
    with pytest.raises(ValueError, match="no study day 0"):
        date_of_day(date(2026, 3, 2), 0)


def test_dose_dates_of_the_domain_reference() -> None:
    """cell_product.json, seed_schedule: day 1 on 2 March 2026."""
    reference = json.loads((ROOT / "tests/data/domain/cell_product.json").read_text(encoding="utf-8"))[
        "seed_schedule"
    ]
    day_one = date.fromisoformat(reference["example_day1"])
    study = load_study(ROOT / "studies/nct02632201").study
    assert study is not None
    given_days = {day for product in study.products for day in product.days}
    planned = {date_of_day(day_one, day).isoformat() for day in given_days}
    assert planned == {found["date"] for found in reference["planned"]}


def test_a_repeated_visit_returns_until_its_last_day() -> None:
    study = load_study(ROOT / "studies/nct02632201").study
    assert study is not None
    window = Window(before_days=7, after_days=7)
    visit = Visit(
        id="scan",
        label="Scan",
        epoch="e",
        track="assessment",
        day=43,
        window=window,
        repeat=Repeat(every_days=42, until_day=130),
    )
    instances = expand_visits(study.model_copy(update={"visits": (visit,)}))
    assert [(i.id, i.day, i.earliest_day, i.latest_day) for i in instances] == [
        ("scan_1", 43, 36, 50),
        ("scan_2", 85, 78, 92),
        ("scan_3", 127, 120, 134),
    ]


def test_large_numbers_are_told_as_powers_of_ten() -> None:
    from decimal import Decimal

    assert [render_power(Decimal(n)) for n in ("1e7", "1.5e9", "300", "0.25")] == [
        "1×10⁷",
        "1.5×10⁹",
        "300",
        "0.25",
    ]
