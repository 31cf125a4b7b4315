"""The analysis plan, as far as the report needs it stated."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from .base import Element, Slug
from .report_plan import ReportPlan, Variant
from .response_plan import ResponsePlan, Subgroup
from .sensitivity_plan import SensitivityAnalysis


class BaselineRow(Element):
    """A row of the baseline table: a form's item, or ``age`` and other derived variables."""

    label: str
    form: Slug | None = None
    item: Slug | None = None
    variable: str = ""


class Analysis(Element):
    """Choices of the analysis that the protocol must make before the data are seen."""

    confidence_level: float = Field(default=0.95, gt=0, lt=1)
    survival_interval: Literal["log", "log-log", "plain"] = "log-log"
    ties: Literal["efron", "breslow"] = "efron"
    months_per_day: float = Field(default=1 / 30.4375, gt=0)
    at_risk_months: tuple[float, ...] = ()
    landmark_months: tuple[float, ...] = ()
    reference_arm: Slug | None = None
    progression_rule: Literal["STRICT_DOCUMENTED", "ITT_ALL_EVENTS", "CLINICAL_PD_COUNTS"] = (
        "STRICT_DOCUMENTED"
    )
    treatment_emergent_days: int = Field(default=30, ge=0)
    baseline: tuple[BaselineRow, ...] = ()
    response: ResponsePlan = Field(default_factory=ResponsePlan)
    subgroups: tuple[Subgroup, ...] = ()
    sensitivity: tuple[SensitivityAnalysis, ...] = ()
    reports: tuple[ReportPlan, ...] = ()

    def report_plan(self, variant: Variant) -> ReportPlan:
        """The plan of one variant: as the study file states it, else what is usual."""
        named = (plan for plan in self.reports if plan.variant == variant)
        return next(named, ReportPlan(variant=variant))
