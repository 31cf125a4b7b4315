"""What a record's dates, status and registration say at a day, beyond the table of checks: every record, any age."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache, cached_property

from trialwright.study.checks.rulebook import LintRule, read_rules
from trialwright.study.findings import Finding

from .act import FINAL_RULE_ON
from .dates import Span, date_of, on_day, parse_span
from .deadlines import compute_deadlines
from .duty import Duty, State
from .shape import Json, mapping_at, rows_of, text_of
from .status import DisplayStatus, compute_display_status
from .tables import DATA

REGISTRATION_ASKED_ON = date(2005, 9, 13)
"""Journals ask for registration before enrolment since this day (ICMJE; trials begun before had until then)."""

_OPEN = ("NOT_YET_RECRUITING", "RECRUITING", "ENROLLING_BY_INVITATION", "ACTIVE_NOT_RECRUITING")
_SHUT = ("UNKNOWN", "COMPLETED", "TERMINATED", "WITHDRAWN", "SUSPENDED", "ACTIVE_NOT_RECRUITING")
_WORDS = {
    "start_actual": "start",
    "primary_completion_actual": "primary completion",
    "completion_actual": "study completion",
}
_LIMITS: tuple[tuple[tuple[str, ...], int], ...] = (
    (("identificationModule", "briefTitle"), 300),
    (("identificationModule", "officialTitle"), 600),
    (("identificationModule", "acronym"), 14),
    (("descriptionModule", "briefSummary"), 5000),
    (("descriptionModule", "detailedDescription"), 32000),
    (("eligibilityModule", "eligibilityCriteria"), 20000),
    (("statusModule", "whyStopped"), 250),
)
_REQUIRED: tuple[tuple[str, tuple[str, ...], bool], ...] = (
    ("brief summary", ("descriptionModule", "briefSummary"), False),
    ("conditions", ("conditionsModule", "conditions"), False),
    ("study start", ("statusModule", "startDateStruct"), True),
    ("primary completion", ("statusModule", "primaryCompletionDateStruct"), True),
    ("verification date", ("statusModule", "statusVerifiedDate"), False),
    ("enrolment", ("designModule", "enrollmentInfo"), False),
    ("official title", ("identificationModule", "officialTitle"), True),
    ("FDA regulation of a drug", ("oversightModule", "isFdaRegulatedDrug"), True),
    ("FDA regulation of a device", ("oversightModule", "isFdaRegulatedDevice"), True),
    ("allocation", ("designModule", "designInfo", "allocation"), True),
    ("masking", ("designModule", "designInfo", "maskingInfo"), True),
    ("sex", ("eligibilityModule", "sex"), False),
    ("eligibility text", ("eligibilityModule", "eligibilityCriteria"), False),
)


@cache
def record_rulebook() -> Mapping[str, LintRule]:
    """The rules about dates, timing and registration."""
    return read_rules(DATA / "lint")


def find(code: str, path: tuple[str | int, ...], message: str, evidence: str = "") -> Finding:
    """A finding of one of these rules at a path of the record."""
    return record_rulebook()[code].find(path, message, evidence)


@dataclass(frozen=True)
class Judged:
    """A record and the day it is judged at, with what several rules ask."""

    study: Json
    on: date
    shows_oversight: bool = True

    @property
    def protocol(self) -> Json:
        """The protocol section."""
        return mapping_at(self.study, "protocolSection")

    @property
    def status(self) -> Json:
        """The status module."""
        return mapping_at(self.study, "protocolSection", "statusModule")

    @cached_property
    def duties(self) -> dict[str, Duty]:
        """Every duty at that day, by code."""
        return {duty.code: duty for duty in compute_deadlines(self.study, self.on)}

    @cached_property
    def shown(self) -> DisplayStatus:
        """The status the registry shows at that day."""
        return compute_display_status(self.status, self.on)

    def span(self, key: str) -> Span | None:
        """A date of the status module."""
        return date_of(self.status, key)[0]

    @property
    def is_open(self) -> bool:
        """Whether the sponsor last gave a status that still asks for upkeep."""
        return self.shown.last_status in _OPEN


def check_registration(study: Json, on: date, shows_oversight: bool = True) -> Iterator[Finding]:
    """TW-RCD-001 registered late, -002 not verified, -003 unknown, -004 shut with an open site, -005 estimate past,
    -006 verified before registered, -007 no results, -008 start of no kind, -009 missing, -010 too long,
    -011 several investigators, -012 status behind its dates.

    ``shows_oversight`` is false for a source that never shows the elements of oversight (a page's text).
    """
    judged = Judged(study, on, shows_oversight)
    for check in _CHECKS:
        yield from check(judged)


def _registered(judged: Judged) -> Iterator[Finding]:
    duty, start = judged.duties.get("register_icmje"), judged.span("startDateStruct")
    if duty is None or start is None or start.last < REGISTRATION_ASKED_ON:
        return
    if duty.state in (State.LATE, State.OVERDUE):
        message = f"Registered at least {duty.days_late} day(s) after the start of the study."
        yield find("TW-RCD-001", _at("startDateStruct"), message, _dates(judged, "startDateStruct"))


def _verified(judged: Judged) -> Iterator[Finding]:
    duty = judged.duties.get("verify")
    if duty is not None and duty.state is State.OVERDUE and judged.is_open:
        stated = text_of(judged.status, "statusVerifiedDate") or "no date"
        message = (
            f"The record was last verified in {stated}: the yearly review is {duty.days_late} day(s) overdue."
        )
        yield find("TW-RCD-002", _at("statusVerifiedDate"), message, stated)


def _unknown(judged: Judged) -> Iterator[Finding]:
    if judged.shown.unknown:
        message = f"The registry shows the status as unknown on {judged.on}; the last one given was {_plain(judged)}."
        yield find("TW-RCD-003", _at("overallStatus"), message, "; ".join(judged.shown.reasons))


def _sites(judged: Judged) -> Iterator[Finding]:
    overall = text_of(judged.status, "overallStatus")
    rows = rows_of(mapping_at(judged.protocol, "contactsLocationsModule").get("locations"))
    recruiting = [n for n, row in enumerate(rows) if row.get("status") == "RECRUITING"]
    if overall in _SHUT and recruiting:
        message = f"The study is {overall.replace('_', ' ').lower()}, and {len(recruiting)} site(s) recruit."
        path = ("protocolSection", "contactsLocationsModule", "locations", recruiting[0], "status")
        yield find("TW-RCD-004", path, message, str(rows[recruiting[0]].get("facility", "")))


def _estimates(judged: Judged) -> Iterator[Finding]:
    for code, words in _WORDS.items():
        duty = judged.duties.get(code)
        key = {"start": "startDateStruct", "study completion": "completionDateStruct"}.get(
            words, "primaryCompletionDateStruct"
        )
        if duty is not None and duty.state is State.OVERDUE:
            message = f"The {words} date is an estimate that has passed; the update is {duty.days_late} day(s) overdue."
            yield find("TW-RCD-005", _at(key), message, _dates(judged, key))


def _verified_before(judged: Judged) -> Iterator[Finding]:
    verified = parse_span(judged.status.get("statusVerifiedDate"))
    registered = parse_span(judged.status.get("studyFirstSubmitDate"))
    posted = judged.span("studyFirstPostDateStruct")
    first = registered or posted
    if verified is not None and first is not None and verified.last < first.first:
        message = "The record was verified for a month before it was registered, and not since."
        last = judged.span("lastUpdatePostDateStruct")
        if last is not None and (last.last - first.first).days > 366:
            message = "The record was verified for a month before it was registered."
        yield find(
            "TW-RCD-006", _at("statusVerifiedDate"), message, str(judged.status.get("statusVerifiedDate"))
        )


def _results(judged: Judged) -> Iterator[Finding]:
    duty = judged.duties.get("results")
    if duty is not None and duty.is_overdue:
        message = f"Results were due on {duty.due_on}, {duty.days_late} day(s) ago ({duty.reason})."
        yield find("TW-RCD-007", _at("resultsFirstSubmitDate"), message)


def _start_kind(judged: Judged) -> Iterator[Finding]:
    start, kind = date_of(judged.status, "startDateStruct")
    if judged.is_open and start is not None and kind is None and start.is_before(on_day(judged.on)) is True:
        message = "The start has passed, and the record does not say whether the date is actual or estimated."
        yield find("TW-RCD-008", _at("startDateStruct"), message, _dates(judged, "startDateStruct"))


def _missing(judged: Judged) -> Iterator[Finding]:
    if mapping_at(judged.protocol, "designModule").get("studyType") != "INTERVENTIONAL":
        return
    start = judged.span("startDateStruct")
    recent = start is not None and start.first >= FINAL_RULE_ON
    found = [
        name
        for name, keys, only_recent in _REQUIRED
        if (recent or not only_recent)
        and (judged.shows_oversight or keys[0] != "oversightModule")
        and mapping_at(judged.protocol, *keys[:-1]).get(keys[-1]) in (None, "", [], {})
    ]
    if found:
        message = f"{len(found)} element(s) that the registry requires are missing: {', '.join(found)}."
        yield find("TW-RCD-009", ("protocolSection",), message)


def _too_long(judged: Judged) -> Iterator[Finding]:
    for keys, limit in _LIMITS:
        words = mapping_at(judged.protocol, *keys[:-1]).get(keys[-1])
        if isinstance(words, str) and len(words) > limit:
            message = f"{keys[-1]} holds {len(words)} characters; the registry takes {limit}."
            yield find("TW-RCD-010", ("protocolSection", *keys), message)


def _investigators(judged: Judged) -> Iterator[Finding]:
    rows = rows_of(mapping_at(judged.protocol, "contactsLocationsModule").get("locations"))
    for n, row in enumerate(rows):
        heads = [one for one in rows_of(row.get("contacts")) if one.get("role") == "PRINCIPAL_INVESTIGATOR"]
        if len(heads) > 1:
            message = f"The site names {len(heads)} principal investigators: nobody knows who answers for it."
            path = ("protocolSection", "contactsLocationsModule", "locations", n, "contacts")
            yield find("TW-RCD-011", path, message, str(row.get("facility", "")))


def _behind(judged: Judged) -> Iterator[Finding]:
    duty = judged.duties.get("status")
    if duty is not None and duty.state is State.OVERDUE:
        message = f"The status is {duty.days_late} day(s) behind: {duty.reason}."
        yield find("TW-RCD-012", _at("overallStatus"), message)


_CHECKS: tuple[Callable[[Judged], Iterator[Finding]], ...] = (
    _registered,
    _verified,
    _unknown,
    _sites,
    _estimates,
    _verified_before,
    _results,
    _start_kind,
    _missing,
    _too_long,
    _investigators,
    _behind,
)


def _at(key: str) -> tuple[str, ...]:
    return ("protocolSection", "statusModule", key)


def _plain(judged: Judged) -> str:
    return (judged.shown.last_status or "none").replace("_", " ").lower()


def _dates(judged: Judged, key: str) -> str:
    struct = mapping_at(judged.status, key)
    first = judged.status.get("studyFirstSubmitDate") or mapping_at(
        judged.status, "studyFirstPostDateStruct"
    ).get("date")
    return f"{struct.get('date', '')} ({struct.get('type') or 'no type'}); registered {first or 'on no stated day'}"
