"""Duties that begin with an event the registry does not show: amendments, comments, notices, last visits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from .dates import Span, add_years, on_day, parse_span
from .duty import Case, Duty, State, days_after, judge
from .shape import text_of

_ONGOING = frozenset({"RECRUITING", "ENROLLING_BY_INVITATION", "ACTIVE_NOT_RECRUITING", "SUSPENDED"})


@dataclass(frozen=True, slots=True)
class _Rule:
    code: str
    what: str
    days: int
    source: str
    binds_all: bool = False


_AMENDMENT = _Rule(
    "amendment",
    "Update the record after an amendment that subjects were told of",
    30,
    "42 CFR 11.64(a)(1)(ii)",
)
_DEVICE = _Rule("device_status", "Update the approval status of the device", 15, "42 CFR 11.64(a)(1)(ii)")
_COMMENTS = _Rule(
    "registration_comments", "Answer the review comments on the registration", 15, "42 CFR 11.64(b)"
)
_RESULTS = _Rule("results_comments", "Answer the review comments on the results", 25, "42 CFR 11.64(b)")
_NOTICE = _Rule("notice", "Remedy what the notice of noncompliance names", 30, "21 U.S.C. 333(f)(3)")
_CONSENT = _Rule(
    "consent_form",
    "Post a consent form of a federally funded trial, after recruitment closed",
    60,
    "45 CFR 46.116(h)",
    binds_all=True,
)


def compute_event_duties(case: Case) -> list[Duty]:
    """The duties that the facts of the case begin."""
    facts = case.facts
    begun = (
        (_AMENDMENT, facts.amendment_approved_on),
        (_DEVICE, facts.device_status_changed_on),
        (_COMMENTS, facts.registration_comments_on),
        (_RESULTS, facts.results_comments_on),
        (_NOTICE, facts.notice_on),
        (_CONSENT, facts.last_visit_on if facts.federally_funded else None),
    )
    duties = [_duty(case, rule, event_on) for rule, event_on in begun if event_on is not None]
    return [*duties, *_secondary(case), *_results_update(case)]


def _duty(case: Case, rule: _Rule, event_on: date) -> Duty:
    due = days_after(on_day(event_on), rule.days)
    state, late = judge(due, None, case.on)
    owed = True if rule.binds_all else case.owed
    reason = f"since {event_on.isoformat()}"
    return Duty(rule.code, rule.what, due.last, state, late, owed, rule.source, reason)


def _secondary(case: Case) -> list[Duty]:
    """Secondary outcomes examined after primary completion: one year after the last examination."""
    examined_on = case.facts.secondary_examined_on
    completed, _ = case.primary_completion()
    if examined_on is None or completed is None or examined_on <= completed.last:
        return []
    due = on_day(add_years(examined_on, 1))
    state, late = judge(due, None, case.on)
    what = "Submit the results of secondary outcomes, with the adverse events up to then"
    reason = f"last examined {examined_on.isoformat()}"
    return [Duty("results_secondary", what, due.last, state, late, case.owed, "42 CFR 11.44(d)", reason)]


def _results_update(case: Case) -> list[Duty]:
    """Posted results of a study that goes on: reviewed every 12 months."""
    updated = parse_span(case.status.get("lastUpdateSubmitDate"))
    posted = text_of(case.status, "resultsFirstSubmitDate") is not None
    if updated is None or not posted or case.last_status not in _ONGOING:
        return []
    due = Span(add_years(updated.first, 1), add_years(updated.last, 1))
    state, late = judge(due, None, case.on)
    what = "Update the posted results, at least every 12 months until they are complete"
    reason = f"last update {case.status.get('lastUpdateSubmitDate')}"
    return [Duty("results_update", what, due.last, state, late, case.owed, "42 CFR 11.64(a)(2)", reason)]


def apply_fulfilment(duty: Duty, case: Case) -> Duty:
    """The duty as done, if the facts say when it was."""
    done_on = case.facts.fulfilled.get(duty.code)
    if done_on is None or duty.due_on is None or done_on > case.on:
        return duty
    late = max(0, (done_on - duty.due_on).days)
    state = State.LATE if late else State.MET
    reason = f"{duty.reason}; done on {done_on.isoformat()}"
    return Duty(duty.code, duty.what, duty.due_on, state, late, duty.owed, duty.source, reason)
