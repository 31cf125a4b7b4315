"""The table of record checks, with the severity that their base rates allow.

Measured on 1,435 records: a check that no good record breaks is an error, the others are warnings.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from trialwright.study.findings import Finding, Place, Severity

from . import check_dates as dates
from . import check_design as design
from . import check_measures as measures
from . import check_results as results
from .check_book import check_book
from .check_case import Answer, Check, Subject
from .shape import Json

_E, _W = Severity.ERROR, Severity.WARNING
_TABLE: tuple[tuple[str, str, Severity, str, Callable[[Subject], Answer]], ...] = (
    ("D1", "TW-REG-101", _E, "Dates in order", dates.check_order),
    ("D2", "TW-REG-102", _E, "Actual dates not ahead", dates.check_actual_not_future),
    ("D3", "TW-REG-103", _W, "Estimates not past", dates.check_estimated_not_past),
    ("D4", "TW-REG-104", _E, "Completion actual", dates.check_completed_is_actual),
    ("D5", "TW-REG-105", _W, "Enrolment actual", dates.check_enrolment_is_actual),
    ("D6", "TW-REG-106", _E, "Start ahead before recruiting", dates.check_not_yet_start),
    ("D7", "TW-REG-107", _W, "Start actual when recruiting", dates.check_recruiting_start),
    ("S1", "TW-REG-111", _E, "Reason for stopping", dates.check_why_stopped),
    ("S2", "TW-REG-112", _W, "Withdrawn means nobody enrolled", dates.check_withdrawn_enrolment),
    ("S3", "TW-REG-113", _E, "A site recruits", dates.check_recruiting_site),
    ("S4", "TW-REG-114", _W, "A contact is given", dates.check_contact),
    ("S5", "TW-REG-115", _W, "Verified since registration", dates.check_verified_after_submission),
    ("S6", "TW-REG-116", _W, "Verified since the update", dates.check_verified_after_update),
    ("A1", "TW-REG-121", _E, "Arms and interventions tie up", design.check_arm_graph),
    ("A2", "TW-REG-122", _W, "Two arms at least", design.check_parallel_arms),
    ("A3", "TW-REG-123", _W, "One group, no allocation", design.check_single_group),
    ("A4", "TW-REG-124", _E, "Masking fits its roles", design.check_masking_depth),
    ("A5", "TW-REG-125", _W, "Title fits the allocation", design.check_title_allocation),
    ("O1", "TW-REG-131", _W, "A primary outcome", design.check_primary_outcome),
    ("O2", "TW-REG-132", _W, "Time frames", design.check_time_frames),
    ("E1", "TW-REG-141", _W, "Eligibility headings", design.check_eligibility_headings),
    ("T1", "TW-REG-151", _W, "Registered in time", dates.check_registered_in_time),
    ("T2", "TW-REG-152", _W, "Registered before start", dates.check_registered_before_start),
    ("F1", "TW-REG-161", _E, "Participant flow adds up", results.check_flow),
    ("F2", "TW-REG-162", _W, "Started are enrolled", results.check_flow_enrolment),
    ("X1", "TW-REG-171", _E, "Adverse events add up", results.check_adverse_events),
    ("R1", "TW-REG-181", _E, "Primary outcomes reported", results.check_reported_primaries),
    ("R2", "TW-REG-182", _E, "Documents with results", results.check_documents),
    ("R3", "TW-REG-183", _W, "Results in time", results.check_results_in_time),
    ("P1", "TW-REG-184", _W, "Unit fits the title", measures.check_unit_and_title),
    ("P2", "TW-REG-185", _W, "A unit that says something", measures.check_unit_says_something),
    ("P3", "TW-REG-186", _W, "A mean with its dispersion", measures.check_dispersion),
    ("P4", "TW-REG-187", _W, "Nobody analysed, and why", measures.check_nobody_analysed),
)
CHECKS: tuple[Check, ...] = tuple(
    Check(name, code, severity, title, check_book()[name].remedy, run)
    for name, code, severity, title, run in _TABLE
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
