"""Arms and interventions between record and study: names in the record, identifiers in the study."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from .slugs import make_slug
from .tables import spelling_of

Row = dict[str, Any]


def intervention_name(intervention_type: str, name: str) -> str:
    """How an arm of the record names an intervention: ``Biological: DC cells``."""
    return f"{spelling_of('InterventionType', intervention_type)}: {name}"


def draft_arms(arms: Sequence[Row], interventions: Sequence[Row]) -> tuple[list[Row], list[Row]]:
    """Rows as they were taken into rows of the study, with identifiers instead of names.

    An arm's interventions are those it names; one that only the intervention's own list of arms ties to
    it comes after them.
    """
    used: dict[str, int] = {}
    drafted: list[Row] = []
    for row in interventions:
        keep = {key: value for key, value in row.items() if key != "arm_labels"}
        drafted.append({"id": make_slug(row["name"], used, "intervention"), **keep})
    by_name: dict[str, list[int]] = {}
    for index, row in enumerate(interventions):
        by_name.setdefault(intervention_name(row["type"], row["name"]), []).append(index)
    used = {}
    result: list[Row] = []
    for row in arms:
        linked = _linked(row, interventions, by_name)
        keep = {key: value for key, value in row.items() if key != "interventions"}
        ids = [drafted[index]["id"] for index in linked]
        result.append({"id": make_slug(row["label"], used, "arm"), **keep, "interventions": ids})
    return result, drafted


def _linked(arm: Row, interventions: Sequence[Row], by_name: Mapping[str, Sequence[int]]) -> list[int]:
    label = arm["label"]
    linked: list[int] = []
    for name in arm.get("interventions", ()):
        candidates = [index for index in by_name.get(name, ()) if index not in linked]
        own = [index for index in candidates if label in interventions[index].get("arm_labels", ())]
        linked.extend((own or candidates)[:1])
    named = len(arm.get("interventions", ())) > 0
    if not named:
        linked = [i for i, row in enumerate(interventions) if label in row.get("arm_labels", ())]
    return linked


def record_arms(arms: Sequence[Any], interventions: Sequence[Any]) -> tuple[list[Row], list[Row]]:
    """Arms and interventions of a study with the names that the record writes instead of identifiers."""
    by_id = {one.id: one for one in interventions}
    arm_rows: list[Row] = []
    for arm in arms:
        linked = [by_id[one] for one in arm.interventions if one in by_id]
        names = [intervention_name(one.type, one.name) for one in linked]
        arm_rows.append(
            {"label": arm.label, "type": arm.type, "description": arm.description, "interventions": names}
        )
    rows: list[Row] = []
    for one in interventions:
        labels = [arm.label for arm in arms if one.id in arm.interventions]
        rows.append(
            {
                "type": one.type,
                "name": one.name,
                "description": one.description,
                "arm_labels": labels,
                "other_names": one.other_names,
            }
        )
    return arm_rows, rows
