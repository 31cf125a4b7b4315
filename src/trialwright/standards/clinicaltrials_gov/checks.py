"""The table of record checks, with the severity that their base rates allow.

Measured on 1,435 records: a check that no good record breaks is an error, the others are warnings.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from trialwright.study.findings import Finding, Place, Severity

from . import check_dates as dates
from . import check_design as design
from . import check_results as results
from .check_case import Check, Subject
from .shape import Json

_E, _W = Severity.ERROR, Severity.WARNING
_MEND = "Correct the record, or the study file it is made from."
CHECKS: tuple[Check, ...] = (
    Check("D1", "TW-REG-101", _E, "Dates in order", _MEND, dates.check_order),
    Check("D2", "TW-REG-102", _E, "Actual dates not ahead", _MEND, dates.check_actual_not_future),
    Check("D3", "TW-REG-103", _W, "Estimates not past", "Move the estimate.", dates.check_estimated_not_past),
    Check("D4", "TW-REG-104", _E, "Completion actual", _MEND, dates.check_completed_is_actual),
    Check(
        "D5", "TW-REG-105", _W, "Enrolment actual", "Give the actual count.", dates.check_enrolment_is_actual
    ),
    Check("D6", "TW-REG-106", _E, "Start ahead before recruiting", _MEND, dates.check_not_yet_start),
    Check("D7", "TW-REG-107", _W, "Start actual when recruiting", _MEND, dates.check_recruiting_start),
    Check("S1", "TW-REG-111", _E, "Reason for stopping", _MEND, dates.check_why_stopped),
    Check("S2", "TW-REG-112", _W, "Withdrawn means nobody enrolled", _MEND, dates.check_withdrawn_enrolment),
    Check("S3", "TW-REG-113", _E, "A site recruits", _MEND, dates.check_recruiting_site),
    Check("S4", "TW-REG-114", _W, "A contact is given", "Add a contact.", dates.check_contact),
    Check(
        "S5", "TW-REG-115", _W, "Verified since registration", _MEND, dates.check_verified_after_submission
    ),
    Check("S6", "TW-REG-116", _W, "Verified since the update", _MEND, dates.check_verified_after_update),
    Check("A1", "TW-REG-121", _E, "Arms and interventions tie up", _MEND, design.check_arm_graph),
    Check("A2", "TW-REG-122", _W, "Two arms at least", _MEND, design.check_parallel_arms),
    Check("A3", "TW-REG-123", _W, "One group, no allocation", _MEND, design.check_single_group),
    Check("A4", "TW-REG-124", _E, "Masking fits its roles", _MEND, design.check_masking_depth),
    Check("A5", "TW-REG-125", _W, "Title fits the allocation", _MEND, design.check_title_allocation),
    Check("O1", "TW-REG-131", _W, "A primary outcome", "Name one.", design.check_primary_outcome),
    Check("O2", "TW-REG-132", _W, "Time frames", "State when it is measured.", design.check_time_frames),
    Check("E1", "TW-REG-141", _W, "Eligibility headings", _MEND, design.check_eligibility_headings),
    Check("T1", "TW-REG-151", _W, "Registered in time", "None any more.", dates.check_registered_in_time),
    Check(
        "T2",
        "TW-REG-152",
        _W,
        "Registered before start",
        "None any more.",
        dates.check_registered_before_start,
    ),
    Check("F1", "TW-REG-161", _E, "Participant flow adds up", _MEND, results.check_flow),
    Check("F2", "TW-REG-162", _W, "Started are enrolled", _MEND, results.check_flow_enrolment),
    Check("X1", "TW-REG-171", _E, "Adverse events add up", _MEND, results.check_adverse_events),
    Check("R1", "TW-REG-181", _E, "Primary outcomes reported", _MEND, results.check_reported_primaries),
    Check("R2", "TW-REG-182", _E, "Documents with results", "Attach them.", results.check_documents),
    Check("R3", "TW-REG-183", _W, "Results in time", "None any more.", results.check_results_in_time),
)


@dataclass(frozen=True, slots=True)
class Judgement:
    """The answer of one check: whether it applied, and its findings."""

    check: Check
    applied: bool
    findings: tuple[Finding, ...]


def judge_record(study: Json, on: date, origin: str = "") -> tuple[Judgement, ...]:
    """All checks of a record at ``on``, with those that did not apply, for counting."""
    subject = Subject(study, on)
    judgements: list[Judgement] = []
    for check in CHECKS:
        answer = check.run(subject)
        findings = tuple(
            Finding(
                check.code,
                check.severity,
                breach.message,
                check.remedy,
                Place(file=origin, path=breach.path),
                breach.evidence[:200],
            )
            for breach in answer or ()
        )
        judgements.append(Judgement(check, answer is not None, findings))
    return tuple(judgements)


def check_record(study: Json, on: date, origin: str = "") -> tuple[Finding, ...]:
    """The findings of all checks of a record at ``on`` (rules of the registry with measured base rates)."""
    return tuple(finding for judgement in judge_record(study, on, origin) for finding in judgement.findings)
