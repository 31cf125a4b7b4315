"""Checks of arms, design, outcomes and eligibility (A1-A5, O1, O2, E1)."""

from __future__ import annotations

import re
from typing import Any

from .arms_draft import intervention_name
from .check_case import Answer, Breach, Subject
from .shape import mapping_at, rows_of, text_of, texts_of

_ARMS = ("protocolSection", "armsInterventionsModule")
_DESIGN = ("protocolSection", "designModule", "designInfo")
_DEPTH = {"NONE": 0, "SINGLE": 1, "DOUBLE": 2, "TRIPLE": 3, "QUADRUPLE": 4}
_INCLUSION = re.compile(r"\binclusion\b|\bincluded?\b|\beligib", re.I)
_EXCLUSION = re.compile(r"\bexclu(sion|ded?)\b|\bnot eligible\b|\bineligib", re.I)


def check_arm_graph(subject: Subject) -> Answer:
    """A1: arms and interventions tie up, labels are unique, a no-intervention arm has none."""
    module = subject.module("armsInterventionsModule")
    arms, interventions = rows_of(module.get("armGroups")), rows_of(module.get("interventions"))
    if not arms or not interventions:
        return None
    labels = [text_of(arm, "label") or "" for arm in arms]
    found = [
        Breach("Two arms have the same label.", (*_ARMS, "armGroups"), label)
        for label in sorted({label for label in labels if labels.count(label) > 1})
    ]
    names = {intervention_name(str(one.get("type")), str(one.get("name"))) for one in interventions}
    for index, arm in enumerate(arms):
        found += _arm(index, arm, names)
    for index, one in enumerate(interventions):
        found += _intervention(index, one, labels, arms)
    return found


def _arm(index: int, arm: dict[str, Any], names: set[str]) -> list[Breach]:
    path = (*_ARMS, "armGroups", index)
    label, used = text_of(arm, "label") or "", texts_of(arm.get("interventionNames"))
    empty = arm.get("type") == "NO_INTERVENTION"
    if empty and used:
        return [Breach("A no-intervention arm names an intervention.", path, label)]
    if not empty and not used:
        return [Breach("An arm names no intervention.", path, label)]
    return [
        Breach("An arm names an intervention that the record does not describe.", path, name)
        for name in used
        if name not in names
    ]


def _intervention(
    index: int, one: dict[str, Any], labels: list[str], arms: list[dict[str, Any]]
) -> list[Breach]:
    path = (*_ARMS, "interventions", index)
    name = intervention_name(str(one.get("type")), str(one.get("name")))
    listed = texts_of(one.get("armGroupLabels"))
    found = [
        Breach("An intervention names an arm that does not exist.", path, label)
        for label in listed
        if label not in labels
    ]
    if not listed and not any(name in texts_of(arm.get("interventionNames")) for arm in arms):
        found.append(Breach("An intervention is used by no arm.", path, name))
    return found


def _info(subject: Subject) -> dict[str, Any]:
    return mapping_at(subject.module("designModule"), "designInfo")


def _arm_count(subject: Subject) -> int:
    return len(rows_of(subject.module("armsInterventionsModule").get("armGroups")))


def check_parallel_arms(subject: Subject) -> Answer:
    """A2: a parallel or crossover study has at least two arms."""
    model = _info(subject).get("interventionModel")
    if model not in ("PARALLEL", "CROSSOVER") or not _arm_count(subject):
        return None
    wrong = _arm_count(subject) < 2
    return [Breach(f"The model is {model} but there is one arm.", (*_ARMS, "armGroups"))] * wrong


def check_single_group(subject: Subject) -> Answer:
    """A3: a single-group study has one arm and no allocation."""
    info = _info(subject)
    if info.get("interventionModel") != "SINGLE_GROUP":
        return None
    found: list[Breach] = []
    if _arm_count(subject) > 1:
        words = f"The model is a single group but there are {_arm_count(subject)} arms."
        found.append(Breach(words, (*_ARMS, "armGroups")))
    allocation = info.get("allocation")
    if allocation not in (None, "NA"):
        words = f"The model is a single group but the allocation is {allocation}."
        found.append(Breach(words, (*_DESIGN, "allocation")))
    return found


def check_masking_depth(subject: Subject) -> Answer:
    """A4: the depth of masking is the number of masked roles."""
    masking = mapping_at(_info(subject), "maskingInfo")
    depth = _DEPTH.get(str(masking.get("masking")))
    roles = texts_of(masking.get("whoMasked"))
    if depth is None or (depth and not roles):
        return None
    wrong = depth != len(roles)
    evidence = f"{masking.get('masking')}: {', '.join(roles) or 'no roles'}"
    words = "The depth of masking does not fit the masked roles."
    return [Breach(words, (*_DESIGN, "maskingInfo"), evidence)] * wrong


def check_title_allocation(subject: Subject) -> Answer:
    """A5: a study whose official title says randomised is randomised."""
    title = text_of(subject.module("identificationModule"), "officialTitle") or ""
    said = re.search(r"(?<!non-)(?<!non )\brandomi[sz]ed\b", title, re.I)
    allocation = _info(subject).get("allocation")
    if not subject.interventional or said is None or allocation is None:
        return None
    wrong = allocation != "RANDOMIZED"
    words = f"The official title says randomised but the allocation is {allocation}."
    return [Breach(words, (*_DESIGN, "allocation"), title)] * wrong


def check_primary_outcome(subject: Subject) -> Answer:
    """O1: an interventional study has a primary outcome."""
    if not subject.interventional:
        return None
    wrong = not rows_of(subject.module("outcomesModule").get("primaryOutcomes"))
    return [
        Breach("No primary outcome is given.", ("protocolSection", "outcomesModule", "primaryOutcomes"))
    ] * wrong


def check_time_frames(subject: Subject) -> Answer:
    """O2: every primary outcome has a time frame."""
    rows = rows_of(subject.module("outcomesModule").get("primaryOutcomes"))
    if not subject.interventional or not rows:
        return None
    path = ("protocolSection", "outcomesModule", "primaryOutcomes")
    return [
        Breach("A primary outcome has no time frame.", (*path, index), text_of(row, "measure") or "")
        for index, row in enumerate(rows)
        if not (text_of(row, "timeFrame") or "").strip()
    ]


def check_eligibility_headings(subject: Subject) -> Answer:
    """E1: inclusion and exclusion criteria stand under headings of their own."""
    text = text_of(subject.module("eligibilityModule"), "eligibilityCriteria")
    if text is None:
        return None
    missing = [
        word
        for word, pattern in (("inclusion", _INCLUSION), ("exclusion", _EXCLUSION))
        if not pattern.search(text)
    ]
    path = ("protocolSection", "eligibilityModule", "eligibilityCriteria")
    return [Breach(f"The eligibility text has no heading for {word} criteria.", path) for word in missing]
