"""Dose levels of a first part, the rule that climbs them, and what is believed of their toxicity."""

from __future__ import annotations

from itertools import pairwise
from typing import Annotated, Literal

from pydantic import Field, model_validator

from .base import Element, Slug

Rate = Annotated[float, Field(ge=0, le=1)]
InnerRate = Annotated[float, Field(gt=0, lt=1)]
Method = Literal["three_plus_three", "boin", "crm"]


class DoseLevel(Element):
    """One level: how many cells an infusion has."""

    id: Slug
    cells: float = Field(gt=0, description="Cells an infusion.")
    label: str = ""


class ToxicityBelief(Element):
    """True rates of dose-limiting toxicity, one a level, that could hold."""

    id: Slug
    title: str
    rates: tuple[Rate, ...]


class CrmPrior(Element):
    """The power model of the continual reassessment method: toxicity at level k is skeleton_k to the power exp(a).

    Either the skeleton is written down, or it is spread around ``prior_level`` so that neighbouring levels are told
    apart to within ``half_width`` of the target (Lee and Cheung 2009, Clinical Trials 6:227). ``prior_sd`` is that
    of a.
    """

    skeleton: tuple[InnerRate, ...] = ()
    prior_level: Slug | None = None
    half_width: float = Field(default=0.05, gt=0, lt=0.5)
    prior_sd: float = Field(default=1.1575836902790225, gt=0, le=10)

    @model_validator(mode="after")
    def _has_a_skeleton(self) -> CrmPrior:
        if bool(self.skeleton) == (self.prior_level is not None):
            raise ValueError("give either `skeleton` or `prior_level`")
        if any(later <= earlier for earlier, later in pairwise(self.skeleton)):
            raise ValueError("`skeleton` must rise from level to level")
        return self


class DoseFinding(Element):
    """How the dose is found: cohorts from the lowest level on, by one or more methods to be compared.

    ``beliefs`` are the true rates under which the methods are judged before the first subject.
    """

    levels: tuple[DoseLevel, ...] = Field(min_length=1)
    target: InnerRate = 0.3
    methods: tuple[Method, ...] = ("three_plus_three", "boin")
    cohort: Annotated[int, Field(ge=1, le=20)] = 3
    cohorts: Annotated[int, Field(ge=1, le=100)] = 10
    crm: CrmPrior | None = None
    beliefs: tuple[ToxicityBelief, ...] = ()

    @model_validator(mode="after")
    def _hangs_together(self) -> DoseFinding:
        if any(later.cells <= earlier.cells for earlier, later in pairwise(self.levels)):
            raise ValueError("`levels` must rise in cells from one to the next")
        for belief in self.beliefs:
            if len(belief.rates) != len(self.levels):
                raise ValueError(f"`{belief.id}` needs one rate for each of the {len(self.levels)} levels")
        if ("crm" in self.methods) != (self.crm is not None):
            raise ValueError("the method `crm` needs `crm` with its prior, and only it")
        if self.crm is not None:
            ids = [level.id for level in self.levels]
            if self.crm.skeleton and len(self.crm.skeleton) != len(ids):
                raise ValueError(f"`skeleton` needs one rate for each of the {len(ids)} levels")
            if self.crm.prior_level is not None and self.crm.prior_level not in ids:
                raise ValueError(f"`prior_level` names no level; there are: {', '.join(ids)}")
            if not self.crm.half_width < self.target < 1 - self.crm.half_width:
                raise ValueError(
                    "`half_width` must be smaller than the target, and than what is left above it"
                )
        return self
