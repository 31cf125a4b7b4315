"""Sites and roles."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from .base import Element, Slug

Right = Literal[
    "register_subject",
    "record_consent",
    "enter_data",
    "correct_data",
    "confirm_eligibility",
    "allocate",
    "collect_material",
    "manufacture",
    "release_batch",
    "administer",
    "sign",
    "verify_data",
    "open_query",
    "answer_query",
    "close_query",
    "see_identity",
    "see_subjects",
    "see_arms_pooled",
    "see_arms",
    "see_report",
    "edit_registry",
    "see_registry",
    "review_safety",
    "place_hold",
    "lock_data",
    "hold_allocation_list",
    "manage_study",
    "manage_accounts",
]
"""What a role may do. The server checks one of these before every action."""


class Site(Element):
    """A site that takes part."""

    id: Slug
    name: str
    city: str = ""
    country: str = ""
    time_zone: str = Field(default="UTC", description="IANA name; dates at the site are local dates.")
    planned_subjects: int | None = Field(default=None, ge=0)


class Role(Element):
    """A role of the trial and its rights. ``scope`` site: acts only on the subjects of its own site."""

    id: Slug
    label: str
    scope: Literal["site", "study"]
    rights: tuple[Right, ...]
