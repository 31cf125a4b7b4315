"""From the study file to a design: the beliefs of a scenario, with hazards solved."""

from __future__ import annotations

from difflib import get_close_matches

from trialwright.design.accrual import make_accrual
from trialwright.design.courses import make_courses
from trialwright.design.hazards import DiseaseCourse
from trialwright.design.scenario import ArmBelief, DesignScenario, DesignTest, Look, Monitoring
from trialwright.study.findings import Finding, Place, Severity, has_errors
from trialwright.study.model import Study
from trialwright.study.model.scenario import Scenario, Stratum


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
    """The design of a scenario, whether it stands in the study file (at ``place``) or was made elsewhere.

    Findings that do not stand in the way are notes of the design.
    """
    place, findings = place or Place(path=("scenarios", scenario.id)), list[Finding]()
    courses = make_courses(scenario, place, findings)
    strata = [_stratum_courses(scenario, stratum, place, findings) for stratum in scenario.strata]
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
    accrual, met = make_accrual(study, scenario, subjects, place)
    findings += met
    if has_errors(findings):
        return None, findings
    return _design(study, scenario, subjects, courses, strata, accrual, tuple(findings)), []


def _stratum_courses(
    scenario: Scenario, stratum: Stratum, place: Place, findings: list[Finding]
) -> Scenario | None:
    """The scenario as it is in a stratum that has its own arms or hazard ratio; None for any other."""
    if not stratum.arms and stratum.hazard_ratio is None:
        return None
    arms = stratum.arms or tuple(
        arm
        if arm.relative is None
        else arm.model_copy(
            update={"relative": arm.relative.model_copy(update={"hazard_ratio": stratum.hazard_ratio})}
        )
        for arm in scenario.arms
    )
    own = scenario.model_copy(update={"arms": arms})
    if not stratum.arms and all(arm.relative is None for arm in arms):
        message = (
            f"Scenario `{scenario.id}`: the hazard ratio of stratum `{stratum.id}` has no arm to act on."
        )
        remedy = "Describe an arm as `relative` to the other, or give the stratum its own `arms`."
        findings.append(Finding("TW-DES-023", Severity.ERROR, message, remedy, place))
    make_courses(own, place, findings)
    return own


def _unknown(study: Study, scenario_id: str) -> Finding:
    known = [scenario.id for scenario in study.scenarios]
    near = get_close_matches(scenario_id, known, n=1)
    hint = f"Did you mean `{near[0]}`? " if near else ""
    listed = f"The study has: {', '.join(known)}." if known else "The study file has no `scenarios`."
    message = f"There is no scenario `{scenario_id}` in the study."
    return Finding("TW-DES-020", Severity.ERROR, message, hint + listed, Place(path=("scenarios",)))


def _design(
    study: Study,
    scenario: Scenario,
    subjects: int,
    courses: dict[str, DiseaseCourse],
    strata: list[Scenario | None],
    accrual: tuple[tuple[float, float], ...],
    notes: tuple[Finding, ...],
) -> DesignScenario:
    own = tuple(None if one is None else _beliefs(one, make_courses(one, Place(), [])) for one in strata)
    control, experimental = _beliefs(scenario, courses)
    return DesignScenario(
        id=scenario.id,
        title=scenario.title,
        subjects=subjects,
        control=control,
        experimental=experimental,
        ratio=scenario.ratio or _study_ratio(study, scenario),
        accrual=accrual,
        random_arrivals=scenario.arrivals == "random",
        looks=tuple(Look(a.id, a.at_months, a.at_events, a.endpoint) for a in scenario.analyses),
        drop_out_per_month=scenario.drop_out_per_month,
        strata=tuple((s.id, s.proportion, s.hazard_factor) for s in scenario.strata) or (("all", 1.0, 1.0),),
        stratum_beliefs=own if any(own) else (),
        assessment_interval_months=scenario.assessment_interval_months or 0.0,
        tests=tuple(DesignTest(t.endpoint, t.kind, t.rho, t.gamma, t.tau_months) for t in scenario.tests),
        alpha=scenario.alpha,
        sides=scenario.sides,
        monitoring=_monitoring(scenario),
        fewest_events=scenario.fewest_events,
        response_rates=_response_rates(scenario),
        notes=notes,
    )


def _beliefs(scenario: Scenario, courses: dict[str, DiseaseCourse]) -> tuple[ArmBelief, ArmBelief]:
    """(control, experimental)."""
    return _belief(scenario, scenario.control_arm, courses), _belief(
        scenario, scenario.experimental_arm, courses
    )


def _response_rates(scenario: Scenario) -> tuple[float, float] | None:
    rates = {arm.arm: arm.response_rate for arm in scenario.arms}
    control, experimental = rates[scenario.control_arm], rates[scenario.experimental_arm]
    return None if control is None or experimental is None else (control, experimental)


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
        plan.efficacy_spent,
    )


def _study_ratio(study: Study, scenario: Scenario) -> tuple[int, int]:
    experimental, control = study.arm(scenario.experimental_arm), study.arm(scenario.control_arm)
    return (experimental.ratio if experimental else 1, control.ratio if control else 1)


def _belief(scenario: Scenario, arm_id: str, courses: dict[str, DiseaseCourse]) -> ArmBelief:
    cured = _cured(scenario, arm_id)
    loss = next((loss for loss in scenario.cell_losses if loss.arm == arm_id), None)
    if loss is None:
        return ArmBelief(courses[arm_id], cured=cured)
    return ArmBelief(
        courses[arm_id],
        courses[loss.untreated_as],
        loss.product_failure,
        loss.vein_to_vein_months,
        cured,
        loss.infused_after_progression,
    )


def _cured(scenario: Scenario, arm_id: str) -> float:
    """The share stated for the arm, else that of the arm it is relative to, else none."""
    arms = {course.arm: course for course in scenario.arms}
    arm = arms[arm_id]
    if arm.cured is None and arm.relative is not None:
        arm = arms[arm.relative.to]
    return arm.cured or 0.0
