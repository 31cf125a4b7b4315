"""Compilation of kernels: once a machine, kept on disk where a cache folder can be written.

Numba keeps compiled code beside the source file, or in the user's cache folder when the installation is
read-only. Where neither can be written the kernels are compiled anew in each process, and
:func:`cache_folder` says so.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar, cast

import numba  # pyright: ignore[reportMissingTypeStubs]

Function = TypeVar("Function", bound=Callable[..., Any])


FOLDER = Path(__file__).parent
IMPORTED = re.compile(r"^from trialwright\.design\.(\w+) import", re.MULTILINE)


def files_of_kernels() -> list[Path]:
    """The files of this room that hold kernels, and those that they import: constants stand in compiled code."""
    sources = {path.stem: path.read_text("utf-8") for path in FOLDER.glob("*.py")}
    found = {name for name, text in sources.items() if "compiled" in IMPORTED.findall(text)}
    waiting = sorted(found)
    while waiting:
        for name in IMPORTED.findall(sources[waiting.pop()]):
            if name not in found:
                found.add(name)
                waiting.append(name)
    return [FOLDER / f"{name}.py" for name in sorted(found)]


def _digest_of_sources() -> str:
    """Changes whenever a file with kernels changes.

    Numba looks only at the file of the function it compiles; a kernel calls kernels of other files, whose old
    code would stay inside it.
    """
    digest = hashlib.sha256()
    for path in files_of_kernels():
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


_DIGEST = _digest_of_sources()


def kernel(function: Function) -> Function:
    """``function`` compiled to machine code on first use, without the interpreter lock and without fast-
    math.

    Fast-math stays off so that every machine rounds alike: results are the same to the last bit.
    """
    function.__qualname__ += f"-{_DIGEST}"  # part of the name of the file in the cache
    try:
        compiled = numba.njit(cache=True, nogil=True, error_model="numpy")(function)
    except RuntimeError:  # Numba found no folder for its cache
        compiled = numba.njit(nogil=True, error_model="numpy")(function)
    return cast(Function, compiled)


def inlined(function: Function) -> Function:
    """A small kernel that is always merged into its caller, so that a loop around it can be vectorised."""
    compiled = numba.njit(nogil=True, error_model="numpy", forceinline=True)(function)
    return cast(Function, compiled)


def cache_folder(function: Callable[..., Any]) -> str | None:
    """The folder in which the compiled code of ``function`` is kept; None when it is not kept."""
    stats = getattr(function, "stats", None)
    return getattr(stats, "cache_path", None)
