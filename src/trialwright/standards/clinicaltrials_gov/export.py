"""The study's record for the registry: the study file and what has actually happened."""

from __future__ import annotations

from datetime import date
from typing import Any

from trialwright.study.model.study import Study

from .facts import RecordFacts
from .from_study import render_protocol_section

_STOPPED = frozenset({"SUSPENDED", "TERMINATED", "WITHDRAWN"})
Json = dict[str, Any]


def export_record(study: Study, as_of: date, facts: RecordFacts | None = None) -> Json:
    """The record as an API v2 study object at ``as_of``.

    Facts replace what the study file plans: the first enrolment makes the start date actual, the primary
    completion the primary completion date and the enrolment, the overall status the planned one (and the
    reason for stopping stays only with a stopped study). What has not happened keeps its estimate. Results
    are not part of it.
    """
    protocol = render_protocol_section(study)
    _apply(protocol, facts or RecordFacts())
    return {
        "protocolSection": protocol,
        "derivedSection": {"miscInfoModule": {"versionHolder": as_of.isoformat()}},
        "hasResults": bool(study.registry.has_results),
    }


def _apply(protocol: Json, facts: RecordFacts) -> None:
    status: Json = protocol.setdefault("statusModule", {})
    if facts.record_reviewed_on is not None:
        status["statusVerifiedDate"] = facts.record_reviewed_on.strftime("%Y-%m")
    if facts.overall_status is not None:
        status["overallStatus"] = facts.overall_status
        status.pop("lastKnownStatus", None)
        if facts.overall_status not in _STOPPED:
            status.pop("whyStopped", None)
        elif facts.why_stopped is not None:
            status["whyStopped"] = facts.why_stopped
    for key, happened_on in (
        ("startDateStruct", facts.first_enrolled_on),
        ("primaryCompletionDateStruct", facts.primary_completion_on),
        ("completionDateStruct", facts.completion_on),
    ):
        if happened_on is not None:
            status[key] = {"date": happened_on.isoformat(), "type": "ACTUAL"}
    design: Json = protocol.setdefault("designModule", {})
    if facts.overall_status == "WITHDRAWN":
        design["enrollmentInfo"] = {"count": 0, "type": "ACTUAL"}
    elif facts.primary_completion_on is not None and facts.enrolled is not None:
        design["enrollmentInfo"] = {"count": facts.enrolled, "type": "ACTUAL"}
