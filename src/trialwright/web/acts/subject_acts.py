"""Acts on a subject's way through the trial: consent, eligibility, allocation, endings, deviations."""

from __future__ import annotations

from uuid import uuid4

from trialwright.trial.allocation import Allocate, decide_allocation
from trialwright.trial.dates import local_date
from trialwright.trial.disposition import (
    DEVIATION_CATEGORIES,
    FOLLOW_UP_END_REASONS,
    TREATMENT_END_REASONS,
    EndFollowUp,
    EndTreatment,
    RecordDeviation,
)
from trialwright.trial.enrolment import RecordConsent, WithdrawConsent
from trialwright.trial.screening import ConfirmEligibility, RecordScreenFailure, screen_subject
from trialwright.web.words import spell

from .kinds import Act, Field, Situation


def codes(values: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    """Choices of bare codes, shown as words."""
    return tuple((value, spell(value).capitalize()) for value in values)


def _screening_over(at: Situation) -> str:
    state = at.state
    if state.allocation is not None:
        return "The subject is allocated already."
    if state.screen_failure is not None:
        return "The subject failed screening."
    return "Consent is not on record yet." if state.consent is None else ""


def _not_eligible(at: Situation) -> str:
    over = _screening_over(at)
    if over:
        return over
    today = local_date(at.viewer.study, at.state.site, at.now)
    if screen_subject(at.viewer.study, at.state, today).eligible:
        return ""
    return "The criteria do not say eligible; see the eligibility page for what stands in the way."


def gate_messages(at: Situation) -> list[str]:
    """What stands between the subject and allocation now; empty when every gate is open."""
    command = Allocate(at.state.subject, "asked")
    decision = decide_allocation(at.viewer.study, at.viewer.state, at.state, command, at.now)
    return [f"{finding.message} {finding.remedy}" for finding in decision.refusals]


def _left(at: Situation) -> str:
    if at.state.follow_up_end is not None:
        return "Follow-up has ended."
    return "The subject failed screening." if at.state.screen_failure is not None else ""


RECORD_CONSENT = Act(
    "record_consent",
    "Record consent",
    "Record consent",
    ("record_consent",),
    lambda at, e: RecordConsent(at.state.subject, e["version"], e["given_on"], e["language"]),
    fields=lambda at: (
        Field(
            "version", "Version of the consent form", required=True, help="As printed on the signed sheet."
        ),
        Field("given_on", "Signed on", "date", required=True, initial=at.today),
        Field("language", "Language", help="Of the sheet that was signed."),
    ),
    words=lambda at: "A further version is recorded in the same way." if at.state.consent else "",
    closed=_left,
)
WITHDRAW_CONSENT = Act(
    "withdraw_consent",
    "Withdraw consent",
    "Record the withdrawal",
    ("record_consent",),
    lambda at, e: WithdrawConsent(at.state.subject, e["scope"], e["withdrawn_on"], e["words"]),  # type: ignore[arg-type]
    fields=lambda at: (
        Field(
            "scope",
            "What is withdrawn",
            "choice",
            (
                ("treatment", "Treatment; visits and data go on"),
                ("follow_up", "Treatment and follow-up"),
                ("data", "Also the further use of data"),
            ),
            required=True,
        ),
        Field("withdrawn_on", "Withdrawn on", "date", required=True, initial=at.today),
        Field("words", "In the subject's sense", "long"),
    ),
    closed=lambda at: "" if at.state.consent else "There is no consent to withdraw.",
)
CONFIRM = Act(
    "confirm_eligibility",
    "Confirm eligibility",
    "Sign: the subject is eligible",
    ("confirm_eligibility",),
    lambda at, _: ConfirmEligibility(at.state.subject),
    words=lambda _: (
        "By signing you confirm that every inclusion criterion is met and no exclusion criterion applies, on the"
        " data as they stand now. A later change of these data asks for a new confirmation."
    ),
    closed=_not_eligible,
    signed=True,
)
FAIL_SCREENING = Act(
    "record_screen_failure",
    "Record a screen failure",
    "Record the screen failure",
    ("confirm_eligibility",),
    lambda at, e: RecordScreenFailure(at.state.subject, e["failed_on"], e["words"], e.chosen("criteria")),
    fields=lambda at: (
        Field("failed_on", "Date", "date", required=True, initial=at.today),
        Field(
            "criteria",
            "Further criteria that are not met",
            "many",
            tuple((c.id, f"{c.id.upper()} {c.text}") for c in at.viewer.study.eligibility.criteria),
            help="Criteria that fail by their rule are recorded by themselves.",
        ),
        Field("words", "Other reason", "long"),
    ),
    closed=_screening_over,
)
ALLOCATE = Act(
    "allocate",
    "Allocate",
    "Allocate now",
    ("allocate",),
    lambda at, e: Allocate(at.state.subject, e["request"]),
    fields=lambda _: (Field("request", "", "hidden", initial=uuid4().hex),),
    words=lambda _: "The allocation is final. Today becomes study day 1, and every visit is counted from it.",
    closed=lambda at: " ".join(gate_messages(at)),
    signed=True,
)
DEVIATION = Act(
    "record_deviation",
    "Record a deviation",
    "Record the deviation",
    ("enter_data",),
    lambda at, e: RecordDeviation(
        at.state.subject,
        e["category"],
        e["severity"],  # type: ignore[arg-type]
        e["text"],
        e["occurred_on"],
        e["about"],
    ),
    fields=lambda at: (
        Field("category", "Category", "choice", codes(DEVIATION_CATEGORIES), required=True),
        Field("severity", "Severity", "choice", codes(("minor", "major")), required=True),
        Field("text", "What happened", "long", required=True),
        Field("occurred_on", "On", "date", required=True, initial=at.today),
        Field(
            "about", "Visit, form or container", help="Leave empty where it concerns none.", initial=at.about
        ),
    ),
)
END_TREATMENT = Act(
    "end_treatment",
    "End treatment",
    "Record the end of treatment",
    ("enter_data",),
    lambda at, e: EndTreatment(at.state.subject, e["reason"], e["ended_on"], e["words"]),
    fields=lambda at: (
        Field("reason", "Reason", "choice", codes(TREATMENT_END_REASONS), required=True),
        Field("ended_on", "Ended on", "date", required=True, initial=at.today),
        Field("words", "In words", "long", help="Needed for the reason other."),
    ),
    closed=lambda at: (
        "The subject is not allocated."
        if at.state.allocation is None
        else "The end of treatment is recorded."
        if at.state.treatment_end
        else ""
    ),
)
END_FOLLOW_UP = Act(
    "end_follow_up",
    "End follow-up",
    "Record the end of follow-up",
    ("enter_data",),
    lambda at, e: EndFollowUp(at.state.subject, e["reason"], e["ended_on"], e["words"]),
    fields=lambda at: (
        Field("reason", "Reason", "choice", codes(FOLLOW_UP_END_REASONS), required=True),
        Field(
            "ended_on",
            "Ended on",
            "date",
            required=True,
            initial=at.today,
            help="For a death, the day of death.",
        ),
        Field("words", "In words", "long", help="Needed for the reason other."),
    ),
    closed=lambda at: (
        "The subject is not allocated."
        if at.state.allocation is None
        else "The end of follow-up is recorded."
        if at.state.follow_up_end
        else ""
    ),
)
SUBJECT_ACTS = (
    RECORD_CONSENT,
    CONFIRM,
    FAIL_SCREENING,
    ALLOCATE,
    DEVIATION,
    END_TREATMENT,
    END_FOLLOW_UP,
    WITHDRAW_CONSENT,
)
