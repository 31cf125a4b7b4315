"""Overall and progression-free survival: Kaplan-Meier, numbers at risk, log-rank, hazard ratio."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from trialwright.outcomes.analysis_sets import AnalysisSet
from trialwright.outcomes.survival_times import TimeToEvent
from trialwright.outcomes.traceability import merge_sources
from trialwright.stats.cox import CoxFit, compute_cox
from trialwright.stats.kaplan_meier import KaplanMeier, compute_kaplan_meier
from trialwright.stats.landmarks import compute_landmarks, compute_numbers_at_risk
from trialwright.stats.log_rank import LogRank, compute_log_rank
from trialwright.stats.survival_quantiles import compute_median
from trialwright.study.model.products import Arm

from .censoring import build_censoring
from .dataset import Dataset, SubjectData
from .figures import Curve, draw_survival
from .model import Cell, Figure, Number, Row, Section, Table
from .wording import finite, write_decimal, write_interval, write_p, write_share

Pick = Callable[[SubjectData], TimeToEvent | None]


@dataclass(frozen=True, slots=True)
class ArmTimes:
    """One arm's times in months with their events; ``rows`` are the derived times behind them."""

    arm: Arm
    rows: tuple[TimeToEvent, ...]
    curve: KaplanMeier

    @property
    def subjects(self) -> tuple[str, ...]:
        """The subjects of the arm."""
        return tuple(row.subject for row in self.rows)

    @property
    def sources(self) -> tuple[int, ...]:
        """The ledger entries behind all of the arm's times."""
        return merge_sources(*(row.source_ids for row in self.rows))


def build_survival(data: Dataset, endpoint: str, title: str, pick: Pick) -> Section:
    """One time-to-event endpoint in all allocated subjects. ``endpoint`` begins the ids (``os``, ``pfs``)."""
    arms = [_times(data, arm, pick) for arm in data.study.arms]
    arms = [times for times in arms if times.rows]
    if len(arms) < 1:
        return Section(endpoint, title, ("No subject was allocated: nothing can be estimated.",))
    comparison = _compare(data, arms) if len(arms) == 2 else None
    table = Table(
        f"{endpoint}_table",
        f"{title} by arm",
        ("", *(times.arm.label for times in arms)),
        (*_estimates(data, endpoint, arms), *_effects(endpoint, arms, comparison)),
        _notes(data, pick, comparison),
    )
    endings = build_censoring(endpoint, title, [(times.arm, times.rows) for times in arms])
    blocks = (_figure(data, endpoint, title, arms), table, endings)
    return Section(endpoint, title, (_say(title, arms, comparison),), blocks)


def _times(data: Dataset, arm: Arm, pick: Pick) -> ArmTimes:
    found = [pick(s) for s in data.of(AnalysisSet.ITT) if s.arm == arm.id]
    rows = tuple(row for row in found if row is not None)
    months = np.array([row.days * data.study.analysis.months_per_day for row in rows], dtype=float)
    events = np.array([row.event for row in rows], dtype=bool)
    analysis = data.study.analysis
    curve = compute_kaplan_meier(
        months, events, interval=analysis.survival_interval, level=analysis.confidence_level
    )
    return ArmTimes(arm, rows, curve)


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two arms compared: the reference arm's name, the log-rank test, the Cox model."""

    reference: Arm
    other: Arm
    log_rank: LogRank
    cox: CoxFit


def _compare(data: Dataset, arms: Sequence[ArmTimes]) -> Comparison:
    reference = next((t for t in arms if t.arm.id == data.study.analysis.reference_arm), arms[-1])
    other = next(times for times in arms if times is not reference)
    rows = [*reference.rows, *other.rows]
    time = np.array([row.days for row in rows], dtype=float)
    event = np.array([row.event for row in rows], dtype=bool)
    group = np.array([0] * len(reference.rows) + [1] * len(other.rows))
    analysis = data.study.analysis
    cox = compute_cox(time, event, group.astype(float), ties=analysis.ties, level=analysis.confidence_level)
    return Comparison(reference.arm, other.arm, compute_log_rank(time, event, group), cox)


def _estimates(data: Dataset, endpoint: str, arms: Sequence[ArmTimes]) -> list[Row]:
    rows = [
        Row(
            "Subjects",
            tuple(_count(f"{endpoint}.n.{t.arm.id}", t, "Subjects in the set", t.rows) for t in arms),
        ),
        Row("Events", tuple(_events(f"{endpoint}.events.{t.arm.id}", t) for t in arms)),
        Row("Median, months", tuple(_median(f"{endpoint}.median.{t.arm.id}", t) for t in arms)),
    ]
    for month in data.study.analysis.landmark_months:
        label = f"Without event at {month:g} months, %"
        rows.append(
            Row(label, tuple(_landmark(f"{endpoint}.at_{month:g}.{t.arm.id}", t, month) for t in arms))
        )
    return rows


def _count(number: str, times: ArmTimes, words: str, rows: Sequence[TimeToEvent]) -> Number:
    subjects = tuple(row.subject for row in rows)
    return Number(number, str(len(rows)), len(rows), f"{words}.", "subjects", subjects, times.sources)


def _events(number: str, times: ArmTimes) -> Number:
    found = [row for row in times.rows if row.event]
    reasons = sorted({row.reason for row in found})
    definition = f"Subjects with an event ({', '.join(reasons).lower() or 'none'})."
    sources = merge_sources(*(row.source_ids for row in found))
    text = write_share(len(found), len(times.rows))
    return Number(number, text, len(found), definition, "subjects", tuple(r.subject for r in found), sources)


def _median(number: str, times: ArmTimes) -> Number:
    found = compute_median(times.curve)
    definition = f"Kaplan-Meier median with {found.level:.0%} interval; {found.convention}."
    text = write_interval(found.estimate, found.lower, found.upper, 1)
    return Number(number, text, finite(found.estimate), definition, "months", times.subjects, times.sources)


def _landmark(number: str, times: ArmTimes, month: float) -> Number:
    found = compute_landmarks(times.curve, [month])
    definition = (
        f"Kaplan-Meier estimate at {month:g} months with {found.level:.0%} interval; {found.convention}."
    )
    estimate, lower, upper = (100 * float(v[0]) for v in (found.survival, found.lower, found.upper))
    text = write_interval(estimate, lower, upper, 0)
    value = finite(float(found.survival[0]))
    return Number(number, text, value, definition, "proportion", times.subjects, times.sources)


def _effects(endpoint: str, arms: Sequence[ArmTimes], found: Comparison | None) -> list[Row]:
    if found is None:
        return []
    subjects = tuple(s for times in arms for s in times.subjects)
    sources = merge_sources(*(times.sources for times in arms))
    cox = found.cox
    ratio = [float(values[0]) for values in (cox.hazard_ratio, cox.lower, cox.upper)]
    if not cox.estimable:
        ratio = [float("nan")] * 3
    against = f"{found.other.label} against {found.reference.label}"
    definition = (
        f"Hazard ratio, {against}, Cox model, {cox.level:.0%} interval; {_ended(cox.convention, cox.reason)}"
    )
    hazard = Number(
        f"{endpoint}.hazard_ratio",
        write_interval(ratio[0], ratio[1], ratio[2], 2),
        finite(ratio[0]),
        definition,
        "ratio",
        subjects,
        sources,
    )
    test = found.log_rank
    p = test.p_value if test.estimable else None
    meaning = f"Two-sided log-rank test, {against}; {_ended(test.convention, test.reason)}"
    p_value = Number(f"{endpoint}.log_rank_p", write_p(p), finite(p), meaning, "p", subjects, sources)
    blank: tuple[Cell, ...] = tuple("" for _ in arms[1:])
    return [Row(f"Hazard ratio, {against}", (hazard, *blank)), Row("Log-rank p", (p_value, *blank))]


def _ended(*sentences: str) -> str:
    """Sentences that are there, joined, with a full stop at the end."""
    return f"{'; '.join(words.rstrip('.') for words in sentences if words)}."


def _figure(data: Dataset, endpoint: str, title: str, arms: Sequence[ArmTimes]) -> Figure:
    months = data.study.analysis.at_risk_months
    curves = [Curve(times.arm.label, times.curve) for times in arms]
    svg = draw_survival(curves, months, f"{title}, months from allocation", endpoint)
    rows = tuple(
        Row(times.arm.label, tuple(_at_risk(endpoint, times, months, index) for index in range(len(months))))
        for times in arms
    )
    risk = Table(f"{endpoint}_risk", "Numbers at risk", ("Month", *(f"{month:g}" for month in months)), rows)
    words = "; ".join(
        f"{t.arm.label}: median {compute_median_text(t)}, {t.curve.n_events} of {t.curve.n} with an event"
        for t in arms
    )
    band = f"{arms[0].curve.level:.0%} intervals ({arms[0].curve.interval}) as bands; a tick is a censored subject."
    return Figure(f"{endpoint}_curve", f"{title}: Kaplan-Meier", svg, f"{words}.", (band,), risk)


def compute_median_text(times: ArmTimes) -> str:
    """The median in words, ``not reached`` where it is."""
    estimate = compute_median(times.curve).estimate
    return f"{write_decimal(estimate, 1)} months" if np.isfinite(estimate) else "not reached"


def _at_risk(endpoint: str, times: ArmTimes, months: Sequence[float], index: int) -> Number:
    count = int(compute_numbers_at_risk(times.curve, list(months))[index])
    found = tuple(r.subject for r, m in zip(times.rows, _months(times), strict=True) if m >= months[index])
    number = f"{endpoint}.at_risk_{months[index]:g}.{times.arm.id}"
    return Number(
        number,
        str(count),
        count,
        f"Subjects at risk just before month {months[index]:g}.",
        "subjects",
        found,
        times.sources,
    )


def _months(times: ArmTimes) -> list[float]:
    return [row.months for row in times.rows]


def _say(title: str, arms: Sequence[ArmTimes], found: Comparison | None) -> str:
    if found is None or not found.cox.estimable:
        return f"{title}: with the data at hand the arms cannot be compared."
    ratio, lower, upper = (float(v[0]) for v in (found.cox.hazard_ratio, found.cox.lower, found.cox.upper))
    total = sum(times.curve.n_events for times in arms)
    reach = (
        "The interval includes no difference."
        if lower < 1 < upper
        else "The interval excludes no difference; with so few events its width matters more than that."
    )
    return (
        f"With {total} events, the hazard in {found.other.label} is estimated at {write_decimal(ratio, 2)} times "
        f"that in {found.reference.label}; values from {write_decimal(lower, 2)} to {write_decimal(upper, 2)} "
        f"are compatible with the data ({found.cox.level:.0%} interval). {reach}"
    )


def _notes(data: Dataset, pick: Pick, found: Comparison | None) -> tuple[str, ...]:
    notes = [f"Months are days divided by {1 / data.study.analysis.months_per_day:.4f}. NE: not estimable."]
    impossible = sum(1 for subject in data.of(AnalysisSet.ITT) if pick(subject) is None)
    if impossible:
        subjects = "1 subject is" if impossible == 1 else f"{impossible} subjects are"
        notes.append(f"{subjects} left out: the dates put the end before allocation.")
    if found is not None and found.cox.reason:
        notes.append(found.cox.reason)
    return tuple(notes)
