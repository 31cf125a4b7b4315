"""Checks of dates and of the recruitment status (D1-D7, S1-S6, T1, T2)."""

from __future__ import annotations

from .check_case import Answer, Breach, Subject, status_path
from .dates import Span, add_days
from .shape import mapping_at, rows_of, text_of, whole_of

_ORDER = (
    ("startDateStruct", "primaryCompletionDateStruct"),
    ("primaryCompletionDateStruct", "completionDateStruct"),
    ("startDateStruct", "completionDateStruct"),
)
_ALL_DATES = ("startDateStruct", "primaryCompletionDateStruct", "completionDateStruct")
_STOPPED = frozenset({"SUSPENDED", "TERMINATED", "WITHDRAWN"})
_WORDS = {
    "startDateStruct": "study start",
    "primaryCompletionDateStruct": "primary completion",
    "completionDateStruct": "study completion",
}


def check_order(subject: Subject) -> Answer:
    """D1: start, primary completion, completion follow one another."""
    found: list[Breach] = []
    applies = False
    for earlier, later in _ORDER:
        (one, _), (two, _) = subject.when(earlier), subject.when(later)
        if one is None or two is None:
            continue
        applies = True
        if one.is_after(two) is True:
            message = f"The {_WORDS[earlier]} lies after the {_WORDS[later]}."
            found.append(Breach(message, status_path(later, "date"), _dates(subject, earlier, later)))
    return found if applies else None


def _dates(subject: Subject, *keys: str) -> str:
    return ", ".join(f"{_WORDS[key]} {mapping_at(subject.status, key).get('date')}" for key in keys)


def check_actual_not_future(subject: Subject) -> Answer:
    """D2: what has happened does not lie after the data date."""
    return _each_date(
        subject, "ACTUAL", lambda span: span.first > subject.data_on.last, "is actual but lies ahead"
    )


def check_estimated_not_past(subject: Subject) -> Answer:
    """D3: an estimate did not lie in the past when the record was last submitted."""
    submitted = subject.day("lastUpdateSubmitDate")
    if submitted is None:
        return None
    words = "was an estimate that had passed when the record was last submitted"
    return _each_date(subject, "ESTIMATED", lambda span: span.last < submitted.first, words)


def _each_date(subject: Subject, kind: str, wrong, words: str) -> Answer:  # type: ignore[no-untyped-def]
    found: list[Breach] = []
    applies = False
    for key in _ALL_DATES:
        span, stated = subject.when(key)
        if span is None or stated != kind:
            continue
        applies = True
        if wrong(span):
            found.append(Breach(f"The {_WORDS[key]} date {words}.", status_path(key), _dates(subject, key)))
    return found if applies else None


def check_completed_is_actual(subject: Subject) -> Answer:
    """D4: a completed study has actual completion dates, a terminated one an actual study completion."""
    if not subject.under_final_rule or subject.overall not in ("COMPLETED", "TERMINATED"):
        return None
    keys = ("completionDateStruct",) if subject.overall == "TERMINATED" else _ALL_DATES[1:]
    return [
        Breach(f"The study is {subject.overall} but its {_WORDS[key]} is not actual.", status_path(key))
        for key in keys
        if subject.when(key)[1] != "ACTUAL"
    ]


def check_enrolment_is_actual(subject: Subject) -> Answer:
    """D5: with an actual primary completion the enrolment is actual."""
    if not subject.under_final_rule or subject.when("primaryCompletionDateStruct")[1] != "ACTUAL":
        return None
    info = mapping_at(subject.module("designModule"), "enrollmentInfo")
    if info.get("type") == "ACTUAL":
        return []
    path = ("protocolSection", "designModule", "enrollmentInfo", "type")
    return [Breach("Primary completion is actual but the enrolment is not.", path)]


def check_not_yet_start(subject: Subject) -> Answer:
    """D6: a study not yet recruiting has an estimated start."""
    if subject.overall != "NOT_YET_RECRUITING":
        return None
    _, kind = subject.when("startDateStruct")
    wrong = kind == "ACTUAL"
    return [
        Breach("The study is not yet recruiting but its start is actual.", status_path("startDateStruct"))
    ] * wrong


def check_recruiting_start(subject: Subject) -> Answer:
    """D7: a recruiting study has an actual start."""
    if subject.overall != "RECRUITING" or not subject.under_final_rule:
        return None
    _, kind = subject.when("startDateStruct")
    wrong = kind != "ACTUAL"
    return [
        Breach("The study is recruiting but its start is an estimate.", status_path("startDateStruct"))
    ] * wrong


def check_why_stopped(subject: Subject) -> Answer:
    """S1: a reason for stopping goes with a stopped study, and only with one."""
    why = text_of(subject.status, "whyStopped")
    if why is not None and subject.overall not in _STOPPED:
        return [
            Breach(
                f"A reason for stopping is given but the status is {subject.overall}.",
                status_path("whyStopped"),
            )
        ]
    if subject.overall in _STOPPED and subject.under_final_rule:
        wrong = why is None
        return [
            Breach(f"The study is {subject.overall} but no reason is given.", status_path("whyStopped"))
        ] * wrong
    return [] if why is not None else None


def check_withdrawn_enrolment(subject: Subject) -> Answer:
    """S2: nobody is enrolled in a withdrawn study."""
    if subject.overall != "WITHDRAWN":
        return None
    count = whole_of(mapping_at(subject.module("designModule"), "enrollmentInfo").get("count"))
    path = ("protocolSection", "designModule", "enrollmentInfo", "count")
    return [Breach("The study is withdrawn but its enrolment is not 0.", path, str(count))] * (
        count not in (0, None)
    )


def check_recruiting_site(subject: Subject) -> Answer:
    """S3: a recruiting study has a recruiting site."""
    rows = rows_of(subject.module("contactsLocationsModule").get("locations"))
    statuses = [row.get("status") for row in rows if row.get("status")]
    if subject.overall != "RECRUITING" or not statuses:
        return None
    wrong = "RECRUITING" not in statuses
    path = ("protocolSection", "contactsLocationsModule", "locations")
    return [Breach("The study is recruiting but none of its sites is.", path)] * wrong


def check_contact(subject: Subject) -> Answer:
    """S4: a study that recruits, or will, can be reached."""
    if subject.overall not in ("RECRUITING", "NOT_YET_RECRUITING"):
        return None
    module = subject.module("contactsLocationsModule")
    sites = rows_of(module.get("locations"))
    reachable = bool(module.get("centralContacts")) or any(row.get("contacts") for row in sites)
    path = ("protocolSection", "contactsLocationsModule", "centralContacts")
    return [Breach("No contact is given, neither for the study nor for a site.", path)] * (not reachable)


def check_verified_after_submission(subject: Subject) -> Answer:
    """S5: verified in or after the month of the first submission."""
    return _verified_not_before(subject, "studyFirstSubmitDate", "the first submission")


def check_verified_after_update(subject: Subject) -> Answer:
    """S6: verified in or after the month of the last update."""
    return _verified_not_before(subject, "lastUpdateSubmitDate", "the last update")


def _verified_not_before(subject: Subject, key: str, words: str) -> Answer:
    verified, other = subject.day("statusVerifiedDate"), subject.day(key)
    if verified is None or other is None:
        return None
    wrong = verified.last < other.first.replace(day=1)
    evidence = f"verified {subject.status.get('statusVerifiedDate')}, {words} {subject.status.get(key)}"
    path = status_path("statusVerifiedDate")
    return [Breach(f"The record was verified before the month of {words}.", path, evidence)] * wrong


def check_registered_in_time(subject: Subject) -> Answer:
    """T1: first submitted within 21 days of the start."""
    return _submitted_by(subject, 21, "more than 21 days after the start")


def check_registered_before_start(subject: Subject) -> Answer:
    """T2: first submitted before or at the start (ICMJE)."""
    return _submitted_by(subject, 0, "after the start")


def _submitted_by(subject: Subject, days: int, words: str) -> Answer:
    start, _ = subject.when("startDateStruct")
    submitted = subject.day("studyFirstSubmitDate")
    if start is None or submitted is None or not subject.interventional or not subject.under_final_rule:
        return None
    due = Span(add_days(start.first, days), add_days(start.last, days))
    wrong = submitted.first > due.last
    evidence = (
        f"{_dates(subject, 'startDateStruct')}, first submitted {subject.status.get('studyFirstSubmitDate')}"
    )
    return [
        Breach(f"The study was registered {words}.", status_path("studyFirstSubmitDate"), evidence)
    ] * wrong
