"""Adverse events by organ class and term: subjects and events, and subjects by worst grade."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from trialwright.outcomes.adverse_events import GRADES, AdverseEvent, derive_worst_grades
from trialwright.outcomes.traceability import merge_sources
from trialwright.study.model.products import Arm

from .counting import Fact, count_share, count_subjects_and_events
from .dataset import Dataset
from .model import Cell, Row, Table

Key = tuple[str, str]
"""Organ class and term; both empty for any event, the term empty for a whole class."""


@dataclass(slots=True)
class _Tally:
    """The events of one arm in one row, by subject."""

    events: dict[str, list[AdverseEvent]] = field(default_factory=dict[str, list[AdverseEvent]])

    def facts(self) -> list[Fact]:
        return [Fact(e.subject, e.source_ids) for found in self.events.values() for e in found]

    def at_worst(self, least: int, most: int) -> list[Fact]:
        """One fact for each subject whose worst grade lies between the two."""
        return [
            Fact(subject, merge_sources(*(event.source_ids for event in found)))
            for subject, found in self.events.items()
            if least <= max(event.grade or 0 for event in found) <= most
        ]


def tabulate_terms(data: Dataset, events: Sequence[AdverseEvent], arms: Mapping[str, str]) -> Table:
    """Subjects and events of every class and term, at any grade and at grade 3 or higher."""
    tallies, order = _tally(events, arms), _order(events, arms)
    parts = ("any grade", "grade 3 or higher")
    columns = ("", *(f"{arm.label}, {part}" for arm in data.study.arms for part in parts))
    rows = tuple(
        _row(key, [cell for arm in data.study.arms for cell in _any_and_severe(key, arm, tallies, arms)])
        for key in order
    )
    notes = (f"Terms of CTCAE version {data.study.safety.ctcae_version}. Subjects (per cent); events.",)
    title = "Adverse events by organ class and term"
    return Table("adverse_terms", title, columns, rows, notes)


def tabulate_grades(data: Dataset, events: Sequence[AdverseEvent], arms: Mapping[str, str]) -> list[Table]:
    """Subjects by worst grade of every class and term, a table an arm and a column a grade."""
    tallies, order = _tally(events, arms), _order(events, arms)
    grades = GRADES if all(event.grade is not None for event in events) else (*GRADES, 0)
    notes = ("Each subject counts once in a row, at the worst grade of the row's events.",)
    tables: list[Table] = []
    for arm in data.study.arms:
        columns = ("", *(_grade_word(grade).capitalize() for grade in grades))
        rows = tuple(
            _row(key, [_at_grade(key, arm, grade, tallies, arms) for grade in grades]) for key in order
        )
        title = f"Adverse events by worst grade: {arm.label} (n = {_size(arm, arms)})"
        tables.append(Table(f"adverse_grades_{arm.id}", title, columns, rows, notes))
    return tables


def _grade_word(grade: int) -> str:
    return f"grade {grade}" if grade else "not graded"


def _order(events: Sequence[AdverseEvent], arms: Mapping[str, str]) -> list[Key]:
    """The rows, classes and terms by how many subjects they concern."""
    return list(dict.fromkeys((row.organ_class, row.term) for row in derive_worst_grades(events, arms)))


def _tally(events: Sequence[AdverseEvent], arms: Mapping[str, str]) -> dict[tuple[str, Key], _Tally]:
    found: dict[tuple[str, Key], _Tally] = {}
    for event in events:
        for key in (("", ""), (event.organ_class, ""), (event.organ_class, event.term)):
            tally = found.setdefault((arms[event.subject], key), _Tally())
            tally.events.setdefault(event.subject, []).append(event)
    return found


def _row(key: Key, cells: Sequence[Cell]) -> Row:
    organ_class, term = key
    return Row(term or organ_class or "Any event", tuple(cells), 2 if term else int(bool(organ_class)))


def _name(key: Key) -> str:
    organ_class, term = key
    return (term or organ_class or "any").replace(" ", "_").lower()


def _words(key: Key) -> str:
    organ_class, term = key
    return term or organ_class or "any event"


def _size(arm: Arm, arms: Mapping[str, str]) -> int:
    return sum(1 for other in arms.values() if other == arm.id)


def _any_and_severe(
    key: Key, arm: Arm, tallies: Mapping[tuple[str, Key], _Tally], arms: Mapping[str, str]
) -> tuple[Cell, Cell]:
    tally, of = tallies.get((arm.id, key), _Tally()), _size(arm, arms)
    return (
        count_subjects_and_events(
            f"adverse.any.{_name(key)}.{arm.id}",
            f"Subjects of {arm.label} with {_words(key)} at any grade, and the events.",
            tally.facts(),
            of,
        ),
        count_share(
            f"adverse.severe.{_name(key)}.{arm.id}",
            f"Subjects of {arm.label} with {_words(key)} at grade 3 or higher.",
            tally.at_worst(3, 5),
            of,
        ),
    )


def _at_grade(
    key: Key, arm: Arm, grade: int, tallies: Mapping[tuple[str, Key], _Tally], arms: Mapping[str, str]
) -> Cell:
    return count_share(
        f"adverse.worst_{grade}.{_name(key)}.{arm.id}",
        f"Subjects of {arm.label} whose worst {_words(key)} is {_grade_word(grade)}.",
        tallies.get((arm.id, key), _Tally()).at_worst(grade, grade),
        _size(arm, arms),
    )
