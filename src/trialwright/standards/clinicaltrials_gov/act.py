"""Is this an applicable clinical trial? Answered yes, no, or undecidable from what is public."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from .dates import Span, date_of, on_day
from .kleene import all_of, any_of
from .shape import Json, mapping_at, rows_of, text_of, texts_of, truth_of

FINAL_RULE_ON = date(2017, 1, 18)
"""Effective date of 42 CFR 11 (81 FR 64982)."""

_US = frozenset(
    {
        "United States",
        "Puerto Rico",
        "Guam",
        "American Samoa",
        "Northern Mariana Islands",
        "Virgin Islands (U.S.)",
        "U.S. Virgin Islands",
    }
)
_DRUG_TYPES = frozenset({"DRUG", "BIOLOGICAL", "GENETIC", "COMBINATION_PRODUCT"})


@dataclass(frozen=True, slots=True)
class Applicability:
    """The verdict and each condition with its three-valued answer and its words."""

    applicable: bool | None
    conditions: tuple[tuple[str, bool | None], ...]


def compute_applicability(study: Json, under_ind: bool | None = None) -> Applicability:
    """Whether the study is an applicable clinical trial (42 CFR 11.22(b)).

    ``under_ind`` answers what the registry does not publish; without it the answer may stay undecidable. A
    study begun before the final rule is judged by the types of its interventions where it states no
    regulation.
    """
    protocol = mapping_at(study, "protocolSection")
    design = mapping_at(protocol, "designModule")
    study_type = design.get("studyType")
    interventional = None if study_type is None else study_type == "INTERVENTIONAL"
    regulated_drug, regulated_device = _regulated(protocol)
    phases = texts_of(design.get("phases"))
    phase_counts = not phases or bool(set(phases) - {"EARLY_PHASE1", "PHASE1"})
    purpose = mapping_at(design, "designInfo").get("primaryPurpose")
    drug = all_of((regulated_drug, phase_counts))
    device = all_of((regulated_device, purpose != "DEVICE_FEASIBILITY"))
    nexus = _nexus(protocol, under_ind)
    product = any_of((drug, device))
    conditions = (
        ("interventional study", interventional),
        ("drug or biological product regulated by the FDA", regulated_drug),
        ("phase other than phase 1 alone", phase_counts),
        ("device regulated by the FDA, not a feasibility study", device),
        ("United States site, IND or IDE, or made in and exported from the United States", nexus),
    )
    return Applicability(all_of((interventional, product, nexus)), conditions)


def _regulated(protocol: Json) -> tuple[bool | None, bool | None]:
    oversight = mapping_at(protocol, "oversightModule")
    drug, device = truth_of(oversight, "isFdaRegulatedDrug"), truth_of(oversight, "isFdaRegulatedDevice")
    start, _ = date_of(mapping_at(protocol, "statusModule"), "startDateStruct")
    if drug is not None or device is not None or not _began_before_rule(start):
        return drug, device
    types = {
        text_of(row, "type")
        for row in rows_of(mapping_at(protocol, "armsInterventionsModule").get("interventions"))
    }
    if not types:
        return None, None
    return bool(types & _DRUG_TYPES), "DEVICE" in types or "COMBINATION_PRODUCT" in types


def _began_before_rule(start: Span | None) -> bool:
    return start is not None and start.is_before(on_day(FINAL_RULE_ON)) is True


def _nexus(protocol: Json, under_ind: bool | None) -> bool | None:
    locations = rows_of(mapping_at(protocol, "contactsLocationsModule").get("locations"))
    us_site = any(text_of(row, "country") in _US for row in locations) if locations else None
    exported = truth_of(mapping_at(protocol, "oversightModule"), "isUsExport")
    return any_of((us_site, exported, under_ind))
