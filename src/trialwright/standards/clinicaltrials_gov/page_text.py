"""The registry page saved as text, read into the API's study object.

What the layout does not carry (submission dates, collaborators, the class of organisations, coordinates of
sites, the numbering of lists) stays absent. Elements that follow from the page's order rather than its words
are listed under ``Record.assumed``.
"""

from __future__ import annotations

import re
from typing import Any

from trialwright.study.findings import Finding

from .codes import registry_finding
from .page_arms import parse_arms, parse_conditions
from .page_contacts import parse_contacts
from .page_eligibility import parse_eligibility
from .page_end import check_page_end
from .page_header import Head, parse_design, parse_header, parse_phases
from .page_layout import Page, parse_layout
from .page_more import More, parse_more, parse_secondary_id
from .page_outcomes import parse_outcomes
from .page_prose import render_prose
from .page_terms import split_joined, split_tail
from .page_words import parse_rows
from .record import Record

Json = dict[str, Any]
_ORGANISATION = re.compile(
    r"\b(universit|hospital|inc\b|ltd|llc|gmbh|company|corp|cent(?:er|re)|institut|foundation|pharma|group|college"
    r"|clinic|ministry|department|association|society|laborator|trust|council|agency|network|consortium|school"
    r"|health|medical|sciences|academy|s\.a\b|\bag\b|therapeutics|biotech|research|national|servi[cz])",
    re.I,
)
_TITLE = re.compile(
    r"\b(professor|director|investigator|physician|chief|head|manager|fellow|doctor|consultant|surgeon|resident"
    r"|scientist|lecturer|nurse|chair|principal|m\.?d\b|ph\.?d\b|dr\b|prof\b|student|dean|specialist)",
    re.I,
)
_OUTCOME_REASON = (
    "the page text lists the outcomes without saying which are primary; the registry lists primary ones first"
)


def parse_page_text(text: str, origin: str) -> Record:
    """The record of a page. Findings say what the page leaves open."""
    page = parse_layout(text)
    assumed: dict[str, str] = {}
    left_over: Json = {}
    more = parse_more(page.more)
    findings = list(check_page_end(page, more, text, origin))
    protocol = _protocol(page, more, findings, assumed, left_over, origin)
    study: Json = {"protocolSection": protocol}
    results = {"No Results Posted": False, "Study Results": True, "Results": True}
    for words in page.navigation:
        if words in results:
            study["hasResults"] = results[words]
    if left_over:
        findings.append(
            registry_finding(
                "TW-REG-032",
                f"{len(left_over)} part(s) of the page have no place in the record's data model.",
                "Nothing to do: they are kept under registry.unmapped.",
                file=origin,
                evidence=", ".join(left_over),
            )
        )
    return Record(study, "page_text", origin, assumed, left_over, tuple(findings))


def _protocol(
    page: Page, more: More, findings: list[Finding], assumed: dict[str, str], left_over: Json, origin: str
) -> Json:
    head = parse_header(page.header)
    rows, design_rest = parse_rows(page.design)
    design, dates, official_title, rest = parse_design(rows)
    table = parse_conditions(page.conditions)
    phases = parse_phases(table.phases)
    if phases:
        design["phases"] = phases
    if any(
        "patient registry" in value.lower() for label, value in rows if label.lower().startswith("study type")
    ):
        design["patientRegistry"] = True
    observational = design.get("studyType") == "OBSERVATIONAL"
    eligibility, eligibility_rest = parse_eligibility(page.eligibility, observational)
    outcomes, stated = parse_outcomes(page.outcomes)
    contacts = parse_contacts(page.contacts)
    for label, value in (*rest, *eligibility_rest, *more.rest):
        left_over[f"pageText.{_name(label)}"] = value
    arms, arms_rest = parse_arms(page.arms, table.interventions)
    for name, lines in (("head", head.rest), ("design", design_rest), ("arms", arms_rest)):
        if any(line.strip() for line in lines):
            left_over[f"pageText.{name}"] = [line for line in lines if line.strip()]
    if len(outcomes) > 1 and not stated:
        _note_levels(outcomes, findings, assumed, origin)
    keywords, terms = split_tail(more.tail)
    if terms:
        left_over["pageText.terms"] = terms
    modules: Json = {
        "identificationModule": _identification(page, more, head.number, official_title),
        "statusModule": {**head.status, **dates, **_merged_dates(head.status, more.status)},
        "sponsorCollaboratorsModule": _sponsors(more.responsible or head.responsible, head, contacts),
        "oversightModule": more.oversight,
        "descriptionModule": _description(page),
        "conditionsModule": _conditions(table.conditions, keywords, page, findings, assumed, origin),
        "designModule": design,
        "armsInterventionsModule": arms,
        "outcomesModule": outcomes,
        "eligibilityModule": eligibility,
        "contactsLocationsModule": contacts,
        "ipdSharingStatementModule": more.sharing,
    }
    return {name: module for name, module in modules.items() if module}


def _name(label: str) -> str:
    words = re.findall(r"[A-Za-z0-9]+", label)
    return "".join(word if index == 0 else word.capitalize() for index, word in enumerate(words)) or "row"


def _identification(page: Page, more: More, number: str, official_title: str | None) -> Json:
    module: Json = {}
    number = number or more.number
    if number:
        module["nctId"] = number
    if more.ids:
        module["orgStudyIdInfo"] = {"id": more.ids[0]}
    if len(more.ids) > 1:
        module["secondaryIdInfos"] = [parse_secondary_id(words) for words in more.ids[1:]]
    if page.title:
        module["briefTitle"] = page.title
    if official_title:
        module["officialTitle"] = official_title
    return module


def _merged_dates(head: Json, table: Json) -> Json:
    """Dates of the last table; a type that only the head states is kept."""
    return {
        key: {**head[key], **value} if key in head and isinstance(value, dict) else value
        for key, value in table.items()
    }


def _sponsors(responsible: str, head: Head, contacts: Json) -> Json:
    """Lead sponsor and responsible party, as far as the page tells who is who."""
    module: Json = {}
    sponsor = head.sponsor
    people = {
        one["name"].split(",")[0].lower() for one in contacts.get("overallOfficials", []) if "name" in one
    }
    name = responsible.split(",")[0].strip().lower()
    person = name in people or (bool(responsible) and not _is_organisation(responsible, sponsor))
    if responsible and person:
        module["responsibleParty"] = _investigator(responsible)
    elif responsible:
        module["responsibleParty"] = {"type": "SPONSOR"}
        sponsor = sponsor or responsible
    if sponsor:
        module["leadSponsor"] = {"name": sponsor}
    if head.collaborators:
        module["collaborators"] = [{"name": one} for one in head.collaborators]
    return module


def _is_organisation(words: str, sponsor: str) -> bool:
    """A person is a name of two to four capitalised words, followed by nothing or by a title."""
    if words == sponsor:
        return True
    head, _, rest = words.partition(",")
    names = head.split()
    named = 2 <= len(names) <= 4 and all(name[:1].isupper() and not name[1:].isupper() for name in names)
    if _ORGANISATION.search(head) or not named:
        return True
    return bool(rest) and not _TITLE.search(rest)


def _investigator(words: str) -> Json:
    name, *parts = [part.strip() for part in words.split(", ")]
    party: Json = {"investigatorFullName": name}
    if len(parts) > 1:
        party["investigatorTitle"] = ", ".join(parts[:-1])
        party["investigatorAffiliation"] = parts[-1]
    elif parts:
        party["investigatorTitle"] = parts[0]
    return party


def _description(page: Page) -> Json:
    module: Json = {}
    for key, lines in (("briefSummary", page.summary), ("detailedDescription", page.detail)):
        prose = render_prose(lines)
        if prose:
            module[key] = prose
    return module


def _conditions(
    joined: str, keywords: str, page: Page, findings: list[Finding], assumed: dict[str, str], origin: str
) -> Json:
    module: Json = {}
    prose = (
        page.title,
        *page.summary,
        *page.detail,
        *page.design,
        *page.arms,
        *page.outcomes,
        *page.eligibility,
    )
    for key, words in (("conditions", joined), ("keywords", keywords)):
        corpus = "\n".join((*prose, keywords if key == "conditions" else joined))
        if not words:
            continue
        parts = split_joined(words, corpus)
        module[key] = parts
        if len(words.split()) > 1:
            assumed[f"protocolSection.conditionsModule.{key}"] = "the page text joins the list with spaces"
            findings.append(
                registry_finding(
                    "TW-REG-031",
                    f"The page joins the {key} with spaces; read as {len(parts)}: {'; '.join(parts)}.",
                    f"Check the {key}.",
                    file=origin,
                    evidence=words,
                    path=("protocolSection", "conditionsModule", key),
                )
            )
    return module


def _note_levels(outcomes: Json, findings: list[Finding], assumed: dict[str, str], origin: str) -> None:
    count = sum(len(rows) for rows in outcomes.values())
    assumed["protocolSection.outcomesModule.secondaryOutcomes"] = _OUTCOME_REASON
    findings.append(
        registry_finding(
            "TW-REG-030",
            f"The page does not say which of its {count} outcomes are primary; the first was taken as such.",
            "Set the level of each outcome after the protocol.",
            file=origin,
            path=("protocolSection", "outcomesModule"),
            evidence="; ".join(row["measure"] for rows in outcomes.values() for row in rows),
        )
    )
