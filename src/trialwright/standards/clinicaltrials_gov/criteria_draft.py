"""Criteria and variables for the draft, read out of the eligibility text and the age and sex fields."""

from __future__ import annotations

import re
from collections import Counter
from typing import Any

from trialwright.study.criteria import Variable, render_rule
from trialwright.study.findings import Finding, Severity
from trialwright.study.reader import builtin_lexicon
from trialwright.study.reader.stated import Stated, StatedVariable, state_criteria

from .codes import registry_finding
from .record import Record
from .repairs import check_repairs, repair_text

Row = dict[str, Any]
_AGE = re.compile(r"(?P<number>\d{1,3}) (?P<unit>Year|Month|Week|Day|Hour|Minute)s?\Z")
_UNITS = {
    "Year": "years",
    "Month": "months",
    "Week": "weeks",
    "Day": "days",
    "Hour": "hours",
    "Minute": "min",
}
_PATH = ("protocolSection", "eligibilityModule", "eligibilityCriteria")
_LONGEST_REPAIRED = 40_000
_FROM_FIELDS = "From the record's age and sex fields; the text does not say it."


def draft_criteria(eligibility: Row, origin: str) -> tuple[Row, list[Finding]]:
    """The eligibility section with ``criteria`` and ``variables``, and what a person has to look at.

    Every criterion carries its words, a rule and how it was read. Age and sex come from the record's fields
    where the text sets no limit of its own.
    """
    text = eligibility.get("text", "")
    stated = state_criteria(text)
    criteria: list[Row] = [
        {
            "id": one.id,
            "section": one.section,
            "text": one.text,
            "rule": render_rule(one.rule),
            "status": one.status.value,
            **({"note": one.note} if one.note else {}),
        }
        for one in stated.criteria
    ]
    variables = [_variable(one) for one in stated.variables]
    for row, name in _of_fields(eligibility, stated):
        criteria.insert(0, row)
        if name not in [variable["id"] for variable in variables]:
            known = builtin_lexicon().catalogue.find(name)
            variables.insert(0, _variable(_plain(name, known)))
    repairs = repair_text(text[:_LONGEST_REPAIRED]).repairs
    found = [*check_repairs(repairs, origin, _PATH), *_findings(criteria, origin)]
    return {**eligibility, "variables": variables, "criteria": criteria}, found


def check_eligibility(record: Record) -> list[Finding]:
    """TW-REG-056: an interventional record whose eligibility text is missing or blank.

    Withheld records hold none, and of one that is cut off nothing is said but that.
    """
    text = record.module("eligibilityModule").get("eligibilityCriteria")
    wanted = record.module("designModule").get("studyType") == "INTERVENTIONAL"
    withheld = record.module("statusModule").get("overallStatus") == "WITHHELD"
    broken = any(finding.severity is Severity.ERROR for finding in record.findings)
    if not wanted or withheld or broken or (isinstance(text, str) and text.strip()):
        return []
    return [
        registry_finding(
            "TW-REG-056",
            "The record states no eligibility criteria: nobody can be screened against it.",
            "State both lists in the record, or write `eligibility.criteria` in the study file.",
            file=record.origin,
            path=_PATH,
        )
    ]


def _variable(one: StatedVariable) -> Row:
    known, label = one.known, f"{one.label[:1].upper()}{one.label[1:]}"
    if known is None:
        return {"id": one.name, "label": label, "kind": "attestation"}
    row: Row = {"id": one.name, "label": label, "kind": known.kind.value}
    if one.unit:
        row["unit"] = one.unit
    return {**row, "analyte": known.name} if _has_more(known) else row


def _plain(name: str, known: Variable | None) -> StatedVariable:
    """A variable that no rule of the text speaks of."""
    return StatedVariable(name, known.label if known else name, known, (known.unit or "") if known else "")


def _has_more(known: Variable) -> bool:
    """Whether the tables know of the variable what a study file does not say: how units convert, what can be."""
    return bool(known.bridge or known.plausible or known.codes or known.relative is not None)


def _of_fields(eligibility: Row, stated: Stated) -> list[tuple[Row, str]]:
    """Criteria of the record's fields that the text says nothing of, the last one first."""
    found: list[tuple[Row, str]] = []
    sex = eligibility.get("sex")
    if sex in ("FEMALE", "MALE") and not eligibility.get("other", {}).get("genderBased"):
        found.append((_field("sex_field", f"Sex: {sex.title()}", f"sex = {sex.lower()}"), "sex"))
    if any(variable.name == "age" for variable in stated.variables):
        return found
    said: list[str] = []
    rules: list[str] = []
    for key, words, sign in (("minimum_age", "Minimum age", ">="), ("maximum_age", "Maximum age", "<=")):
        match = _AGE.match(eligibility.get(key) or "")
        if match is not None:
            said.append(f"{words}: {eligibility[key]}")
            rules.append(f"age {sign} {match['number']} {_UNITS[match['unit']]}")
    if rules:
        found.append((_field("age_field", "; ".join(said), " and ".join(rules)), "age"))
    return found


def _field(name: str, text: str, rule: str) -> Row:
    return {
        "id": name,
        "section": "inclusion",
        "text": text,
        "rule": rule,
        "status": "computed",
        "note": _FROM_FIELDS,
    }


def _findings(criteria: list[Row], origin: str) -> list[Finding]:
    """How many criteria were read and how, and each that can be read in more than one way."""
    path = _PATH
    if not criteria:
        return []
    counts = Counter(row["status"] for row in criteria)
    kinds = ("computed", "attested", "ambiguous")
    told = ", ".join(f"{counts[kind]} {kind}" for kind in kinds if counts[kind])
    message = f"{len(criteria)} criteria were read out of the record: {told}."
    remedy = "Compare each rule with its words; remove its `status` once they agree."
    found = [registry_finding("TW-REG-054", message, remedy, file=origin, path=path)]
    for row in criteria:
        if row["status"] == "ambiguous":
            message = f"Criterion `{row['id']}` can be read in more than one way and is left to be attested."
            remedy = "Write the rule that the protocol means."
            words = row["text"]
            found.append(
                registry_finding("TW-REG-055", message, remedy, file=origin, path=path, evidence=words)
            )
    return found
