"""The example of the reference page runs as printed."""

from __future__ import annotations

import re
from pathlib import Path

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "statistics.md"


def test_the_example_runs() -> None:
    blocks = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), flags=re.DOTALL)
    assert blocks
    for block in blocks:
        exec(compile(block, str(PAGE), "exec"), {})


def test_every_function_of_the_table_exists() -> None:
    """A name in the table that the code does not have is a lie."""
    from importlib import import_module

    rows = re.findall(
        r"^\| [^|]+ \| (`compute_[^|]+) \|", PAGE.read_text(encoding="utf-8"), flags=re.MULTILINE
    )
    assert len(rows) >= 15
    for row in rows:
        for part in row.split(";"):
            names = re.findall(r"`(compute_\w+)`", part)
            (module,) = re.findall(r"\(`(\w+)`\)", part)
            for name in names:
                assert callable(getattr(import_module(f"trialwright.stats.{module}"), name))
