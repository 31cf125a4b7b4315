"""Scenarios of a study file as designs."""

from __future__ import annotations

from pathlib import Path

import pytest

from trialwright.design.from_study import scenario_from_study
from trialwright.design.scenario import Monitoring
from trialwright.study.load import load_study
from trialwright.study.model import Study
from trialwright.study.model.scenario import Scenario

STUDY = Path(__file__).parents[2] / "studies/nct02632201"


@pytest.fixture(scope="module")
def study() -> Study:
    loaded = load_study(STUDY)
    assert loaded.study is not None
    return loaded.study


def with_scenario(study: Study, **fields: object) -> Study:
    arms = [
        {"arm": "a", "pfs_median_months": 4.0, "os_median_months": 10.0, "cured": 0.1},
        {
            "arm": "b",
            "relative": {"to": "a", "hazard_ratio": 0.5, "death_hazard_ratio": 1.0, "from_months": 2},
        },
    ]
    base = {
        "id": "made", "title": "made", "experimental_arm": "b", "control_arm": "a", "accrual_months": 12,
        "arms": arms, "analyses": [{"id": "final", "at_months": 30}],
    }  # fmt: skip
    return study.model_copy(update={"scenarios": (Scenario.model_validate(base | fields),)})


def test_every_scenario_of_the_first_study_is_a_design(study: Study) -> None:
    assert study.scenarios
    for scenario in study.scenarios:
        design, findings = scenario_from_study(study, scenario.id)
        assert findings == []
        assert design is not None
        assert design.subjects == study.design.enrolment.count
        assert design.ratio == (1, 1)


def test_relative_arm(study: Study) -> None:
    design, _ = scenario_from_study(with_scenario(study), "made")
    control, experimental = design.control.course, design.experimental.course
    assert experimental.progression.at(1.0) == control.progression.at(1.0)
    assert experimental.progression.at(2.0) == pytest.approx(0.5 * control.progression.at(2.0))
    assert experimental.death_after_progression.at(5.0) == control.death_after_progression.at(5.0)
    assert design.control.cured == design.experimental.cured == 0.1
    assert design.accrual == ((12.0, design.subjects / 12.0),)


def test_a_relative_arm_may_state_its_own_cured_share(study: Study) -> None:
    control = {"arm": "a", "pfs_median_months": 4.0, "os_median_months": 10.0, "cured": 0.1}
    for own, meant in ((None, 0.1), (0.0, 0.0), (0.3, 0.3)):
        arms = [control, {"arm": "b", "relative": {"to": "a", "hazard_ratio": 0.5}, "cured": own}]
        design, _ = scenario_from_study(with_scenario(study, arms=arms), "made")
        assert design is not None
        assert (design.control.cured, design.experimental.cured) == (0.1, meant)


def test_losses_strata_looks_and_monitoring(study: Study) -> None:
    changed = with_scenario(
        study,
        subjects=90,
        ratio=(2, 1),
        cell_losses=[{"arm": "b", "untreated_as": "a", "product_failure": 0.1, "vein_to_vein_months": 1.5}],
        strata=[{"id": "x", "proportion": 0.25}, {"id": "y", "proportion": 0.75, "hazard_factor": 2.0}],
        analyses=[{"id": "half", "at_events": 30}, {"id": "all", "at_events": 60, "at_months": 48}],
        group_sequential={"efficacy": "pocock", "futility": "obrien_fleming"},
        sides=1,
        alpha=0.025,
    )
    design, _ = scenario_from_study(changed, "made")
    assert design.arm_sizes == (30, 60)
    assert design.experimental.product_failure == 0.1
    assert design.experimental.untreated == design.control.course
    assert design.strata == (("x", 0.25, 1.0), ("y", 0.75, 2.0))
    assert [(look.at_events, look.at_months) for look in design.looks] == [(30, None), (60, 48.0)]
    assert design.monitoring == Monitoring(efficacy="pocock", futility="obrien_fleming")


def test_hazards_as_written(study: Study) -> None:
    pieces = [{"per_month": 0.2}, {"from_months": 3, "per_month": 0.1}]
    arms = [
        {"arm": "a", "progression": pieces, "death_after_progression": [{"per_month": 0.3}]},
        {"arm": "b", "relative": {"to": "a", "hazard_ratio": 0.5}},
    ]
    design, _ = scenario_from_study(with_scenario(study, arms=arms), "made")
    assert design.control.course.progression.per_month == (0.2, 0.1)
    assert design.control.course.death_before_progression.per_month == (0.0,)


def test_landmarks(study: Study) -> None:
    arms = [
        {
            "arm": "a",
            "pfs_landmark": {"months": 6, "proportion": 0.3},
            "os_landmark": {"months": 12, "proportion": 0.4},
        },
        {"arm": "b", "relative": {"to": "a", "hazard_ratio": 0.5}},
    ]
    design, _ = scenario_from_study(with_scenario(study, arms=arms), "made")
    assert design.control.course.pfs(6.0) == pytest.approx(0.3)
    assert design.control.course.os(12.0) == pytest.approx(0.4)


def test_an_unknown_scenario_names_the_nearest(study: Study) -> None:
    design, findings = scenario_from_study(study, "planed_effect")
    assert design is None
    assert findings[0].code == "TW-DES-020"
    assert "planned_effect" in findings[0].remedy


def test_medians_that_no_hazards_give(study: Study) -> None:
    arms = [
        {"arm": "a", "pfs_median_months": 9.0, "os_median_months": 6.0},
        {"arm": "b", "relative": {"to": "a", "hazard_ratio": 0.5}},
    ]
    design, findings = scenario_from_study(with_scenario(study, arms=arms), "made")
    assert design is None
    assert findings[0].code == "TW-DES-022"
    assert findings[0].place.path == ("scenarios", 0, "arms", 0)


def test_no_number_of_subjects(study: Study) -> None:
    bare = study.model_copy(update={"design": study.design.model_copy(update={"enrolment": None})})
    _, findings = scenario_from_study(with_scenario(bare), "made")
    assert [finding.code for finding in findings] == ["TW-DES-021"]


@pytest.mark.parametrize(
    "fields",
    [
        {
            "arms": [
                {"arm": "a", "pfs_median_months": 4.0},
                {"arm": "b", "relative": {"to": "a", "hazard_ratio": 1}},
            ]
        },
        {"accrual": [{"months": 3, "subjects_per_month": 2}]},
        {"analyses": []},
        {"analyses": [{"id": "when"}]},
        {"strata": [{"id": "x", "proportion": 0.5}]},
        {"experimental_arm": "c"},
        {"tests": [{"kind": "rmst"}]},
        {"weather": "fine"},
    ],
)
def test_scenarios_that_do_not_hang_together_are_refused(study: Study, fields: dict) -> None:
    with pytest.raises(ValueError, match="validation error"):
        with_scenario(study, **fields)
