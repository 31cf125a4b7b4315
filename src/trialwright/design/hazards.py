"""Piecewise-constant hazards, and the illness-death model that they make.

States: alive without progression, alive with progression, dead. PFS ends with the first exit, OS with
death, so PFS <= OS in every subject. Hazards depend on the time since randomisation (Markov, clock
forward).

Source: Meller, Beyersmann, Rufibach (2019), Joint modelling of progression-free and overall survival and
computation of correlation measures, Statistics in Medicine 38:4270, section 2.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise


def find_root(function: Callable[[float], float], low: float, high: float) -> float:
    """Where a continuous function with a change of sign between ``low`` and ``high`` is zero, to 1e-13.

    Inverse quadratic interpolation where it is safe, bisection elsewhere. Source: Chandrupatla (1997), Advances in
    Engineering Software 28:145.
    """
    b, a = low, high
    fb, fa = function(b), function(a)
    if fa == 0 or fb == 0:
        return a if fa == 0 else b
    if fa * fb > 0:
        raise ValueError("the function has the same sign at both ends")
    c, fc, share = a, fa, 0.5
    for _ in range(200):
        at = a + share * (b - a)
        value = function(at)
        if (value > 0) == (fa > 0):
            c, fc = a, fa
        else:
            c, fc, b, fb = b, fb, a, fa
        a, fa = at, value
        best, smallest = (a, fa) if abs(fa) < abs(fb) else (b, fb)
        tolerance = 1e-13 + 4e-16 * abs(best)
        limit = tolerance / abs(b - a) if b != a else 1.0
        if limit > 0.5 or smallest == 0:
            return best
        xi, phi = (a - b) / (c - b), (fa - fb) / (fc - fb)
        share = 0.5
        if phi * phi < xi and (1 - phi) * (1 - phi) < 1 - xi:
            share = fa / (fb - fa) * fc / (fb - fc) + (c - a) / (b - a) * fa / (fc - fa) * fb / (fc - fb)
        share = min(max(share, limit), 1 - limit)
    return a


@dataclass(frozen=True, slots=True)
class PiecewiseHazard:
    """A hazard that is constant between ``starts_months`` (the first is 0) and after the last of them."""

    per_month: tuple[float, ...]
    starts_months: tuple[float, ...] = (0.0,)

    def __post_init__(self) -> None:
        if len(self.per_month) != len(self.starts_months) or self.starts_months[0] != 0.0:
            raise ValueError("a piecewise hazard needs one value a start, and the first start at 0")
        if any(later <= earlier for earlier, later in pairwise(self.starts_months)):
            raise ValueError("the starts of a piecewise hazard must increase")

    def at(self, months: float) -> float:
        """The hazard in force at ``months``."""
        pieces = zip(self.starts_months, self.per_month, strict=True)
        return [hazard for start, hazard in pieces if start <= months][-1]

    def cumulative(self, months: float) -> float:
        """The integral of the hazard from 0 to ``months``."""
        ends = (*self.starts_months[1:], math.inf)
        pieces = zip(self.starts_months, ends, self.per_month, strict=True)
        return sum(h * (min(end, months) - start) for start, end, h in pieces if start < months)

    def scaled(
        self, ratio: float, from_months: float = 0.0, until_months: float | None = None
    ) -> PiecewiseHazard:
        """The hazard times ``ratio`` between two times, unchanged elsewhere."""
        until = math.inf if until_months is None else until_months
        starts = sorted({*self.starts_months, from_months} | ({until} if until < math.inf else set()))
        values = [self.at(start) * (ratio if from_months <= start < until else 1.0) for start in starts]
        return PiecewiseHazard(tuple(values), tuple(starts))

    def until(self, months: float, then: PiecewiseHazard) -> PiecewiseHazard:
        """This hazard up to ``months`` and ``then`` from there on (both on the clock of randomisation)."""
        if months <= 0:
            return then
        starts = sorted(
            {s for s in self.starts_months if s < months}
            | {months}
            | {s for s in then.starts_months if s > months}
        )
        values = [self.at(start) if start < months else then.at(start) for start in starts]
        return PiecewiseHazard(tuple(values), tuple(starts))


def constant(per_month: float) -> PiecewiseHazard:
    """A hazard that never changes."""
    return PiecewiseHazard((per_month,))


def weibull(shape: float, median_months: float, step_months: float, until_months: float) -> PiecewiseHazard:
    """A Weibull hazard in steps, each the mean hazard of its stretch, so that survival is exact at every step.

    After ``until_months`` the last step goes on. ``shape`` 1 is exponential.
    """
    scale = median_months / math.log(2) ** (1 / shape)
    count = max(round(until_months / step_months), 1)
    edges = [k * step_months for k in range(count + 1)]
    risen = [(edge / scale) ** shape for edge in edges]
    steps = tuple((after - before) / step_months for before, after in pairwise(risen))
    return PiecewiseHazard(steps, tuple(edges[:-1]))


@dataclass(frozen=True, slots=True)
class DiseaseCourse:
    """The three hazards of the illness-death model in one group of subjects."""

    progression: PiecewiseHazard
    death_before_progression: PiecewiseHazard
    death_after_progression: PiecewiseHazard

    def scaled(
        self,
        hazard_ratio: float,
        death_hazard_ratio: float | None = None,
        from_months: float = 0.0,
        until_months: float | None = None,
    ) -> DiseaseCourse:
        """The course with hazard ratios on progression and on death, between two times."""
        death = hazard_ratio if death_hazard_ratio is None else death_hazard_ratio
        return DiseaseCourse(
            self.progression.scaled(hazard_ratio, from_months, until_months),
            self.death_before_progression.scaled(death, from_months, until_months),
            self.death_after_progression.scaled(death, from_months, until_months),
        )

    def until(self, months: float, then: DiseaseCourse) -> DiseaseCourse:
        """This course up to ``months``, ``then`` afterwards."""
        return DiseaseCourse(
            self.progression.until(months, then.progression),
            self.death_before_progression.until(months, then.death_before_progression),
            self.death_after_progression.until(months, then.death_after_progression),
        )

    def pfs(self, months: float) -> float:
        """Probability of being alive without progression at ``months``."""
        exits = self.progression.cumulative(months) + self.death_before_progression.cumulative(months)
        return math.exp(-exits)

    def os(self, months: float) -> float:
        """Probability of being alive at ``months``, with or without progression; exact, piece by piece."""
        free, progressed = 1.0, 0.0
        breaks = sorted({0.0, months} | {s for s in self._breaks() if 0 < s < months})
        for start, end in pairwise(breaks):
            length, to_progression = end - start, self.progression.at(start)
            exit_, after = (
                to_progression + self.death_before_progression.at(start),
                self.death_after_progression.at(start),
            )
            arriving = to_progression * length * _mean_decay(exit_ * length, after * length)
            progressed = progressed * math.exp(-after * length) + free * arriving
            free *= math.exp(-exit_ * length)
        return free + progressed

    def median_months(self, endpoint: str, limit_months: float = 1200.0) -> float | None:
        """The median of ``"pfs"`` or ``"os"``; None when it lies beyond ``limit_months``."""
        survival = self.pfs if endpoint == "pfs" else self.os
        if survival(limit_months) > 0.5:
            return None
        return find_root(lambda t: survival(t) - 0.5, 0.0, limit_months)

    def _breaks(self) -> set[float]:
        hazards = (self.progression, self.death_before_progression, self.death_after_progression)
        return {start for hazard in hazards for start in hazard.starts_months}


def _mean_decay(first: float, second: float) -> float:
    """The mean over u from 0 to 1 of exp(-first u - second (1 - u))."""
    least, gap = min(first, second), abs(first - second)
    if gap < 1e-5:
        return math.exp(-least) * (1 - gap / 2 + gap * gap / 6)
    return -math.exp(-least) * math.expm1(-gap) / gap


def solve_course(
    pfs: tuple[float, float], os: tuple[float, float], deaths_without_progression: float
) -> DiseaseCourse | None:
    """Constant hazards with the wanted survival at one time each; None when no such course exists.

    ``pfs`` and ``os`` are (months, proportion alive); a median is (median, 0.5).
    ``deaths_without_progression`` is the share of first events that are deaths. The hazard after
    progression is solved so that OS fits: it exists when OS lies above PFS, and below what immortality
    after progression would give.
    """
    exit_per_month = -math.log(pfs[1]) / pfs[0]
    death = deaths_without_progression * exit_per_month
    before = constant(exit_per_month - death), constant(death)

    def gap(after_per_month: float) -> float:
        return DiseaseCourse(*before, constant(after_per_month)).os(os[0]) - os[1]

    highest = 1e3 / os[0]
    if gap(0.0) < 0 or gap(highest) > 0:
        return None
    return DiseaseCourse(*before, constant(find_root(gap, 0.0, highest)))
