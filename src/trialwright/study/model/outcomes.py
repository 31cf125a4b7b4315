"""Outcomes as registered, with the estimand that makes each one computable."""

from __future__ import annotations

from typing import Literal

from .base import Element, Slug


class IntercurrentEvent(Element):
    """An event after allocation that changes what the outcome means, and how it is handled (ICH E9(R1))."""

    event: str
    strategy: Literal[
        "treatment_policy", "hypothetical", "composite", "while_on_treatment", "principal_stratum"
    ]


class Estimand(Element):
    """What exactly is estimated.

    ``derivation`` names the rule of the outcomes room that computes the variable; ``parameter`` chooses among
    its variants (a PFS censoring rule, a questionnaire scale).
    """

    derivation: Literal[
        "overall_survival", "progression_free_survival", "questionnaire_change", "response", "safety"
    ]
    population: Literal["itt", "treated", "per_protocol", "safety", "quality_of_life"]
    variable: str
    origin: Literal["allocation", "first_dose"] = "allocation"
    censoring: str = ""
    parameter: str = ""
    horizon_days: int | None = None
    summary: str
    intercurrent_events: tuple[IntercurrentEvent, ...] = ()


class Outcome(Element):
    """One outcome. ``level`` is the registry's: primary, secondary or other."""

    id: Slug
    level: Literal["primary", "secondary", "other"]
    measure: str
    time_frame: str | None = None
    description: str | None = None
    form: Slug | None = None
    estimand: Estimand | None = None
