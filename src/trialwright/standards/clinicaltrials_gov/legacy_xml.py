"""The retired public XML (``clinical_study``) read into the API's study object.

Source: the public schema of 2017-02-13 and the enumerations' older spellings. Results are not converted.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from trialwright.study.findings import Finding

from .codes import registry_finding
from .legacy_design import read_arms, read_design, read_eligibility, read_outcomes
from .legacy_people import read_contacts, read_references, read_responsible, read_sharing
from .legacy_text import render_block
from .page_words import parse_page_date
from .record import Record
from .tables import code_for
from .xml_tree import Node, parse_xml

Json = dict[str, Any]


def parse_legacy_xml(text: str, origin: str) -> Iterator[Record | Finding]:
    """Every study of the file. Another XML language is named in the finding."""
    root = parse_xml(text, origin)
    if isinstance(root, Finding):
        yield root
        return
    studies = [root] if root.tag == "clinical_study" else root.all("clinical_study")
    if root.tag == "study_collection" or not studies:
        yield registry_finding(
            "TW-REG-003",
            f"The XML's root is <{root.tag[:60]}>; only the public clinical_study files are read.",
            "Download the record as JSON (API v2).",
            file=origin,
        )
        return
    for index, study in enumerate(studies):
        yield read_study(study, origin if len(studies) == 1 else f"{origin}#{index + 1}")


def read_study(root: Node, origin: str) -> Record:
    """One study. What has no place in the API's model is left over under ``legacyXml``."""
    modules: Json = {
        "identificationModule": _identification(root),
        "statusModule": _status(root),
        "sponsorCollaboratorsModule": _sponsors(root),
        "oversightModule": _oversight(root),
        "descriptionModule": _description(root),
        "conditionsModule": _texts(root, conditions="condition", keywords="keyword"),
        "designModule": read_design(root),
        "armsInterventionsModule": read_arms(root),
        "outcomesModule": read_outcomes(root),
        "eligibilityModule": read_eligibility(root),
        "contactsLocationsModule": read_contacts(root),
        "referencesModule": read_references(root),
        "ipdSharingStatementModule": read_sharing(root),
    }
    study: Json = {"protocolSection": {name: module for name, module in modules.items() if module}}
    derived = _derived(root)
    if derived:
        study["derivedSection"] = derived
    findings: list[Finding] = []
    study["hasResults"] = root.first("clinical_results") is not None
    if study["hasResults"]:
        findings.append(
            registry_finding(
                "TW-REG-022",
                "The posted results of the old XML are not converted; the draft needs none of them.",
                "For checks of results, download the record as JSON (API v2).",
                file=origin,
            )
        )
    left_over = _left_over(root)
    return Record(study, "legacy_xml", origin, {}, left_over, tuple(findings))


def _left_over(root: Node) -> Json:
    """Every element that no reader took, by its path; elements that only repeat others are passed over."""
    _take_derived_counts(root)
    left: Json = {}
    waiting = [("legacyXml", root)]
    while waiting:
        path, node = waiting.pop()
        for child in node.children:
            key = f"{path}.{child.tag}"
            if not child.used:
                left.setdefault(key, []).append(_plain(child))
            elif child.children and child.tag not in _PASSED_OVER:
                waiting.append((key, child))
    return left


_PASSED_OVER = frozenset({"clinical_results", "required_header", "location_countries"})


def _plain(node: Node) -> Any:
    if not node.children:
        return node.text.strip()
    return {"text": node.text.strip(), **{child.tag: _plain(child) for child in node.children}}


def _take_derived_counts(root: Node) -> None:
    """Elements that only repeat others: counts of arms, the list of countries, the download header."""
    arms = str(len([child for child in root.children if child.tag == "arm_group"]))
    for tag in ("number_of_arms", "number_of_groups"):
        node = next((child for child in root.children if child.tag == tag), None)
        if node is not None and node.text.strip() == arms:
            node.used = True
    countries = {
        address.text.strip()
        for location in root.children
        if location.tag == "location"
        for facility in location.children
        for block in facility.children
        for address in block.children
        if address.tag == "country"
    }
    listed = next((child for child in root.children if child.tag == "location_countries"), None)
    if listed is not None and {child.text.strip() for child in listed.children} <= countries:
        listed.used = True
    for tag in ("required_header", "last_update_submitted_qc"):
        root.first(tag)


def _identification(root: Node) -> Json:
    module: Json = {}
    info = root.first("id_info")
    if info is not None:
        _put(module, "nctId", info.words("nct_id"))
        _put(module, "nctIdAliases", [node.text.strip() for node in info.all("nct_alias")])
        number = info.words("org_study_id")
        if number:
            module["orgStudyIdInfo"] = {"id": number}
        _put(module, "secondaryIdInfos", [{"id": node.text.strip()} for node in info.all("secondary_id")])
    source = root.words("source")
    if source:
        module["organization"] = {"fullName": source}
    for key, tag in (
        ("briefTitle", "brief_title"),
        ("officialTitle", "official_title"),
        ("acronym", "acronym"),
    ):
        _put(module, key, root.words(tag))
    return module


def _put(module: Json, key: str, value: object) -> None:
    if value not in (None, "", []):
        module[key] = value


_DATES = (
    ("statusVerifiedDate", ("verification_date",)),
    ("studyFirstSubmitDate", ("study_first_submitted", "firstreceived_date")),
    ("studyFirstSubmitQcDate", ("study_first_submitted_qc",)),
    ("resultsFirstSubmitDate", ("results_first_submitted", "firstreceived_results_date")),
    ("resultsFirstSubmitQcDate", ("results_first_submitted_qc",)),
    ("dispFirstSubmitDate", ("disposition_first_submitted", "firstreceived_results_disposition_date")),
    ("dispFirstSubmitQcDate", ("disposition_first_submitted_qc",)),
    ("lastUpdateSubmitDate", ("last_update_submitted", "lastchanged_date")),
)
_TYPED_DATES = (
    ("startDateStruct", "start_date"),
    ("primaryCompletionDateStruct", "primary_completion_date"),
    ("completionDateStruct", "completion_date"),
    ("studyFirstPostDateStruct", "study_first_posted"),
    ("resultsFirstPostDateStruct", "results_first_posted"),
    ("dispFirstPostDateStruct", "disposition_first_posted"),
    ("lastUpdatePostDateStruct", "last_update_posted"),
)


def _status(root: Node) -> Json:
    module: Json = {}
    for key, tag in (("overallStatus", "overall_status"), ("lastKnownStatus", "last_known_status")):
        words = root.words(tag)
        _put(module, key, (code_for("Status", words) or words) if words else None)
    _put(module, "whyStopped", root.words("why_stopped"))
    access = root.words("has_expanded_access")
    if access:
        module["expandedAccessInfo"] = {"hasExpandedAccess": access.startswith("Yes")}
    for key, tags in _DATES:
        words = next((found for found in (root.words(tag) for tag in tags) if found), None)
        _put(module, key, (parse_page_date(words) or words) if words else None)
    for key, tag in _TYPED_DATES:
        node = root.first(tag)
        if node is None or not node.text.strip():
            continue
        words = node.text.strip()
        module[key] = {"date": parse_page_date(words) or words}
        _put(module[key], "type", code_for("DateType", node.attributes.get("type", "")))
    return module


def _sponsors(root: Node) -> Json:
    module: Json = {}
    _put(module, "responsibleParty", read_responsible(root))
    sponsors = root.first("sponsors")
    if sponsors is not None:
        lead = sponsors.first("lead_sponsor")
        if lead is not None:
            module["leadSponsor"] = _agency(lead)
        _put(module, "collaborators", [_agency(node) for node in sponsors.all("collaborator")])
    return module


_CLASSES = {"Industry": "INDUSTRY", "U.S. Fed": "FED", "NIH": "NIH", "Other": "OTHER"}


def _agency(node: Node) -> Json:
    agency: Json = {}
    _put(agency, "name", node.words("agency"))
    words = node.words("agency_class")
    if words:
        agency["class"] = _CLASSES.get(words) or code_for("AgencyClass", words) or words
    return agency


_OVERSIGHT = (
    ("oversightHasDmc", "has_dmc"),
    ("isFdaRegulatedDrug", "is_fda_regulated_drug"),
    ("isFdaRegulatedDevice", "is_fda_regulated_device"),
    ("isUnapprovedDevice", "is_unapproved_device"),
    ("isPpsd", "is_ppsd"),
    ("isUsExport", "is_us_export"),
)


def _oversight(root: Node) -> Json:
    module: Json = {}
    info = root.first("oversight_info")
    if info is None:
        return module
    for key, tag in _OVERSIGHT:
        words = info.words(tag)
        if words:
            module[key] = words == "Yes"
    return module


def _description(root: Node) -> Json:
    module: Json = {}
    for key, tag in (("briefSummary", "brief_summary"), ("detailedDescription", "detailed_description")):
        node = root.first(tag)
        block = node.first("textblock") if node is not None else None
        if block is not None:
            _put(module, key, render_block(block.text))
    return module


def _texts(root: Node, **tags: str) -> Json:
    module: Json = {}
    for key, tag in tags.items():
        _put(module, key, [node.text.strip() for node in root.all(tag) if node.text.strip()])
    return module


def _derived(root: Node) -> Json:
    derived: Json = {}
    misc: Json = {}
    header = root.first("required_header")
    words = header.words("download_date") if header is not None else None
    date = parse_page_date(words.rpartition(" on ")[2]) if words else None
    _put(misc, "versionHolder", date)
    removed = root.first("removed_countries")
    if removed is not None:
        _put(misc, "removedCountries", [node.text.strip() for node in removed.all("country")])
    _put(derived, "miscInfoModule", misc or None)
    for key, tag in (
        ("conditionBrowseModule", "condition_browse"),
        ("interventionBrowseModule", "intervention_browse"),
    ):
        browse = root.first(tag)
        if browse is not None:
            terms = [{"term": node.text.strip()} for node in browse.all("mesh_term")]
            derived[key] = {"meshes": terms}
    return derived
