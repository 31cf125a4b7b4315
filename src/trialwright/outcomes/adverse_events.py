"""Adverse events: treatment-emergent, worst grade by class and term, overview by arm.

Source: house safety reference, sections 1 to 3, and analysis reference, section 8. A subject counts once a
term, once a class and once overall, each at the worst grade.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from trialwright.outcomes.traceability import merge_sources

GRADES = (1, 2, 3, 4, 5)


@dataclass(frozen=True, slots=True)
class AdverseEvent:
    """One adverse event of one subject.

    ``organ_class`` and ``term`` come from the dictionary named with the event; ``related_to`` holds the
    agents that the investigator or the sponsor did not rule out; ``special_interest`` a class such as
    ``CRS``. ``grade`` is the worst grade reached, or ``None`` when not yet graded.
    """

    subject: str
    event: str
    term: str
    organ_class: str
    grade: int | None
    onset_on: date | None = None
    ended_on: date | None = None
    verbatim: str = ""
    dictionary: str = ""
    serious: bool = False
    related_to: frozenset[str] = frozenset()
    expected: bool | None = None
    led_to_stop: bool = False
    fatal: bool = False
    special_interest: str = ""
    dose_limiting: bool = False
    worsened_on: date | None = None
    source_ids: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class TreatmentPeriod:
    """When an event counts as treatment-emergent for one subject.

    From the first treatment to the last plus ``window_days``, ended earlier by the day before new anticancer
    therapy. ``first_on`` ``None``: never treated. What counts as first treatment (collection of cells, first
    injection) is the protocol's to say.
    """

    subject: str
    first_on: date | None
    last_on: date | None = None
    new_therapy_on: date | None = None
    window_days: int = 30
    source_ids: tuple[int, ...] = ()

    @property
    def ends_on(self) -> date | None:
        """The last day that counts; ``None`` while treatment goes on."""
        if self.last_on is None:
            return None if self.new_therapy_on is None else self.new_therapy_on - timedelta(days=1)
        window_end = self.last_on + timedelta(days=self.window_days)
        if self.new_therapy_on is None:
            return window_end
        return min(window_end, self.new_therapy_on - timedelta(days=1))


def compute_treatment_emergent(event: AdverseEvent, period: TreatmentPeriod) -> bool:
    """Whether the event began or worsened in the treatment period.

    An event without a date of onset counts for a treated subject unless it is known to have ended before:
    what is unknown is not left out of a safety table.
    """
    if period.first_on is None:
        return False
    if event.onset_on is None and event.worsened_on is None:
        return event.ended_on is None or event.ended_on >= period.first_on
    ends_on = period.ends_on or date.max
    dates = (event.onset_on, event.worsened_on)
    return any(on is not None and period.first_on <= on <= ends_on for on in dates)


def derive_treatment_emergent(
    events: Sequence[AdverseEvent], periods: Sequence[TreatmentPeriod]
) -> list[AdverseEvent]:
    """The treatment-emergent events, in the order given; subjects without a period are left out."""
    by_subject = {period.subject: period for period in periods}
    return [
        event
        for event in events
        if event.subject in by_subject and compute_treatment_emergent(event, by_subject[event.subject])
    ]


@dataclass(frozen=True, slots=True)
class GradeCounts:
    """Subjects of one arm by worst grade, for one row of the table.

    ``organ_class`` empty: any event; ``term`` empty: any term of the class. ``by_grade`` counts every
    subject once, at the worst grade; ``ungraded`` those whose events have no grade yet.
    """

    arm: str
    organ_class: str
    term: str
    by_grade: Mapping[int, int]
    ungraded: int
    subjects: tuple[str, ...]
    at_risk: int
    events: int
    source_ids: tuple[int, ...] = ()

    @property
    def any_grade(self) -> int:
        """Subjects with the event at any grade."""
        return len(self.subjects)

    def at_least(self, grade: int) -> int:
        """Subjects whose worst grade is ``grade`` or more."""
        return sum(count for level, count in self.by_grade.items() if level >= grade)

    @property
    def share(self) -> float | None:
        """Subjects with the event over subjects of the arm; ``None`` for an empty arm."""
        return self.any_grade / self.at_risk if self.at_risk else None


def _count(arm: str, key: tuple[str, str], events: Sequence[AdverseEvent], at_risk: int) -> GradeCounts:
    worst: dict[str, int] = {}
    for event in events:
        worst[event.subject] = max(worst.get(event.subject, 0), event.grade or 0)
    by_grade = {grade: sum(1 for level in worst.values() if level == grade) for grade in GRADES}
    ungraded = sum(1 for level in worst.values() if level == 0)
    sources = merge_sources(*(event.source_ids for event in events))
    return GradeCounts(arm, *key, by_grade, ungraded, tuple(sorted(worst)), at_risk, len(events), sources)


def _list_columns(arms: Mapping[str, str], total: str) -> dict[str, frozenset[str]]:
    """The columns of a table and the subjects of each: the arms by name, then all together where wanted."""
    columns = {arm: frozenset(s for s, a in arms.items() if a == arm) for arm in sorted(set(arms.values()))}
    return {**columns, total: frozenset(arms)} if total else columns


def _order_rows(
    events: Sequence[AdverseEvent], arms: Mapping[str, str], sort_arm: str | None
) -> list[tuple[str, str]]:
    """The rows (class, term) of the table: any event first, then classes and their terms by frequency."""
    affected: dict[tuple[str, str], set[str]] = {}
    for event in events:
        counted = sort_arm in (None, arms[event.subject])
        for key in ((event.organ_class, ""), (event.organ_class, event.term)):
            affected.setdefault(key, set()).update({event.subject} if counted else set())

    def rank(key: tuple[str, str]) -> tuple[int, str, bool, int, str]:
        organ_class, term = key
        return -len(affected[organ_class, ""]), organ_class, bool(term), -len(affected[key]), term

    return [("", ""), *sorted(affected, key=rank)]


def derive_worst_grades(
    events: Sequence[AdverseEvent],
    arms: Mapping[str, str],
    *,
    sort_arm: str | None = None,
    total: str = "",
) -> list[GradeCounts]:
    """Subjects by worst grade for any event, every class and every term, one row an arm.

    ``arms``: subject -> arm, for every subject of the set (also those without events: they are at risk).
    Events of other subjects are left out. Classes, and terms within them, come in falling number of subjects
    in ``sort_arm`` (all arms together by default), then by name. ``total`` names an extra column of all arms
    together, after the arms; without it there is none.
    """
    used = [event for event in events if event.subject in arms]
    columns = _list_columns(arms, total)
    rows: list[GradeCounts] = []
    for organ_class, term in _order_rows(used, arms, sort_arm):
        chosen = [e for e in used if organ_class in ("", e.organ_class) and term in ("", e.term)]
        for column, subjects in columns.items():
            mine = [e for e in chosen if e.subject in subjects]
            rows.append(_count(column, (organ_class, term), mine, len(subjects)))
    return rows


@dataclass(frozen=True, slots=True)
class OverviewRow:
    """Subjects of one arm with at least one event of a kind."""

    arm: str
    kind: str
    subjects: tuple[str, ...]
    at_risk: int
    events: int
    source_ids: tuple[int, ...] = ()

    @property
    def count(self) -> int:
        """How many subjects."""
        return len(self.subjects)

    @property
    def share(self) -> float | None:
        """Their share of the arm; ``None`` for an empty arm."""
        return self.count / self.at_risk if self.at_risk else None


@dataclass(frozen=True, slots=True)
class _Kind:
    name: str
    holds: Callable[[AdverseEvent], bool] = field(compare=False)


def _list_kinds(agents: Sequence[str]) -> list[_Kind]:
    def related_to(agent: str) -> Callable[[AdverseEvent], bool]:
        return lambda event: agent in event.related_to

    return [
        _Kind("any", lambda _: True),
        _Kind("related", lambda e: bool(e.related_to)),
        *(_Kind(f"related to {agent}", related_to(agent)) for agent in agents),
        _Kind("grade 3 or higher", lambda e: (e.grade or 0) >= 3),
        _Kind("serious", lambda e: e.serious),
        _Kind("led to stop of treatment", lambda e: e.led_to_stop),
        _Kind("fatal", lambda e: e.fatal or e.grade == 5),
        _Kind("special interest", lambda e: bool(e.special_interest)),
        _Kind("dose limiting", lambda e: e.dose_limiting),
    ]


def derive_overview(
    events: Sequence[AdverseEvent], arms: Mapping[str, str], agents: Sequence[str] = (), *, total: str = ""
) -> list[OverviewRow]:
    """The overview table: for every kind of event, subjects of each arm with at least one.

    ``agents``: a row of related events for each. ``total`` names an extra column of all arms together. Kinds
    without any subject are kept, with a count of 0.
    """
    rows: list[OverviewRow] = []
    for kind in _list_kinds(agents):
        for column, members in _list_columns(arms, total).items():
            mine = [e for e in events if e.subject in members and kind.holds(e)]
            sources = merge_sources(*(e.source_ids for e in mine))
            subjects = tuple(sorted({e.subject for e in mine}))
            rows.append(OverviewRow(column, kind.name, subjects, len(members), len(mine), sources))
    return rows
