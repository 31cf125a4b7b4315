"""Renders an API study in the layout of the registry page's text, as the sample pages are rendered.

The samples come back from their JSON to the letter, so that every other record can be turned into a page too.
"""

from __future__ import annotations

import calendar
import re
from typing import Any

from trialwright.standards.clinicaltrials_gov.tables import spelling_of

Json = dict[str, Any]
SAFETY = (
    "The safety and scientific validity of this study is the responsibility of the study sponsor and "
    "investigators. Listing a study does not mean it has been evaluated by the U.S. Federal Government. Read our "
    "disclaimer for details. |"
)
CHOOSING = (
    "Choosing to participate in a study is an important personal decision. Talk with your doctor and family "
    "members or friends about deciding to join a study. To learn more about this study, you or your doctor may "
    "contact the study research staff using the contacts provided below. For general information, Learn About "
    "Clinical Studies."
)
LEARN = (
    "To learn more about this study, you or your doctor may contact the study research staff using the contact "
    "information provided by the sponsor."
)


def page_date(text: str) -> str:
    """``2015-12-16`` -> ``December 16, 2015``; a month stays a month."""
    parts = text.split("-")
    if len(parts) == 1:
        return text
    month = calendar.month_name[int(parts[1])]
    return f"{month} {int(parts[2])}, {parts[0]}" if len(parts) == 3 else f"{month} {parts[0]}"


def prose(text: str) -> list[str]:
    """Lines without blank ones; every marker of a list item a dash; no escapes."""
    lines: list[str] = []
    for line in text.split("\n"):
        if line.strip():
            line = re.sub(r"^(\s*)(?:\d+\.|[a-z]\.|\*) ", r"\1- ", line)
            lines.append(re.sub(r"\\([\\`*_{}\[\]()#+\-.!<>~^|&\"=$])", r"\1", line))
    return lines


def plain(text: str) -> str:
    """One paragraph without escapes."""
    return "\n".join(prose(text))


def render_page(study: Json) -> str:
    """The page of a study."""
    protocol = study["protocolSection"]
    lines = [
        *_head(study, protocol),
        *prose(protocol.get("descriptionModule", {}).get("briefSummary", "")),
        *_conditions(protocol),
        *prose(protocol.get("descriptionModule", {}).get("detailedDescription", "")),
        *_design(protocol),
        *_arms(protocol.get("armsInterventionsModule", {})),
        *_outcomes(protocol.get("outcomesModule", {})),
        "",
        CHOOSING,
        *_eligibility(protocol.get("eligibilityModule", {})),
        "",
        LEARN,
        *_contacts(protocol),
        *_more(study, protocol),
    ]
    return "\n".join(lines) + "\n"


def _head(study: Json, protocol: Json) -> list[str]:
    status, ids = protocol["statusModule"], protocol["identificationModule"]
    shown = spelling_of("Status", status["overallStatus"]).replace("Unknown status", "Unknown")
    if "whyStopped" in status:
        shown += f" ({status['whyStopped']})"
    lines = [
        ids["briefTitle"],
        "![]() |",
        SAFETY,
        f"ClinicalTrials.gov Identifier: {ids['nctId']} |",
        f"Recruitment Status : {shown}",
    ]
    if status["overallStatus"] == "UNKNOWN":
        sponsor = protocol["sponsorCollaboratorsModule"]["leadSponsor"]["name"]
        lines += [
            f"Verified {page_date(status['statusVerifiedDate'])} by {sponsor}.",
            f"Recruitment status was: {spelling_of('Status', status['lastKnownStatus'])}",
        ]
    for label, key in (
        ("First Posted", "studyFirstPostDateStruct"),
        ("Results First Posted", "resultsFirstPostDateStruct"),
        ("Last Update Posted", "lastUpdatePostDateStruct"),
    ):
        if key in status:
            lines.append(f"{label} : {page_date(status[key]['date'])}")
    results = "Study Results" if study.get("hasResults") else "No Results Posted"
    navigation = ("Study Details", "Tabular View", results, "Disclaimer", "How to Read a Study Record")
    return [*lines, "|", *(f"- {words}" for words in navigation)]


def _conditions(protocol: Json) -> list[str]:
    conditions = " ".join(protocol["conditionsModule"]["conditions"])
    rows = protocol.get("armsInterventionsModule", {}).get("interventions", [])
    treatments = " ".join(_named(row) for row in rows)
    phases = " ".join(spelling_of("Phase", code) for code in protocol["designModule"].get("phases", []))
    return [
        "Condition or disease | Intervention/treatment | Phase |",
        "---|---|---|",
        f"{conditions} | {treatments} | {phases} |",
    ]


def _named(row: Json) -> str:
    return f"{spelling_of('InterventionType', row['type'])}: {row['name']}"


KINDS = {"ACTUAL": "Actual ", "ESTIMATED": "Estimated ", None: ""}


def _design(protocol: Json) -> list[str]:
    design = protocol["designModule"]
    info = design.get("designInfo", {})
    study_type = spelling_of("StudyType", design["studyType"])
    suffix = " (Clinical Trial)" if design["studyType"] == "INTERVENTIONAL" else ""
    suffix = " [Patient Registry]" if design.get("patientRegistry") else suffix
    rows = [("Study Type :", study_type + suffix)]
    if "enrollmentInfo" in design:
        count = design["enrollmentInfo"]
        rows.append((f"{KINDS[count.get('type')]}Enrollment :", f"{count['count']} participants"))
    for label, key, enumeration in (
        ("Allocation:", "allocation", "DesignAllocation"),
        ("Intervention Model:", "interventionModel", "InterventionalAssignment"),
        ("Intervention Model Description:", "interventionModelDescription", ""),
        ("Observational Model:", "observationalModel", "ObservationalModel"),
        ("Time Perspective:", "timePerspective", "DesignTimePerspective"),
    ):
        if key in info:
            rows.append((label, spelling_of(enumeration, info[key]) if enumeration else plain(info[key])))
    rows += _masking(info.get("maskingInfo", {}))
    if "primaryPurpose" in info:
        rows.append(("Primary Purpose:", spelling_of("PrimaryPurpose", info["primaryPurpose"])))
    if "officialTitle" in protocol["identificationModule"]:
        rows.append(("Official Title:", protocol["identificationModule"]["officialTitle"]))
    for label, key in (
        ("Study Start Date :", "startDateStruct"),
        ("Primary Completion Date :", "primaryCompletionDateStruct"),
        ("Study Completion Date :", "completionDateStruct"),
    ):
        if key in protocol["statusModule"]:
            date = protocol["statusModule"][key]
            rows.append((KINDS[date.get("type")] + label, page_date(date["date"])))
    return [f"{label} | {value} |" for label, value in rows] + [""]


def _masking(masking: Json) -> list[tuple[str, str]]:
    rows = []
    if "masking" in masking:
        words = spelling_of("DesignMasking", masking["masking"])
        roles = ", ".join(spelling_of("WhoMasked", role) for role in masking.get("whoMasked", []))
        rows.append(("Masking:", f"{words} ({roles})" if roles else words))
    if "maskingDescription" in masking:
        rows.append(("Masking Description:", plain(masking["maskingDescription"])))
    return rows


def _arms(module: Json) -> list[str]:
    if not module.get("armGroups"):
        return []
    lines = ["Arm | Intervention/treatment |", "---|---|"]
    by_name: dict[str, Json] = {}
    for row in module.get("interventions", []):
        by_name.setdefault(_named(row), row)
    for arm in module["armGroups"]:
        kind = f"{spelling_of('ArmGroupType', arm['type'])}: " if "type" in arm else ""
        cell = [kind + arm["label"], *prose(arm.get("description", "")), "|"]
        right: list[str] = []
        for name in arm.get("interventionNames", []):
            row = by_name[name]
            right += [name, *prose(row.get("description", ""))]
            if row.get("otherNames"):
                right.append("Other Name: " + " ".join(row["otherNames"]))
        right = right or [""]
        lines += [*cell, *right[:-1], right[-1] + " |"]
    return lines


def _outcomes(module: Json) -> list[str]:
    lines: list[str] = []
    for level in ("primary", "secondary", "other"):
        for row in module.get(f"{level}Outcomes", []):
            frame = f" [ Time Frame: {plain(row['timeFrame'])} ]" if "timeFrame" in row else ""
            lines.append(f"- {plain(row['measure'])}{frame}{plain(row.get('description', ''))}")
    return "\n".join(lines).split("\n") if lines else []


def _eligibility(module: Json) -> list[str]:
    groups = ", ".join(spelling_of("StandardAge", code) for code in module.get("stdAges", []))
    low, high = module.get("minimumAge"), module.get("maximumAge")
    if low and high:
        ages = f"{low} to {high}"
    elif low:
        ages = f"{low} and older"
    else:
        ages = f"up to {high}" if high else ""
    words = f"{ages} ({groups})" if ages else groups
    lines = [
        f"Ages Eligible for Study: | {words} |",
        f"Sexes Eligible for Study: | {spelling_of('Sex', module['sex'])} |",
    ]
    if "healthyVolunteers" in module:
        lines.append(f"Accepts Healthy Volunteers: | {'Yes' if module['healthyVolunteers'] else 'No'} |")
    if "samplingMethod" in module:
        lines.append(f"Sampling Method: | {spelling_of('SamplingMethod', module['samplingMethod'])} |")
    return lines + prose(module.get("studyPopulation", "")) + prose(module.get("eligibilityCriteria", ""))


def _contacts(protocol: Json) -> list[str]:
    module = protocol.get("contactsLocationsModule", {})
    number = protocol["identificationModule"]["nctId"]
    lines = [f"Please refer to this study by its ClinicalTrials.gov identifier (NCT number): {number}"]
    for row in module.get("centralContacts", []):
        lines.append(f"Contact: {row['name']} | {row.get('phone', '')} | {row.get('email', '')} | |")
    country = None
    for row in module.get("locations", []):
        if row.get("country") != country:
            country = row.get("country")
            lines.append(f"{country} |")
        status = f" | {spelling_of('RecruitmentStatus', row['status'])}" if "status" in row else ""
        if "facility" in row:
            lines.append(f"{row['facility']}{status} |")
        parts = [row.get("city"), row.get("state"), row.get("country"), row.get("zip")]
        lines.append(", ".join(part for part in parts if part) + " |")
        for person in row.get("contacts", []):
            lines.append(_person(person))
    for row in module.get("overallOfficials", []):
        role = spelling_of("OfficialRole", row["role"])
        lines.append(f"{role}: | {row['name']} | {row['affiliation']} |")
    return lines


def _person(person: Json) -> str:
    role = spelling_of("ContactRole", person["role"])
    reach = f" {person.get('phone', '')} {person.get('email', '')}" if person["role"] == "CONTACT" else ""
    return f"{role}: {person['name']}{reach} |"


def _more(study: Json, protocol: Json) -> list[str]:
    sponsors, ids, status = (
        protocol[name] for name in ("sponsorCollaboratorsModule", "identificationModule", "statusModule")
    )
    party = sponsors.get("responsibleParty", {})
    responsible = party.get("investigatorFullName", sponsors["leadSponsor"]["name"])
    lines = [
        f"Responsible Party: | {responsible} |",
        f"ClinicalTrials.gov Identifier: | {ids['nctId']} |",
        "Other Study ID Numbers: |",
        f"{ids['orgStudyIdInfo']['id']} |",
        *(f"{row['id']} |" for row in ids.get("secondaryIdInfos", [])),
        f"First Posted: | {page_date(status['studyFirstPostDateStruct']['date'])} Key Record Dates |",
        f"Last Update Posted: | {page_date(status['lastUpdatePostDateStruct']['date'])} |",
        f"Last Verified: | {page_date(status['statusVerifiedDate'])} |",
    ]
    keywords = " ".join(protocol["conditionsModule"].get("keywords", []))
    derived = study.get("derivedSection", {})
    terms = []
    for name in ("conditionBrowseModule", "interventionBrowseModule"):
        module = derived.get(name, {})
        rows = [*module.get("meshes", []), *module.get("ancestors", [])]
        terms.append(" ".join(row["term"] for row in rows))
    return lines + [words for words in (keywords, *terms) if words]
