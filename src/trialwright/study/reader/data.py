"""The reader's data files: lexicon, phrases, units."""

from __future__ import annotations

from importlib.resources import files
from typing import Any, cast

from ruamel.yaml import YAML


def read_yaml(name: str) -> dict[str, Any]:
    """The mapping in ``study/data/<name>.yaml``."""
    text = files("trialwright.study").joinpath(f"data/{name}.yaml").read_text(encoding="utf-8")
    return cast("dict[str, Any]", cast(Any, YAML(typ="safe")).load(text))
