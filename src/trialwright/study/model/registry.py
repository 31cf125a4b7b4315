"""What only the registry asks for: the elements of a ClinicalTrials.gov record without another place here.

Arms, interventions, design, eligibility and outcomes stand in their own sections of the study file; this one
holds the rest of the record's protocol section. Names are ours, codes are those of the registry's API (v2).
Source: NLM protocol registration data element definitions; API v2 data model.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, StringConstraints

from .base import Element


def _date_words(value: object) -> object:
    """A YAML date or year as the text that was written; everything else as it is."""
    if isinstance(value, date):
        return value.isoformat()[:10]
    if isinstance(value, int) and not isinstance(value, bool) and 1000 <= value <= 9999:
        return str(value)
    return value


PartialDate = Annotated[
    str, BeforeValidator(_date_words), StringConstraints(pattern=r"^\d{4}(-\d{2}(-\d{2})?)?$")
]
"""``yyyy``, ``yyyy-mm`` or ``yyyy-mm-dd``. What is not known is not filled in."""

DateType = Literal["ACTUAL", "ESTIMATED"]
OverallStatus = Literal[
    "ACTIVE_NOT_RECRUITING",
    "COMPLETED",
    "ENROLLING_BY_INVITATION",
    "NOT_YET_RECRUITING",
    "RECRUITING",
    "SUSPENDED",
    "TERMINATED",
    "WITHDRAWN",
    "AVAILABLE",
    "NO_LONGER_AVAILABLE",
    "TEMPORARILY_NOT_AVAILABLE",
    "APPROVED_FOR_MARKETING",
    "WITHHELD",
    "UNKNOWN",
]
ExpandedAccessStatus = Literal[
    "AVAILABLE", "NO_LONGER_AVAILABLE", "TEMPORARILY_NOT_AVAILABLE", "APPROVED_FOR_MARKETING"
]
AgencyClass = Literal["NIH", "FED", "OTHER_GOV", "INDIV", "INDUSTRY", "NETWORK", "AMBIG", "OTHER", "UNKNOWN"]
ContactRole = Literal[
    "STUDY_CHAIR", "STUDY_DIRECTOR", "PRINCIPAL_INVESTIGATOR", "SUB_INVESTIGATOR", "CONTACT"
]
OfficialRole = Literal["STUDY_CHAIR", "STUDY_DIRECTOR", "PRINCIPAL_INVESTIGATOR", "SUB_INVESTIGATOR"]
SiteStatus = Literal[
    "ACTIVE_NOT_RECRUITING",
    "COMPLETED",
    "ENROLLING_BY_INVITATION",
    "NOT_YET_RECRUITING",
    "RECRUITING",
    "SUSPENDED",
    "TERMINATED",
    "WITHDRAWN",
    "AVAILABLE",
]


class RegistryDate(Element):
    """A date of the record and whether it has happened. The type is absent in records before its time."""

    date: PartialDate
    type: DateType | None = None


class OrgStudyId(Element):
    """The organisation's own number of the study."""

    id: str | None = None
    type: Literal["NIH", "FDA", "VA", "CDC", "AHRQ", "SAMHSA"] | None = None
    link: str | None = None


class SecondaryId(Element):
    """A further number: a grant, another registry's."""

    id: str | None = None
    type: (
        Literal[
            "NIH",
            "FDA",
            "VA",
            "CDC",
            "AHRQ",
            "SAMHSA",
            "OTHER_GRANT",
            "EUDRACT_NUMBER",
            "CTIS",
            "REGISTRY",
            "OTHER",
        ]
        | None
    ) = None
    domain: str | None = None
    link: str | None = None


class Organization(Element):
    """The organisation that keeps the record."""

    name: str | None = None
    agency_class: AgencyClass | None = None


class Identification(Element):
    """Numbers, titles and the organisation of the record."""

    nct_id: str | None = None
    nct_id_aliases: tuple[str, ...] = ()
    org_study_id: OrgStudyId | None = None
    secondary_ids: tuple[SecondaryId, ...] = ()
    brief_title: str | None = None
    official_title: str | None = None
    acronym: str | None = None
    organization: Organization | None = None


class ExpandedAccess(Element):
    """Whether the product can be had outside the trial."""

    available: bool | None = None
    nct_id: str | None = None
    status: ExpandedAccessStatus | None = None


class Status(Element):
    """Recruitment status and the dates of the study and of the record.

    ``verified_on`` is the month in which the sponsor last vouched for the whole record.
    """

    verified_on: PartialDate | None = None
    overall_status: OverallStatus | None = None
    last_known_status: OverallStatus | None = None
    why_stopped: str | None = None
    delayed_posting: bool | None = None
    expanded_access: ExpandedAccess | None = None
    start: RegistryDate | None = None
    primary_completion: RegistryDate | None = None
    completion: RegistryDate | None = None
    first_submitted_on: PartialDate | None = None
    first_submitted_qc_on: PartialDate | None = None
    first_posted: RegistryDate | None = None
    results_first_submitted_on: PartialDate | None = None
    results_first_submitted_qc_on: PartialDate | None = None
    results_first_posted: RegistryDate | None = None
    disposition_first_submitted_on: PartialDate | None = None
    disposition_first_submitted_qc_on: PartialDate | None = None
    disposition_first_posted: RegistryDate | None = None
    last_update_submitted_on: PartialDate | None = None
    last_update_posted: RegistryDate | None = None


class ResponsibleParty(Element):
    """Who answers for the record. The ``old_`` elements belong to records before 2011."""

    type: Literal["SPONSOR", "PRINCIPAL_INVESTIGATOR", "SPONSOR_INVESTIGATOR"] | None = None
    name: str | None = None
    title: str | None = None
    affiliation: str | None = None
    old_name_title: str | None = None
    old_organization: str | None = None


class Sponsor(Element):
    """A sponsor or collaborator."""

    name: str | None = None
    agency_class: AgencyClass | None = None


class Sponsors(Element):
    """Responsible party, lead sponsor and collaborators."""

    responsible_party: ResponsibleParty | None = None
    lead: Sponsor | None = None
    collaborators: tuple[Sponsor, ...] = ()


class Oversight(Element):
    """Regulation and monitoring.

    ``under_ind`` and ``human_subjects_review`` are asked by the registry but never published: they are used
    for deadlines and left out of the exported record.
    """

    has_dmc: bool | None = None
    fda_regulated_drug: bool | None = None
    fda_regulated_device: bool | None = None
    unapproved_device: bool | None = None
    pediatric_postmarket_device: bool | None = None
    exported_from_us: bool | None = None
    fdaaa801_violation: bool | None = None
    under_ind: bool | None = None
    human_subjects_review: (
        Literal["APPROVED", "PENDING", "EXEMPT", "DENIED", "NOT_REQUIRED", "NOT_YET_SUBMITTED"] | None
    ) = None


class Description(Element):
    """The record's prose."""

    brief_summary: str | None = None
    detailed_description: str | None = None


class Contact(Element):
    """A person or office to be called."""

    name: str | None = None
    role: ContactRole | None = None
    phone: str | None = None
    phone_ext: str | None = None
    email: str | None = None


class Official(Element):
    """A person who answers for the study as a whole."""

    name: str | None = None
    affiliation: str | None = None
    role: OfficialRole | None = None


class GeoPoint(Element):
    """Where a city lies, in degrees, as the registry computed it."""

    latitude: float
    longitude: float


class Location(Element):
    """A place of the study as the registry lists it."""

    facility: str | None = None
    status: SiteStatus | None = None
    city: str | None = None
    state: str | None = None
    zip: str | None = None
    country: str | None = None
    country_code: str | None = None
    contacts: tuple[Contact, ...] = ()
    geo_point: GeoPoint | None = None


class Retraction(Element):
    """A retraction notice of a cited paper."""

    pmid: str | None = None
    source: str | None = None


class Reference(Element):
    """A paper named in the record."""

    pmid: str | None = None
    type: Literal["BACKGROUND", "RESULT", "DERIVED"] | None = None
    citation: str | None = None
    retractions: tuple[Retraction, ...] = ()


class Link(Element):
    """A page on the web that the record points to."""

    label: str | None = None
    url: str | None = None


class AvailableData(Element):
    """A data set or document that can be asked for."""

    id: str | None = None
    type: str | None = None
    url: str | None = None
    comment: str | None = None


class IpdSharing(Element):
    """The plan for sharing individual participant data."""

    plan: Literal["YES", "NO", "UNDECIDED"] | None = None
    description: str | None = None
    info_types: tuple[Literal["STUDY_PROTOCOL", "SAP", "ICF", "CSR", "ANALYTIC_CODE"], ...] = ()
    time_frame: str | None = None
    access_criteria: str | None = None
    url: str | None = None


class RegistryRecord(Element):
    """The registry's part of a study.

    ``unmapped`` keeps, by its JSON path in the record, what has no place anywhere in the study file; on
    export it is put back. ``absent`` names paths that the record leaves out although the study file must
    state them; on export they are left out again.
    """

    source: Literal["", "api_v2", "legacy_xml", "page_text"] = ""
    data_version: PartialDate | None = Field(default=None, description="Data date of the registry's release.")
    has_results: bool | None = None
    identification: Identification = Identification()
    status: Status = Status()
    sponsors: Sponsors = Sponsors()
    oversight: Oversight = Oversight()
    description: Description = Description()
    conditions: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    condition_terms: tuple[str, ...] = Field(default=(), description="MeSH terms the registry assigned.")
    intervention_terms: tuple[str, ...] = Field(default=(), description="MeSH terms the registry assigned.")
    central_contacts: tuple[Contact, ...] = ()
    officials: tuple[Official, ...] = ()
    locations: tuple[Location, ...] = ()
    references: tuple[Reference, ...] = ()
    links: tuple[Link, ...] = ()
    available_data: tuple[AvailableData, ...] = ()
    ipd_sharing: IpdSharing | None = None
    unmapped: dict[str, Any] = Field(default_factory=dict)
    absent: tuple[str, ...] = ()
