"""A scenario of the study file with some of its settings changed.

What was not changed stays as the file has it, so that the unchanged scenario gives the file's own figures.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from trialwright.design.from_study import make_design
from trialwright.design.monitoring import expected_events
from trialwright.design.scenario import DesignScenario
from trialwright.design.settings import Value
from trialwright.study.findings import Finding
from trialwright.study.model import Study
from trialwright.study.model.scenario import Analysis, ArmCourse, CellLosses, GroupSequential, Scenario


@dataclass(frozen=True, slots=True)
class Changed:
    """A changed scenario; ``design`` is None where it cannot be simulated, and ``findings`` say why."""

    scenario: Scenario
    design: DesignScenario | None
    findings: tuple[Finding, ...]


def change_scenario(
    study: Study, scenario: Scenario, initial: Mapping[str, Value], values: Mapping[str, Value]
) -> Changed:
    """The scenario of a study with those settings replaced whose values differ from the initial ones."""
    changed = {name for name, value in values.items() if value != initial[name]}
    updates: dict[str, Any] = {
        **_people(values, changed),
        **_disease(scenario, values, changed),
        **_tests(scenario, values, changed),
    }
    made = scenario.model_copy(update=updates)
    if changed & {"looks", "spending", "futility", "binding", "analysis_months"}:
        made = made.model_copy(update=_analyses(study, made, values))
    design, findings = make_design(study, made)
    return Changed(made, design, tuple(findings))


def _people(values: Mapping[str, Value], changed: set[str]) -> dict[str, Any]:
    updates: dict[str, Any] = {}
    if "subjects" in changed:
        updates["subjects"] = int(_number(values, "subjects"))
    if "ratio" in changed:
        first, second = str(values["ratio"]).split(":")
        updates["ratio"] = (int(first), int(second))
    if "accrual_months" in changed:
        even = {"accrual_months": _number(values, "accrual_months"), "accrual": (), "accrual_by_site": ()}
        updates |= {**even, "arrivals": "even"}
    if "drop_out" in changed:
        updates["drop_out_per_month"] = _number(values, "drop_out") / 100
    return updates


def _disease(scenario: Scenario, values: Mapping[str, Value], changed: set[str]) -> dict[str, Any]:
    updates: dict[str, Any] = {}
    arms = {course.arm: course for course in scenario.arms}
    control, experimental = arms[scenario.control_arm], arms[scenario.experimental_arm]
    if changed & {"control_pfs_months", "control_os_months"}:
        control = ArmCourse(
            arm=control.arm,
            pfs_median_months=_number(values, "control_pfs_months"),
            os_median_months=_number(values, "control_os_months"),
            deaths_without_progression=control.deaths_without_progression,
            cured=control.cured,
        )
    if (
        changed & {"hazard_ratio", "death_hazard_ratio", "delay_months"}
        and values["hazard_ratio"] is not None
    ):
        effect: dict[str, Any] = {"to": control.arm} if experimental.relative is None else {}
        if experimental.relative is not None:
            effect = experimental.relative.model_dump()
        effect |= {
            "hazard_ratio": values["hazard_ratio"],
            "death_hazard_ratio": values["death_hazard_ratio"],
            "from_months": values["delay_months"],
        }
        own = experimental.cured if experimental.relative is not None else experimental.cured or 0.0
        experimental = ArmCourse.model_validate({"arm": experimental.arm, "relative": effect, "cured": own})
    updates["arms"] = (control, experimental)
    if changed & {"product_failure", "waiting_months"}:
        updates["cell_losses"] = _losses(scenario, values)
    return updates


def _losses(scenario: Scenario, values: Mapping[str, Value]) -> tuple[CellLosses, ...]:
    others = tuple(loss for loss in scenario.cell_losses if loss.arm != scenario.experimental_arm)
    own = CellLosses(
        arm=scenario.experimental_arm,
        untreated_as=scenario.control_arm,
        product_failure=_number(values, "product_failure") / 100,
        vein_to_vein_months=_number(values, "waiting_months"),
    )
    return (*others, own)


def _tests(scenario: Scenario, values: Mapping[str, Value], changed: set[str]) -> dict[str, Any]:
    updates: dict[str, Any] = {}
    if "endpoint" in changed:
        first = values["endpoint"]
        updates["tests"] = tuple(sorted(scenario.tests, key=lambda test: test.endpoint != first))
    if "alpha" in changed:
        updates["alpha"] = _number(values, "alpha") / 100
    if "sides" in changed:
        updates["sides"] = int(str(values["sides"]))
    return updates


def _analyses(study: Study, scenario: Scenario, values: Mapping[str, Value]) -> dict[str, Any]:
    """Interim analyses at equal steps of the events expected by the final one, and their boundaries."""
    endpoint: Any = values["endpoint"]
    final = Analysis(id="final", at_months=_number(values, "analysis_months"), endpoint=endpoint)
    alone = scenario.model_copy(update={"analyses": (final,), "group_sequential": None})
    looks = int(_number(values, "looks"))
    design, _ = make_design(study, alone)
    events = 0.0 if design is None else expected_events(design, str(endpoint), final.at_months or 0.0)
    interim = tuple(
        Analysis(id=f"interim_{k}", at_events=max(round(events * k / looks), k), endpoint=endpoint)
        for k in range(1, looks)
    )
    plan = None
    if looks > 1 and values["spending"] != "none":
        before = scenario.group_sequential or GroupSequential()
        plan = before.model_copy(
            update={
                "efficacy": values["spending"],
                "futility": values["futility"],
                "futility_binding": values["binding"] == "yes",
            }
        )
    return {"analyses": (*interim, final), "group_sequential": plan}


def _number(values: Mapping[str, Value], name: str) -> float:
    value = values[name]
    assert isinstance(value, float | int)
    return float(value)
