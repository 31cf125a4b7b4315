"""The design: how subjects are allocated, how many, and who knows."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from .base import Element, Slug

Who = Literal["PARTICIPANT", "CARE_PROVIDER", "INVESTIGATOR", "OUTCOMES_ASSESSOR"]


class Stratum(Element):
    """A stratification factor: an item's answer grouped into levels by rules over the criterion variables."""

    id: Slug
    label: str
    levels: tuple[StratumLevel, ...]


class StratumLevel(Element):
    """One level of a factor: the rule that puts a subject there."""

    id: Slug
    label: str
    rule: str


class Randomisation(Element):
    """How the allocation list is made. ``block_sizes`` are used as listed; several are drawn at random."""

    method: Literal["permuted_blocks"]
    block_sizes: tuple[int, ...]
    strata: tuple[Stratum, ...] = ()
    list_length_factor: int = Field(
        default=2, ge=1, description="Slots made per planned subject and stratum."
    )


class Enrolment(Element):
    """Planned or actual number of participants."""

    count: int = Field(ge=0)
    type: Literal["ESTIMATED", "ACTUAL"] | None = None


class Design(Element):
    """The design as registered, and the randomisation that carries it out."""

    study_type: Literal["INTERVENTIONAL", "OBSERVATIONAL", "EXPANDED_ACCESS"] = "INTERVENTIONAL"
    phases: tuple[Literal["NA", "EARLY_PHASE1", "PHASE1", "PHASE2", "PHASE3", "PHASE4"], ...] = ()
    allocation: Literal["RANDOMIZED", "NON_RANDOMIZED", "NA"] | None = None
    intervention_model: str | None = None
    intervention_model_description: str | None = None
    primary_purpose: str | None = None
    masking: Literal["NONE", "SINGLE", "DOUBLE", "TRIPLE", "QUADRUPLE"] | None = None
    masking_description: str | None = None
    who_masked: tuple[Who, ...] = ()
    enrolment: Enrolment | None = None
    randomisation: Randomisation | None = None
    other: dict[str, Any] = Field(
        default_factory=dict, description="Further elements of the registry's design module, as recorded."
    )


Stratum.model_rebuild()
