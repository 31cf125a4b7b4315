"""Responders in quality of life: improved, stable, worsened, by stated thresholds.

Thresholds are configuration with a citation; none is part of scoring. Those marked unverified are as widely
quoted and must be read at their source before they enter an analysis plan. Source: house QLQ-C30 reference,
section 4.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from trialwright.outcomes.quality_of_life import Score
from trialwright.outcomes.traceability import merge_sources

_TOLERANCE = 1e-9


class Change(StrEnum):
    """What a change from baseline amounts to."""

    IMPROVED = "improved"
    STABLE = "stable"
    WORSENED = "worsened"


@dataclass(frozen=True, slots=True)
class Threshold:
    """Points of change that count, in either direction, as positive numbers."""

    improvement: float
    deterioration: float


@dataclass(frozen=True, slots=True)
class ThresholdSet:
    """Thresholds by scale. ``verified`` false: read the source before use."""

    citation: str
    verified: bool
    by_scale: Mapping[str, Threshold]
    default: Threshold | None = None

    def find(self, scale: str) -> Threshold | None:
        """The threshold of a scale; ``None`` where the source gives none."""
        return self.by_scale.get(scale, self.default)


TEN_POINTS = ThresholdSet("Osoba et al., J Clin Oncol 1998;16:139-144", True, {}, Threshold(10, 10))

MARINGWA_2011 = ThresholdSet(
    "Maringwa et al., Support Care Cancer 2011, DOI 10.1007/s00520-010-1016-5 (lung cancer, performance status)",
    True,
    {
        "PF": Threshold(9, 4),
        "RF": Threshold(14, 5),
        "SF": Threshold(5, 7),
        "QL": Threshold(9, 4),
        "FA": Threshold(14, 6),
        "PA": Threshold(16, 3),
    },
)

COCKS_2012 = ThresholdSet(
    "Cocks et al., Eur J Cancer 2012;48:1713-21 (smallest important change within a group)",
    False,
    {
        scale: Threshold(*points)
        for scale, points in {
            "QL": (5, 5),
            "PF": (2, 5),
            "RF": (6, 7),
            "EF": (6, 3),
            "CF": (3, 1),
            "SF": (3, 6),
            "FA": (4, 5),
            "NV": (3, 5),
            "PA": (5, 3),
            "DY": (2, 5),
            "SL": (5, 2),
            "AP": (7, 2),
            "CO": (4, 5),
            "DI": (3, 5),
            "FI": (3, 2),
        }.items()
    },
)


@dataclass(frozen=True, slots=True)
class Responder:
    """One subject's change on one scale: at one visit, or the best of all where ``visit`` is empty."""

    subject: str
    scale: str
    visit: str
    change: Change
    benefit: float
    source_ids: tuple[int, ...] = ()


def compute_change(benefit: float, threshold: Threshold) -> Change:
    """What a benefit (negative is worse) amounts to; a change of exactly the threshold counts."""
    if benefit >= threshold.improvement - _TOLERANCE:
        return Change.IMPROVED
    return Change.WORSENED if benefit <= -threshold.deterioration + _TOLERANCE else Change.STABLE


def derive_responders(scores: Sequence[Score], thresholds: ThresholdSet) -> list[Responder]:
    """One row for every score with a change, in the order given; scales without a threshold are left out."""
    rows: list[Responder] = []
    for score in scores:
        threshold = thresholds.find(score.scale)
        if score.benefit is not None and threshold is not None:
            change = compute_change(score.benefit, threshold)
            rows.append(
                Responder(score.subject, score.scale, score.visit, change, score.benefit, score.source_ids)
            )
    return rows


def derive_best_responders(scores: Sequence[Score], thresholds: ThresholdSet) -> list[Responder]:
    """The best change of every subject and scale; the first of equal ones counts."""
    best: dict[tuple[str, str], Responder] = {}
    sources: dict[tuple[str, str], list[tuple[int, ...]]] = {}
    for row in derive_responders(scores, thresholds):
        key = (row.subject, row.scale)
        sources.setdefault(key, []).append(row.source_ids)
        if key not in best or row.benefit > best[key].benefit:
            best[key] = row
    return [
        Responder(row.subject, row.scale, "", row.change, row.benefit, merge_sources(*sources[key]))
        for key, row in best.items()
    ]
