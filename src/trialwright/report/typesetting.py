"""Typst, with the fonts of the machine found once: looking for them takes longer than most documents."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any, Literal


def typeset(source: str, files: Mapping[str, bytes], kind: Literal["pdf", "png"], **options: Any) -> bytes:
    """A document from its source and the files that it names; the same input gives the same bytes."""
    import typst

    # Typst's stub does not know that it takes a mapping of files; its documentation does.
    world: Any = {"main": source.encode(), **files}
    made: Any = typst.compile(world, format=kind, font_paths=_fonts(), **options)
    return bytes(made)


@cache
def _fonts() -> Any:
    import typst

    return typst.Fonts()
