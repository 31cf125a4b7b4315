"""Everything that the software assumed, listed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, cast

from ..findings import Finding
from ..model import Study
from ..model.base import Element
from ..positions import Path
from .base import info


def check_assumptions(study: Study) -> Iterator[Finding]:
    """TW-ASM-001: one information for every element with ``assumed: true``."""
    yield from _walk(study, ())


def _walk(value: Any, path: Path) -> Iterator[Finding]:
    if isinstance(value, Element):
        if value.assumed:
            message = f"Assumed, not in the source: {value.reason}"
            yield info(
                "TW-ASM-001", path, message, "Confirm it with the protocol and remove `assumed`, or mend it."
            )
        for name in type(value).model_fields:
            yield from _walk(getattr(value, name), (*path, name))
    elif isinstance(value, tuple):
        for index, item in enumerate(cast(tuple[Any, ...], value)):
            yield from _walk(item, (*path, index))
