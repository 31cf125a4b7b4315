"""The eligibility section of the page."""

from __future__ import annotations

import re
from typing import Any

from .page_prose import render_prose
from .page_words import Row, label_key, parse_rows
from .tables import code_for

Json = dict[str, Any]
_AGE = r"(\d+ (?:Year|Month|Week|Day|Hour|Minute)s?)"
_GROUPS = re.compile(
    r"\(((?:Child|Adult|Older Adult|Senior)(?:,\s*(?:Child|Adult|Older Adult|Senior))*)\)?\s*\Z"
)
_HEADING = re.compile(
    r".{0,60}?\b(inclusion|exclusion|eligibility|eligible|selection|entry)\b.{0,40}?(criteria|:)", re.I
)


def parse_eligibility(lines: list[str], observational: bool) -> tuple[Json, list[Row]]:
    """Eligibility module and the rows without a place.

    In an observational study the prose before the first heading of criteria is the study population.
    """
    head, prose = _split(lines)
    rows, _ = parse_rows(head)
    module: Json = {}
    rest: list[Row] = []
    for label, value in rows:
        if not _row(module, label_key(label), value):
            rest.append((label, value))
    population, criteria = _population(prose, observational)
    if population:
        module["studyPopulation"] = population
    if criteria:
        module["eligibilityCriteria"] = criteria
    return module, rest


def _split(lines: list[str]) -> tuple[list[str], list[str]]:
    """The rows at the head, and the prose after the last of them."""
    last = -1
    for index, line in enumerate(lines):
        if re.match(r"[^|]{2,60}:\s*\|", line):
            last = index
        elif last >= 0 and line.strip() and not lines[last].rstrip().endswith("|"):
            last = index if line.rstrip().endswith("|") else last
        elif last >= 0 and line.strip():
            break
    return lines[: last + 1], lines[last + 1 :]


def _row(module: Json, key: str, value: str) -> bool:
    if key == "ages eligible for study":
        ages = _ages(value)
        module.update(ages)
        return bool(ages)
    if key in ("sexes eligible for study", "genders eligible for study", "gender eligible for study"):
        code = code_for("Sex", value)
        if code is None:
            return False
        module["sex"] = code
    elif key == "accepts healthy volunteers":
        module["healthyVolunteers"] = value.strip().lower() not in ("no", "")
    elif key == "sampling method":
        code = code_for("SamplingMethod", value)
        if code is None:
            return False
        module["samplingMethod"] = code
    elif key in ("gender based eligibility", "gender based"):
        module["genderBased"] = value.strip().lower() == "yes"
    elif key in ("gender eligibility description", "gender eligibility"):
        module["genderDescription"] = value
    elif key == "study population":
        module["studyPopulation"] = value
    else:
        return False
    return True


def _ages(words: str) -> Json:
    found: Json = {}
    groups = _GROUPS.search(words)
    if groups is None:
        groups = re.match(r"\s*((?:Child|Adult|Older Adult)(?:,\s*(?:Child|Adult|Older Adult))*)\s*\Z", words)
    both = re.match(rf"\s*{_AGE} to {_AGE}", words)
    older = re.match(rf"\s*{_AGE} and older", words, re.I)
    younger = re.match(rf"\s*up to {_AGE}", words, re.I)
    if both:
        found["minimumAge"], found["maximumAge"] = both.group(1), both.group(2)
    elif older:
        found["minimumAge"] = older.group(1)
    elif younger:
        found["maximumAge"] = younger.group(1)
    if groups:
        names = [name.strip().replace("Senior", "Older Adult") for name in groups.group(1).split(",")]
        found["stdAges"] = [code for code in (code_for("StandardAge", name) for name in names) if code]
    return found


def _population(lines: list[str], observational: bool) -> tuple[str, str]:
    heading = next((i for i, line in enumerate(lines) if line.strip() == "Study Population"), None)
    first = next((i for i, line in enumerate(lines) if _HEADING.match(line)), len(lines))
    if heading is not None:
        cut = next((i for i, line in enumerate(lines) if line.strip() == "Criteria" and i > heading), first)
        skip = 1 if cut < len(lines) and lines[cut].strip() == "Criteria" else 0
        return render_prose(lines[heading + 1 : cut]), render_prose(lines[cut + skip :])
    lines = [line for line in lines if line.strip() != "Criteria"]
    if observational and 0 < first < len(lines):
        return render_prose(lines[:first]), render_prose(lines[first:])
    return "", render_prose(lines)
