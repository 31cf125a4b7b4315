"""The lane engine against its plain twin: the same looks to the last bit, the same tests within rounding."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.design.scenarios import benchmark, everything, illness_death, nobody_dies

from trialwright.design.hazards import DiseaseCourse, PiecewiseHazard, constant
from trialwright.design.lane_sort import sort_lanes
from trialwright.design.plain_engine import EVENTS, INFORMATION, LOG_HR, SCORE, VARIANCE
from trialwright.design.scenario import ArmBelief, DesignScenario, Look
from trialwright.design.simulate import compute_results

ONE_STRATUM = (("all", 1.0, 1.0),)


def assert_equal(scenario: DesignScenario, seed: int, first: int, count: int) -> None:
    plain, plain_looks = compute_results(scenario, seed, first, count, plain=True)
    lanes, lane_looks = compute_results(scenario, seed, first, count)
    np.testing.assert_array_equal(lane_looks, plain_looks)
    np.testing.assert_array_equal(lanes[..., EVENTS], plain[..., EVENTS])
    np.testing.assert_allclose(lanes[..., [SCORE, VARIANCE]], plain[..., [SCORE, VARIANCE]], atol=1e-11)
    np.testing.assert_allclose(lanes[..., LOG_HR], plain[..., LOG_HR], atol=1e-9)
    np.testing.assert_allclose(lanes[..., INFORMATION], plain[..., INFORMATION], atol=1e-6, rtol=1e-6)


@pytest.mark.parametrize(
    "scenario",
    [
        benchmark(40),
        benchmark(2),
        benchmark(3),
        benchmark(7, ratio=(3, 1)),
        benchmark(400),
        illness_death(40),
        illness_death(40, assessment_interval_months=1.5),
        everything(23, strata=ONE_STRATUM),
        everything(64, strata=ONE_STRATUM, assessment_interval_months=0.0),
        benchmark(40, looks=(Look("a", None, 10), Look("b", 30.0, 20), Look("c", None, 39), Look("d", 12.0))),
        nobody_dies(),
    ],
    ids=lambda s: f"{s.id}-{s.subjects}-{len(s.looks)}-{s.assessment_interval_months:g}",
)
def test_equals_the_plain_engine(scenario: DesignScenario) -> None:
    assert_equal(scenario, 20261122, 0, 333)


def test_replicate_numbers_beyond_32_bits() -> None:
    assert_equal(benchmark(12), 9, 2**32 - 7, 40)


def test_strata_are_done_by_the_plain_engine() -> None:
    scenario = everything(20)
    plain = compute_results(scenario, 4, 0, 50, plain=True)
    np.testing.assert_array_equal(plain[0], compute_results(scenario, 4, 0, 50)[0])


rates = st.floats(0.0, 0.8)


@settings(max_examples=60, deadline=None)
@given(
    subjects=st.integers(2, 30),
    ratio=st.tuples(st.integers(1, 3), st.integers(1, 3)),
    control=st.tuples(rates, rates, rates),
    experimental=st.tuples(rates, rates, rates),
    change_months=st.floats(0.5, 10.0),
    failure=st.floats(0.0, 0.5),
    interval=st.sampled_from([0.0, 0.7, 3.0]),
    look=st.floats(0.5, 60.0),
    events=st.integers(1, 30),
    drop_out=st.floats(0.0, 0.2),
    seed=st.integers(0, 2**64 - 1),
)
def test_equality_on_random_designs(
    subjects, ratio, control, experimental, change_months, failure, interval, look, events, drop_out, seed
) -> None:
    """Small trials with empty arms, many ties (visits far apart), looks before anybody is enrolled."""
    untreated = DiseaseCourse(*(constant(rate) for rate in control))
    course = DiseaseCourse(
        *(PiecewiseHazard((rate, rate / 2), (0.0, change_months)) for rate in experimental)
    )
    scenario = everything(
        subjects,
        ratio=ratio,
        strata=ONE_STRATUM,
        control=ArmBelief(untreated),
        experimental=ArmBelief(course, untreated, 0.01 + failure, 0.0),
        assessment_interval_months=interval,
        looks=(Look("calendar", look), Look("events", look, events, "pfs"), Look("late", None, events, "os")),
        drop_out_per_month=drop_out,
    )
    assert_equal(scenario, seed, 0, 40)


@settings(max_examples=60, deadline=None)
@given(rows=st.integers(1, 130), seed=st.integers(0, 2**32), spread=st.sampled_from([3, 1000, 2**31 - 1]))
def test_the_network_sorts(rows: int, seed: int, spread: int) -> None:
    keys = np.random.default_rng(seed).integers(-4, spread, (rows, 16)).astype(np.int32)
    expected = np.sort(keys, axis=0)
    sort_lanes(keys, rows)
    np.testing.assert_array_equal(keys, expected)
