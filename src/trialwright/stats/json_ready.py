"""A result object as plain JSON values: what the command line prints and ``results.json`` keeps."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping
from typing import Any

import numpy as np


def render_json(result: Any) -> Any:
    """Dataclasses become mappings, arrays lists; what is not a finite number (not estimable) becomes null.

    Mappings with tuple keys become lists of {"key": [...], "value": ...}, because JSON has text keys only.
    """
    if dataclasses.is_dataclass(result) and not isinstance(result, type):
        return {field.name: render_json(getattr(result, field.name)) for field in dataclasses.fields(result)}
    if isinstance(result, np.ndarray):
        return render_json(result.tolist())
    if isinstance(result, np.generic):
        return render_json(result.item())
    if isinstance(result, float):
        return result if math.isfinite(result) else None
    if isinstance(result, Mapping):
        return _render_mapping(dict(result.items()))
    if isinstance(result, (list, tuple)):
        return [render_json(value) for value in list(result)]
    return result


def _render_mapping(mapping: dict[Any, Any]) -> Any:
    if any(isinstance(key, tuple) for key in mapping):
        return [{"key": render_json(key), "value": render_json(value)} for key, value in mapping.items()]
    return {str(key): render_json(value) for key, value in mapping.items()}
