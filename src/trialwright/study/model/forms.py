"""Forms: what is asked, in which unit, and what an answer may be."""

from __future__ import annotations

from decimal import Decimal
from typing import Literal

from pydantic import Field

from .base import Element, Slug

ItemKind = Literal["number", "integer", "code", "boolean", "date", "text", "rows"]
Records = Literal[
    "demographics",
    "medical_history",
    "eligibility",
    "laboratory",
    "vital_signs",
    "performance_status",
    "disease_status",
    "tumour_assessment",
    "questionnaire",
    "adverse_event",
    "concomitant_therapy",
    "survival_contact",
    "death",
    "other",
]
"""What a form records. The outcomes look for the forms of a kind, never for a form's name."""


class Code(Element):
    """One answer of a coded item: the stored ``value`` and the words people see."""

    value: str
    label: str


class Range(Element):
    """Limits of a number in the first unit: outside ``hard`` is refused, outside ``expected`` is asked."""

    hard_minimum: Decimal | None = None
    hard_maximum: Decimal | None = None
    expected_minimum: Decimal | None = None
    expected_maximum: Decimal | None = None


class Item(Element):
    """One question of a form.

    ``concept`` names what the answer means to the outcomes (``grade``, ``diameter``); without it the id does.
    ``variable`` names the criterion variable that the answer feeds. ``limits_of_normal`` asks for the
    laboratory's own lower and upper limits beside the value.
    """

    id: Slug
    label: str
    kind: ItemKind
    units: tuple[str, ...] = Field(default=(), description="UCUM codes; the first is the usual one.")
    codes: tuple[Code, ...] = ()
    required: bool = False
    range: Range | None = None
    help: str = ""
    concept: str = ""
    variable: str = ""
    limits_of_normal: bool = False
    partial: bool = Field(default=False, description="A date whose month or day may be unknown (`2026-11`).")
    show_if: str = Field(
        default="", description="A rule over the form's own items; hidden items are not asked."
    )
    items: tuple[Item, ...] = Field(default=(), description="The columns of an item of kind `rows`.")

    @property
    def meaning(self) -> str:
        """The concept, or the id where no concept is given."""
        return self.concept or self.id


class Instrument(Element):
    """A licensed questionnaire: the software keeps item numbers and codes, never the wording."""

    name: str
    version: str
    module: str = ""
    licence: str = Field(default="", description="Reference of the permission to use it.")


class Form(Element):
    """A form: an ordered list of items, filled per subject and visit, or as often as needed (``repeats``)."""

    id: Slug
    title: str
    records: Records = "other"
    repeats: bool = False
    instrument: Instrument | None = None
    introduction: str = ""
    items: tuple[Item, ...] = ()

    def item(self, item_id: str) -> Item | None:
        """The item of that id, or None."""
        return next((item for item in self.items if item.id == item_id), None)

    def item_meaning(self, concept: str) -> Item | None:
        """The first item that carries ``concept``, or None."""
        return next((item for item in self.items if item.meaning == concept), None)
