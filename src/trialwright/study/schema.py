"""The JSON Schema of the study file, for editors."""

from __future__ import annotations

from typing import Any

from .model import Study


def study_schema() -> dict[str, Any]:
    """JSON Schema (2020-12) of a study file; forms may stand in ``forms/*.yaml`` instead."""
    schema = Study.model_json_schema()
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    schema["title"] = "Trialwright study file"
    return schema
