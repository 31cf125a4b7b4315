"""Numbers of events and subjects, limits of BOIN and skeletons of CRM: published values and definitions."""

from __future__ import annotations

import math
from itertools import pairwise

import pytest

from trialwright.design.safety_answer import compute_skeleton
from trialwright.design.sizing import (
    compute_freedman_events,
    compute_lachin_foulkes,
    compute_schoenfeld_events,
)
from trialwright.stats.boin import compute_boin_limits


@pytest.mark.parametrize(
    ("hazard_ratio", "power", "sides", "events"),
    [(1.5, 0.8, 2, 191), (2.0, 0.8, 2, 66), (2.0, 0.9, 2, 88), (1.5, 0.9, 2, 256), (2.0, 0.8, 1, 52)],
)
def test_schoenfeld_events_round_up_to_the_usual_table(
    hazard_ratio: float, power: float, sides: int, events: int
) -> None:
    """4 (z_alpha + z_beta)^2 / log(HR)^2, e.g. 4 (1.95996 + 0.84162)^2 / 0.40547^2 = 190.97; alpha 0.05, 1:1."""
    assert math.ceil(compute_schoenfeld_events(hazard_ratio, power, 0.05, sides)) == events
    assert compute_schoenfeld_events(1 / hazard_ratio, power, 0.05, sides) == pytest.approx(
        compute_schoenfeld_events(hazard_ratio, power, 0.05, sides)
    )


def test_freedman_needs_more_than_schoenfeld_and_both_agree_near_one() -> None:
    """(1 + HR) / (1 - HR) is above 2 / |log HR| for every HR; the ratio goes to 1 with HR."""
    for hazard_ratio in (0.3, 0.5, 0.7, 0.95):
        freedman = compute_freedman_events(hazard_ratio, 0.8, 0.05)
        assert freedman > compute_schoenfeld_events(hazard_ratio, 0.8, 0.05)
    near = compute_freedman_events(0.98, 0.8, 0.05) / compute_schoenfeld_events(0.98, 0.8, 0.05)
    assert near == pytest.approx(1.0, abs=1e-3)


def test_lachin_foulkes_example() -> None:
    """Lachin & Foulkes 1986, section 2: hazards 0.3 and 0.2 a year, 3 years of accrual, 5 of study: 189 in each arm."""
    subjects, _ = compute_lachin_foulkes(0.3, 0.2, 3.0, 5.0, 0.9, 0.05, 1)
    assert 2 * math.ceil(subjects / 2) == 378


@pytest.mark.parametrize(
    ("target", "escalate", "de_escalate"),
    [
        (0.15, 0.118, 0.179), (0.20, 0.157, 0.238), (0.25, 0.197, 0.298),
        (0.30, 0.236, 0.359), (0.35, 0.276, 0.419), (0.40, 0.316, 0.480),
    ],
)  # fmt: skip
def test_boin_limits(target: float, escalate: float, de_escalate: float) -> None:
    """Liu & Yuan 2015, table 1 (p1 = 0.6 phi, p2 = 1.4 phi), to three decimals."""
    assert compute_boin_limits(target) == pytest.approx((escalate, de_escalate), abs=5.5e-4)


def test_skeleton_holds_the_indifference_intervals() -> None:
    """Lee & Cheung 2009: at the parameter between two levels the lower has target - d, the upper target + d."""
    target, half, levels = 0.25, 0.05, 5
    skeleton = compute_skeleton(target, half, 2, levels)
    assert skeleton[2] == target
    assert list(skeleton) == sorted(skeleton)
    for below, above in pairwise(skeleton):
        power = math.log(target - half) / math.log(below)
        assert above**power == pytest.approx(target + half, abs=1e-12)
