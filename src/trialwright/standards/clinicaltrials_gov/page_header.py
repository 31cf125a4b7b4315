"""The head of the page: number, recruitment status, posting dates; and the design table."""

from __future__ import annotations

import re
from typing import Any

from .page_prose import render_prose
from .page_words import Row, label_key, parse_page_date
from .tables import code_for, spellings_of

_NUMBER = re.compile(r"\bNCT\d{8}\b")
_PAIR = re.compile(r"\s*([A-Z][A-Za-z ]{3,40}?)\s*:\s*(.*?)\s*\|?\s*\Z", re.S)
_VERIFIED = re.compile(r"\s*Verified\s+(.+?\d{4})\s+by\s+(.+?)\.?\s*\|?\s*\Z")
_STATUS = re.compile(r"(?P<words>[^(]+?)\s*(?:\((?P<why>.*)\))?\s*\|?\s*\Z", re.S)
Json = dict[str, Any]


def parse_header(lines: list[str]) -> tuple[Json, str, str]:
    """Status module, NCT number, and the sponsor where the page says who verified the record."""
    status: Json = {}
    number = sponsor = ""
    status_words: list[str] = []
    for line in lines:
        found = _NUMBER.search(line)
        number = number or (found.group(0) if found else "")
        verified = _VERIFIED.match(line)
        if verified:
            date = parse_page_date(verified.group(1))
            if date:
                status["statusVerifiedDate"] = date
            sponsor = verified.group(2).strip()
            continue
        pair = _PAIR.match(line)
        key = label_key(pair.group(1)) if pair else ""
        if pair and key in _HEAD:
            status_words = [pair.group(2)] if key == "recruitment status" else []
            _HEAD[key](status, pair.group(2))
        elif status_words and line.strip(" |"):
            status_words.append(line.strip())
            _recruitment(status, " ".join(status_words))
    return status, number, sponsor


def _recruitment(status: Json, words: str) -> None:
    match = _STATUS.match(words)
    code = code_for("Status", match.group("words")) if match else None
    if code:
        status["overallStatus"] = code
    if match and match.group("why"):
        status["whyStopped"] = match.group("why").strip()


def _was(status: Json, words: str) -> None:
    code = code_for("Status", words)
    if code:
        status["lastKnownStatus"] = code


def _posted(key: str) -> Any:
    def put(status: Json, words: str) -> None:
        date = parse_page_date(words)
        if date:
            status[key] = {"date": date}
            if "(estimate" in words.lower():
                status[key]["type"] = "ESTIMATED"

    return put


_HEAD = {
    "recruitment status": _recruitment,
    "recruitment status was": _was,
    "first posted": _posted("studyFirstPostDateStruct"),
    "results first posted": _posted("resultsFirstPostDateStruct"),
    "last update posted": _posted("lastUpdatePostDateStruct"),
    "certification extension first posted": _posted("dispFirstPostDateStruct"),
    "certification extension first submitted": lambda status, words: None,  # noqa: ARG005
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
            _put(design, "studyType", code_for("StudyType", re.sub(r"\(.*?\)|\[.*?\]", "", value)))
        elif key.endswith("enrollment"):
            _enrolment(design, key, value)
        elif key == "official title":
            title = value
        elif key == "masking":
            info["maskingInfo"] = {**info.get("maskingInfo", {}), **_masking(value)}
        elif key == "masking description":
            info.setdefault("maskingInfo", {})["maskingDescription"] = render_prose(value.split("\n"))
        elif key in _INFO:
            name, enumeration = _INFO[key]
            _put(info, name, code_for(enumeration, value) if enumeration else render_prose(value.split("\n")))
        elif key.endswith(" date"):
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
    if value is not None and value != "":
        target[key] = value


def _enrolment(design: Json, key: str, value: str) -> None:
    count = re.match(r"\s*([\d,]+)", value)
    if count is None:
        return
    info: Json = {"count": int(count.group(1).replace(",", ""))}
    _put(info, "type", _date_type(key))
    design["enrollmentInfo"] = info


def _date_type(key: str) -> str | None:
    first = key.split()[0]
    return {"estimated": "ESTIMATED", "anticipated": "ESTIMATED", "actual": "ACTUAL"}.get(first)


def _study_date(dates: Json, key: str, value: str) -> None:
    for words, name in (
        ("study start date", "startDateStruct"),
        ("primary completion date", "primaryCompletionDateStruct"),
        ("study completion date", "completionDateStruct"),
    ):
        if key.endswith(words):
            date = parse_page_date(value)
            if date:
                dates[name] = {"date": date}
                _put(dates[name], "type", _date_type(key))


def _masking(value: str) -> Json:
    head, _, roles = value.partition("(")
    masking: Json = {}
    _put(masking, "masking", code_for("DesignMasking", head) or code_for("DesignMasking", value))
    who = [code_for("WhoMasked", role) for role in re.split(r",|;| and ", roles.rstrip(")"))]
    named = [code for code in who if code]
    if named:
        masking["whoMasked"] = named
    return masking


def _biospec(design: Json, value: str) -> None:
    code = code_for("BioSpecRetention", value)
    if code:
        design.setdefault("bioSpec", {})["retention"] = code


def _biospec_words(design: Json, value: str) -> None:
    design.setdefault("bioSpec", {})["description"] = render_prose(value.split("\n"))


_PLAIN: dict[str, Any] = {
    "target follow up duration": lambda design, value: _put(design, "targetDuration", value),
    "biospecimen retention": _biospec,
    "biospecimen description": _biospec_words,
}


def parse_phases(words: str) -> list[str]:
    """The phases of a table cell: ``Phase 1 Phase 2`` -> two codes."""
    spellings = sorted(spellings_of("Phase"), key=len, reverse=True)
    found = re.findall("|".join(re.escape(one) for one in (*spellings, "N/A")), words)
    return [code for code in (code_for("Phase", one) for one in found) if code]
