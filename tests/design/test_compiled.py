"""The cache of compiled kernels: where it is, that it notices changes, and life without it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import numba
import pytest

import trialwright
from trialwright.design import compiled
from trialwright.design.compiled import cache_folder, kernel
from trialwright.design.tally import add_results


def double(x: float) -> float:
    return 2 * x


def test_kernels_are_kept_somewhere() -> None:
    folder = cache_folder(add_results)
    assert folder is not None
    assert Path(folder).is_dir()


def test_without_a_folder_a_kernel_is_compiled_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    """Numba refuses to cache when no folder can be written, as in a read-only container without a home."""
    original = numba.njit

    def refuse(*args: object, **options: object) -> object:
        if options.get("cache"):
            raise RuntimeError("cannot cache function: no locator available")
        return original(*args, **options)

    monkeypatch.setattr(compiled.numba, "njit", refuse)
    function = kernel(double)
    assert function(21.0) == 42.0
    assert cache_folder(function) is None


def test_a_changed_source_gets_another_cache_name(tmp_path: Path) -> None:
    """The name in the cache holds a digest of every file that a kernel can be made of."""
    copy = tmp_path / "trialwright"
    shutil.copytree(
        Path(trialwright.__file__).parent / "design", copy / "design", ignore=lambda *_: {"__pycache__"}
    )
    shutil.copytree(Path(trialwright.__file__).parent / "study", copy / "study")
    shutil.copytree(Path(trialwright.__file__).parent / "stats", copy / "stats")
    (copy / "__init__.py").touch()
    code = "from trialwright.design.compiled import _DIGEST; print(_DIGEST)"
    environment = {**os.environ, "PYTHONPATH": str(tmp_path)}

    def digest() -> str:
        answer = subprocess.run(
            [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True
        )
        return answer.stdout.strip()

    before = digest()
    with (copy / "design/philox.py").open("a") as file:
        file.write("# changed\n")
    assert before != digest()
