"""Three-valued "and" and "or" (Kleene): None is undecidable."""

from __future__ import annotations

from collections.abc import Iterable


def all_of(values: Iterable[bool | None]) -> bool | None:
    """False if any is false; else undecidable if any is; else true."""
    held = tuple(values)
    return False if False in held else None if None in held else True


def any_of(values: Iterable[bool | None]) -> bool | None:
    """True if any is true; else undecidable if any is; else false."""
    held = tuple(values)
    return True if True in held else None if None in held else False
