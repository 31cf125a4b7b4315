"""The last table of the page: responsible party, numbers, dates; and the words that end it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from .page_words import label_key, parse_page_date, parse_rows
from .tables import code_for

Json = dict[str, Any]
_IDS = re.compile(r"\s*Other Study ID Numbers\s*:\s*\|?\s*(.*)\Z")
_TYPED = re.compile(r"(?P<id>.+?)\s*\(\s*(?P<type>[^():]+?)\s*(?::\s*(?P<domain>.*?)\s*)?\)\s*\Z")
_NEXT = re.compile(r"\s*[A-Z][^|]{2,60}:\s*\|")
_YES_NO = {
    "studies a u s fda regulated drug product": "isFdaRegulatedDrug",
    "studies a u s fda regulated device product": "isFdaRegulatedDevice",
    "device product not approved or cleared by u s fda": "isUnapprovedDevice",
    "pediatric postmarket surveillance of a device product": "isPpsd",
    "product manufactured in and exported from the u s": "isUsExport",
    "has data monitoring committee": "oversightHasDmc",
}
_SHARING = {
    "plan description": "description",
    "time frame": "timeFrame",
    "access criteria": "accessCriteria",
    "url": "url",
}


@dataclass(slots=True)
class More:
    """What the last table says."""

    responsible: str = ""
    number: str = ""
    ids: list[str] = field(default_factory=list[str])
    status: Json = field(default_factory=dict[str, Any])
    oversight: Json = field(default_factory=dict[str, Any])
    sharing: Json = field(default_factory=dict[str, Any])
    tail: list[str] = field(default_factory=list[str])
    rest: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])


def parse_more(lines: list[str]) -> More:
    """The last table and the lines after it (keywords and the registry's own terms)."""
    more = More()
    lines = _take_ids(lines, more)
    rows, others = parse_rows(lines)
    more.tail = [line.rstrip(" |") for line in others if line.strip(" |")]
    for label, value in rows:
        _row(more, label_key(label), label, value)
    return more


def _take_ids(lines: list[str], more: More) -> list[str]:
    start = next((i for i, line in enumerate(lines) if _IDS.match(line)), None)
    if start is None:
        return lines
    head = _IDS.match(lines[start])
    words = [head.group(1)] if head else []
    end = start + 1
    while end < len(lines) and not _NEXT.match(lines[end]):
        words.append(lines[end])
        end += 1
    more.ids = [one.strip(" |") for one in words if one.strip(" |")]
    return lines[:start] + lines[end:]


def _row(more: More, key: str, label: str, value: str) -> None:
    value = re.sub(r"\s*Key Record Dates\s*\Z", "", value)
    date = parse_page_date(value)
    if key == "responsible party":
        more.responsible = value
    elif key == "clinicaltrials gov identifier":
        more.number = value
    elif key in _DATES and date:
        name = _DATES[key]
        more.status[name] = {"date": date} if name.endswith("Struct") else date
    elif key in _YES_NO:
        more.oversight[_YES_NO[key]] = value.strip().lower() == "yes"
    elif key == "plan to share ipd":
        more.sharing["ipdSharing"] = code_for("IpdSharing", value) or value
    elif key == "supporting materials":
        names = [one.strip() for one in re.split(r"\n|(?<=\))\s+|,\s*", value) if one.strip()]
        more.sharing["infoTypes"] = [code_for("IpdSharingInfoType", one) or one for one in names]
    elif key in _SHARING and value:
        more.sharing[_SHARING[key]] = value
    elif value and key != "individual participant data ipd sharing statement":
        more.rest.append((label, value))


_DATES = {
    "first posted": "studyFirstPostDateStruct",
    "results first posted": "resultsFirstPostDateStruct",
    "last update posted": "lastUpdatePostDateStruct",
    "last verified": "statusVerifiedDate",
}


def parse_secondary_id(words: str) -> Json:
    """``2012-001234-12 ( EudraCT Number )`` -> id, type and, where stated, domain."""
    match = _TYPED.match(words)
    code = code_for("SecondaryIdType", match.group("type")) if match else None
    if match is None or code is None:
        return {"id": words}
    typed: Json = {"id": match.group("id").strip(), "type": code}
    if match.group("domain"):
        typed["domain"] = match.group("domain")
    return typed
