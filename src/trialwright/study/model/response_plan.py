"""How the analysis counts tumour responses, and the subgroups whose effects are shown beside one another."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from .base import Element, Slug


class ResponsePlan(Element):
    """The choices behind best overall response and the proportions made of it.

    ``confirmed``: the response that the analysis rests on is the confirmed one; the other is shown beside it.
    ``stable_days``: stable disease needs an assessment at least so many days after allocation.
    ``confirmation_days``: the confirming assessment lies at least so many days after the first, with at most
    ``max_not_evaluable`` assessments that were not evaluable between the two and, where
    ``accept_stable_between`` says so, one of stable disease.
    """

    confirmed: bool = False
    stable_days: int = Field(default=42, ge=0, le=365)
    confirmation_days: int = Field(default=28, ge=1, le=365)
    max_not_evaluable: int = Field(default=1, ge=0, le=5)
    accept_stable_between: bool = True
    interval: Literal["clopper-pearson", "wilson"] = "clopper-pearson"
    difference: Literal["miettinen-nurminen", "mee", "newcombe"] = "miettinen-nurminen"


class Subgroup(Element):
    """A variable at baseline by whose levels the effect is shown: an item, or a variable of the criteria.

    ``cut_points`` (ascending) divide a number: below the first, from each to below the next, from the last on.
    """

    label: str
    form: Slug | None = None
    item: Slug | None = None
    variable: str = ""
    unit: str = Field(default="", description="Printed after the cut points.")
    cut_points: tuple[float, ...] = ()
