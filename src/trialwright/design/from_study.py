"""From the study file to a design: the beliefs of a scenario, with hazards solved."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches

from trialwright.design.hazards import DiseaseCourse, PiecewiseHazard, constant, solve_course
from trialwright.design.scenario import ArmBelief, DesignScenario, DesignTest, Look, Monitoring
from trialwright.study.findings import Finding, Place, Severity
from trialwright.study.model import Study
from trialwright.study.model.scenario import ArmCourse, HazardFrom, Scenario


def scenario_from_study(study: Study, scenario_id: str) -> tuple[DesignScenario | None, list[Finding]]:
    """The design of one scenario of a study, or None with the findings that say why not.

    What the scenario leaves open comes from the study's design: subjects from the planned enrolment, the
    ratio from the arms.
    """
    position = next((i for i, s in enumerate(study.scenarios) if s.id == scenario_id), None)
    if position is None:
        return None, [_unknown(study, scenario_id)]
    return make_design(study, study.scenarios[position], Place(path=("scenarios", position)))


def make_design(
    study: Study, scenario: Scenario, place: Place | None = None
) -> tuple[DesignScenario | None, list[Finding]]:
    """The design of a scenario, whether it stands in the study file (at ``place``) or was made elsewhere."""
    place, findings = place or Place(path=("scenarios", scenario.id)), list[Finding]()
    courses = _courses(scenario, place, findings)
    subjects = scenario.subjects or (study.design.enrolment.count if study.design.enrolment else 0)
    if subjects < 2:
        findings.append(
            Finding(
                "TW-DES-021",
                Severity.ERROR,
                f"Scenario `{scenario.id}` has no number of subjects, and the study's design states none.",
                "Give `subjects` in the scenario, or `design.enrolment.count`.",
                place,
            )
        )
    if findings:
        return None, findings
    return _design(study, scenario, subjects, courses), []


def _unknown(study: Study, scenario_id: str) -> Finding:
    known = [scenario.id for scenario in study.scenarios]
    near = get_close_matches(scenario_id, known, n=1)
    hint = f"Did you mean `{near[0]}`? " if near else ""
    listed = f"The study has: {', '.join(known)}." if known else "The study file has no `scenarios`."
    message = f"There is no scenario `{scenario_id}` in the study."
    return Finding("TW-DES-020", Severity.ERROR, message, hint + listed, Place(path=("scenarios",)))


def _courses(scenario: Scenario, place: Place, findings: list[Finding]) -> dict[str, DiseaseCourse]:
    courses: dict[str, DiseaseCourse] = {}
    for i, arm in sorted(enumerate(scenario.arms), key=lambda pair: pair[1].relative is not None):
        if arm.relative is not None:
            reference = courses.get(arm.relative.to)
            course = None if reference is None else _relative(arm, reference)
        else:
            course = _own_course(arm)
            if course is None:
                findings.append(_unsolvable(scenario, arm, Place(path=(*place.path, "arms", i))))
        if course is not None:
            courses[arm.arm] = course
    return courses


def _unsolvable(scenario: Scenario, arm: ArmCourse, place: Place) -> Finding:
    return Finding(
        "TW-DES-022",
        Severity.ERROR,
        f"Scenario `{scenario.id}`: no constant hazards give the stated PFS and OS in arm `{arm.arm}`.",
        "OS must lie above PFS, and low enough to be reached when `deaths_without_progression` of the first "
        "events are deaths; change the medians or landmarks, or lower that share.",
        place,
    )


def _relative(arm: ArmCourse, reference: DiseaseCourse) -> DiseaseCourse:
    assert arm.relative is not None
    effect = arm.relative
    return reference.scaled(
        effect.hazard_ratio, effect.death_hazard_ratio, effect.from_months, effect.until_months
    )


def _own_course(arm: ArmCourse) -> DiseaseCourse | None:
    if arm.progression or arm.death_before_progression or arm.death_after_progression:
        return DiseaseCourse(
            _piecewise(arm.progression),
            _piecewise(arm.death_before_progression),
            _piecewise(arm.death_after_progression),
        )
    pfs = (arm.pfs_landmark.months, arm.pfs_landmark.proportion) if arm.pfs_landmark else None
    os = (arm.os_landmark.months, arm.os_landmark.proportion) if arm.os_landmark else None
    return solve_course(
        pfs or (arm.pfs_median_months or 0.0, 0.5),
        os or (arm.os_median_months or 0.0, 0.5),
        arm.deaths_without_progression,
    )


def _piecewise(pieces: Sequence[HazardFrom]) -> PiecewiseHazard:
    if not pieces:
        return constant(0.0)
    return PiecewiseHazard(
        tuple(piece.per_month for piece in pieces), tuple(piece.from_months for piece in pieces)
    )


def _design(
    study: Study, scenario: Scenario, subjects: int, courses: dict[str, DiseaseCourse]
) -> DesignScenario:
    accrual = tuple((period.months, period.subjects_per_month) for period in scenario.accrual)
    months = scenario.accrual_months or 0.0
    return DesignScenario(
        id=scenario.id,
        title=scenario.title,
        subjects=subjects,
        control=_belief(scenario, scenario.control_arm, courses),
        experimental=_belief(scenario, scenario.experimental_arm, courses),
        ratio=scenario.ratio or _study_ratio(study, scenario),
        accrual=accrual or ((months, subjects / months),),
        looks=tuple(Look(a.id, a.at_months, a.at_events, a.endpoint) for a in scenario.analyses),
        drop_out_per_month=scenario.drop_out_per_month,
        strata=tuple((s.id, s.proportion, s.hazard_factor) for s in scenario.strata) or (("all", 1.0, 1.0),),
        assessment_interval_months=scenario.assessment_interval_months or 0.0,
        tests=tuple(DesignTest(t.endpoint, t.kind, t.rho, t.gamma, t.tau_months) for t in scenario.tests),
        alpha=scenario.alpha,
        sides=scenario.sides,
        monitoring=_monitoring(scenario),
        fewest_events=scenario.fewest_events,
    )


def _monitoring(scenario: Scenario) -> Monitoring | None:
    plan = scenario.group_sequential
    if plan is None:
        return None
    return Monitoring(
        plan.efficacy,
        plan.efficacy_gamma,
        plan.haybittle_peto_z,
        plan.futility,
        plan.futility_gamma,
        plan.futility_power,
        plan.futility_binding,
    )


def _study_ratio(study: Study, scenario: Scenario) -> tuple[int, int]:
    experimental, control = study.arm(scenario.experimental_arm), study.arm(scenario.control_arm)
    return (experimental.ratio if experimental else 1, control.ratio if control else 1)


def _belief(scenario: Scenario, arm_id: str, courses: dict[str, DiseaseCourse]) -> ArmBelief:
    arm = next(course for course in scenario.arms if course.arm == arm_id)
    loss = next((loss for loss in scenario.cell_losses if loss.arm == arm_id), None)
    if loss is None:
        return ArmBelief(courses[arm_id], cured=arm.cured)
    return ArmBelief(
        courses[arm_id],
        courses[loss.untreated_as],
        loss.product_failure,
        loss.vein_to_vein_months,
        arm.cured,
    )
