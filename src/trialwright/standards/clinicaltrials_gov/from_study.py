"""A study as a registry record: the protocol section of API v2."""

from __future__ import annotations

import copy
from typing import Any

from trialwright.study.model.study import Study

from .arms_draft import record_arms
from .fields import PROTOCOL_SECTION
from .give import give
from .paths import Step, find_at, parse_path, put_at, remove_at


def render_protocol_section(study: Study) -> dict[str, Any]:
    """The protocol section as the study file states it.

    What the study keeps under ``registry.unmapped`` is put back at its path; what it lists under
    ``registry.absent`` is left out.
    """
    arms, interventions = record_arms(study.arms, study.interventions)
    view = {
        "registry": study.registry,
        "design": study.design,
        "eligibility": {**_shallow(study.eligibility), "text": study.eligibility.text or None},
        "arms": arms,
        "interventions": interventions,
        "outcomes": {
            level: [outcome for outcome in study.outcomes if outcome.level == level]
            for level in ("primary", "secondary", "other")
        },
    }
    document = {"protocolSection": give(PROTOCOL_SECTION, view)}
    for text in study.registry.absent:
        _leave_out(document, parse_path(text))
    for text, value in study.registry.unmapped.items():
        steps = parse_path(text)
        if steps and steps[0] == "protocolSection":
            put_at(document, steps, copy.deepcopy(value))
    return document["protocolSection"]


def _leave_out(document: dict[str, Any], steps: tuple[Step, ...] | None) -> None:
    """Remove a path, and its module with it if nothing else stands there."""
    if not steps:
        return
    remove_at(document, steps)
    if find_at(document, steps[:2]) == {}:
        remove_at(document, steps[:2])


def render_record(study: Study) -> dict[str, Any]:
    """The study's record as an API v2 study object: the protocol section and what is known of the rest."""
    record: dict[str, Any] = {"protocolSection": render_protocol_section(study)}
    if study.registry.data_version is not None:
        record["derivedSection"] = {"miscInfoModule": {"versionHolder": study.registry.data_version}}
    if study.registry.has_results is not None:
        record["hasResults"] = study.registry.has_results
    return record


def _shallow(element: Any) -> dict[str, Any]:
    return {name: getattr(element, name) for name in type(element).model_fields}
