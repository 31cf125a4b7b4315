"""The plan in the study file says which sections a report has, in which order, for whom."""

from __future__ import annotations

import pytest

from trialwright.report.build import build_report
from trialwright.report.pooling import pool_products, pool_states, pool_study
from trialwright.report.sections import SECTIONS, find_sections
from trialwright.study.checks import check_study
from trialwright.study.model import Study
from trialwright.study.model.report_plan import (
    BY_ARM_SECTIONS,
    EFFICACY_SECTIONS,
    REPORT_SECTIONS,
    VARIANTS,
    ReportPlan,
    Variant,
)
from trialwright.trial.subject import SubjectState

from .conftest import CUT, STAMP


def with_plans(study: Study, *plans: ReportPlan) -> Study:
    analysis = study.analysis.model_copy(update={"reports": plans})
    return study.model_copy(update={"analysis": analysis})


def test_every_section_that_a_plan_may_name_can_be_made_and_the_other_way_round() -> None:
    assert set(SECTIONS) == set(REPORT_SECTIONS)
    assert set(REPORT_SECTIONS) >= BY_ARM_SECTIONS | EFFICACY_SECTIONS


def test_sections_stand_in_the_order_of_the_plan(study: Study, states: list[SubjectState]) -> None:
    plan = ReportPlan(variant="final", title="Survival first", sections=("os", "flow"))
    report = build_report(with_plans(study, plan), states, STAMP, CUT)
    assert [section.id for section in report.sections] == ["design", "os", "flow"]
    assert report.heading == "Survival first"


@pytest.mark.parametrize("variant", VARIANTS)
def test_every_variant_has_sections_without_a_plan(
    study: Study, states: list[SubjectState], variant: Variant
) -> None:
    report = build_report(with_plans(study), states, STAMP, CUT, variant=variant)
    made = [section.id for section in report.sections]
    assert made[:2] == ["design", "flow"]
    assert report.stamp.variant == variant
    assert report.stamp.by_arm == (variant != "dsmb-open")
    if variant == "dsmb-open":
        assert not set(made) & (BY_ARM_SECTIONS | EFFICACY_SECTIONS)


def test_a_pooled_report_leaves_out_what_compares_arms() -> None:
    assert len(find_sections(REPORT_SECTIONS, by_arm=True)) == len(REPORT_SECTIONS)
    assert len(find_sections(REPORT_SECTIONS, by_arm=False)) == len(set(REPORT_SECTIONS) - BY_ARM_SECTIONS)


@pytest.mark.parametrize(
    ("plan", "code", "words"),
    [
        (ReportPlan(variant="final", sections=("flow", "survivl")), "TW-RPT-001", "baseline, exposure"),
        (ReportPlan(variant="final", sections=("flow", "flow")), "TW-RPT-003", "Keep one"),
        (ReportPlan(variant="interim", look="first"), "TW-RPT-005", "scenario"),
        (ReportPlan(variant="interim", scenario="none_such"), "TW-RPT-005", "Known here"),
        (ReportPlan(variant="interim", scenario="no_effect", look="first"), "TW-RPT-005", "final"),
    ],
)
def test_a_plan_that_names_what_is_not_there_is_a_finding(
    study: Study, plan: ReportPlan, code: str, words: str
) -> None:
    found = [f for f in check_study(with_plans(study, plan)) if f.code.startswith("TW-RPT")]
    assert [finding.code for finding in found] == [code]
    assert words in found[0].remedy
    assert found[0].place.path[:2] == ("analysis", "reports")


def test_a_variant_is_planned_once(study: Study) -> None:
    twice = with_plans(study, ReportPlan(variant="final"), ReportPlan(variant="final"))
    assert "TW-RPT-002" in [finding.code for finding in check_study(twice)]


@pytest.mark.requirement("TW-R-051")
def test_pooling_leaves_no_arm_and_no_product_of_one_arm(study: Study, states: list[SubjectState]) -> None:
    names = pool_products(study)
    assert names == {"dc": "dc", "pik_her2_t": "product_by_arm_1", "pmat_t": "product_by_arm_1"}
    pooled = pool_study(study)
    assert [product.id for product in pooled.products] == ["dc", "product_by_arm_1"]
    assert [arm.id for arm in pooled.arms] == ["all_subjects"]
    products = {dose.product for state in pool_states(study, states) for dose in state.administrations}
    assert products == {"dc", "product_by_arm_1"}
    assert {s.allocation.arm for s in pool_states(study, states) if s.allocation} == {"all_subjects"}


def test_a_trial_of_one_arm_has_nothing_to_pool(study: Study, states: list[SubjectState]) -> None:
    single = study.model_copy(update={"arms": study.arms[:1]})
    assert pool_study(single) is single
    assert pool_states(single, states) == states
