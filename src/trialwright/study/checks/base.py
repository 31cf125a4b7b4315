"""What every check of a study file is made of."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Iterator

from ..findings import Finding, Place, Severity
from ..model import Study
from ..positions import Path

Check = Callable[[Study], Iterator[Finding]]


def error(code: str, path: Path, message: str, remedy: str, evidence: str = "") -> Finding:
    """An error at a path of the study."""
    return Finding(code, Severity.ERROR, message, remedy, Place(path=path), evidence)


def warning(code: str, path: Path, message: str, remedy: str, evidence: str = "") -> Finding:
    """A warning at a path of the study."""
    return Finding(code, Severity.WARNING, message, remedy, Place(path=path), evidence)


def info(code: str, path: Path, message: str, remedy: str, evidence: str = "") -> Finding:
    """An information at a path of the study."""
    return Finding(code, Severity.INFO, message, remedy, Place(path=path), evidence)


def nearest(word: str, known: Iterable[str]) -> str:
    """A remedy that proposes the nearest known word, or lists what is known."""
    choices = list(known)
    near = difflib.get_close_matches(word, choices, n=1)
    if near:
        return f"Did you mean `{near[0]}`?"
    return f"Known here: {', '.join(choices)}." if choices else "Nothing of this kind is defined yet."
