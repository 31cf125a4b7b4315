"""Sensitivity analyses: the same comparison under other assumptions, stated before the data are seen."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from .base import Element, Slug

TimedEndpoint = Literal["os", "pfs"]


class SensitivityAnalysis(Element):
    """One analysis; whatever it does not name is as in the main analysis of the endpoint.

    ``progression_rule``: progression counted and censored under another rule. ``population``: only these
    subjects. ``stratified``: by the strata of the allocation. ``lost``: who was lost or withdrew counts as an
    event on the last day seen, in both arms or in those compared with the reference arm alone (the worst case
    for them). ``measure``: the hazard ratio, or the difference of restricted mean times up to
    ``horizon_months``.
    """

    id: Slug
    endpoint: TimedEndpoint
    label: str
    progression_rule: Literal["STRICT_DOCUMENTED", "ITT_ALL_EVENTS", "CLINICAL_PD_COUNTS"] | None = None
    population: Literal["itt", "treated", "per_protocol"] = "itt"
    stratified: bool = False
    lost: Literal["censored", "events", "events_in_compared_arm"] = "censored"
    measure: Literal["hazard_ratio", "restricted_mean"] = "hazard_ratio"
    horizon_months: float | None = Field(default=None, gt=0)
