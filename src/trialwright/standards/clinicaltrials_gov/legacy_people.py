"""People, places, papers and data sharing of the old XML."""

from __future__ import annotations

from typing import Any

from .tables import code_for
from .xml_tree import Node

Json = dict[str, Any]


def _put(module: Json, key: str, value: object) -> None:
    if value not in (None, "", [], {}):
        module[key] = value


def _name(node: Node) -> str | None:
    """``First Middle Last, Degrees``; newer files hold the whole in ``last_name``."""
    parts = [node.words(tag) for tag in ("first_name", "middle_name", "last_name")]
    name = " ".join(part for part in parts if part)
    degrees = node.words("degrees")
    return (f"{name}, {degrees}" if degrees else name) or None


def _contact(node: Node, role: str = "CONTACT") -> Json:
    contact: Json = {}
    _put(contact, "name", _name(node))
    contact["role"] = role
    for key, tag in (("phone", "phone"), ("phoneExt", "phone_ext"), ("email", "email")):
        _put(contact, key, node.words(tag))
    return contact


def read_contacts(root: Node) -> Json:
    """Contacts, officials and locations."""
    module: Json = {}
    central = [
        _contact(node) for tag in ("overall_contact", "overall_contact_backup") for node in root.all(tag)
    ]
    _put(module, "centralContacts", central)
    officials: list[Json] = []
    for node in root.all("overall_official"):
        official: Json = {}
        _put(official, "name", _name(node))
        _put(official, "affiliation", node.words("affiliation"))
        role = node.words("role")
        _put(official, "role", (code_for("OfficialRole", role) or role) if role else None)
        officials.append(official)
    _put(module, "overallOfficials", officials)
    _put(module, "locations", [_location(node) for node in root.all("location")])
    return module


def _location(node: Node) -> Json:
    location: Json = {}
    facility = node.first("facility")
    if facility is not None:
        _put(location, "facility", facility.words("name"))
    status = node.words("status")
    _put(location, "status", (code_for("RecruitmentStatus", status) or status) if status else None)
    address = facility.first("address") if facility is not None else None
    if address is not None:
        for key in ("city", "state", "zip", "country"):
            _put(location, key, address.words(key))
    people = [_contact(one) for tag in ("contact", "contact_backup") for one in node.all(tag)]
    for one in node.all("investigator"):
        role = one.words("role") or "Principal Investigator"
        people.append(_contact(one, code_for("ContactRole", role) or "PRINCIPAL_INVESTIGATOR"))
    _put(location, "contacts", people)
    return location


def read_responsible(root: Node) -> Json | None:
    """The responsible party, in its present form and that of before 2011."""
    node = root.first("responsible_party")
    if node is None:
        return None
    party: Json = {}
    words = node.words("responsible_party_type")
    _put(party, "type", (code_for("ResponsiblePartyType", words) or words) if words else None)
    for key, tag in (
        ("investigatorFullName", "investigator_full_name"),
        ("investigatorTitle", "investigator_title"),
        ("investigatorAffiliation", "investigator_affiliation"),
        ("oldNameTitle", "name_title"),
        ("oldOrganization", "organization"),
    ):
        _put(party, key, node.words(tag))
    return party or None


def read_references(root: Node) -> Json:
    """Papers, links and available data."""
    module: Json = {}
    references: list[Json] = []
    for tag, kind in (("reference", "BACKGROUND"), ("results_reference", "RESULT")):
        for node in root.all(tag):
            one: Json = {}
            _put(one, "pmid", node.words("PMID"))
            one["type"] = kind
            _put(one, "citation", node.words("citation"))
            references.append(one)
    _put(module, "references", references)
    links: list[Json] = []
    for node in root.all("link"):
        link: Json = {}
        _put(link, "label", node.words("description"))
        _put(link, "url", node.words("url"))
        links.append(link)
    _put(module, "seeAlsoLinks", links)
    documents = root.first("study_docs")
    available: list[Json] = []
    for node in documents.all("study_doc") if documents is not None else []:
        one = {}
        for key, tag in (
            ("id", "doc_id"),
            ("type", "doc_type"),
            ("url", "doc_url"),
            ("comment", "doc_comment"),
        ):
            _put(one, key, node.words(tag))
        available.append(one)
    _put(module, "availIpds", available)
    return module


def read_sharing(root: Node) -> Json:
    """The plan to share individual participant data."""
    module: Json = {}
    node = root.first("patient_data")
    if node is None:
        return module
    plan = node.words("sharing_ipd")
    _put(module, "ipdSharing", (code_for("IpdSharing", plan) or plan) if plan else None)
    _put(module, "description", node.words("ipd_description"))
    types = [one.text.strip() for one in node.all("ipd_info_type")]
    _put(module, "infoTypes", [code_for("IpdSharingInfoType", one) or one for one in types])
    for key, tag in (
        ("timeFrame", "ipd_time_frame"),
        ("accessCriteria", "ipd_access_criteria"),
        ("url", "ipd_url"),
    ):
        _put(module, key, node.words(tag))
    return module
