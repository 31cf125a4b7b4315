"""The base of every element of a study file."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

Slug = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$", max_length=64)]
"""An identifier inside a study file: lower case, digits and underscores, beginning with a letter."""


class Element(BaseModel):
    """One mapping of the study file: immutable, and strict about unknown keys.

    What the protocol does not say but the software needs is written with ``assumed: true`` and a ``reason``;
    the linter lists every such element, so that nobody takes a default for the protocol's word.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=False)

    assumed: bool = Field(default=False, description="True when the source record does not say this.")
    reason: str | None = Field(default=None, description="Why this value was assumed.")

    @model_validator(mode="after")
    def _assumption_has_a_reason(self) -> Element:
        if self.assumed and not self.reason:
            raise ValueError("an assumed element needs a `reason` that says why this value was taken")
        return self
