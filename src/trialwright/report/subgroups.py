"""The effect on survival in the subgroups that the plan names: forest plots of overall and progression-free survival.

Whether effects differ is said by the ratio of hazard ratios with its interval, not by tests: subgroups of a small
trial are too small to find a difference, and many of them find one by chance.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, isfinite, log, nan, sqrt

import numpy as np

from trialwright.outcomes.analysis_sets import AnalysisSet
from trialwright.outcomes.survival_times import TimeToEvent
from trialwright.outcomes.traceability import merge_sources
from trialwright.stats.cox import compute_cox
from trialwright.stats.distributions import two_sided_z
from trialwright.study.model.products import Arm

from .dataset import Dataset
from .forest_drawing import ForestRow, draw_forest
from .model import Figure, Number, Row, Section, Table
from .subgroup_levels import Level, derive_levels
from .survival import Pick
from .wording import NOT_ESTIMABLE, finite, write_decimal, write_interval

TITLE = "Subgroups"
LONGEST_REASON = 36
"""Letters of a reason that fit into the plot; longer ones stand in the note of the table."""
ENDPOINTS: tuple[tuple[str, str, Pick], ...] = (
    ("os", "Overall survival", lambda subject: subject.survival),
    ("pfs", "Progression-free survival", lambda subject: subject.progression),
)


@dataclass(frozen=True, slots=True)
class Effect:
    """The hazard ratio among some subjects: NaN with the ``reason`` where it cannot be estimated."""

    times: dict[str, tuple[TimeToEvent, ...]]
    ratio: float
    lower: float
    upper: float
    error: float
    reason: str
    convention: str

    @property
    def subjects(self) -> tuple[str, ...]:
        """Everybody whose time counts."""
        return tuple(row.subject for rows in self.times.values() for row in rows)

    @property
    def sources(self) -> tuple[int, ...]:
        """The ledger entries behind the times."""
        return merge_sources(*(row.source_ids for rows in self.times.values() for row in rows))


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the plot: an id, a label, the effect, and the ratio to the effect in the first level."""

    id: str
    label: str
    effect: Effect | None
    group: str = ""
    ratio: tuple[float, float, float] | None = None
    first: str = ""
    sources: tuple[int, ...] = ()

    @property
    def indent(self) -> int:
        """Levels stand below the name of their subgroup."""
        return 1 if self.group else 0

    @property
    def full(self) -> str:
        """The level with the name of its subgroup."""
        return f"{self.group}, {self.label[0].lower()}{self.label[1:]}" if self.group else self.label


def build_subgroups(data: Dataset) -> Section:
    """Both endpoints in every planned subgroup; words alone where there is no plan or no second arm."""
    arms = [arm for arm in data.study.arms if any(s.arm == arm.id for s in data.of(AnalysisSet.ITT))]
    if not data.study.analysis.subgroups:
        return Section("subgroups", TITLE, ("The analysis plan names no subgroups.",))
    if len(arms) != 2:
        return Section("subgroups", TITLE, ("Effects in subgroups compare two arms with subjects in both.",))
    reference = next((arm for arm in arms if arm.id == data.study.analysis.reference_arm), arms[-1])
    other = next(arm for arm in arms if arm is not reference)
    groups = [derive_levels(data, group) for group in data.study.analysis.subgroups]
    figures = tuple(
        _figure(data, endpoint, title, _lines(data, pick, groups, (other, reference)), (other, reference))
        for endpoint, title, pick in ENDPOINTS
    )
    words = (
        "Hazard ratios in the subgroups that the plan names, each from a Cox model of its own. A subgroup holds only a "
        "part of the events: its interval is wide, it can neither show nor exclude an effect by itself, and among "
        "several subgroups some stand out by chance. The ratio of hazard ratios compares each level with the first; "
        "1 means the same effect in both."
    )
    return Section("subgroups", TITLE, (words,), figures)


def _lines(data: Dataset, pick: Pick, groups: Sequence[Sequence[Level]], arms: tuple[Arm, Arm]) -> list[Line]:
    everyone = frozenset(s.state.subject for s in data.of(AnalysisSet.ITT))
    lines = [Line("overall", "All subjects", _effect(data, pick, everyone, arms))]
    for place, (plan, levels) in enumerate(zip(data.study.analysis.subgroups, groups, strict=True), start=1):
        lines.append(Line(f"g{place}", plan.label, None))
        effects = [_effect(data, pick, level.members, arms) for level in levels]
        for number, (level, effect) in enumerate(zip(levels, effects, strict=True), start=1):
            ratio = None
            if number > 1 and level.recorded:
                ratio = compute_ratio_of_ratios(effects[0], effect, data.study.analysis.confidence_level)
            first = levels[0].label
            lines.append(
                Line(f"g{place}_{number}", level.label, effect, plan.label, ratio, first, level.sources)
            )
    return lines


def _effect(data: Dataset, pick: Pick, members: frozenset[str], arms: tuple[Arm, Arm]) -> Effect:
    """The effect of the first arm against the second among ``members``."""
    mine = [s for s in data.of(AnalysisSet.ITT) if s.state.subject in members]
    times = {
        arm.id: tuple(row for s in mine if s.arm == arm.id and (row := pick(s)) is not None) for arm in arms
    }
    rows = [row for arm in arms for row in times[arm.id]]
    empty = [arm.label for arm in arms if not times[arm.id]]
    quiet = [arm.label for arm in arms if not any(row.event for row in times[arm.id])]
    if empty or quiet:
        reason = f"no {'subject' if empty else 'event'} in {' or '.join(empty or quiet)}"
        return Effect(times, nan, nan, nan, nan, reason, "")
    analysis = data.study.analysis
    cox = compute_cox(
        np.array([row.days for row in rows], dtype=float),
        np.array([row.event for row in rows], dtype=bool),
        np.array([1.0] * len(times[arms[0].id]) + [0.0] * len(times[arms[1].id])),
        names=("the arm",),
        ties=analysis.ties,
        level=analysis.confidence_level,
    )
    if not cox.estimable:
        return Effect(times, nan, nan, nan, nan, cox.reason, cox.convention)
    ratio, lower, upper, error = (
        float(v[0]) for v in (cox.hazard_ratio, cox.lower, cox.upper, cox.std_error)
    )
    return Effect(times, ratio, lower, upper, error, "", cox.convention)


def compute_ratio_of_ratios(first: Effect, other: Effect, level: float) -> tuple[float, float, float]:
    """The hazard ratio of ``other`` over that of ``first`` with a Wald interval; NaN where one is missing.

    The levels hold different subjects and each has its own baseline hazard, as in a Cox model stratified by the
    subgroup: the two log hazard ratios are independent and their variances add.
    """
    if not (isfinite(first.ratio) and isfinite(other.ratio)):
        return nan, nan, nan
    centre = log(other.ratio) - log(first.ratio)
    half = two_sided_z(level) * sqrt(first.error**2 + other.error**2)
    return exp(centre), exp(centre - half), exp(centre + half)


def _figure(data: Dataset, endpoint: str, title: str, lines: Sequence[Line], arms: tuple[Arm, Arm]) -> Figure:
    level = f"{data.study.analysis.confidence_level:.0%}"
    rows = [_forest_row(line, arms) for line in lines]
    heads = (*(f"{arm.label}, events / n" for arm in arms), f"Hazard ratio ({level} interval)")
    label = f"Hazard ratio, {arms[0].label} against {arms[1].label}"
    svg = draw_forest(rows, heads, (arms[0].label, arms[1].label), label, f"forest-{endpoint}")
    table = _table(data, endpoint, title, lines, arms)
    notes = (
        f"Squares are sized by the number of subjects; lines are {level} intervals, with an arrow where they go on. "
        "The dotted line is the hazard ratio of all subjects. NE: not estimable, with the reason.",
    )
    return Figure(f"forest_{endpoint}", f"{title} in subgroups", svg, _say(title, lines), notes, table)


def _forest_row(line: Line, arms: tuple[Arm, Arm]) -> ForestRow:
    effect = line.effect
    if effect is None:
        return ForestRow(line.label)
    return ForestRow(
        line.label,
        tuple(_events(effect.times[arm.id]) for arm in arms),
        effect.ratio,
        effect.lower,
        effect.upper,
        len(effect.subjects),
        write_interval(effect.ratio, effect.lower, effect.upper, 2) if not effect.reason else "",
        effect.reason if len(effect.reason) <= LONGEST_REASON else "no finite estimate",
        line.indent,
    )


def _events(rows: Sequence[TimeToEvent]) -> str:
    return f"{sum(row.event for row in rows)} / {len(rows)}"


def _table(data: Dataset, endpoint: str, title: str, lines: Sequence[Line], arms: tuple[Arm, Arm]) -> Table:
    rows: list[Row] = []
    for line in lines:
        if line.effect is None:
            rows.append(Row(line.label, ("", "", "", "")))
            continue
        counts = (_count(endpoint, line, line.effect, arm) for arm in arms)
        cells = (
            *counts,
            _hazard(endpoint, line, line.effect, arms),
            _interaction(data, endpoint, line),
        )
        rows.append(Row(line.label, cells, line.indent))
    columns = (
        "",
        *(f"{arm.label}, events / n" for arm in arms),
        f"Hazard ratio, {arms[0].label} against {arms[1].label}",
        "Ratio of hazard ratios to the first level",
    )
    reasons = dict.fromkeys(
        f"{line.full}: {line.effect.reason}" for line in lines if line.effect and line.effect.reason
    )
    notes = (f"Not estimable (NE): {'; '.join(reasons)}.",) if reasons else ()
    return Table(f"subgroups_{endpoint}", f"{title} by subgroup", columns, tuple(rows), notes)


def _count(endpoint: str, line: Line, effect: Effect, arm: Arm) -> Number:
    rows = effect.times[arm.id]
    events = sum(row.event for row in rows)
    return Number(
        f"subgroups.{endpoint}.{line.id}.events.{arm.id}",
        _events(rows),
        events,
        f"Subjects of {arm.label} with an event, and how many there are, in: {line.full}.",
        "subjects",
        tuple(row.subject for row in rows),
        merge_sources(line.sources, *(row.source_ids for row in rows)) if rows else (),
    )


def _hazard(endpoint: str, line: Line, effect: Effect, arms: tuple[Arm, Arm]) -> Number:
    against = f"{arms[0].label} against {arms[1].label}"
    how = f"not estimable: {effect.reason}" if effect.reason else effect.convention
    return Number(
        f"subgroups.{endpoint}.{line.id}.hazard_ratio",
        write_interval(effect.ratio, effect.lower, effect.upper, 2),
        finite(effect.ratio),
        f"Hazard ratio, {against}, in: {line.full}; {how}.",
        "ratio",
        effect.subjects,
        merge_sources(line.sources, effect.sources),
    )


def _interaction(data: Dataset, endpoint: str, line: Line) -> Number | str:
    if line.ratio is None or line.effect is None:
        return "" if line.id == "overall" or not line.id.endswith("_1") else "first level"
    value, lower, upper = line.ratio
    level = data.study.analysis.confidence_level
    definition = (
        f"Hazard ratio in {line.full} over that in {line.first}, Wald interval, level {level:g}, as from a Cox "
        "model stratified by the subgroup."
    )
    return Number(
        f"subgroups.{endpoint}.{line.id}.ratio",
        write_interval(value, lower, upper, 2),
        finite(value),
        definition,
        "ratio",
        line.effect.subjects,
        merge_sources(line.sources, line.effect.sources),
    )


def _say(title: str, lines: Sequence[Line]) -> str:
    whole = lines[0].effect
    found = [line for line in lines[1:] if line.effect is not None]
    known = [line.effect.ratio for line in found if line.effect and isfinite(line.effect.ratio)]
    overall = write_decimal(whole.ratio, 2) if whole is not None else NOT_ESTIMABLE
    if not known:
        return f"{title}: hazard ratio {overall} in all subjects; in no subgroup can it be estimated."
    missing = len(found) - len(known)
    rest = f"; in {missing} it cannot be estimated" if missing else ""
    return (
        f"{title}: hazard ratio {overall} in all subjects, from {write_decimal(min(known), 2)} to "
        f"{write_decimal(max(known), 2)} in {len(known)} levels of the subgroups{rest}."
    )
