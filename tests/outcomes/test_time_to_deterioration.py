"""Time to deterioration: the eight worked cases, directions, floor, properties."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trialwright.outcomes.questionnaire import Direction
from trialwright.outcomes.time_to_deterioration import (
    DatedScore,
    Deterioration,
    DeteriorationRule,
    ScoreHistory,
    compute_fall_possible,
    compute_time_to_deterioration,
)

REFERENCE = json.loads((Path(__file__).parents[1] / "data/domain/analysis.json").read_text())["ttd"]
START = date(2021, 3, 1)
BETTER = Direction.HIGHER_BETTER


def history(scores: list[tuple[int, float | None]], death_day: int | None = None) -> ScoreHistory:
    """Scores by day, the start being day 1."""
    dated = tuple(DatedScore(START + timedelta(days=d - 1), value, (d,)) for d, value in scores)
    died_on = None if death_day is None else START + timedelta(days=death_day - 1)
    return ScoreHistory("S1", START, dated, died_on, (900,), (901,))


@pytest.mark.parametrize("variant", list(Deterioration))
@pytest.mark.parametrize("vector", REFERENCE, ids=lambda v: v["id"])
def test_worked_cases(vector: dict[str, Any], variant: Deterioration) -> None:
    case = history([(s["day"], s["score"]) for s in vector["scores"]], vector["death_day"])
    rule = DeteriorationRule(vector["threshold"], variant)
    result = compute_time_to_deterioration(case, BETTER, rule)
    assert {"day": result.days, "cnsr": result.censor_code, "reason": result.reason} == vector[variant]


def test_on_a_symptom_scale_a_rise_is_the_deterioration() -> None:
    case = history([(1, 0.0), (22, 33.333333333)])
    assert compute_time_to_deterioration(case, Direction.HIGHER_WORSE, DeteriorationRule()).event
    assert not compute_time_to_deterioration(case, BETTER, DeteriorationRule()).event


def test_a_change_of_exactly_the_threshold_counts_in_spite_of_binary_fractions() -> None:
    case = history([(1, 75.0), (22, 75 - 3 * 25 / 3)])
    rule = DeteriorationRule(threshold_points=25)
    assert compute_time_to_deterioration(case, BETTER, rule).event
    thirds = history([(1, 200 / 3), (22, 200 / 3 - 100 / 3)])
    assert compute_time_to_deterioration(thirds, BETTER, DeteriorationRule(100 / 3)).event


def test_no_form_after_baseline() -> None:
    case = history([(1, 50.0)], death_day=30)
    rule = DeteriorationRule(variant=Deterioration.FIRST_OR_DEATH)
    result = compute_time_to_deterioration(case, BETTER, rule)
    assert (result.days, result.event, result.reason) == (1, False, "NO_FORM_AFTER_BASELINE")
    counted = compute_time_to_deterioration(case, BETTER, replace(rule, death_without_form=True))
    assert (counted.days, counted.event, counted.reason) == (30, True, "DEATH")


def test_floor_and_ceiling() -> None:
    assert not compute_fall_possible(8.33, BETTER, 10)
    assert compute_fall_possible(10.0, BETTER, 10)
    assert not compute_fall_possible(100.0, Direction.HIGHER_WORSE, 10)


def test_sources_of_a_definitive_fall_are_all_forms_that_show_it() -> None:
    case = history([(1, 80.0), (22, 50.0), (43, 50.0)])
    rule = DeteriorationRule(variant=Deterioration.DEFINITIVE)
    assert compute_time_to_deterioration(case, BETTER, rule).source_ids == (1, 22, 43, 900)


scores = st.dictionaries(
    st.integers(1, 300), st.none() | st.integers(0, 12).map(lambda k: k * 25 / 3), max_size=8
)


@settings(max_examples=100, deadline=None)
@given(scores, st.none() | st.integers(2, 400), st.sampled_from([5.0, 10.0, 20.0]))
def test_variants_are_ordered_and_a_higher_threshold_is_never_earlier(
    by_day: dict[int, float | None], death_day: int | None, points: float
) -> None:
    case = history(list(by_day.items()), death_day)

    def run(variant: Deterioration, threshold: float = points) -> Any:
        return compute_time_to_deterioration(case, BETTER, DeteriorationRule(threshold, variant))

    first, definitive = run(Deterioration.FIRST), run(Deterioration.DEFINITIVE)
    either = run(Deterioration.FIRST_OR_DEATH)
    if definitive.event:
        assert first.event and first.days <= definitive.days
    if first.event:
        assert either.event and either.days == first.days
    harder = run(Deterioration.FIRST, points + 10)
    assert not harder.event or (first.event and first.days <= harder.days)


@settings(max_examples=60, deadline=None)
@given(scores, st.randoms())
def test_order_of_forms_does_not_matter(by_day: dict[int, float | None], random: Any) -> None:
    items = list(by_day.items())
    mixed = random.sample(items, len(items))
    for variant in Deterioration:
        rule = DeteriorationRule(variant=variant)
        one = compute_time_to_deterioration(history(items), BETTER, rule)
        other = compute_time_to_deterioration(history(mixed), BETTER, rule)
        assert one == other
