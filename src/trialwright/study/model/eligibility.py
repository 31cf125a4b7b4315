"""Eligibility: every criterion in its own words, with a rule or an attestation."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field, model_validator

from .base import Element, Slug


class Variable(Element):
    """A quantity that rules speak of and the form item that supplies it.

    ``window_days`` is how old a result may be at allocation; without it any age will do.
    """

    id: str = Field(pattern=r"^[A-Za-z][A-Za-z0-9_]*$")
    label: str
    kind: Literal["number", "integer", "code", "boolean", "attestation"]
    unit: str = ""
    form: Slug | None = None
    item: Slug | None = None
    analyte: str = Field(default="", description="Name in the table of analytes, for mass and molar units.")
    derived: Literal["", "age"] = Field(default="", description="Computed by the software instead of asked.")
    window_days: int | None = Field(default=None, ge=0)


class Criterion(Element):
    """One criterion: the protocol's own words, and a rule where it can be computed.

    A rule with the word ``attested`` rests on the judgement of a named person. A criterion of the exclusion
    list excludes when its rule is true.

    ``status`` stands where the software read the words: it computed a rule, left the words to be attested, or
    found that they can be read in more than one way. A person who has compared rule and words removes it.
    """

    id: Slug
    section: Literal["inclusion", "exclusion"]
    text: str
    rule: str = ""
    note: str = ""
    status: Literal["", "computed", "attested", "ambiguous"] = ""


class Eligibility(Element):
    """The registered eligibility module and the criteria that were read out of it."""

    text: str = Field(default="", description="The record's eligibility text, verbatim.")
    sex: Literal["ALL", "FEMALE", "MALE"] | None = None
    minimum_age: str | None = None
    maximum_age: str | None = None
    healthy_volunteers: bool | None = None
    other: dict[str, Any] = Field(default_factory=dict)
    variables: tuple[Variable, ...] = ()
    criteria: tuple[Criterion, ...] = ()

    @model_validator(mode="after")
    def _ids_are_unique(self) -> Eligibility:
        for name, ids in (
            ("variable", [v.id for v in self.variables]),
            ("criterion", [c.id for c in self.criteria]),
        ):
            twice = sorted({i for i in ids if ids.count(i) > 1})
            if twice:
                raise ValueError(f"{name} ids must be unique; used twice: {', '.join(twice)}")
        return self
