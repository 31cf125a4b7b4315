"""The reports of a study: which sections, in which order, for whom."""

from __future__ import annotations

from types import MappingProxyType
from typing import Literal

from pydantic import Field

from .base import Element, Slug

Variant = Literal["final", "interim", "dsmb-open", "dsmb-closed"]
"""The whole report; one at a planned look; what the open and the closed session of a data monitoring board see."""

VARIANTS: tuple[Variant, ...] = ("final", "interim", "dsmb-open", "dsmb-closed")

VARIANT_TITLES = MappingProxyType(
    {
        "final": "Report",
        "interim": "Interim report",
        "dsmb-open": "Report to the monitoring board, open part",
        "dsmb-closed": "Report to the monitoring board, closed part",
    }
)

REPORT_SECTIONS: tuple[str, ...] = (
    "flow",
    "sets",
    "baseline",
    "exposure",
    "interim",
    "os",
    "pfs",
    "subgroups",
    "sensitivity",
    "response",
    "duration",
    "quality",
    "adverse",
    "toxicity",
    "expedited",
    "laboratory",
    "deviations",
    "missing",
    "characteristics",
    "listings",
)
"""Every section that the report can have, in the order they stand in where a plan names none."""

BY_ARM_SECTIONS = frozenset({"characteristics", "interim", "subgroups", "sensitivity", "listings"})
"""Sections that compare arms or show subjects with their treatment: none of these in a pooled report."""

EFFICACY_SECTIONS = frozenset(
    {"interim", "os", "pfs", "subgroups", "sensitivity", "response", "duration", "quality"}
)
"""Sections about what the treatment does: no part of an open report unless the plan names them."""


def default_sections(variant: Variant) -> tuple[str, ...]:
    """The sections of a variant for which the study file names none."""
    if variant == "dsmb-open":
        return tuple(s for s in REPORT_SECTIONS if s not in BY_ARM_SECTIONS | EFFICACY_SECTIONS)
    if variant == "final":
        return tuple(s for s in REPORT_SECTIONS if s != "interim")
    return REPORT_SECTIONS


class ReportPlan(Element):
    """One report. Sections stand in the order they are named in; without any, those usual for the variant.

    ``scenario`` names the scenario whose group-sequential design gives the boundaries of an interim look, and
    ``look`` the analysis of it that the report is made for.
    """

    variant: Variant
    title: str = ""
    sections: tuple[str, ...] = Field(default=(), description="Ids of sections, in order.")
    scenario: Slug | None = None
    look: Slug | None = None

    @property
    def named_sections(self) -> tuple[str, ...]:
        """The sections to make, in order."""
        return self.sections or default_sections(self.variant)

    @property
    def heading(self) -> str:
        """The title of the report, after that of the study."""
        return self.title or VARIANT_TITLES[self.variant]
