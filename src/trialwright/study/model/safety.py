"""Safety: the dictionary, what is watched, what is dose limiting, when accrual stops, who is told by when."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from .base import Element, Slug

Grade = Annotated[int, Field(ge=1, le=5)]
Days = Annotated[int, Field(ge=0, le=3650)]


class LimitingCriterion(Element):
    """One way in which an event is dose limiting; lists that are empty mean any.

    ``lasting_over_days``: only where the event lasts longer than so many days. Terms and organ classes are
    those of the dictionary that ``safety.ctcae_version`` names.
    """

    id: Slug
    label: str
    min_grade: Grade
    lasting_over_days: Days | None = None
    terms: tuple[str, ...] = ()
    not_terms: tuple[str, ...] = ()
    organ_classes: tuple[str, ...] = ()
    not_organ_classes: tuple[str, ...] = ()


class DoseLimiting(Element):
    """The protocol's definition of a dose-limiting toxicity.

    The window opens with the first dose of any of ``products`` (of anything given where none is named) and ends
    ``window_days`` later. Only events at least possibly related to one of ``agents`` count; an agent is what
    stands after ``related.`` in the meaning of an item of the adverse event form (any agent where none is
    named). A subject is evaluable with at least ``minimum_doses`` of those products, and a toxicity or a
    completed window.
    """

    window_days: int = Field(gt=0, le=3650)
    products: tuple[Slug, ...] = ()
    agents: tuple[str, ...] = ()
    minimum_doses: int = Field(default=1, ge=1)
    criteria: tuple[LimitingCriterion, ...] = Field(min_length=1)


class ToxicityStopping(Element):
    """Bayesian stopping for toxicity (Thall and Simon 1994): stop when P(rate > max_rate | data) > cutoff.

    The prior is Beta(``prior_events``, ``prior_free``). The rule is looked at after ``first_look`` evaluable
    subjects, then after every ``look_every`` more, up to ``max_subjects``: in each arm, or in all together.
    """

    prior_events: float = Field(gt=0)
    prior_free: float = Field(gt=0)
    max_rate: float = Field(gt=0, lt=1)
    cutoff: float = Field(gt=0, lt=1)
    first_look: int = Field(default=1, ge=1)
    look_every: int = Field(default=1, ge=1)
    max_subjects: int = Field(ge=1, le=10_000)
    scope: Literal["arm", "all"] = "arm"


class ExpectedReaction(Element):
    """A line of the reference safety information: up to ``greatest_grade`` the reaction is expected of the agent."""

    agent: str
    term: str
    greatest_grade: Grade


class ReportingRoute(Element):
    """One recipient of expedited reports with its limits, in calendar days from day 0."""

    id: Slug
    recipient: str
    grave_days: int = Field(default=7, ge=1)
    complete_after_days: int = Field(default=8, ge=0)
    other_days: int = Field(default=15, ge=1)


class SpecialInterest(Element):
    """Events that are watched apart, by dictionary term. ``astct``: the syndrome they are graded as besides."""

    id: Slug
    label: str
    terms: tuple[str, ...] = Field(min_length=1)
    astct: Literal["", "CRS", "ICANS"] = ""


class Safety(Element):
    """Dictionary, limits and duties of the safety part. What is not stated is not computed."""

    ctcae_version: Literal["5.0", "6.0"] = "5.0"
    special_interest: tuple[SpecialInterest, ...] = ()
    dose_limiting: DoseLimiting | None = None
    stopping: ToxicityStopping | None = None
    expected: tuple[ExpectedReaction, ...] = ()
    routes: tuple[ReportingRoute, ...] = ()
