"""Quality-of-life scores by arm and visit: how many, mean with interval, floor and ceiling."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import sqrt
from statistics import fmean, stdev

from scipy import stats

from trialwright.outcomes.quality_of_life import Score
from trialwright.outcomes.traceability import merge_sources


@dataclass(frozen=True, slots=True)
class ScoreSummary:
    """Scores (or changes) of one scale in one arm at one visit.

    ``mean`` with the interval of Student's t at ``level``; ``sd`` and the interval are missing below two
    subjects. ``floor`` and ``ceiling`` count scores of 0 and of 100.
    """

    arm: str
    visit: str
    scale: str
    count: int
    mean: float | None
    sd: float | None
    low: float | None
    high: float | None
    floor: int
    ceiling: int
    level: float
    source_ids: tuple[int, ...] = ()


def _get_value(score: Score) -> float | None:
    return score.value


def _get_change(score: Score) -> float | None:
    return score.change


def _summarise(
    key: tuple[str, str, str], scores: Sequence[Score], values: Sequence[float], level: float
) -> ScoreSummary:
    mean = fmean(values) if values else None
    sd = low = high = None
    if mean is not None and len(values) > 1:
        sd = stdev(values)
        reach = float(stats.t.ppf((1 + level) / 2, len(values) - 1)) * sd / sqrt(len(values))
        low, high = mean - reach, mean + reach
    floor = sum(1 for s in scores if s.value == 0)
    ceiling = sum(1 for s in scores if s.value == 100)
    sources = merge_sources(*(s.source_ids for s in scores))
    return ScoreSummary(*key, len(values), mean, sd, low, high, floor, ceiling, level, sources)


def derive_score_summaries(
    scores: Sequence[Score], arms: Mapping[str, str], *, of_change: bool = False, level: float = 0.95
) -> list[ScoreSummary]:
    """One row for every arm, visit and scale with a score that is not missing, in the order of visits and
    scales.

    ``of_change`` summarises the changes from baseline instead of the scores.
    """
    get: Callable[[Score], float | None] = _get_change if of_change else _get_value
    groups: dict[tuple[str, str, str], list[tuple[Score, float]]] = {}
    for score in scores:
        value = get(score)
        if value is not None and score.subject in arms:
            groups.setdefault((arms[score.subject], score.visit, score.scale), []).append((score, value))
    visits = list(dict.fromkeys(score.visit for score in scores))
    scales = list(dict.fromkeys(score.scale for score in scores))
    ordered = sorted(groups, key=lambda k: (scales.index(k[2]), visits.index(k[1]), k[0]))
    return [
        _summarise(key, [s for s, _ in groups[key]], [v for _, v in groups[key]], level) for key in ordered
    ]
