"""Overall survival, follow-up, partial dates."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trialwright.outcomes.dates import (
    DayCount,
    ImputationRule,
    PartialDate,
    compute_days,
    compute_imputed_date,
    compute_months,
    parse_partial_date,
)
from trialwright.outcomes.survival_times import (
    Contact,
    VitalHistory,
    compute_follow_up,
    compute_overall_survival,
    derive_overall_survival,
)

pytestmark = pytest.mark.requirement("TW-R-041")

START = date(2024, 2, 28)


def subject(*contact_days: int, died_on: PartialDate | None = None) -> VitalHistory:
    contacts = tuple(Contact(START + timedelta(days=d), (d,)) for d in contact_days)
    return VitalHistory("S1", START, contacts, died_on, source_ids=(1000,), death_source_ids=(2000,))


def test_days_count_the_start_as_day_one_unless_said_otherwise() -> None:
    assert compute_days(START, START) == 1
    assert compute_days(START, date(2024, 3, 1)) == 3  # 2024 is a leap year
    assert compute_days(START, date(2024, 3, 1), DayCount.ELAPSED) == 2
    assert compute_months(365.25) == 12


def test_death_is_an_event_and_carries_its_sources() -> None:
    result = compute_overall_survival(subject(10, died_on=PartialDate(2024, 4, 1)))
    assert (result.event, result.reason, result.days, result.censor_code) == (True, "DEATH", 34, 0)
    assert result.source_ids == (1000, 2000)


def test_the_living_are_censored_at_the_last_contact() -> None:
    result = compute_overall_survival(subject(10, 50, 30))
    assert (result.event, result.reason, result.days) == (False, "LAST_KNOWN_ALIVE", 51)
    assert result.source_ids == (50, 1000)


def test_without_any_contact_censored_at_the_start() -> None:
    result = compute_overall_survival(subject())
    assert (result.event, result.reason, result.days) == (False, "NO_CONTACT_AFTER_START", 1)


@pytest.mark.parametrize("died_on", [PartialDate(2024, 12, 1), None])
def test_who_lives_beyond_the_cut_is_censored_at_the_cut(died_on: PartialDate | None) -> None:
    cut_on = START + timedelta(days=99)
    result = compute_overall_survival(subject(10, 120, died_on=died_on), cut_on=cut_on)
    assert (result.event, result.reason, result.days) == (False, "DATA_CUT", 100)


def test_reverse_follow_up_swaps_event_and_censoring() -> None:
    alive = compute_follow_up(compute_overall_survival(subject(10)))
    assert (alive.endpoint, alive.event, alive.days) == ("FOLLOW_UP", True, 11)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2024", PartialDate(2024)),
        ("2024-02", PartialDate(2024, 2)),
        ("2024-02-29", PartialDate(2024, 2, 29)),
        ("2024-02-29T10:15", PartialDate(2024, 2, 29)),
        ("2023-02-29", None),
        ("2024-13", None),
        ("29 Feb 2024", None),
        ("", None),
    ],
)
def test_partial_dates_are_read_or_refused(text: str, expected: PartialDate | None) -> None:
    assert parse_partial_date(text) == expected


@pytest.mark.parametrize(
    ("partial", "alive_on", "on", "flag"),
    [
        (PartialDate(2024, 6), None, date(2024, 6, 15), "D"),
        (PartialDate(2024), None, date(2024, 7, 1), "M"),
        (PartialDate(2024, 6), date(2024, 6, 20), date(2024, 6, 20), "D"),
        (PartialDate(2024), date(2024, 9, 3), date(2024, 9, 3), "M"),
        (PartialDate(2024, 6, 3), date(2024, 6, 1), date(2024, 6, 3), ""),
    ],
)
def test_imputation(partial: PartialDate, alive_on: date | None, on: date, flag: str) -> None:
    imputed = compute_imputed_date(partial, alive_on=alive_on)
    assert (imputed.on, imputed.flag, imputed.contradicts) == (on, flag, False)


def test_imputation_on_the_day_after_the_last_day_alive_is_an_option() -> None:
    rule = ImputationRule(after_alive_days=1)
    assert compute_imputed_date(PartialDate(2024, 6), rule, date(2024, 6, 20)).on == date(2024, 6, 21)
    assert compute_imputed_date(PartialDate(2024, 6), rule, date(2024, 6, 30)).on == date(2024, 6, 30)


def test_impossible_dates_give_findings_and_no_row() -> None:
    before = VitalHistory("A", START, died_on=PartialDate(2023, 5, 1))
    undead = VitalHistory("B", START, (Contact(date(2024, 6, 1)),), PartialDate(2024, 5, 1))
    late = VitalHistory("C", date(2030, 1, 1))
    derived = derive_overall_survival([before, undead, late, subject(3)], cut_on=date(2025, 1, 1))
    assert [f.code for f in derived.findings] == ["TW-END-001", "TW-END-002", "TW-END-003"]
    assert [row.subject for row in derived.rows] == ["S1"]


partials = st.builds(
    PartialDate,
    st.integers(2000, 2030),
    st.integers(1, 12),
    st.none() | st.integers(1, 28),
) | st.builds(PartialDate, st.integers(2000, 2030))


@settings(max_examples=100, deadline=None)
@given(partials, st.none() | st.dates(date(2000, 1, 1), date(2030, 12, 31)))
def test_an_imputed_date_is_possible_and_never_before_the_last_day_alive(
    partial: PartialDate, alive_on: date | None
) -> None:
    imputed = compute_imputed_date(partial, alive_on=alive_on)
    if not imputed.contradicts:
        assert partial.earliest <= imputed.on <= partial.latest
        assert alive_on is None or imputed.on >= alive_on
    assert parse_partial_date(str(partial)) == partial
