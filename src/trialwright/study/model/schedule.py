"""The schedule: epochs, visits with their day and window, and the forms filled at each."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from .base import Element, Slug

Track = Literal["screening", "treatment", "assessment", "follow_up"]


class Epoch(Element):
    """A stretch of the trial (screening, treatment, follow-up)."""

    id: Slug
    label: str


class Window(Element):
    """Days around the planned day in which a visit counts as on time."""

    before_days: int = Field(ge=0)
    after_days: int = Field(ge=0)


class Repeat(Element):
    """A visit that comes again every ``every_days`` up to and including day ``until_day``."""

    every_days: int = Field(gt=0)
    until_day: int
    label: str = Field(default="", description="Text with {n} for the number and {day} for the planned day.")


class Visit(Element):
    """A planned contact.

    ``day`` counts from day 1 = the day of allocation; there is no day 0, the day before is day -1.
    Visits of one ``track`` must not overlap; visits of different tracks may.
    """

    id: Slug
    label: str
    epoch: Slug
    track: Track
    day: int
    window: Window
    forms: tuple[Slug, ...] = ()
    repeat: Repeat | None = None
    until_progression: bool = Field(default=False, description="Not expected after disease progression.")
