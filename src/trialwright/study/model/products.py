"""Arms, interventions and the products made from a subject's own cells."""

from __future__ import annotations

from decimal import Decimal
from typing import Literal

from pydantic import Field

from .base import Element, Slug

ArmType = Literal[
    "EXPERIMENTAL", "ACTIVE_COMPARATOR", "PLACEBO_COMPARATOR", "SHAM_COMPARATOR", "NO_INTERVENTION", "OTHER"
]
InterventionType = Literal[
    "DRUG",
    "DEVICE",
    "BIOLOGICAL",
    "PROCEDURE",
    "RADIATION",
    "BEHAVIORAL",
    "GENETIC",
    "DIETARY_SUPPLEMENT",
    "COMBINATION_PRODUCT",
    "DIAGNOSTIC_TEST",
    "OTHER",
]


class Arm(Element):
    """An arm as the protocol and the registry name it. ``ratio`` is its share of the allocation."""

    id: Slug
    label: str
    type: ArmType | None = None
    description: str | None = None
    interventions: tuple[Slug, ...] = ()
    products: tuple[Slug, ...] = ()
    ratio: int = Field(default=1, ge=1)


class Intervention(Element):
    """An intervention as registered, in the record's own words."""

    id: Slug
    type: InterventionType
    name: str
    description: str | None = None
    other_names: tuple[str, ...] = ()


class Amount(Element):
    """An amount or a range of amounts with its unit; ``words`` keeps the protocol's own text."""

    minimum: Decimal
    maximum: Decimal
    unit: str
    words: str = ""


class ReleaseTest(Element):
    """A release test of a batch.

    ``limit`` is a rule over the variable ``result`` (``result >= 70 %``). A test that is not
    ``before_release`` may still be open at a conditional release.
    """

    id: Slug
    label: str
    limit: str
    unit: str = ""
    before_release: bool = True


class ShelfLife(Element):
    """Hours from the end of manufacture in which a container may be given."""

    hours: int = Field(gt=0)


class Collection(Element):
    """When the starting material is taken from the subject."""

    label: str
    day: int
    material: str
    visit: Slug | None = None


class Product(Element):
    """A product made from the subject's own cells and given on fixed days.

    ``days`` are study days (day 1 = allocation), grouped in cycles: one inner tuple a cycle.
    """

    id: Slug
    name: str
    kind: str = Field(description="What the cells are, in the protocol's words.")
    dose: Amount
    volume: Amount | None = None
    route: str
    formulation: str = ""
    cycles: tuple[tuple[int, ...], ...]
    collection: Collection | None = None
    manufacture_days: int | None = Field(default=None, ge=0)
    shelf_life: ShelfLife | None = None
    release_tests: tuple[ReleaseTest, ...] = ()
    conditional_release: bool = False
    words: str = Field(default="", description="The record's sentence the schedule came from.")

    @property
    def days(self) -> tuple[int, ...]:
        """All planned days in order."""
        return tuple(sorted(day for cycle in self.cycles for day in cycle))
