"""Duration of response, time to response, duration of disease control.

Source: house analysis reference, section 2. Duration of response runs from the first assessment that shows
the response to progression or death, under the same rules of censoring as progression-free survival; it
exists for responders only and is not compared between arms.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from trialwright.outcomes.dates import DayCount
from trialwright.outcomes.progression_free import (
    AssessmentSchedule,
    ProgressionHistory,
    ProgressionRules,
    compute_progression_free,
)
from trialwright.outcomes.recist.best_response import YesNo
from trialwright.outcomes.survival_times import TimeToEvent
from trialwright.outcomes.traceability import merge_sources


def compute_duration_of_response(
    history: ProgressionHistory,
    response: YesNo,
    rules: ProgressionRules,
    schedule: AssessmentSchedule,
    *,
    cut_on: date | None = None,
    day_count: DayCount = DayCount.INCLUSIVE,
) -> TimeToEvent | None:
    """Duration of one subject's response; ``None`` for who did not respond (by the cut)."""
    if not response.value or response.on is None or (cut_on is not None and response.on > cut_on):
        return None
    end = compute_progression_free(history, rules, schedule, cut_on=cut_on, day_count=day_count)
    # A censoring before the response (no baseline, therapy before it) leaves no observed duration.
    end_on = max(end.end_on, response.on)
    sources = merge_sources(end.source_ids, response.source_ids)
    return replace(end, endpoint="DOR", start_on=response.on, end_on=end_on, source_ids=sources)


def compute_time_to_response(
    history: ProgressionHistory, response: YesNo, *, day_count: DayCount = DayCount.INCLUSIVE
) -> TimeToEvent | None:
    """From the start of the clock to the response, among responders; ``None`` for the others."""
    if not response.value or response.on is None:
        return None
    sources = merge_sources(history.source_ids, response.source_ids)
    return TimeToEvent(
        history.subject, "TTR", history.start_on, response.on, True, "RESPONSE", day_count, "", sources
    )


def compute_duration_of_control(
    history: ProgressionHistory,
    benefit: YesNo,
    rules: ProgressionRules,
    schedule: AssessmentSchedule,
    *,
    cut_on: date | None = None,
    day_count: DayCount = DayCount.INCLUSIVE,
) -> TimeToEvent | None:
    """From the start of the clock to progression, for who had disease control; ``None`` for the others.

    A death without progression is censored, as for time to progression.
    """
    if not benefit.value:
        return None
    end = compute_progression_free(
        history, replace(rules, deaths_count=False), schedule, cut_on=cut_on, day_count=day_count
    )
    return replace(end, endpoint="DDC", source_ids=merge_sources(end.source_ids, benefit.source_ids))
