"""Design, arms, outcomes and eligibility of the old XML."""

from __future__ import annotations

import re
from typing import Any

from .age_groups import derive_age_groups
from .arms_draft import intervention_name
from .legacy_text import render_block
from .page_header import parse_phases
from .tables import code_for
from .xml_tree import Node

Json = dict[str, Any]
_DESIGN_PAIR = re.compile(r"([A-Z][A-Za-z ]+?):\s*(.*?)(?=,\s*[A-Z][A-Za-z ]+?:|\Z)", re.S)
_DESIGN_KEYS = {
    "Allocation": "allocation",
    "Intervention Model": "intervention_model",
    "Masking": "masking",
    "Primary Purpose": "primary_purpose",
    "Observational Model": "observational_model",
    "Time Perspective": "time_perspective",
}
_INFO = (
    ("allocation", "allocation", "DesignAllocation"),
    ("interventionModel", "intervention_model", "InterventionalAssignment"),
    ("interventionModelDescription", "intervention_model_description", ""),
    ("primaryPurpose", "primary_purpose", "PrimaryPurpose"),
    ("observationalModel", "observational_model", "ObservationalModel"),
    ("timePerspective", "time_perspective", "DesignTimePerspective"),
)
_ACCESS = (
    ("individual", "expanded_access_type_individual"),
    ("intermediate", "expanded_access_type_intermediate"),
    ("treatment", "expanded_access_type_treatment"),
)


def _put(module: Json, key: str, value: object) -> None:
    if value not in (None, "", [], {}):
        module[key] = value


def read_design(root: Node) -> Json:
    """The design module. The one-line design of older files is read as well.

    Studies that are no trials have no phase in the API; the old files write ``N/A``.
    """
    module: Json = {}
    study_type = root.words("study_type")
    if study_type:
        plain = re.sub(r"\s*\[.*\]", "", study_type)
        module["studyType"] = code_for("StudyType", plain) or plain
        if "Patient Registry" in study_type:
            module["patientRegistry"] = True
    _put(module, "targetDuration", root.words("target_duration"))
    phases = parse_phases(root.words("phase") or "")
    if phases != ["NA"] or module.get("studyType") == "INTERVENTIONAL":
        _put(module, "phases", phases)
    _put(module, "designInfo", _info(root))
    access = root.first("expanded_access_info")
    if access is not None:
        types = {key: access.words(tag) == "Yes" for key, tag in _ACCESS if access.words(tag)}
        _put(module, "expandedAccessTypes", types)
    biospec: Json = {}
    retention = root.words("biospec_retention")
    _put(biospec, "retention", (code_for("BioSpecRetention", retention) or retention) if retention else None)
    description = root.first("biospec_descr")
    block = description.first("textblock") if description is not None else None
    _put(biospec, "description", render_block(block.text) if block is not None else None)
    _put(module, "bioSpec", biospec)
    enrolment = root.first("enrollment")
    if enrolment is not None and enrolment.text.strip().isdigit():
        module["enrollmentInfo"] = {"count": int(enrolment.text.strip())}
        _put(
            module["enrollmentInfo"], "type", code_for("EnrollmentType", enrolment.attributes.get("type", ""))
        )
    return module


_DEPTHS = ("SINGLE", "DOUBLE", "TRIPLE", "QUADRUPLE")


def _info(root: Node) -> Json:
    node = root.first("study_design_info") or _one_line(root)
    info: Json = {}
    if node is None:
        return info
    for key, tag, enumeration in _INFO:
        words = node.words(tag)
        if words:
            info[key] = (code_for(enumeration, words) or words) if enumeration else words
    masking: Json = {}
    words = node.words("masking")
    if words:
        head, _, roles = words.partition("(")
        whole = code_for("DesignMasking", words)
        masking["masking"] = whole or code_for("DesignMasking", head) or words
        names = [] if whole else [role.strip() for role in roles.rstrip(")").split(",")]
        roles_masked = [code_for("WhoMasked", name) or name for name in names if name]
        _put(masking, "whoMasked", roles_masked)
        # `Double Blind (Subject, Caregiver, Investigator, Outcomes Assessor)` is how records before 2017 named
        # any depth of two or more; the registry's own API gives the number of roles.
        if masking["masking"] in _DEPTHS and len(roles_masked) in range(1, 5):
            masking["masking"] = _DEPTHS[len(roles_masked) - 1]
    _put(masking, "maskingDescription", node.words("masking_description"))
    _put(info, "maskingInfo", masking)
    return info


def _one_line(root: Node) -> Node | None:
    words = root.words("study_design")
    if not words:
        return None
    node = Node("study_design_info", {}, "")
    for label, value in _DESIGN_PAIR.findall(words):
        tag = _DESIGN_KEYS.get(label.strip())
        if tag:
            node.children.append(Node(tag, {}, value))
    return node


def read_arms(root: Node) -> Json:
    """Arms and interventions. An arm names the interventions that name it."""
    module: Json = {}
    interventions: list[Json] = []
    for node in root.all("intervention"):
        words = node.words("intervention_type") or ""
        one: Json = {"type": code_for("InterventionType", words) or words}
        _put(one, "name", node.words("intervention_name"))
        _put(one, "description", node.words("description"))
        _put(one, "armGroupLabels", [label.text.strip() for label in node.all("arm_group_label")])
        _put(one, "otherNames", [name.text.strip() for name in node.all("other_name")])
        interventions.append(one)
    arms: list[Json] = []
    for node in root.all("arm_group"):
        label = node.words("arm_group_label")
        arm: Json = {"label": label} if label else {}
        words = node.words("arm_group_type")
        _put(arm, "type", (code_for("ArmGroupType", words) or words) if words else None)
        _put(arm, "description", node.words("description"))
        names = [
            intervention_name(one["type"], one.get("name", ""))
            for one in interventions
            if label in one.get("armGroupLabels", [])
        ]
        _put(arm, "interventionNames", names)
        arms.append(arm)
    _put(module, "armGroups", arms)
    _put(module, "interventions", interventions)
    return module


def read_outcomes(root: Node) -> Json:
    """The outcomes. Years in which they carried a safety flag: it is dropped, the registry dropped it too."""
    module: Json = {}
    for key in ("primary", "secondary", "other"):
        rows: list[Json] = []
        for node in root.all(f"{key}_outcome"):
            row: Json = {}
            for name, tag in (
                ("measure", "measure"),
                ("description", "description"),
                ("timeFrame", "time_frame"),
            ):
                _put(row, name, node.words(tag))
            rows.append(row)
        _put(module, f"{key}Outcomes", rows)
    return module


def read_eligibility(root: Node) -> Json:
    """Eligibility. Ages of ``N/A`` are absent in the API, which adds the age groups they give."""
    module: Json = {}
    node = root.first("eligibility")
    if node is None:
        return module
    for key, tag in (("eligibilityCriteria", "criteria"), ("studyPopulation", "study_pop")):
        holder = node.first(tag)
        block = holder.first("textblock") if holder is not None else None
        _put(module, key, render_block(block.text) if block is not None else None)
    healthy = node.words("healthy_volunteers")
    if healthy:
        module["healthyVolunteers"] = healthy != "No"
    for key, tag, enumeration in (
        ("sex", "gender", "Sex"),
        ("samplingMethod", "sampling_method", "SamplingMethod"),
    ):
        words = node.words(tag)
        _put(module, key, (code_for(enumeration, words) or words) if words else None)
    based = node.words("gender_based")
    if based:
        module["genderBased"] = based == "Yes"
    _put(module, "genderDescription", node.words("gender_description"))
    for key, tag in (("minimumAge", "minimum_age"), ("maximumAge", "maximum_age")):
        words = node.words(tag)
        _put(module, key, None if words == "N/A" else words)
    _put(module, "stdAges", derive_age_groups(module.get("minimumAge"), module.get("maximumAge")))
    return module
