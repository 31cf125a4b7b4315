"""Enrolment: stretches as stated, sites added up with their openings and caps, arrivals by chance."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from tests.design.scenarios import benchmark
from tests.design.test_from_study import with_scenario
from tests.design.twins import subject_row

from trialwright.design.from_study import scenario_from_study
from trialwright.design.philox import philox_keys
from trialwright.design.replicate import ENTRY, compute_replicate
from trialwright.design.scenario import DesignScenario, Look
from trialwright.design.simulate import simulate_design
from trialwright.design.tables import compute_plan
from trialwright.study.load import load_study
from trialwright.study.model import Study

STUDY = Path(__file__).parents[2] / "studies/nct02632201"


@pytest.fixture(scope="module")
def study() -> Study:
    loaded = load_study(STUDY)
    assert loaded.study is not None
    return loaded.study


def entries(scenario: DesignScenario, replicate: int) -> np.ndarray:
    """Entry times of one replicate, in the order of the subjects."""
    plan = compute_plan(scenario)
    out, strata = np.empty((scenario.subjects, 5), np.float32), np.empty(scenario.subjects, np.int8)
    given = plan.arms, plan.tables, plan.interval, plan.expected_arrivals
    compute_replicate(replicate, 0, philox_keys(1), *given, out, strata)
    return out[:, ENTRY].astype(float)


def test_sites_are_added_up_until_the_planned_number_is_in(study: Study) -> None:
    """By hand: one a month from the start; from month 6 on three; the second site is full at 10, in month 11; then one.

    6 + 5 * 3 = 21 subjects at month 11, the last of 24 at month 14.
    """
    sites = [
        {"site": study.sites[0].id, "subjects_per_month": 1.0},
        {"site": study.sites[-1].id, "opens_at_month": 6, "subjects_per_month": 2.0, "most_subjects": 10},
    ]
    made = with_scenario(study, subjects=24, accrual_months=None, accrual_by_site=sites)
    design, findings = scenario_from_study(made, "made")
    assert findings == []
    assert design.accrual == ((6.0, 1.0), (5.0, 3.0), (3.0, 1.0))
    assert design.enrolment_months == 14.0


def test_a_site_with_stretches_closes_after_the_last(study: Study) -> None:
    stretches = [{"months": 2, "subjects_per_month": 1}, {"months": 4, "subjects_per_month": 3}]
    site = {"site": study.sites[0].id, "accrual": stretches}
    made = with_scenario(study, subjects=8, accrual_months=None, accrual_by_site=[site])
    assert scenario_from_study(made, "made")[0].accrual == ((2.0, 1.0), (2.0, 3.0))
    made = with_scenario(study, subjects=15, accrual_months=None, accrual_by_site=[site])
    design, findings = scenario_from_study(made, "made")
    assert design is None
    assert [finding.code for finding in findings] == ["TW-DES-018"]
    assert "14 of 15" in findings[0].message


def test_unknown_site_and_rates_that_do_not_fit_are_told(study: Study) -> None:
    site = {"site": "nowhere", "subjects_per_month": 2}
    made = with_scenario(study, accrual_months=None, accrual_by_site=[site])
    design, _ = scenario_from_study(made, "made")
    assert "TW-DES-019" in {finding.code for finding in simulate_design(design, 100, 1).findings}
    made = with_scenario(study, accrual_months=None, accrual=[{"months": 10, "subjects_per_month": 2}])
    design, _ = scenario_from_study(made, "made")
    assert "TW-DES-017" in {finding.code for finding in simulate_design(design, 100, 1).findings}


def test_every_subject_comes_in_the_planned_time() -> None:
    scenario = benchmark(40, accrual=((6.0, 1.0), (6.0, 3.0)))
    found = np.concatenate([entries(scenario, r) for r in range(400)])
    assert found.min() >= 0 and found.max() <= 12.0
    assert (found < 6).mean() == pytest.approx(0.25, abs=4 * (0.25 * 0.75 / found.size) ** 0.5)


def test_random_arrivals_are_a_poisson_process() -> None:
    """Rate 2 for 10 months, then 4: gaps within a stretch are exponential, the n-th arrival is a gamma variable.

    The tenth arrival of the operational clock has mean 10 and variance 10.
    """
    scenario = benchmark(40, accrual=((10.0, 2.0), (5.0, 4.0)), random_arrivals=True)
    sorted_entries = np.sort(np.array([entries(scenario, r) for r in range(3000)]), axis=1)
    clock = np.where(sorted_entries < 10, 2 * sorted_entries, 20 + 4 * (sorted_entries - 10))
    for n in (1, 10, 25, 40):
        nth = clock[:, n - 1]
        assert nth.mean() == pytest.approx(n, abs=4 * (n / 3000) ** 0.5)
        assert nth.var() == pytest.approx(n, rel=0.2)
    gaps = np.diff(clock, axis=1)
    assert gaps.mean() == pytest.approx(1.0, abs=0.02)
    assert (gaps > 1).mean() == pytest.approx(np.exp(-1), abs=0.01)


def test_random_arrivals_are_those_of_the_twin() -> None:
    scenario = benchmark(9, accrual=((3.0, 1.0), (4.0, 2.0)), random_arrivals=True)
    for replicate in range(20):
        twin = [float(subject_row(scenario, i, replicate, 1)[0]) for i in range(9)]
        assert entries(scenario, replicate) == pytest.approx(twin, rel=2e-6)


def test_enrolment_by_chance_makes_the_end_uncertain() -> None:
    by_events = (Look("final", None, 30),)
    even = simulate_design(benchmark(40, looks=by_events), 4000, 1).as_json()
    chance = simulate_design(benchmark(40, looks=by_events, random_arrivals=True), 4000, 1).as_json()
    a, b = (one["analyses"][0]["duration_months"] for one in (even, chance))
    assert b["se"] > a["se"]
    assert b["estimate"] == pytest.approx(a["estimate"], abs=1.0)
