"""The censoring table of a time-to-event endpoint: how many subjects of each arm ended how, and who."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from trialwright.outcomes.survival_times import TimeToEvent
from trialwright.outcomes.traceability import merge_sources


@dataclass(frozen=True, slots=True)
class EndingCount:
    """Subjects of one arm whose time ended for one reason, as an event or as a censoring."""

    endpoint: str
    arm: str
    event: bool
    reason: str
    subjects: tuple[str, ...]
    at_risk: int
    source_ids: tuple[int, ...] = ()

    @property
    def count(self) -> int:
        """How many subjects."""
        return len(self.subjects)


def derive_censoring_table(times: Sequence[TimeToEvent], arms: Mapping[str, str]) -> list[EndingCount]:
    """Events first, then censorings, each reason by name; every reason has a row for every arm, also with
    nobody.

    ``at_risk`` counts the subjects of the arm that have a time for the endpoint. Subjects outside ``arms``
    are left out.
    """
    used = [time for time in times if time.subject in arms]
    rows: list[EndingCount] = []
    for endpoint in dict.fromkeys(time.endpoint for time in used):
        mine = [time for time in used if time.endpoint == endpoint]
        endings = sorted({(not time.event, time.reason) for time in mine})
        for censored, reason in endings:
            for arm in sorted(set(arms.values())):
                group = [t for t in mine if arms[t.subject] == arm]
                here = [t for t in group if t.event is not censored and t.reason == reason]
                sources = merge_sources(*(t.source_ids for t in here))
                subjects = tuple(sorted(t.subject for t in here))
                rows.append(EndingCount(endpoint, arm, not censored, reason, subjects, len(group), sources))
    return rows
