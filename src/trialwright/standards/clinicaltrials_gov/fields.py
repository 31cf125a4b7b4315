"""One table of the protocol section: every key of the API, its kind, and its place in the study file.

Reading (`take`) and writing (`give`) both follow this table, so that what is read is what is written.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from .tables import codes_of

Kind = Literal["text", "bool", "integer", "number", "date", "code", "texts", "codes", "part", "parts", "raw"]


@dataclass(frozen=True, slots=True)
class Field:
    """A key of the API.

    ``to`` is the place in the study file, relative to the enclosing part; empty: the part's own fields go
    directly into the enclosing place.
    """

    key: str
    to: tuple[str, ...]
    kind: Kind = "text"
    codes: frozenset[str] = frozenset()
    part: Part | None = None
    required: bool = False


@dataclass(frozen=True, slots=True)
class Part:
    """An object of the API. ``optional`` parts are None when absent; others are always there in the study."""

    fields: tuple[Field, ...]
    optional: bool = True
    by_key: dict[str, Field] = field(init=False, compare=False)
    required: tuple[Field, ...] = field(init=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "by_key", {one.key: one for one in self.fields})
        object.__setattr__(self, "required", tuple(one for one in self.fields if one.required))


def _f(key: str, to: str, kind: Kind = "text", *, required: bool = False) -> Field:
    return Field(key, tuple(to.split(".")) if to else (), kind, required=required)


def _code(key: str, to: str, enumeration: str, *, many: bool = False, required: bool = False) -> Field:
    kind: Kind = "codes" if many else "code"
    return Field(key, tuple(to.split(".")), kind, codes_of(enumeration), required=required)


def _part(key: str, to: str, *fields: Field, many: bool = False, optional: bool = True) -> Field:
    kind: Kind = "parts" if many else "part"
    return Field(key, tuple(to.split(".")) if to else (), kind, part=Part(fields, optional=optional))


def _date(key: str, to: str) -> Field:
    return _part(key, to, _f("date", "date", "date", required=True), _code("type", "type", "DateType"))


def _contact(key: str, to: str) -> Field:
    return _part(
        key,
        to,
        _f("name", "name"),
        _code("role", "role", "ContactRole"),
        _f("phone", "phone"),
        _f("phoneExt", "phone_ext"),
        _f("email", "email"),
        many=True,
    )


def _sponsor(key: str, to: str, *, many: bool = False) -> Field:
    return _part(key, to, _f("name", "name"), _code("class", "agency_class", "AgencyClass"), many=many)


IDENTIFICATION = _part(
    "identificationModule",
    "registry.identification",
    _f("nctId", "nct_id"),
    _f("nctIdAliases", "nct_id_aliases", "texts"),
    _part(
        "orgStudyIdInfo",
        "org_study_id",
        _f("id", "id"),
        _code("type", "type", "OrgStudyIdType"),
        _f("link", "link"),
    ),
    _part(
        "secondaryIdInfos",
        "secondary_ids",
        _f("id", "id"),
        _code("type", "type", "SecondaryIdType"),
        _f("domain", "domain"),
        _f("link", "link"),
        many=True,
    ),
    _part(
        "organization", "organization", _f("fullName", "name"), _code("class", "agency_class", "AgencyClass")
    ),
    _f("briefTitle", "brief_title"),
    _f("officialTitle", "official_title"),
    _f("acronym", "acronym"),
    optional=False,
)

STATUS = _part(
    "statusModule",
    "registry.status",
    _f("statusVerifiedDate", "verified_on", "date"),
    _code("overallStatus", "overall_status", "Status"),
    _code("lastKnownStatus", "last_known_status", "Status"),
    _f("delayedPosting", "delayed_posting", "bool"),
    _f("whyStopped", "why_stopped"),
    _part(
        "expandedAccessInfo",
        "expanded_access",
        _f("hasExpandedAccess", "available", "bool"),
        _f("nctId", "nct_id"),
        _code("statusForNctId", "status", "ExpandedAccessStatus"),
    ),
    _date("startDateStruct", "start"),
    _date("primaryCompletionDateStruct", "primary_completion"),
    _date("completionDateStruct", "completion"),
    _f("studyFirstSubmitDate", "first_submitted_on", "date"),
    _f("studyFirstSubmitQcDate", "first_submitted_qc_on", "date"),
    _date("studyFirstPostDateStruct", "first_posted"),
    _f("resultsFirstSubmitDate", "results_first_submitted_on", "date"),
    _f("resultsFirstSubmitQcDate", "results_first_submitted_qc_on", "date"),
    _date("resultsFirstPostDateStruct", "results_first_posted"),
    _f("dispFirstSubmitDate", "disposition_first_submitted_on", "date"),
    _f("dispFirstSubmitQcDate", "disposition_first_submitted_qc_on", "date"),
    _date("dispFirstPostDateStruct", "disposition_first_posted"),
    _f("lastUpdateSubmitDate", "last_update_submitted_on", "date"),
    _date("lastUpdatePostDateStruct", "last_update_posted"),
    optional=False,
)

SPONSORS = _part(
    "sponsorCollaboratorsModule",
    "registry.sponsors",
    _part(
        "responsibleParty",
        "responsible_party",
        _code("type", "type", "ResponsiblePartyType"),
        _f("investigatorFullName", "name"),
        _f("investigatorTitle", "title"),
        _f("investigatorAffiliation", "affiliation"),
        _f("oldNameTitle", "old_name_title"),
        _f("oldOrganization", "old_organization"),
    ),
    _sponsor("leadSponsor", "lead"),
    _sponsor("collaborators", "collaborators", many=True),
    optional=False,
)

OVERSIGHT = _part(
    "oversightModule",
    "registry.oversight",
    _f("oversightHasDmc", "has_dmc", "bool"),
    _f("isFdaRegulatedDrug", "fda_regulated_drug", "bool"),
    _f("isFdaRegulatedDevice", "fda_regulated_device", "bool"),
    _f("isUnapprovedDevice", "unapproved_device", "bool"),
    _f("isPpsd", "pediatric_postmarket_device", "bool"),
    _f("isUsExport", "exported_from_us", "bool"),
    _f("fdaaa801Violation", "fdaaa801_violation", "bool"),
    optional=False,
)

DESCRIPTION = _part(
    "descriptionModule",
    "registry.description",
    _f("briefSummary", "brief_summary"),
    _f("detailedDescription", "detailed_description"),
    optional=False,
)

CONDITIONS = _part(
    "conditionsModule",
    "registry",
    _f("conditions", "conditions", "texts"),
    _f("keywords", "keywords", "texts"),
    optional=False,
)

DESIGN = _part(
    "designModule",
    "design",
    _code("studyType", "study_type", "StudyType"),
    _f("nPtrsToThisExpAccNctId", "other.nPtrsToThisExpAccNctId", "number"),
    _f("expandedAccessTypes", "other.expandedAccessTypes", "raw"),
    _f("patientRegistry", "other.patientRegistry", "bool"),
    _f("targetDuration", "other.targetDuration"),
    _code("phases", "phases", "Phase", many=True),
    _part(
        "designInfo",
        "",
        _code("allocation", "allocation", "DesignAllocation"),
        _code("interventionModel", "intervention_model", "InterventionalAssignment"),
        _f("interventionModelDescription", "intervention_model_description"),
        _code("primaryPurpose", "primary_purpose", "PrimaryPurpose"),
        _code("observationalModel", "other.observationalModel", "ObservationalModel"),
        _code("timePerspective", "other.timePerspective", "DesignTimePerspective"),
        _part(
            "maskingInfo",
            "",
            _code("masking", "masking", "DesignMasking"),
            _f("maskingDescription", "masking_description"),
            _code("whoMasked", "who_masked", "WhoMasked", many=True),
            optional=False,
        ),
        optional=False,
    ),
    _f("bioSpec", "other.bioSpec", "raw"),
    _part(
        "enrollmentInfo",
        "enrolment",
        _f("count", "count", "integer", required=True),
        _code("type", "type", "EnrollmentType"),
    ),
    optional=False,
)

ARMS = _part(
    "armsInterventionsModule",
    "",
    _part(
        "armGroups",
        "arms",
        _f("label", "label", required=True),
        _code("type", "type", "ArmGroupType"),
        _f("description", "description"),
        _f("interventionNames", "interventions", "texts"),
        many=True,
    ),
    _part(
        "interventions",
        "interventions",
        _code("type", "type", "InterventionType", required=True),
        _f("name", "name", required=True),
        _f("description", "description"),
        _f("armGroupLabels", "arm_labels", "texts"),
        _f("otherNames", "other_names", "texts"),
        many=True,
    ),
    optional=False,
)


def _outcomes(key: str, to: str) -> Field:
    return _part(
        key,
        to,
        _f("measure", "measure", required=True),
        _f("description", "description"),
        _f("timeFrame", "time_frame"),
        many=True,
    )


OUTCOMES = _part(
    "outcomesModule",
    "outcomes",
    _outcomes("primaryOutcomes", "primary"),
    _outcomes("secondaryOutcomes", "secondary"),
    _outcomes("otherOutcomes", "other"),
    optional=False,
)

ELIGIBILITY = _part(
    "eligibilityModule",
    "eligibility",
    _f("eligibilityCriteria", "text"),
    _f("healthyVolunteers", "healthy_volunteers", "bool"),
    _code("sex", "sex", "Sex"),
    _f("genderBased", "other.genderBased", "bool"),
    _f("genderDescription", "other.genderDescription"),
    _f("minimumAge", "minimum_age"),
    _f("maximumAge", "maximum_age"),
    _code("stdAges", "other.stdAges", "StandardAge", many=True),
    _f("studyPopulation", "other.studyPopulation"),
    _code("samplingMethod", "other.samplingMethod", "SamplingMethod"),
    optional=False,
)

CONTACTS = _part(
    "contactsLocationsModule",
    "registry",
    _contact("centralContacts", "central_contacts"),
    _part(
        "overallOfficials",
        "officials",
        _f("name", "name"),
        _f("affiliation", "affiliation"),
        _code("role", "role", "OfficialRole"),
        many=True,
    ),
    _part(
        "locations",
        "locations",
        _f("facility", "facility"),
        _code("status", "status", "RecruitmentStatus"),
        _f("city", "city"),
        _f("state", "state"),
        _f("zip", "zip"),
        _f("country", "country"),
        _f("countryCode", "country_code"),
        _contact("contacts", "contacts"),
        _part(
            "geoPoint",
            "geo_point",
            _f("lat", "latitude", "number", required=True),
            _f("lon", "longitude", "number", required=True),
        ),
        many=True,
    ),
    optional=False,
)

REFERENCES = _part(
    "referencesModule",
    "registry",
    _part(
        "references",
        "references",
        _f("pmid", "pmid"),
        _code("type", "type", "ReferenceType"),
        _f("citation", "citation"),
        _part("retractions", "retractions", _f("pmid", "pmid"), _f("source", "source"), many=True),
        many=True,
    ),
    _part("seeAlsoLinks", "links", _f("label", "label"), _f("url", "url"), many=True),
    _part(
        "availIpds",
        "available_data",
        _f("id", "id"),
        _f("type", "type"),
        _f("url", "url"),
        _f("comment", "comment"),
        many=True,
    ),
    optional=False,
)

SHARING = _part(
    "ipdSharingStatementModule",
    "registry.ipd_sharing",
    _code("ipdSharing", "plan", "IpdSharing"),
    _f("description", "description"),
    _code("infoTypes", "info_types", "IpdSharingInfoType", many=True),
    _f("timeFrame", "time_frame"),
    _f("accessCriteria", "access_criteria"),
    _f("url", "url"),
)

PROTOCOL_SECTION = Part(
    (
        IDENTIFICATION,
        STATUS,
        SPONSORS,
        OVERSIGHT,
        DESCRIPTION,
        CONDITIONS,
        DESIGN,
        ARMS,
        OUTCOMES,
        ELIGIBILITY,
        CONTACTS,
        REFERENCES,
        SHARING,
    ),
    optional=False,
)
"""The whole protocol section, as the root of a study mapping."""
