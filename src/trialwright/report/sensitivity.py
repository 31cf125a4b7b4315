"""Sensitivity analyses of the survival endpoints: the comparison of the arms under the plan's other assumptions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from math import isfinite, nan

import numpy as np

from trialwright.outcomes.analysis_sets import AnalysisSet
from trialwright.outcomes.progression_free import PROGRESSION_RULES, compute_progression_free
from trialwright.outcomes.survival_times import TimeToEvent
from trialwright.outcomes.traceability import merge_sources
from trialwright.stats.cox import compute_cox
from trialwright.stats.rmst import compute_restricted_mean_difference
from trialwright.study.model.products import Arm
from trialwright.study.model.sensitivity_plan import SensitivityAnalysis, TimedEndpoint

from .counting import Fact, count_share
from .dataset import Dataset, SubjectData, assessment_schedule, keep_possible
from .flow import find_end
from .model import Cell, Number, Row, Section, Table
from .wording import NOT_ESTIMABLE, finite, write_interval

TITLE = "Sensitivity analyses"
ENDPOINTS: tuple[tuple[TimedEndpoint, str], ...] = (
    ("os", "Overall survival"),
    ("pfs", "Progression-free survival"),
)
POPULATIONS: Mapping[str, AnalysisSet] = {
    "itt": AnalysisSet.ITT,
    "treated": AnalysisSet.MITT,
    "per_protocol": AnalysisSet.PP,
}
LOST = ("lost", "withdrew")
LOST_AS_EVENT = "LOST_AS_EVENT"


@dataclass(frozen=True, slots=True)
class Compared:
    """The times of the compared arm and of the reference arm, with the strata of their subjects."""

    other: Arm
    reference: Arm
    rows: tuple[TimeToEvent, ...]
    in_other: tuple[bool, ...]
    strata: tuple[str, ...]

    @property
    def sources(self) -> tuple[int, ...]:
        """The ledger entries behind all times."""
        return merge_sources(*(row.source_ids for row in self.rows))


@dataclass(frozen=True, slots=True)
class Estimate:
    """A hazard ratio or a difference, with its interval; NaN and the reason where it cannot be estimated."""

    value: float
    lower: float
    upper: float
    convention: str
    reason: str = ""


def build_sensitivity(data: Dataset) -> Section:
    """A table for each endpoint: the main analysis first, then those of the plan."""
    arms = [arm for arm in data.study.arms if any(s.arm == arm.id for s in data.of(AnalysisSet.ITT))]
    if len(arms) != 2:
        return Section("sensitivity", TITLE, ("These analyses compare two arms with subjects in both.",))
    reference = next((arm for arm in arms if arm.id == data.study.analysis.reference_arm), arms[-1])
    other = next(arm for arm in arms if arm is not reference)
    words = (
        "Each line changes one assumption of the main analysis, which stands first. Lines that agree say that the "
        "result does not hang on that choice, not that it is right.",
    )
    tables = tuple(_table(data, endpoint, title, other, reference) for endpoint, title in ENDPOINTS)
    return Section("sensitivity", TITLE, words, tables)


def _table(data: Dataset, endpoint: TimedEndpoint, title: str, other: Arm, reference: Arm) -> Table:
    main = SensitivityAnalysis(id="main", endpoint=endpoint, label="Main analysis")
    planned = [plan for plan in data.study.analysis.sensitivity if plan.endpoint == endpoint]
    rows = tuple(_row(data, plan, other, reference) for plan in (main, *planned))
    columns = (
        "",
        f"{other.label}, events",
        f"{reference.label}, events",
        "Hazard ratio (interval)",
        "Difference of restricted means, months (interval)",
    )
    if all(plan.measure == "hazard_ratio" for plan in planned):
        columns, rows = columns[:-1], tuple(replace(row, cells=row.cells[:-1]) for row in rows)
    level = data.study.analysis.confidence_level
    notes = [
        f"{other.label} against {reference.label}; intervals at {level:.0%}. Events of the subjects that the line "
        "analyses. A hazard ratio below 1 and a difference above 0 favour the former."
    ]
    if not planned:
        notes.append("The analysis plan names no sensitivity analysis of this endpoint.")
    return Table(f"sensitivity_{endpoint}", title, columns, rows, tuple(notes))


def _row(data: Dataset, plan: SensitivityAnalysis, other: Arm, reference: Arm) -> Row:
    compared = derive_compared(data, plan, other, reference)
    counts = tuple(_events(plan, compared, arm, arm is other) for arm in (other, reference))
    if plan.measure == "restricted_mean":
        effect = _number(plan, compared, estimate_restricted_mean(data, plan, compared), "months", 1)
        return Row(plan.label, (*counts, "", effect))
    effect = _number(plan, compared, estimate_hazard_ratio(data, plan, compared), "ratio", 2)
    return Row(plan.label, (*counts, effect, ""))


def derive_compared(data: Dataset, plan: SensitivityAnalysis, other: Arm, reference: Arm) -> Compared:
    """The times of one analysis, the compared arm first."""
    members = data.of(POPULATIONS[plan.population])
    rows: list[TimeToEvent] = []
    in_other: list[bool] = []
    strata: list[str] = []
    for arm in (other, reference):
        for subject in (s for s in members if s.arm == arm.id):
            row = _time(data, plan, subject, compared=arm is other)
            if row is not None:
                rows.append(row)
                in_other.append(arm is other)
                strata.append(subject.state.allocation.stratum if subject.state.allocation else "")
    return Compared(other, reference, tuple(rows), tuple(in_other), tuple(strata))


def _time(
    data: Dataset, plan: SensitivityAnalysis, subject: SubjectData, *, compared: bool
) -> TimeToEvent | None:
    row = subject.survival if plan.endpoint == "os" else subject.progression
    if plan.endpoint == "pfs" and plan.progression_rule is not None:
        if subject.history is None:
            return None
        rules = PROGRESSION_RULES[plan.progression_rule]
        schedule = assessment_schedule(data.study)
        row = keep_possible(compute_progression_free(subject.history, rules, schedule, cut_on=data.cut_on))
    if row is None or row.event or find_end(subject) not in LOST:
        return row
    if plan.lost == "events" or (plan.lost == "events_in_compared_arm" and compared):
        return replace(row, event=True, reason=LOST_AS_EVENT)
    return row


def _arrays(compared: Compared) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    days = np.array([row.days for row in compared.rows], dtype=float)
    events = np.array([row.event for row in compared.rows], dtype=bool)
    return days, events, np.array(compared.in_other, dtype=float)


def estimate_hazard_ratio(data: Dataset, plan: SensitivityAnalysis, compared: Compared) -> Estimate:
    """The hazard ratio of the compared arm, stratified by the strata of the allocation where planned."""
    if not any(compared.in_other) or all(compared.in_other):
        return Estimate(nan, nan, nan, "", "one arm has no subject")
    days, events, group = _arrays(compared)
    analysis = data.study.analysis
    strata = list(compared.strata) if plan.stratified else None
    cox = compute_cox(days, events, group, strata=strata, ties=analysis.ties, level=analysis.confidence_level)
    if not cox.estimable:
        return Estimate(nan, nan, nan, cox.convention, cox.reason)
    ratio, lower, upper = (float(v[0]) for v in (cox.hazard_ratio, cox.lower, cox.upper))
    return Estimate(ratio, lower, upper, cox.convention)


def estimate_restricted_mean(data: Dataset, plan: SensitivityAnalysis, compared: Compared) -> Estimate:
    """The difference of restricted mean times in months, compared arm minus reference arm."""
    if not any(compared.in_other) or all(compared.in_other):
        return Estimate(nan, nan, nan, "", "one arm has no subject")
    days, events, group = _arrays(compared)
    analysis = data.study.analysis
    months = days * analysis.months_per_day
    found = compute_restricted_mean_difference(
        months, events, group, plan.horizon_months, levels=[0.0, 1.0], level=analysis.confidence_level
    )
    if not found.estimable:
        return Estimate(nan, nan, nan, found.convention, found.reason)
    return Estimate(found.difference, found.lower, found.upper, found.convention)


def _events(plan: SensitivityAnalysis, compared: Compared, arm: Arm, other: bool) -> Number:
    mine = [row for row, here in zip(compared.rows, compared.in_other, strict=True) if here is other]
    facts = [Fact(row.subject, row.source_ids) for row in mine if row.event]
    definition = f"Subjects of {arm.label} with an event. {_describe(plan)}."
    number = count_share(f"sensitivity.{plan.endpoint}.{plan.id}.{arm.id}", definition, facts, len(mine))
    return replace(number, text=f"{len(facts)} of {len(mine)}")


def _describe(plan: SensitivityAnalysis) -> str:
    return f"{plan.label}: {plan.population.replace('_', ' ')} population"


def _number(plan: SensitivityAnalysis, compared: Compared, found: Estimate, unit: str, digits: int) -> Cell:
    measure = "Hazard ratio" if unit == "ratio" else "Difference of restricted mean times"
    ended = "; ".join(part.rstrip(".") for part in (found.convention, found.reason) if part)
    definition = (
        f"{measure}, {compared.other.label} against {compared.reference.label}. {_describe(plan)}"
        f"{'; ' if ended else ''}{ended}."
    )
    text = (
        write_interval(found.value, found.lower, found.upper, digits)
        if isfinite(found.value)
        else NOT_ESTIMABLE
    )
    subjects = tuple(row.subject for row in compared.rows)
    return Number(
        f"sensitivity.{plan.endpoint}.{plan.id}.effect",
        text,
        finite(found.value),
        definition,
        unit,
        subjects,
        compared.sources,
    )
