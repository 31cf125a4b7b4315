"""What actually happened, as the registry record needs it. Reads only."""

from __future__ import annotations

from datetime import date

from trialwright.actions.analyse import Cut
from trialwright.standards.clinicaltrials_gov import RecordFacts


def register_facts(cut: Cut) -> RecordFacts:
    """Facts from the ledger: first enrolment, numbers, completion, and the recruitment status they imply.

    Enrolled means consented (NLM data element definitions: enrolment is agreement to take part after
    informed consent); the number enrolled counts those allocated, as the record's planned number does.
    """
    consented = sorted(s.consent.given_on for s in cut.subjects if s.consent is not None)
    allocated = [s for s in cut.subjects if s.allocation is not None]
    ended = sorted(s.follow_up_end.ended_on for s in allocated if s.follow_up_end is not None)
    planned = cut.study.design.enrolment.count if cut.study.design.enrolment else None
    full = planned is not None and len(allocated) >= planned
    complete = full and len(ended) == len(allocated)
    status = "COMPLETED" if complete else ("ACTIVE_NOT_RECRUITING" if full else "RECRUITING")
    last = date.fromisoformat(ended[-1]) if complete else None
    return RecordFacts(
        first_enrolled_on=date.fromisoformat(consented[0]) if consented else None,
        enrolled=len(allocated) or None,
        primary_completion_on=last,
        completion_on=last,
        overall_status=status if consented else "NOT_YET_RECRUITING",
        status_changed_on=last,
    )
