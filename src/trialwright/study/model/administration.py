"""What the record's words say of how a product is given: read, not filled in."""

from __future__ import annotations

from decimal import Decimal
from typing import Literal

from pydantic import Field

from .base import Element, Slug
from .products import Amount

TimeUnit = Literal["hour", "day", "week", "month"]


class Frequency(Element):
    """So many times every so many units: twice daily is 2 every 1 day, every 3 weeks is 1 every 3 weeks."""

    times: Decimal
    every: Decimal = Decimal(1)
    unit: TimeUnit
    words: str


class Administration(Element):
    """One component of an intervention as its text states it.

    ``words`` is the stretch of the text, to the letter; every part keeps the words it was read from. What the
    text does not state is absent. ``days`` are the days as written, grouped where the text groups them;
    they count within a cycle if ``days_within_cycle``, else over the whole study.
    """

    id: Slug
    intervention: Slug
    name: str
    words: str
    dose: Amount | None = None
    volume: Amount | None = None
    route: str | None = None
    route_words: str | None = None
    formulation: str | None = None
    frequency: Frequency | None = None
    single: bool | None = Field(default=None, description="True if the text says a single dose.")
    cycles: int | None = None
    cycle_days: int | None = None
    days: tuple[tuple[int, ...], ...] = ()
    days_within_cycle: bool | None = None
    days_words: str | None = None
    duration_days: int | None = None
