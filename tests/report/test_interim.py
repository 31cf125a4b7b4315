"""The interim look: the design's boundaries at the information seen, and what the rule says."""

from __future__ import annotations

import math

import numpy as np
import pytest

from trialwright.design.boundaries import compute_spending, compute_spending_boundaries
from trialwright.report.build import build_report
from trialwright.report.dataset import derive_dataset
from trialwright.report.interim_look import compute_outlook, compute_planned_drift, derive_look
from trialwright.report.model import Report
from trialwright.stats.cox import compute_cox
from trialwright.stats.log_rank import compute_log_rank
from trialwright.study.model import Study
from trialwright.study.model.report_plan import ReportPlan
from trialwright.study.model.scenario import Analysis, GroupSequential, PlannedTest, Scenario
from trialwright.trial.subject import SubjectState

from .conftest import CUT, STAMP, SUBJECTS

PLANNED = 16


def monitored(study: Study, **changes: object) -> Study:
    base = next(scenario for scenario in study.scenarios if scenario.id == "planned_effect")
    looks = (Analysis(id="first", at_events=8), Analysis(id="last", at_events=PLANNED))
    values = {"id": "looks", "analyses": looks, "tests": (PlannedTest(endpoint="os"),)}
    scenario = Scenario.model_validate(
        base.model_dump() | values | {"group_sequential": GroupSequential()} | changes
    )
    plan = ReportPlan(variant="interim", scenario="looks", look="first")
    analysis = study.analysis.model_copy(update={"reports": (plan,)})
    return study.model_copy(update={"scenarios": (*study.scenarios, scenario), "analysis": analysis})


def interim(study: Study, states: list[SubjectState]) -> Report:
    return build_report(study, states, STAMP, CUT, variant="interim")


def deaths() -> tuple[list[float], list[bool], list[int]]:
    time = [float(death or 729) for _, _, _, death in SUBJECTS]
    return (
        time,
        [death is not None for _, _, _, death in SUBJECTS],
        [int(arm == "pik_her2_arm") for arm, *_ in SUBJECTS],
    )


def test_boundary_spends_what_the_information_seen_allows(study: Study, states: list[SubjectState]) -> None:
    numbers = interim(monitored(study), states).numbers()
    time, event, arm = deaths()
    fraction = sum(event) / PLANNED
    assert numbers["interim.events"].value == sum(event)
    assert numbers["interim.fraction"].value == pytest.approx(fraction)
    assert numbers["interim.spent"].value == pytest.approx(
        compute_spending("obrien_fleming", 0.025, fraction), abs=1e-6
    )
    wanted = compute_spending_boundaries([fraction, 1.0], 0.025, "obrien_fleming")
    assert numbers["interim.upper"].value == pytest.approx(wanted.upper[0], abs=1e-4)
    assert numbers["interim.lower"].value == pytest.approx(-wanted.upper[0], abs=1e-4)
    assert numbers["interim.z"].value == pytest.approx(-compute_log_rank(time, event, arm).z)


def test_the_repeated_interval_is_as_wide_as_the_boundary_is_high(
    study: Study, states: list[SubjectState]
) -> None:
    numbers = interim(monitored(study), states).numbers()
    time, event, arm = deaths()
    fit = compute_cox(time, event, np.array(arm, dtype=float))
    upper = numbers["interim.upper"].value
    assert upper is not None
    low = math.exp(float(fit.coefficient[0]) - upper * float(fit.std_error[0]))
    assert numbers["interim.repeated"].value == pytest.approx(float(fit.hazard_ratio[0]))
    assert f"({low:.2f} to " in numbers["interim.repeated"].text
    assert numbers["interim.hazard_ratio"].text != numbers["interim.repeated"].text


def test_conditional_power_by_the_b_value(study: Study, states: list[SubjectState]) -> None:
    """Lan & Wittes: B(t) = Z sqrt(t), E B(1) = B(t) + theta (1 - t), variance 1 - t."""
    found = monitored(study)
    data = derive_dataset(found, states, CUT)
    look = derive_look(data.__class__(found, data.subjects, data.sets, CUT, True, found.analysis.reports[0]))
    assert look is not None
    assert look.boundaries is not None
    t, final = look.fraction, look.boundaries.upper[-1]
    drift = compute_planned_drift(look)
    assert drift is not None
    assert drift == pytest.approx(-math.log(0.6) * math.sqrt(PLANNED / 4))
    end = look.z * math.sqrt(t) + drift * (1 - t)
    by_hand = 0.5 * math.erfc((final - end) / math.sqrt(1 - t) / math.sqrt(2))
    assert compute_outlook(look).by_plan == pytest.approx(by_hand)


def test_the_rule_speaks_in_the_section(study: Study, states: list[SubjectState]) -> None:
    section = next(s for s in interim(monitored(study), states).sections if s.id == "interim")
    assert "the rule says to go on" in section.words[0]
    assert "by the design of “A hazard ratio of 0.6 for progression and death”" in section.words[0]


def test_a_boundary_that_is_crossed_is_said(study: Study, states: list[SubjectState]) -> None:
    """A value of Z that any boundary is below, by an alpha near one half."""
    crossed = monitored(study, alpha=0.98, group_sequential=GroupSequential(efficacy="pocock"))
    section = next(s for s in interim(crossed, states).sections if s.id == "interim")
    assert "boundary for efficacy is crossed" in section.words[0]


def test_without_a_design_no_rule_says_anything(study: Study, states: list[SubjectState]) -> None:
    bare = monitored(study, group_sequential=None)
    section = next(s for s in interim(bare, states).sections if s.id == "interim")
    assert "no rule says to stop" in section.words[0]
    numbers = interim(bare, states).numbers()
    assert numbers["interim.upper"].value is None
    assert numbers["interim.repeated"].text.endswith("(NE to NE)")


def test_a_study_without_looks_says_so(study: Study, states: list[SubjectState]) -> None:
    none = study.model_copy(update={"scenarios": ()})
    section = next(s for s in interim(none, states).sections if s.id == "interim")
    assert "no boundary to look at" in section.words[0]


@pytest.mark.parametrize("kept", [[], ["pik_her2_arm"]])
def test_an_empty_arm_gives_no_look(study: Study, states: list[SubjectState], kept: list[str]) -> None:
    some = [s for s in states if s.allocation is None or s.allocation.arm in kept]
    section = next(s for s in interim(monitored(study), some).sections if s.id == "interim")
    assert "an arm of it is empty" in section.words[0]


def test_nobody_dead_gives_a_look_without_estimates(study: Study, states: list[SubjectState]) -> None:
    alive = [
        s.model_copy(update={"forms": {k: f for k, f in s.forms.items() if f.form != "death"}})
        for s in states
    ]
    numbers = interim(monitored(study), alive).numbers()
    assert numbers["interim.events"].value == 0
    assert numbers["interim.z"].text == numbers["interim.hazard_ratio"].text == "NE"
