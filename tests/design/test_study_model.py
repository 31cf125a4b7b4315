"""What a scenario of the study file can say of disease, losses and tests, all the way to the figures."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
from pydantic import ValidationError
from tests.design.scenarios import benchmark, illness_death
from tests.design.test_from_study import with_scenario
from tests.design.twins import subject_row

from trialwright.design.boundaries import (
    compute_classical_boundaries,
    compute_power,
    compute_spending_boundaries,
)
from trialwright.design.check import check_scenario
from trialwright.design.from_study import scenario_from_study
from trialwright.design.hazards import DiseaseCourse, constant
from trialwright.design.losses import compute_losses, compute_response
from trialwright.design.monitoring import compute_boundaries
from trialwright.design.response import compute_response_power
from trialwright.design.scenario import ArmBelief, DesignScenario, Look, Monitoring
from trialwright.design.simulate import compute_results, simulate_design
from trialwright.study.load import load_study
from trialwright.study.model import Study

STUDY = Path(__file__).parents[2] / "studies/nct02632201"


@pytest.fixture(scope="module")
def study() -> Study:
    loaded = load_study(STUDY)
    assert loaded.study is not None
    return loaded.study


def design_of(study: Study, **fields: object) -> DesignScenario:
    made, findings = scenario_from_study(with_scenario(study, **fields), "made")
    assert findings == []
    assert made is not None
    return made


def test_weibull_arms_keep_their_medians(study: Study) -> None:
    arms = [
        {"arm": "a", "pfs_median_months": 4.0, "os_median_months": 10.0, "shape": 1.6},
        {"arm": "b", "relative": {"to": "a", "hazard_ratio": 0.5}},
    ]
    control = design_of(study, arms=arms).control.course
    assert control.median_months("pfs") == pytest.approx(4.0, abs=0.01)
    assert control.median_months("os") == pytest.approx(10.0, abs=0.02)
    rising = [control.progression.at(month) for month in (0.2, 2.0, 8.0)]
    assert rising == sorted(rising)
    # S(t) = exp(-log 2 (t / 4) ** 1.6) at the steps of the hazard
    assert control.pfs(6.0) == pytest.approx(math.exp(-math.log(2) * 1.5**1.6), abs=1e-6)


def test_crossing_hazards(study: Study) -> None:
    effect = {"to": "a", "hazard_ratio": 0.5, "early_hazard_ratio": 1.5, "from_months": 3}
    arms = [
        {"arm": "a", "pfs_median_months": 4.0, "os_median_months": 10.0},
        {"arm": "b", "relative": effect},
    ]
    made = design_of(study, arms=arms)
    base = made.control.course.progression.at(0.0)
    assert made.experimental.course.progression.at(1.0) == pytest.approx(1.5 * base)
    assert made.experimental.course.progression.at(4.0) == pytest.approx(0.5 * base)
    with pytest.raises(ValidationError):
        design_of(study, arms=[arms[0], {"arm": "b", "relative": {**effect, "from_months": 0}}])


def test_hazards_of_a_stratum(study: Study) -> None:
    strata = [
        {"id": "low", "proportion": 0.4, "hazard_ratio": 1.0},
        {"id": "high", "proportion": 0.6, "hazard_factor": 2.0},
    ]
    arms = [
        {"arm": "a", "pfs_median_months": 4.0, "os_median_months": 10.0},
        {"arm": "b", "relative": {"to": "a", "hazard_ratio": 0.4}},
    ]
    made = design_of(study, arms=arms, strata=strata, subjects=50)
    low, high = made.arms_in(0), made.arms_in(1)
    assert low[1].course == low[0].course.scaled(1.0)
    assert high[1].course.progression.at(0) == pytest.approx(0.4 * high[0].course.progression.at(0))
    assert made.alive(True, "pfs", 4.0) == pytest.approx(0.4 * 0.5 + 0.6 * 0.5 ** (2 * 0.4))
    everywhere = design_of(study, arms=arms, subjects=50)
    power = [simulate_design(one, 2000, 1).as_json() for one in (made, everywhere)]
    shown = [one["analyses"][-1]["endpoints"]["os"]["power"]["estimate"] for one in power]
    assert shown[0] < shown[1] - 0.05


def test_a_stratum_can_have_arms_of_its_own(study: Study) -> None:
    own = [{"arm": arm, "pfs_median_months": 2.0, "os_median_months": 5.0} for arm in ("a", "b")]
    strata = [{"id": "x", "proportion": 0.5}, {"id": "y", "proportion": 0.5, "arms": own}]
    made = design_of(study, strata=strata)
    assert made.arms_in(0) == (made.control, made.experimental)
    assert made.arms_in(1)[1].course.median_months("os") == pytest.approx(5.0)
    lone = [{"id": "x", "proportion": 1.0, "hazard_ratio": 0.5}]
    both = with_scenario(study, strata=lone, arms=own)
    assert [finding.code for finding in scenario_from_study(both, "made")[1]] == ["TW-DES-023"]


@pytest.mark.parametrize("infused", [True, False])
def test_losses_before_the_infusion(study: Study, infused: bool) -> None:
    """Constant hazards while waiting, so that every share can be written down."""
    arms = [
        {"arm": "a", "progression": [{"per_month": 0.2}], "death_before_progression": [{"per_month": 0.05}],
         "death_after_progression": [{"per_month": 0.3}]},
        {"arm": "b", "relative": {"to": "a", "hazard_ratio": 0.1}},
    ]  # fmt: skip
    losses = [
        {"arm": "b", "untreated_as": "a", "product_failure": 0.2, "vein_to_vein_months": 2,
         "infused_after_progression": infused}
    ]  # fmt: skip
    made = design_of(study, arms=arms, cell_losses=losses)
    shares = compute_losses(made)["experimental"]
    free = math.exp(-0.25 * 2)
    ill = 0.2 / (0.3 - 0.25) * (math.exp(-0.25 * 2) - math.exp(-0.3 * 2))
    assert sum(shares.values()) == pytest.approx(1.0)
    assert shares["product_failed"] == 0.2
    assert shares["died_while_waiting"] == pytest.approx(0.8 * (1 - free - ill))
    assert shares["progressed_while_waiting"] == pytest.approx(0.0 if infused else 0.8 * ill)
    assert simulate_design(made, 64, 1).as_json()["losses"]["experimental"] == shares


def test_who_progresses_while_waiting_is_not_infused() -> None:
    """Under a treatment that stops all deaths, only the infused live; the kernels agree with the formula and twin."""
    untreated = DiseaseCourse(constant(0.3), constant(0.02), constant(0.4))
    treated = DiseaseCourse(constant(0.3), constant(0.0), constant(0.0))
    barred = ArmBelief(treated, untreated, 0.0, 2.0, infused_after_progression=False)
    scenario = illness_death(200, control=ArmBelief(untreated), experimental=barred, drop_out_per_month=0.0,
                             assessment_interval_months=0.0)  # fmt: skip
    early = untreated.os(2.0) - untreated.pfs(2.0)
    expected = untreated.pfs(2.0) + early * math.exp(-0.4 * 28)
    assert barred.alive("os", 30.0) == pytest.approx(expected)
    results, _ = compute_results(scenario, 1, 0, 300)
    deaths = results[:, 0, 0, 2].mean()
    later = [1 - scenario.alive(True, "os", 42 - 18 * (k + 0.5) / 200) for k in range(200)]
    control = [1 - scenario.alive(False, "os", 42 - 18 * (k + 0.5) / 200) for k in range(200)]
    assert deaths == pytest.approx(100 * (sum(later) + sum(control)) / 200, abs=1.5)
    small = scenario.varied(subjects=7)
    plain = compute_results(small, 3, 0, 30, plain=True)[0]
    for replicate in range(30):
        rows = [subject_row(small, i, replicate, 3) for i in range(7)]
        died = sum(bool(row[2]) and float(row[0]) + float(row[1]) <= 42.0 for row in rows)
        assert plain[replicate, 0, 0, 2] == died


def test_response_rates(study: Study) -> None:
    arms = [
        {"arm": "a", "pfs_median_months": 4.0, "os_median_months": 10.0, "response_rate": 0.2},
        {"arm": "b", "relative": {"to": "a", "hazard_ratio": 0.5}, "response_rate": 0.6},
    ]
    made = design_of(study, arms=arms, subjects=40)
    assert compute_response(made) == compute_response_power((0.2, 0.6), (20, 20)).as_json()
    lossy = design_of(
        study, arms=arms, subjects=40,
        cell_losses=[{"arm": "b", "untreated_as": "a", "product_failure": 0.25}],
    )  # fmt: skip
    assert compute_response(lossy)["rates"] == pytest.approx((0.2, 0.5))
    assert simulate_design(benchmark(40), 64, 1).as_json()["response"] is None


def test_every_kind_of_boundary_from_the_file(study: Study) -> None:
    looks = [{"id": "half", "at_events": 20}, {"id": "all", "at_events": 40}]

    def boundaries(**plan: object) -> tuple[float, ...]:
        made = design_of(study, subjects=60, analyses=looks, group_sequential=plan)
        found = compute_boundaries(made)
        assert found is not None
        return found.upper

    half = (0.5, 1.0)
    rho = compute_spending_boundaries(half, 0.025, "kim_demets", 3.0).upper
    assert boundaries(efficacy="kim_demets", efficacy_gamma=3.0) == pytest.approx(rho)
    assert boundaries(efficacy="stated", efficacy_spent=[0.125, 1.0]) == pytest.approx(rho)
    shape = compute_classical_boundaries(half, 0.025, "obrien_fleming_shape").upper
    assert boundaries(efficacy="obrien_fleming_shape") == pytest.approx(shape)
    assert shape == pytest.approx((2.7965, 1.9774), abs=1e-4)
    assert boundaries(efficacy="pocock_shape") == pytest.approx((2.1783, 2.1783), abs=1e-4)
    for bad in ({"efficacy": "stated"}, {"efficacy": "stated", "efficacy_spent": [0.5, 0.2, 1.0]},
                {"efficacy": "stated", "efficacy_spent": [0.2, 0.9]}, {"efficacy": "kim_demets"},
                {"efficacy": "stated", "efficacy_spent": [1.0]}):  # fmt: skip
        with pytest.raises(ValidationError):
            boundaries(**bad)


@pytest.mark.parametrize(
    "fields",
    [
        {"alpha": 1.5}, {"cell_losses": [{"arm": "b", "untreated_as": "a", "product_failure": 1.2}]},
        {"strata": [{"id": "x", "proportion": 1.2}]}, {"drop_out_per_month": -0.1},
        {"arms": [{"arm": "a", "pfs_median_months": 4, "os_median_months": 10, "cured": -0.1}]},
        {"accrual": [{"months": 3, "subjects_per_month": 1}]},
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused(study: Study, fields: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        design_of(study, **fields)


@pytest.mark.parametrize("gamma", [math.nan, math.inf, -41.0])
def test_an_exponent_of_spending_is_a_number_in_range(study: Study, gamma: float) -> None:
    with pytest.raises(ValidationError, match="efficacy_gamma"):
        with_scenario(study, group_sequential={"efficacy": "hwang_shih_decani", "efficacy_gamma": gamma})


def test_futility_for_little_power_is_solved_and_for_less_than_alpha_is_a_finding() -> None:
    looks = (Look("a", None, 15), Look("b", None, 30))

    def planned(power: float) -> DesignScenario:
        plan = Monitoring(futility="hwang_shih_decani", futility_power=power)
        return benchmark(looks=looks, monitoring=plan)

    found = compute_boundaries(planned(0.05))
    assert found is not None
    assert found.drift is not None
    assert compute_power(found, found.drift) == pytest.approx(0.05, abs=1e-6)
    assert [finding.code for finding in check_scenario(planned(0.02))] == ["TW-DES-041"]
