"""Departures from the protocol: by kind, gravity and arm."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from trialwright.outcomes.analysis_sets import AnalysisSet
from trialwright.trial.records import Deviation

from .adverse import arm_columns, count_arms
from .counting import Fact, count_subjects_and_events
from .dataset import Dataset, SubjectData
from .model import Row, Section, Table

Test = Callable[[Deviation], bool]
GRAVITIES = (("major", "Major"), ("minor", "Minor"))


def build_deviations(data: Dataset) -> Section:
    """All allocated subjects, by allocated arm."""
    title = "Protocol deviations"
    members = data.of(AnalysisSet.ITT)
    if not members:
        return Section("deviations", title, ("No subject was allocated.",))
    categories = sorted({d.category for subject in members for d in subject.state.deviations})
    rows = [_row(data, members, "any", "Any deviation", lambda _: True)]
    rows += [_row(data, members, code, label, _of(code), 1) for code, label in GRAVITIES]
    for category in categories:
        label = name_category(category)
        rows.append(_row(data, members, f"{category}.any", label, _about(category)))
        rows += [
            _row(data, members, f"{category}.{code}", word, _about(category, code), 1)
            for code, word in GRAVITIES
        ]
    columns = arm_columns(data, data.sets[AnalysisSet.ITT])
    notes = (
        "Subjects (per cent); deviations. A major deviation takes a subject out of the per-protocol set. Each one "
        "is in the listings.",
    )
    table = Table("deviations_table", "Deviations by kind and gravity", columns, tuple(rows), notes)
    return Section("deviations", title, (), (table,))


def name_category(category: str) -> str:
    """The kind of a deviation as people read it."""
    return category.replace("_", " ").capitalize()


def _of(severity: str) -> Test:
    return lambda deviation: deviation.severity == severity


def _about(category: str, severity: str = "") -> Test:
    return lambda d: d.category == category and severity in ("", d.severity)


def _row(
    data: Dataset, members: Sequence[SubjectData], name: str, label: str, test: Test, indent: int = 0
) -> Row:
    sizes = count_arms(data, data.sets[AnalysisSet.ITT])
    cells = tuple(
        count_subjects_and_events(
            f"deviations.{name}.{arm.id}",
            f"Subjects of {arm.label} with at least one deviation, and the deviations: {name.replace('.', ', ')}.",
            [
                Fact(subject.state.subject, (deviation.seq,))
                for subject in members
                if subject.arm == arm.id
                for deviation in subject.state.deviations
                if test(deviation)
            ],
            sizes[arm.id],
        )
        for arm in data.study.arms
    )
    return Row(label, cells, indent)
