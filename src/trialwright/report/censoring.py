"""How times ended, by arm: events and censorings with their reasons, each with whom it counts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from trialwright.outcomes.censoring_table import EndingCount, derive_censoring_table
from trialwright.outcomes.survival_times import TimeToEvent
from trialwright.study.model.products import Arm

from .model import Cell, Number, Row, Table
from .wording import write_share

REASONS: Mapping[str, str] = MappingProxyType(
    {
        "PD": "Progression",
        "DEATH": "Death",
        "CLINICAL_PD": "Clinical progression without a scan",
        "NEW_THERAPY": "New therapy began",
        "TWO_OR_MORE_MISSED": "Two or more assessments missed before the event",
        "MISSED_ASSESSMENTS": "Assessments missed before the event",
        "LAST_ADEQUATE_ASSESSMENT": "Without event at the last adequate assessment",
        "LAST_KNOWN_ALIVE": "Alive at the last contact",
        "DATA_CUT": "Alive at the data cut",
        "DEATH_WITHOUT_PD": "Death without progression",
        "NO_BASELINE": "No adequate baseline",
        "RANDOMISATION": "No adequate assessment after allocation",
        "NO_CONTACT_AFTER_START": "No contact after allocation",
    }
)


def build_censoring(endpoint: str, title: str, arms: Sequence[tuple[Arm, Sequence[TimeToEvent]]]) -> Table:
    """One row a reason, events first. ``endpoint`` begins the ids of the numbers; arms hold their times."""
    by_subject = {row.subject: arm.id for arm, rows in arms for row in rows}
    counts = derive_censoring_table([row for _, rows in arms for row in rows], by_subject)
    rows: list[Row] = []
    blank: tuple[Cell, ...] = tuple("" for _ in arms)
    for event, heading in ((True, "Event"), (False, "Censored")):
        reasons = list(dict.fromkeys(count.reason for count in counts if count.event is event))
        if reasons:
            rows.append(Row(heading, blank))
        for reason in reasons:
            found = {c.arm: c for c in counts if c.event is event and c.reason == reason}
            cells = tuple(_cell(endpoint, heading, arm, found.get(arm.id)) for arm, _ in arms)
            rows.append(Row(reason_in_words(reason), cells, 1))
    columns = ("", *(f"{arm.label} (n = {len(rows)})" for arm, rows in arms))
    return Table(f"{endpoint}_endings", f"{title}: how the times ended", columns, tuple(rows))


def reason_in_words(reason: str) -> str:
    """The reason of an event or a censoring as people read it."""
    return REASONS.get(reason, reason.replace("_", " ").capitalize())


def _cell(endpoint: str, heading: str, arm: Arm, count: EndingCount | None) -> Cell:
    if count is None:
        return "–"
    words = reason_in_words(count.reason)
    return Number(
        f"{endpoint}.ended.{heading.lower()}.{count.reason.lower()}.{arm.id}",
        write_share(count.count, count.at_risk),
        count.count,
        f"Subjects of {arm.label} whose time ended so: {heading.lower()}, {words[0].lower()}{words[1:]}.",
        "subjects",
        count.subjects,
        count.source_ids,
    )
