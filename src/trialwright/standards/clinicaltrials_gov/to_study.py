"""A registry record as a draft study: everything the record states, nothing it does not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast

from trialwright.study.findings import Finding
from trialwright.study.model.study import Study

from .administrations import derive_administrations
from .arms_draft import draft_arms, intervention_name
from .codes import registry_finding
from .criteria_draft import check_eligibility, draft_criteria
from .fields import PROTOCOL_SECTION
from .paths import find_at
from .products_draft import draft_products, draft_schedule
from .record import Record
from .slugs import make_slug
from .take import Taker

Row = dict[str, Any]
_STUDY_TYPE = "protocolSection.designModule.studyType"
_PLANLESS = ("resultsSection", "documentSection", "annotationSection")


@dataclass(frozen=True, slots=True)
class Draft:
    """A draft study as the mapping of its study file, and what was noted while it was made."""

    mapping: Row
    findings: tuple[Finding, ...]

    def study(self) -> Study:
        """The draft as a study. It always validates: what does not fit is kept unmapped."""
        return Study.model_validate(self.mapping)


def derive_draft(record: Record, *, criteria: bool = True) -> Draft:
    """The study mapping of a record.

    Titles, design, arms, interventions, eligibility text, outcomes, sites and the registry's own elements are
    filled, and what the interventions' words say of dose, route and days. ``registry.unmapped`` keeps every
    element without a place, ``registry.absent`` names what the record leaves out although a study must
    state it. Without ``criteria`` the eligibility text is kept but not read: for a conversion or a judgement
    that reads it itself.
    """
    taker = Taker()
    taken: Row = {}
    taker.take(PROTOCOL_SECTION, record.protocol, ("protocolSection",), taken)
    registry = _registry(record, taken.get("registry", {}))
    identification = registry.get("identification", {})
    arms, interventions = draft_arms(taken.get("arms", []), taken.get("interventions", []))
    links, absent = _kept_links(record, arms, interventions)
    registry["unmapped"] = {**taker.unmapped, **links, **record.left_over}
    if "studyType" not in record.module("designModule"):
        absent.append(_STUDY_TYPE)
    registry["absent"] = absent
    given = derive_administrations(interventions, arms, record.origin)
    products = draft_products(list(given.rows), arms)
    epochs, visits = draft_schedule(products)
    eligibility, read = taken.get("eligibility", {}), check_eligibility(record)
    if criteria:
        eligibility, found = draft_criteria(eligibility, record.origin)
        read += found
    brief, official = identification.get("brief_title"), identification.get("official_title")
    number = identification.get("nct_id") or ""
    mapping: Row = {
        "format": "trialwright-study/1",
        "id": make_slug(number, {}, "study"),
        "version": "draft",
        "title": official or brief or number or "Untitled study",
        "short_title": identification.get("acronym") or brief or "",
        "registry": registry,
        "design": taken.get("design", {}),
        "arms": arms,
        "interventions": interventions,
        "administrations": list(given.rows),
        "products": products,
        "eligibility": eligibility,
        "epochs": epochs,
        "visits": visits,
        "outcomes": _outcomes(taken.get("outcomes", {}), record),
        "sites": _sites(registry.get("locations", [])),
    }
    return Draft(mapping, (*_findings(record, taker, links), *given.findings, *read))


def _registry(record: Record, taken: Row) -> Row:
    registry: Row = {"source": record.source, **taken}
    has_results = record.study.get("hasResults")
    if isinstance(has_results, bool):
        registry["has_results"] = has_results
    version = find_at(record.study, ("derivedSection", "miscInfoModule", "versionHolder"))
    if isinstance(version, str) and len(version) == 10:
        registry["data_version"] = version
    for name, module in (
        ("condition_terms", "conditionBrowseModule"),
        ("intervention_terms", "interventionBrowseModule"),
    ):
        terms = _mesh_terms(find_at(record.study, ("derivedSection", module, "meshes")))
        if terms:
            registry[name] = terms
    return registry


def _mesh_terms(meshes: object) -> list[str]:
    rows = cast("list[Any]", meshes) if isinstance(meshes, list) else []
    found = [cast("Row", row).get("term") for row in rows if isinstance(row, dict)]
    return [term for term in found if isinstance(term, str)]


def _kept_links(record: Record, arms: list[Row], interventions: list[Row]) -> tuple[Row, list[str]]:
    """Cross-references that the study's own would not give back: as written, and those not written at all."""
    kept: Row = {}
    absent: list[str] = []
    module = record.module("armsInterventionsModule")
    names = {row["id"]: intervention_name(row["type"], row["name"]) for row in interventions}
    root = "protocolSection.armsInterventionsModule"
    for index, arm in enumerate(arms):
        written = find_at(module, ("armGroups", index, "interventionNames"))
        derived = [names[one] for one in arm["interventions"]]
        _compare(f"{root}.armGroups[{index}].interventionNames", written, derived, kept, absent)
    for index, row in enumerate(interventions):
        written = find_at(module, ("interventions", index, "armGroupLabels"))
        derived = [arm["label"] for arm in arms if row["id"] in arm["interventions"]]
        _compare(f"{root}.interventions[{index}].armGroupLabels", written, derived, kept, absent)
    return kept, absent


def _compare(path: str, written: Any, derived: list[str], kept: Row, absent: list[str]) -> None:
    if written and written != derived:
        kept[path] = written
    elif not written and derived:
        absent.append(path)


def _outcomes(taken: Row, record: Record) -> list[Row]:
    used: dict[str, int] = {}
    rows: list[Row] = []
    for level in ("primary", "secondary", "other"):
        reason = record.assumed.get(f"protocolSection.outcomesModule.{level}Outcomes")
        for row in taken.get(level, []):
            head = {"id": make_slug(row["measure"], used, "outcome"), "level": level}
            note = {"assumed": True, "reason": reason} if reason else {}
            rows.append({**head, **row, **note})
    return rows


def _sites(locations: list[Row]) -> list[Row]:
    used: dict[str, int] = {}
    sites: list[Row] = []
    for row in locations:
        name = row.get("facility") or row.get("city") or row.get("country") or "Unnamed site"
        site = {"id": make_slug(name, used, "site"), "name": name}
        for key in ("city", "country"):
            if row.get(key):
                site[key] = row[key]
        sites.append(site)
    return sites


def _findings(record: Record, taker: Taker, kept: Row) -> list[Finding]:
    found: list[Finding] = []
    for path in taker.odd:
        found.append(
            registry_finding(
                "TW-REG-021",
                f"{path} has a type or code that the registry's data model does not have here.",
                "Correct it in the record; it is kept under registry.unmapped meanwhile.",
                file=record.origin,
                path=tuple(path.split(".")),
            )
        )
    plain = sorted({*taker.unmapped, *record.left_over} - set(taker.odd))
    if plain:
        found.append(
            registry_finding(
                "TW-REG-020",
                f"{len(plain)} element(s) of the record have no place in a study file.",
                "Nothing to do: they stand under registry.unmapped and are put back on export.",
                file=record.origin,
                evidence=", ".join(plain),
            )
        )
    if kept:
        found.append(
            registry_finding(
                "TW-REG-023",
                f"{len(kept)} list(s) that tie arms and interventions disagree with one another.",
                "Compare each arm's interventions with each intervention's arms.",
                file=record.origin,
                evidence=", ".join(kept),
            )
        )
    planless = [name for name in _PLANLESS if record.study.get(name)]
    if planless:
        found.append(
            registry_finding(
                "TW-REG-022",
                f"{', '.join(planless)} belong to no plan and are left out of the draft.",
                file=record.origin,
            )
        )
    return found
