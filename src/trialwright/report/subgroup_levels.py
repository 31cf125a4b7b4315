"""Who belongs to which level of a subgroup: the last value on or before the day of allocation decides."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from trialwright.outcomes.analysis_sets import AnalysisSet
from trialwright.study.checks.subgroups import item_of_subgroup, place_of_subgroup
from trialwright.study.model.analysis import BaselineRow
from trialwright.study.model.response_plan import Subgroup

from .baseline import Found, find_baseline_answer
from .dataset import Dataset

NOT_RECORDED = "Not recorded"


@dataclass(frozen=True, slots=True)
class Level:
    """One level with its members; ``sources`` are the ledger entries of the answers, none for the last level."""

    label: str
    members: frozenset[str]
    sources: tuple[int, ...] = ()
    recorded: bool = True


def derive_levels(data: Dataset, group: Subgroup) -> list[Level]:
    """The levels that somebody allocated belongs to, in the order of the codes or of the cut points."""
    form_id, item_id = ("", "") if group.variable == "age" else place_of_subgroup(data.study, group)
    plan = BaselineRow(
        label=group.label,
        form=form_id or None,
        item=item_id or None,
        variable="age" if group.variable == "age" else "",
    )
    form = data.study.form(form_id) if form_id else None
    subjects = data.of(AnalysisSet.ITT)
    answers = [find_baseline_answer(data, plan, form, subject) for subject in subjects]
    known = [answer for answer in answers if answer is not None]
    levels = [level for level in _levels(data, group, known) if level.members]
    placed = frozenset(name for level in levels for name in level.members)
    rest = frozenset(subject.state.subject for subject in subjects) - placed
    return [*levels, Level(NOT_RECORDED, rest, (), recorded=False)] if rest else levels


def _levels(data: Dataset, group: Subgroup, answers: Sequence[Found]) -> Iterator[Level]:
    if group.cut_points:
        yield from _cut(group, answers)
        return
    item = item_of_subgroup(data.study, group)
    if item is None:
        return
    codes = [(code.value, code.label) for code in item.codes]
    for value, label in codes or [("true", "Yes"), ("false", "No")]:
        yield _level(label, [answer for answer in answers if answer[1] == value])


def _cut(group: Subgroup, answers: Sequence[Found]) -> Iterator[Level]:
    """Below the first cut point, from each to below the next, from the last on."""
    unit = f" {group.unit}" if group.unit else ""
    numbers = [(answer, float(answer[1])) for answer in answers]
    ends = [float("-inf"), *group.cut_points, float("inf")]
    for low, high in pairwise(ends):
        if low == float("-inf"):
            label = f"Below {high:g}{unit}"
        elif high == float("inf"):
            label = f"{low:g}{unit} or more"
        else:
            label = f"{low:g} to below {high:g}{unit}"
        yield _level(label, [answer for answer, number in numbers if low <= number < high])


def _level(label: str, answers: Sequence[Found]) -> Level:
    members = frozenset(answer[0].state.subject for answer in answers)
    return Level(label, members, tuple(sorted(answer[2] for answer in answers)))
