"""Piecewise hazards and the illness-death model against closed forms."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.design.scenarios import benchmark

from trialwright.design.hazards import DiseaseCourse, PiecewiseHazard, constant, solve_course, weibull
from trialwright.design.monitoring import expected_events
from trialwright.design.scenario import ArmBelief
from trialwright.design.simulate import simulate_design
from trialwright.design.sizing import event_share


def test_cumulative_hazard_by_hand() -> None:
    hazard = PiecewiseHazard((0.1, 0.3, 0.0), (0.0, 2.0, 5.0))
    assert [hazard.cumulative(t) for t in (0, 1, 2, 4, 5, 9)] == pytest.approx([0, 0.1, 0.2, 0.8, 1.1, 1.1])
    assert [hazard.at(t) for t in (0, 1.99, 2, 5, 100)] == [0.1, 0.1, 0.3, 0.0, 0.0]


def test_delay_and_waning() -> None:
    hazard = constant(0.2).scaled(0.5, from_months=3.0, until_months=8.0)
    assert hazard == PiecewiseHazard((0.2, 0.1, 0.2), (0.0, 3.0, 8.0))
    assert constant(0.2).until(0.0, constant(0.1)) == constant(0.1)
    assert constant(0.2).until(2.0, constant(0.1)) == PiecewiseHazard((0.2, 0.1), (0.0, 2.0))


@pytest.mark.parametrize("starts", [(1.0,), (0.0, 0.0), (0.0, 3.0, 2.0)])
def test_disordered_pieces_are_refused(starts: tuple[float, ...]) -> None:
    with pytest.raises(ValueError, match=r"piecewise|starts"):
        PiecewiseHazard((0.1,) * len(starts), starts)


def test_os_of_constant_hazards_in_closed_form() -> None:
    """a + b leave, a progress, c die after: S(t) = e^-(a+b)t + a (e^-ct - e^-(a+b)t) / (a + b - c)."""
    a, b, c, t = 0.12, 0.02, 0.09, 14.0
    closed = math.exp(-(a + b) * t) + a * (math.exp(-c * t) - math.exp(-(a + b) * t)) / (a + b - c)
    course = DiseaseCourse(constant(a), constant(b), constant(c))
    assert course.os(t) == pytest.approx(closed, abs=1e-12)
    assert course.pfs(t) == pytest.approx(math.exp(-(a + b) * t))


@settings(max_examples=40, deadline=None)
@given(
    pfs=st.floats(1.0, 20.0),
    longer=st.floats(1.15, 6.0),
    share=st.floats(0.0, 0.5),
    alive=st.floats(0.3, 0.7),
)
def test_solved_courses_meet_their_landmarks(pfs: float, longer: float, share: float, alive: float) -> None:
    course = solve_course((pfs, alive), (pfs * longer, alive), share)
    if course is not None:
        assert course.pfs(pfs) == pytest.approx(alive, abs=1e-9)
        assert course.os(pfs * longer) == pytest.approx(alive, abs=1e-7)


def test_impossible_medians_have_no_course() -> None:
    assert solve_course((10.0, 0.5), (5.0, 0.5), 0.1) is None
    assert solve_course((5.0, 0.5), (60.0, 0.5), 0.9) is None


def test_weibull_in_steps_keeps_survival_at_the_steps() -> None:
    hazard = weibull(1.4, 12.0, 2.0, 40.0)
    scale = 12.0 / math.log(2) ** (1 / 1.4)
    for t in (2.0, 12.0, 26.0, 40.0):
        assert math.exp(-hazard.cumulative(t)) == pytest.approx(math.exp(-((t / scale) ** 1.4)))
    assert math.exp(-hazard.cumulative(12.0)) == pytest.approx(0.5)
    assert weibull(1.0, 10.0, 5.0, 20.0).per_month == pytest.approx((math.log(2) / 10,) * 4)


def test_expected_events_against_the_closed_form() -> None:
    expected = 20 * (event_share(math.log(2) / 10, 0, 18, 42) + event_share(math.log(2) / 16, 0, 18, 42))
    assert expected_events(benchmark(), "os", 42.0) == pytest.approx(expected, rel=1e-5)


def test_cure_and_failure_shape_the_curves() -> None:
    """Simulated deaths by a late look: cured subjects never die, failed products run as untreated."""
    quick, slow = (DiseaseCourse(constant(0.0), constant(h), constant(0.0)) for h in (0.5, 0.1))
    scenario = benchmark(
        200,
        control=ArmBelief(quick, cured=0.3),
        experimental=ArmBelief(slow, quick, product_failure=0.25),
        looks=(benchmark().looks[0].__class__("late", 400.0),),
        drop_out_per_month=0.0,
    )
    events = simulate_design(scenario, 3000, 1).as_json()["analyses"][0]["endpoints"]["os"]["events"]
    assert abs(events["estimate"] - (100 * 0.7 + 100)) < 5 * events["se"] + 1e-9
    assert scenario.experimental.alive("os", 3.0) == pytest.approx(
        0.75 * math.exp(-0.3) + 0.25 * math.exp(-1.5)
    )
