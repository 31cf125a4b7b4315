"""Dose-limiting toxicity and the Bayesian stopping rule: counts, boundary, and the path on which they came."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

from trialwright.outcomes.toxicity_stopping import (
    StoppingRule,
    compute_boundary,
    compute_posterior,
)
from trialwright.outcomes.traceability import merge_sources
from trialwright.study.model.safety import DoseLimiting, ToxicityStopping

from .counting import NOBODY, Fact, count_share, count_things
from .dataset import Dataset, SubjectData
from .limiting import is_open
from .model import Cell, Figure, Number, Row, Section, Table
from .pooling import POOLED_ARM
from .safety_figures import Path, draw_stopping
from .wording import write_decimal

ALL_TOGETHER = "all"
Pick = Callable[["ToxicityGroup"], Sequence[SubjectData]]


@dataclass(frozen=True)
class ToxicityGroup:
    """What one rule looks at: an arm, or all arms. ``subjects`` are those dosed, in the order they came to count."""

    id: str
    label: str
    subjects: tuple[SubjectData, ...]

    @cached_property
    def evaluable(self) -> tuple[SubjectData, ...]:
        """The subjects that count."""
        return tuple(s for s in self.subjects if s.limiting is not None and s.limiting.evaluable)

    @cached_property
    def toxic(self) -> tuple[SubjectData, ...]:
        """Those of them with a dose-limiting toxicity."""
        return tuple(s for s in self.evaluable if s.limiting is not None and s.limiting.toxic)

    def path(self) -> tuple[int, ...]:
        """Subjects with a toxicity after the first, second, ... evaluable subject."""
        return self._path

    @cached_property
    def _path(self) -> tuple[int, ...]:
        events, found = 0, list[int]()
        for subject in self.evaluable:
            events += int(subject.limiting is not None and subject.limiting.toxic)
            found.append(events)
        return tuple(found)


def make_rule(stated: ToxicityStopping) -> StoppingRule:
    """The study's rule as the outcomes compute with it."""
    return StoppingRule(
        stated.prior_events,
        stated.prior_free,
        stated.max_rate,
        stated.cutoff,
        stated.first_look,
        stated.look_every,
    )


def find_groups(data: Dataset) -> list[ToxicityGroup]:
    """What is looked at: every arm by itself, or all together where the rule says so."""
    dosed = [s for s in data.subjects if s.limiting is not None]
    dosed.sort(key=_when_counted)
    stated = data.study.safety.stopping
    if stated is not None and stated.scope == "all":
        return [ToxicityGroup(ALL_TOGETHER, "All subjects", tuple(dosed))]
    return [
        ToxicityGroup(arm.id, arm.label, tuple(s for s in dosed if s.arm == arm.id))
        for arm in data.study.arms
    ]


def _when_counted(subject: SubjectData) -> tuple[str, str]:
    """By the day the subject began to count, then by pseudonym; those who do not count come last."""
    on = subject.limiting.evaluable_on if subject.limiting is not None else None
    return (on.isoformat() if on is not None else "9999", subject.state.subject)


def build_toxicity(data: Dataset) -> Section:
    """The counts by group, the boundary of the rule and the observed path."""
    title, safety = "Dose-limiting toxicity and stopping", data.study.safety
    if safety.dose_limiting is None:
        return Section("toxicity", title, ("The study file defines no dose-limiting toxicity.",))
    groups = find_groups(data)
    words = [_define(safety.dose_limiting)]
    blocks: list[Table | Figure] = []
    stopping = find_stopping(data)
    if stopping is not None:
        words.append(_explain(stopping))
        blocks.append(_figure(groups, stopping))
    elif safety.stopping is not None:
        words.append("The stopping rule looks at each arm by itself and is left out where arms are together.")
    blocks += [_counts(data, groups), _criteria(data, groups)]
    return Section("toxicity", title, tuple(words), tuple(blocks))


def find_stopping(data: Dataset) -> ToxicityStopping | None:
    """The rule that can be applied to the data: none by arm where the arms were put together."""
    stated = data.study.safety.stopping
    pooled = any(arm.id == POOLED_ARM for arm in data.study.arms)
    return None if stated is None or (pooled and stated.scope == "arm") else stated


def _define(stated: DoseLimiting) -> str:
    return (
        f"The window is {stated.window_days} days from the first dose that counts. A subject is evaluable after a "
        "dose-limiting toxicity or at the end of the window, having received at least "
        f"{stated.minimum_doses} such dose{'s' if stated.minimum_doses > 1 else ''}."
    )


def _explain(stated: ToxicityStopping) -> str:
    who = "the study" if stated.scope == "all" else "an arm"
    return (
        f"Accrual to {who} stops when the posterior probability that the rate exceeds {stated.max_rate:.0%} is "
        f"above {stated.cutoff:.0%}, with the prior Beta({stated.prior_events:g}, {stated.prior_free:g}), looked "
        f"at from {stated.first_look} evaluable subjects on."
    )


def _counts(data: Dataset, groups: Sequence[ToxicityGroup]) -> Table:
    rows = [
        _row("dosed", "Received a dose that counts", groups, lambda g: g.subjects),
        _row("pending", "In the window", groups, _pending, 1),
        _row("not_evaluable", "Not evaluable", groups, _not_evaluable, 1),
        _row("evaluable", "Evaluable", groups, lambda g: g.evaluable),
        _row("toxic", "With a dose-limiting toxicity", groups, lambda g: g.toxic, 1),
        Row("Events that may still become dose limiting", tuple(_open_events(g) for g in groups)),
    ]
    stated = find_stopping(data)
    if stated is not None:
        rule = make_rule(stated)
        rows += [
            Row("Stops at so many subjects with a toxicity", tuple(_limit(stated, g) for g in groups)),
            Row("Posterior probability of too high a rate", tuple(_posterior(rule, g) for g in groups)),
            Row("Verdict", tuple(_verdict(stated, g) for g in groups)),
        ]
    columns = ("", *(group.label for group in groups))
    notes = ("Subjects in the window were still in it at the cut; not evaluable: the window ended early.",)
    return Table("toxicity_counts", "Where the rule stands", columns, tuple(rows), notes)


def _fact(subject: SubjectData) -> Fact:
    sources = subject.limiting.source_ids if subject.limiting is not None else ()
    return Fact(subject.state.subject, sources)


def _pending(group: ToxicityGroup) -> Sequence[SubjectData]:
    return [s for s in group.subjects if s.limiting is not None and s.limiting.pending]


def _not_evaluable(group: ToxicityGroup) -> Sequence[SubjectData]:
    return [
        s
        for s in group.subjects
        if s.limiting is not None and not s.limiting.evaluable and not s.limiting.pending
    ]


def _row(name: str, label: str, groups: Sequence[ToxicityGroup], pick: Pick, indent: int = 0) -> Row:
    cells = tuple(
        count_share(
            f"toxicity.{name}.{group.id}",
            f"Subjects of {group.label}: {label[0].lower()}{label[1:]}.",
            [_fact(subject) for subject in pick(group)],
            len(group.subjects),
        )
        for group in groups
    )
    return Row(label, cells, indent)


def _open_events(group: ToxicityGroup) -> Number:
    found = [
        Fact(case.event.subject, case.event.source_ids)
        for subject in group.subjects
        for case in subject.cases
        if is_open(case)
    ]
    definition = (
        f"Events of {group.label} in the window without a grade or an onset, or lasting on, so that it cannot be "
        "said yet whether they are dose limiting."
    )
    return count_things(f"toxicity.open.{group.id}", definition, found, "events")


def _sources(group: ToxicityGroup) -> tuple[tuple[str, ...], tuple[int, ...]]:
    facts = [_fact(subject) for subject in group.evaluable]
    return tuple(sorted(fact.subject for fact in facts)), merge_sources(*(fact.sources for fact in facts))


def _limit(stated: ToxicityStopping, group: ToxicityGroup) -> Cell:
    """The boundary at the current number, else at the next look that has one."""
    boundary = compute_boundary(make_rule(stated), stated.max_subjects)
    evaluable = len(group.evaluable)
    ahead = ((n, limit) for n, limit in enumerate(boundary, start=1) if n >= evaluable and limit is not None)
    found = next(ahead, None)
    if found is None:
        return f"no look after {stated.max_subjects}"
    look, limit = found
    subjects, sources = _sources(group)
    definition = (
        f"The smallest number with a toxicity among {look} evaluable subjects of {group.label} that stops."
    )
    text = f"{limit} of {look}"
    return Number(f"toxicity.limit.{group.id}", text, limit, definition, "subjects", subjects, sources)


def _posterior(rule: StoppingRule, group: ToxicityGroup) -> Number:
    value = compute_posterior(rule, len(group.toxic), len(group.evaluable))
    subjects, sources = _sources(group)
    definition = (
        f"Posterior probability that the rate of dose-limiting toxicity in {group.label} exceeds "
        f"{rule.max_rate:.0%}, prior Beta({rule.prior_events:g}, {rule.prior_free:g})."
    )
    text = write_decimal(value, 3)
    return Number(f"toxicity.posterior.{group.id}", text, value, definition, "probability", subjects, sources)


def find_crossing(rule: StoppingRule, path: Sequence[int]) -> int | None:
    """The number of evaluable subjects at which the path first reached the boundary; None where it never did."""
    boundary = compute_boundary(rule, len(path)) if path else []
    crossed = (
        n
        for n, (events, limit) in enumerate(zip(path, boundary, strict=True), start=1)
        if limit is not None and events >= limit
    )
    return next(crossed, None)


def _verdict(stated: ToxicityStopping, group: ToxicityGroup) -> str:
    crossed = find_crossing(make_rule(stated), group.path()[: stated.max_subjects])
    if crossed is not None:
        return f"Stop: reached after {crossed} evaluable subjects"
    return "Below the boundary" if group.evaluable else "No subject is evaluable yet"


def _criteria(data: Dataset, groups: Sequence[ToxicityGroup]) -> Table:
    """The events that were dose limiting, by the criterion that made them so."""
    stated = data.study.safety.dose_limiting
    rows: list[Row] = []
    for criterion in stated.criteria if stated is not None else ():
        cells = tuple(
            count_things(
                f"toxicity.criterion.{criterion.id}.{group.id}",
                f"Dose-limiting events of {group.label} by the criterion: {criterion.label}.",
                [
                    Fact(case.event.subject, case.event.source_ids)
                    for subject in group.subjects
                    for case in subject.cases
                    if case.is_limiting
                    and case.limiting is not None
                    and case.limiting.criterion == criterion.id
                ],
                "events",
            )
            for group in groups
        )
        rows.append(Row(criterion.label, cells))
    columns = ("Criterion", *(group.label for group in groups))
    notes = ("An event counts under the first criterion that it meets.",)
    return Table("toxicity_criteria", "Dose-limiting events by criterion", columns, tuple(rows), notes)


def _figure(groups: Sequence[ToxicityGroup], stated: ToxicityStopping) -> Figure:
    rule = make_rule(stated)
    boundary = compute_boundary(rule, stated.max_subjects)
    paths = [Path(group.label, group.path()[: stated.max_subjects]) for group in groups]
    svg = draw_stopping(
        boundary, paths, "Evaluable subjects", "Subjects with a dose-limiting toxicity", "stopping"
    )
    words = "; ".join(
        f"{group.label}: {len(group.toxic)} of {len(group.evaluable)} evaluable subjects" for group in groups
    )
    notes = (
        "A path that touches the boundary stops accrual; subjects in the order in which they became evaluable.",
    )
    title = "Stopping boundary and observed path"
    return Figure("stopping_figure", title, svg, f"{words}.", notes, _boundary_table(rule, boundary, groups))


def _boundary_table(
    rule: StoppingRule, boundary: Sequence[int | None], groups: Sequence[ToxicityGroup]
) -> Table:
    """A row a look: what stops, and what each group had with so many evaluable subjects."""
    observed = {group.id: _observed(rule, group, len(boundary)) for group in groups}
    rows = tuple(
        Row(
            str(n),
            (
                "none" if limit is None else str(limit),
                *(observed[group.id].get(n, NOBODY) for group in groups),
            ),
        )
        for n, limit in enumerate(boundary, start=1)
        if rule.is_look(n)
    )
    columns = ("Evaluable subjects", "Stops at", *(f"{group.label}, observed" for group in groups))
    return Table("stopping_boundary", "Stopping boundary", columns, rows)


def _observed(rule: StoppingRule, group: ToxicityGroup, most: int) -> dict[int, Number]:
    """The subjects with a toxicity among the first n evaluable ones, for every look that was reached."""
    toxic: list[Fact] = []
    found: dict[int, Number] = {}
    for n, subject in enumerate(group.evaluable[:most], start=1):
        if subject.limiting is not None and subject.limiting.toxic:
            toxic.append(_fact(subject))
        if rule.is_look(n):
            definition = (
                f"Subjects of {group.label} with a dose-limiting toxicity among the first {n} evaluable ones; "
                f"posterior probability {compute_posterior(rule, len(toxic), n):.3f}."
            )
            found[n] = count_things(f"toxicity.path_{n}.{group.id}", definition, tuple(toxic), "subjects")
    return found
