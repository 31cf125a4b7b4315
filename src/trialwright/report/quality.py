"""Quality of life: change from baseline of the scale that the study names, by arm and visit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from statistics import mean, stdev

from scipy.stats import t as student_t

from trialwright.outcomes.analysis_sets import AnalysisSet
from trialwright.outcomes.qlq_c30 import QLQ_C30
from trialwright.outcomes.quality_of_life import Score, derive_changes, derive_scores
from trialwright.outcomes.traceability import merge_sources
from trialwright.study.model.outcomes import Outcome
from trialwright.study.model.products import Arm
from trialwright.study.schedule import VisitInstance, expand_visits

from .dataset import Dataset
from .figures import Course, draw_course
from .model import Cell, Figure, Number, Row, Section, Table
from .quality_model import build_quality_differences
from .subjects import allocated_on
from .wording import finite, write_decimal, write_interval

DRAWN_DAYS = 9
"""So many days are written under the figure at most; its points, like the rows of the table, leave no visit out."""


@dataclass(frozen=True, slots=True)
class Change:
    """Mean change of one arm at one visit with its t interval."""

    scores: tuple[Score, ...]
    mean: float | None
    lower: float
    upper: float


def build_quality(data: Dataset) -> Section:
    """Observed change from baseline; describes those who answered, and says how many that were."""
    outcome = find_quality_outcome(data)
    if outcome is None or outcome.estimand is None:
        return Section("quality", "Quality of life", ("The study names no questionnaire outcome.",))
    code = outcome.estimand.parameter or "QL"
    scale = next((scale.name for scale in QLQ_C30.scales if scale.code == code), code)
    changes = _changes(data, code)
    answered = {change.visit for change in changes}
    visits = [visit for visit in _visits(data) if visit.id in answered]
    cells = {
        (arm.id, visit.id): _change(data, [s for s in changes if s.visit == visit.id], arm)
        for arm in data.study.arms
        for visit in visits
    }
    title = f"{scale}: change from baseline"
    table = Table(
        "quality_change",
        title,
        ("Visit", *(f"{arm.label}, mean (interval); n" for arm in data.study.arms)),
        tuple(
            Row(v.label, tuple(_cell(data, code, a, v, cells[a.id, v.id]) for a in data.study.arms))
            for v in visits
        ),
        (
            f"{QLQ_C30.code} version {QLQ_C30.version}, 0 to 100, higher is better. Observed values of subjects with a "
            "baseline form; nothing is imputed. Subjects who died or stopped answering are not in later rows, so a "
            "flat line may hide a decline. Visits at which nobody of the set answered have no row.",
        ),
    )
    figure = Figure("quality_figure", title, _draw(data, visits, cells), _say(data, visits, cells), (), table)
    words = "Means of those who answered, with intervals; the arms are described, not tested."
    if len(data.study.arms) < 2 or not visits:
        return Section("quality", "Quality of life", (words,), (figure,))
    words += " Differences between the arms come from a model over all visits, named below its table."
    differences = build_quality_differences(data, code, scale, changes, visits)
    return Section("quality", "Quality of life", (words,), (figure, differences))


def find_quality_outcome(data: Dataset) -> Outcome | None:
    """The first outcome that is a change of a questionnaire."""
    return next(
        (o for o in data.study.outcomes if o.estimand and o.estimand.derivation == "questionnaire_change"),
        None,
    )


def _visits(data: Dataset) -> list[VisitInstance]:
    forms = {form.id for form in data.study.forms if form.records == "questionnaire"}
    return [visit for visit in expand_visits(data.study) if visit.day > 1 and forms & set(visit.forms)]


def _changes(data: Dataset, code: str) -> list[Score]:
    members = data.of(AnalysisSet.QOL)
    starts = {s.state.subject: start for s in members if (start := allocated_on(s.state)) is not None}
    scores = derive_scores(QLQ_C30, [form for subject in members for form in subject.quality])
    changes = derive_changes(QLQ_C30, scores, starts)
    return [score for score in changes if score.scale == code and score.change is not None]


def _change(data: Dataset, scores: Sequence[Score], arm: Arm) -> Change:
    sets = data.sets[AnalysisSet.QOL]
    mine = tuple(score for score in scores if sets.get(score.subject) == arm.id)
    values = [score.change for score in mine if score.change is not None]
    if not values:
        return Change(mine, None, float("nan"), float("nan"))
    if len(values) == 1:
        return Change(mine, values[0], float("nan"), float("nan"))
    level = data.study.analysis.confidence_level
    half = float(student_t.ppf((1 + level) / 2, len(values) - 1)) * stdev(values) / sqrt(len(values))
    return Change(mine, mean(values), mean(values) - half, mean(values) + half)


def _cell(data: Dataset, code: str, arm: Arm, visit: VisitInstance, change: Change) -> Cell:
    if change.mean is None:
        return "–"
    level = data.study.analysis.confidence_level
    return Number(
        f"quality.{code}.{visit.id}.{arm.id}",
        f"{write_interval(change.mean, change.lower, change.upper, 1)}; {len(change.scores)}",
        finite(change.mean),
        f"Mean change from baseline at {visit.label} with {level:.0%} t interval, and the number of subjects.",
        "points",
        tuple(score.subject for score in change.scores),
        merge_sources(*(score.source_ids for score in change.scores)),
    )


def _draw(data: Dataset, visits: Sequence[VisitInstance], cells: dict[tuple[str, str], Change]) -> str:
    courses: list[Course] = []
    for arm in data.study.arms:
        found = [
            (i, cells[arm.id, v.id]) for i, v in enumerate(visits) if cells[arm.id, v.id].mean is not None
        ]
        courses.append(
            Course(
                arm.label,
                tuple(float(i) for i, _ in found),
                tuple(float(c.mean or 0.0) for _, c in found),
                tuple(c.lower for _, c in found),
                tuple(c.upper for _, c in found),
                tuple(len(c.scores) for _, c in found),
            )
        )
    step = -(-len(visits) // DRAWN_DAYS)
    ticks = [(float(index), f"day {visit.day}") for index, visit in enumerate(visits) if index % step == 0]
    return draw_course(courses, ticks, "Mean change, points", "quality", zero=True)


def _say(data: Dataset, visits: Sequence[VisitInstance], cells: dict[tuple[str, str], Change]) -> str:
    if not visits:
        return "Nobody answered a questionnaire after baseline."
    first = visits[0]
    parts: list[str] = []
    for arm in data.study.arms:
        change = cells[arm.id, first.id]
        if change.mean is not None:
            parts.append(f"{arm.label} {write_decimal(change.mean, 1)} points (n = {len(change.scores)})")
    return f"At {first.label}: {'; '.join(parts)}." if parts else f"Nobody answered at {first.label}."
