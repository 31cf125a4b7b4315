"""The head of the page: number, recruitment status, posting dates; and the design table."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from .page_prose import render_prose
from .page_words import Row, label_key, parse_page_date
from .tables import code_for, spellings_of

_NUMBER = re.compile(r"\bNCT\d{8}\b")
_PAIR = re.compile(r"([A-Z][A-Za-z. ()]{3,50}?)\s*:\s*(.*)\Z", re.S)
_VERIFIED = re.compile(r"\s*Verified\s+(.+?\d{4})\s+by\s+(.+?)\.?\s*\|?\s*\Z")
_STATUS = re.compile(r"(?P<words>[^(]+?)\s*(?:\((?P<why>.*)\))?\s*\|?\s*\Z", re.S)
Json = dict[str, Any]


@dataclass(slots=True)
class Head:
    """What the head of the page says. ``rest`` holds its lines without a place."""

    status: Json = field(default_factory=dict[str, Any])
    number: str = ""
    sponsor: str = ""
    collaborators: list[str] = field(default_factory=list[str])
    responsible: str = ""
    rest: list[str] = field(default_factory=list[str])


def parse_header(lines: list[str]) -> Head:
    """The head of the page. A value may go on over lines up to the next label."""
    head = Head()
    pairs: list[tuple[str, list[str]]] = []
    for line in lines:
        words = line.strip().rstrip("|").strip()
        if not words:
            continue
        pair = _PAIR.match(words)
        key = label_key(pair.group(1)) if pair else ""
        if pair and (key in _HEAD or key in _PARTIES):
            pairs.append((key, [pair.group(2)] if pair.group(2) else []))
        elif _VERIFIED.match(words):
            pairs.append(("verified", [words]))
        elif pairs:
            pairs[-1][1].append(words)
        else:
            head.rest.append(words)
    for key, values in pairs:
        _take_pair(head, key, values)
    return head


def _take_pair(head: Head, key: str, values: list[str]) -> None:
    words = " ".join(values)
    if key == "verified":
        verified = _VERIFIED.match(words)
        date = parse_page_date(verified.group(1)) if verified else None
        if verified and date:
            head.status["statusVerifiedDate"] = date
            head.sponsor = head.sponsor or verified.group(2).strip()
    elif key == "clinicaltrials gov identifier":
        found = _NUMBER.search(words)
        head.number = found.group(0) if found else words
    elif key == "sponsor":
        head.sponsor = words
    elif key in ("collaborator", "collaborators"):
        head.collaborators += values
    elif key == "information provided by responsible party":
        head.responsible = words
    else:
        _HEAD[key](head.status, words)


_PARTIES = frozenset(
    {
        "clinicaltrials gov identifier",
        "sponsor",
        "collaborator",
        "collaborators",
        "information provided by responsible party",
    }
)


def _recruitment(status: Json, words: str) -> None:
    match = _STATUS.match(words)
    shown = match.group("words") if match else words
    status["overallStatus"] = code_for("Status", shown) or shown
    if match and match.group("why"):
        status["whyStopped"] = match.group("why").strip()


def _was(status: Json, words: str) -> None:
    status["lastKnownStatus"] = code_for("Status", words) or words


def _posted(key: str) -> Any:
    def put(status: Json, words: str) -> None:
        date = parse_page_date(words)
        status[key] = {"date": date or words}
        if "(estimate" in words.lower():
            status[key]["type"] = "ESTIMATED"

    return put


_HEAD: dict[str, Any] = {
    "recruitment status": _recruitment,
    "recruitment status was": _was,
    "first posted": _posted("studyFirstPostDateStruct"),
    "results first posted": _posted("resultsFirstPostDateStruct"),
    "last update posted": _posted("lastUpdatePostDateStruct"),
    "certification extension first posted": _posted("dispFirstPostDateStruct"),
}


def parse_design(rows: list[Row]) -> tuple[Json, Json, str | None, list[Row]]:
    """Design module, dates of the study, official title, and the rows without a place."""
    design: Json = {}
    info: Json = {}
    dates: Json = {}
    title: str | None = None
    rest: list[Row] = []
    for label, value in rows:
        key = label_key(label)
        if key == "study type":
            plain = re.sub(r"\(.*?\)|\[.*?\]", "", value).strip()
            _put(design, "studyType", code_for("StudyType", plain) or plain)
        elif key.endswith("enrollment") and re.match(r"[\d,]+", value):
            _enrolment(design, key, value)
        elif key == "official title":
            title = value
        elif key == "masking":
            info["maskingInfo"] = {**info.get("maskingInfo", {}), **_masking(value)}
        elif key == "masking description":
            info.setdefault("maskingInfo", {})["maskingDescription"] = _prose(value)
        elif key in _INFO:
            name, enumeration = _INFO[key]
            _put(info, name, (code_for(enumeration, value) or value) if enumeration else _prose(value))
        elif key.endswith(_STUDY_DATES):
            _study_date(dates, key, value)
        elif key in _PLAIN:
            _PLAIN[key](design, value)
        else:
            rest.append((label, value))
    if info:
        design["designInfo"] = info
    return design, dates, title, rest


_INFO: dict[str, tuple[str, str]] = {
    "allocation": ("allocation", "DesignAllocation"),
    "intervention model": ("interventionModel", "InterventionalAssignment"),
    "intervention model description": ("interventionModelDescription", ""),
    "primary purpose": ("primaryPurpose", "PrimaryPurpose"),
    "observational model": ("observationalModel", "ObservationalModel"),
    "time perspective": ("timePerspective", "DesignTimePerspective"),
}


def _put(target: Json, key: str, value: object) -> None:
    if value not in (None, "", []):
        target[key] = value


def _prose(value: str) -> str:
    return render_prose(value.split("\n"))


def _enrolment(design: Json, key: str, value: str) -> None:
    count = re.match(r"[\d,]+", value)
    info: Json = {"count": int(count.group(0).replace(",", "")[:12]) if count else 0}
    _put(info, "type", _date_type(key))
    design["enrollmentInfo"] = info


def _date_type(key: str) -> str | None:
    first = key.split()[0]
    return {"estimated": "ESTIMATED", "anticipated": "ESTIMATED", "actual": "ACTUAL"}.get(first)


_STUDY_DATES = ("study start date", "primary completion date", "study completion date")


def _study_date(dates: Json, key: str, value: str) -> None:
    names = ("startDateStruct", "primaryCompletionDateStruct", "completionDateStruct")
    name = next(name for words, name in zip(_STUDY_DATES, names, strict=True) if key.endswith(words))
    dates[name] = {"date": parse_page_date(value) or value}
    _put(dates[name], "type", _date_type(key))


def _masking(value: str) -> Json:
    head, _, roles = value.partition("(")
    masking: Json = {}
    whole = code_for("DesignMasking", value)
    _put(masking, "masking", whole or code_for("DesignMasking", head) or value)
    names = (
        [] if whole else [role.strip() for role in re.split(r",|;| and ", roles.rstrip(") ")) if role.strip()]
    )
    _put(masking, "whoMasked", [code_for("WhoMasked", name) or name for name in names])
    return masking


def _biospec(design: Json, value: str) -> None:
    design.setdefault("bioSpec", {})["retention"] = code_for("BioSpecRetention", value) or value


def _biospec_words(design: Json, value: str) -> None:
    design.setdefault("bioSpec", {})["description"] = _prose(value)


_PLAIN: dict[str, Any] = {
    "target follow up duration": lambda design, value: _put(design, "targetDuration", value),
    "biospecimen retention": _biospec,
    "biospecimen description": _biospec_words,
}


def parse_phases(words: str) -> list[str]:
    """The phases of a table cell: ``Phase 1 Phase 2`` -> two codes."""
    spellings = sorted(spellings_of("Phase"), key=len, reverse=True)
    found = re.findall("|".join(re.escape(one) for one in (*spellings, "N/A")), words)
    codes = [code for code in (code_for("Phase", one) for one in found) if code]
    return codes or ([words.strip()] if words.strip() else [])
