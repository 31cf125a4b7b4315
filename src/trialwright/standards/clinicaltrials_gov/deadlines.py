"""What the law and the journals ask of a record, by when, and what is overdue at a date.

Sources: 42 CFR 11 (81 FR 64982), 42 U.S.C. 282(j), ICMJE recommendations, NIH policy of 2017. Days are
calendar days. This is engineering material, not legal advice.
"""

from __future__ import annotations

from datetime import date

from .act import FINAL_RULE_ON, compute_applicability
from .dates import Span, add_years, date_of, on_day, parse_span
from .deadlines_after_events import apply_fulfilment, compute_event_duties
from .duty import Case, Duty, State, days_after, judge
from .facts import RecordFacts
from .shape import Json, mapping_at, rows_of, text_of

_OPEN = frozenset({"NOT_YET_RECRUITING", "RECRUITING", "ENROLLING_BY_INVITATION", "ACTIVE_NOT_RECRUITING"})
_STOPPED = frozenset({"SUSPENDED", "TERMINATED", "WITHDRAWN"})
_ENDED = frozenset({"COMPLETED", "TERMINATED", "WITHDRAWN"})
_UPDATES = "42 CFR 11.64(a)(1)(ii)"


def compute_deadlines(
    study: Json, on: date, facts: RecordFacts | None = None, under_ind: bool | None = None
) -> tuple[Duty, ...]:
    """Every duty of the record at ``on``; `Duty.is_overdue` tells those to be mended now.

    ``facts`` tells what has happened in the trial; without it only the record speaks. ``under_ind`` is the
    unpublished part of the question whether the study is an applicable clinical trial.
    """
    owed = compute_applicability(study, under_ind).applicable
    status = mapping_at(study, "protocolSection", "statusModule")
    case = Case(study, status, facts or RecordFacts(), owed, on)
    known = case.facts
    duties = (
        _register(case),
        _register_for_journals(case),
        _register_for_nih(case),
        _verify(case),
        _made_actual(case, "start", "startDateStruct", known.first_enrolled_on),
        _made_actual(case, "primary_completion", "primaryCompletionDateStruct", known.primary_completion_on),
        _made_actual(case, "completion", "completionDateStruct", known.completion_on),
        _status(case),
        _enrolment(case),
        _why_stopped(case),
        _results(case),
        *compute_event_duties(case),
    )
    return tuple(apply_fulfilment(duty, case) for duty in duties if duty is not None)


def _registration(case: Case, days: int) -> tuple[date, State, int] | None:
    start = case.started()
    if start is None:
        return None
    due = days_after(start, days)
    state, late = judge(due, case.submitted("studyFirstSubmitDate", "studyFirstPostDateStruct"), case.on)
    return due.last, state, late


def _register(case: Case) -> Duty | None:
    found = _registration(case, 21)
    what = "Register within 21 days of the first enrolment"
    return Duty("register", what, *found, case.owed, "42 CFR 11.24(a)", case.owed_words) if found else None


def _register_for_journals(case: Case) -> Duty | None:
    found = _registration(case, 0)
    what = "Register before or at the first enrolment"
    reason = "journals ask it of every trial"
    return Duty("register_icmje", what, *found, True, "ICMJE recommendations", reason) if found else None


def _register_for_nih(case: Case) -> Duty | None:
    """Trials funded by the NIH, of any phase, begun under its policy."""
    sponsors = mapping_at(case.study, "protocolSection", "sponsorCollaboratorsModule")
    parties = [mapping_at(sponsors, "leadSponsor"), *rows_of(sponsors.get("collaborators"))]
    start, found = case.started(), _registration(case, 21)
    if found is None or start is None or start.is_before(on_day(FINAL_RULE_ON)) is not False:
        return None
    if not any(one.get("class") == "NIH" for one in parties):
        return None
    what = "Register a trial funded by the NIH within 21 days of the first enrolment"
    source = "NIH policy on dissemination of NIH-funded clinical trial information, 2017"
    return Duty("register_nih", what, *found, True, source, "the NIH is sponsor or collaborator")


def _verify(case: Case) -> Duty | None:
    reviewed_on = case.facts.record_reviewed_on
    reviewed = on_day(reviewed_on) if reviewed_on else parse_span(case.status.get("statusVerifiedDate"))
    finished = case.last_status in _ENDED and text_of(case.status, "resultsFirstSubmitDate") is not None
    if reviewed is None or finished or case.last_status == "WITHDRAWN":
        return None
    due = Span(add_years(reviewed.first, 1), add_years(reviewed.last, 1))
    state, late = judge(due, None, case.on)
    what = "Review the whole record and renew its verification date, at least every 12 months"
    stated = text_of(case.status, "statusVerifiedDate") or "by the sponsor"
    reason = f"last verified {reviewed_on.isoformat() if reviewed_on else stated}; {case.owed_words}"
    return Duty("verify", what, due.last, state, late, case.owed, "42 CFR 11.64(a)(1)", reason)


_EVENTS = {
    "start": "Study start",
    "primary_completion": "Primary completion",
    "completion": "Study completion",
}


def _made_actual(case: Case, name: str, key: str, happened_on: date | None) -> Duty | None:
    """30 days to make an estimated date actual once it has happened, or to move it once it has passed.

    A start date without a type (records of before 2017) is not judged.
    """
    span, kind = date_of(case.status, key)
    if happened_on is not None:
        event, reason = on_day(happened_on), f"it happened on {happened_on.isoformat()}"
    elif span is None or (kind is None and name == "start"):
        return None
    else:
        event = span
        reason = "the record gives it as actual" if kind == "ACTUAL" else "the record gives it as an estimate"
    due = days_after(event, 30)
    state, late = judge(due, None, case.on)
    stated = kind == "ACTUAL" and span is not None
    if stated and (happened_on is None or (span is not None and span.first <= happened_on <= span.last)):
        state, late = State.MET, 0
    what = f"{_EVENTS[name]}: state the actual date within 30 days, or move an estimate that has passed"
    return Duty(f"{name}_actual", what, due.last, state, late, case.owed, _UPDATES, reason)


def _status(case: Case) -> Duty | None:
    """30 days to change the overall status: after the fact where it is known, else by the record's dates."""
    shown, facts = case.last_status, case.facts
    what = "Bring the overall recruitment status up to date within 30 days"
    if facts.overall_status is not None and facts.status_changed_on is not None:
        due = days_after(on_day(facts.status_changed_on), 30)
        state, late = judge(due, None, case.on)
        if shown == facts.overall_status:
            state, late = State.MET, 0
        reason = f"the trial is {facts.overall_status} since {facts.status_changed_on.isoformat()}"
        return Duty("status", what, due.last, state, late, case.owed, _UPDATES, reason)
    key = "startDateStruct" if shown == "NOT_YET_RECRUITING" else "completionDateStruct"
    span, _ = date_of(case.status, key)
    if span is None or shown not in _OPEN:
        return None
    due = days_after(span, 30)
    state, late = judge(due, None, case.on)
    reason = f"still {shown} against the stated {'start' if key.startswith('start') else 'completion'} date"
    return Duty("status", what, due.last, state, late, case.owed, _UPDATES, reason)


def _enrolment(case: Case) -> Duty | None:
    span, actual = case.primary_completion()
    if span is None or not actual:
        return None
    kind = mapping_at(case.study, "protocolSection", "designModule", "enrollmentInfo").get("type")
    due = days_after(span, 30)
    state, late = judge(due, None, case.on)
    if kind == "ACTUAL":
        state, late = State.MET, 0
    what = "State the actual enrolment with the actual primary completion date"
    reason = {"ACTUAL": "given as actual", "ESTIMATED": "given as an estimate"}.get(
        str(kind), "no type given"
    )
    return Duty("enrolment_actual", what, due.last, state, late, case.owed, _UPDATES, reason)


def _why_stopped(case: Case) -> Duty | None:
    if case.last_status not in _STOPPED:
        return None
    said = text_of(case.status, "whyStopped") is not None
    what = "Say why the study stopped, with the change of status"
    state = State.MET if said else State.OVERDUE
    return Duty("why_stopped", what, None, state, 0, case.owed, _UPDATES, f"status {case.last_status}")


def _results(case: Case) -> Duty | None:
    """One year after the actual primary completion; a certified delay gives at most two years more."""
    span, actual = case.primary_completion()
    if span is None or case.last_status == "WITHDRAWN":
        return None
    due = Span(add_years(span.first, 1), add_years(span.last, 1))
    reason = case.owed_words
    certified = case.submitted("dispFirstSubmitDate", "dispFirstPostDateStruct")
    if certified is not None and certified.first <= due.last:
        due = Span(add_years(certified.first, 2), add_years(certified.last, 2))
        reason += "; a delay was certified: at the latest two years after that"
    done = case.submitted("resultsFirstSubmitDate", "resultsFirstPostDateStruct")
    state, late = judge(due, done, case.on)
    if not actual and done is None:
        state, late = (State.UNDECIDED if case.on > due.first else State.DUE), 0
        reason += "; the primary completion date is an estimate"
    what = "Submit results within one year of the actual primary completion date"
    return Duty("results", what, due.last, state, late, case.owed, "42 CFR 11.44(a)-(c)", reason)
