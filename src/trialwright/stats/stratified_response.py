"""Responses compared within strata: Cochran-Mantel-Haenszel test, common odds ratio and risk difference.

Sources: Mantel and Haenszel 1959; Robins, Breslow and Greenland 1986, Biometrics 42:311 (variance of the log
odds ratio); Greenland and Robins 1985, Biometrics 41:55 and Sato 1989, Biometrics 45:1323 (risk difference).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from trialwright.stats.arrays import FloatArray, check_level, parse_numbers
from trialwright.stats.distributions import chi_square_sf, two_sided_z

NAN = float("nan")


@dataclass(frozen=True, slots=True)
class StratifiedResponse:
    """First group against second over the strata. The odds ratio's parts are NaN where it has no estimate."""

    statistic: float
    p_value: float
    odds_ratio: float
    odds_ratio_lower: float
    odds_ratio_upper: float
    difference: float
    difference_lower: float
    difference_upper: float
    n_strata: int
    n_strata_used: int
    level: float
    continuity_correction: bool
    estimable: bool
    reason: str
    convention: str


@dataclass(frozen=True, slots=True)
class _Tables:
    """Counts by stratum: events and others of the first group (a, b) and of the second (c, d)."""

    a: FloatArray
    b: FloatArray
    c: FloatArray
    d: FloatArray

    @property
    def total(self) -> FloatArray:
        return self.a + self.b + self.c + self.d


def compute_stratified_response(
    events_first: ArrayLike,
    n_first: ArrayLike,
    events_second: ArrayLike,
    n_second: ArrayLike,
    *,
    continuity_correction: bool = False,
    level: float = 0.95,
) -> StratifiedResponse:
    """Mantel-Haenszel summaries; each argument is one whole number a stratum.

    A stratum in which a group has nobody says nothing and is left out. Not estimable without a stratum in
    which both groups stand, or when every subject or none responded in each of them.
    """
    check_level(level)
    tables, given = _parse(events_first, n_first, events_second, n_second)
    reason = _reason(tables)
    statistic = p_value = NAN
    odds = difference = (NAN, NAN, NAN)
    if tables.total.size:
        difference = _difference(tables, level)
    if not reason:
        statistic = _test(tables, continuity_correction)
        p_value = chi_square_sf(statistic, 1)
        odds = _odds_ratio(tables, level)
    correction = "with" if continuity_correction else "without"
    return StratifiedResponse(
        statistic,
        p_value,
        *odds,
        *difference,
        n_strata=given,
        n_strata_used=int(tables.total.size),
        level=level,
        continuity_correction=continuity_correction,
        estimable=not reason,
        reason=reason or ("" if np.isfinite(odds[1]) else "no finite common odds ratio"),
        convention=f"Cochran-Mantel-Haenszel {correction} continuity correction; odds ratio with "
        f"Robins-Breslow-Greenland interval; risk difference with Sato interval, level {level:g}",
    )


def _parse(
    events_first: ArrayLike, n_first: ArrayLike, events_second: ArrayLike, n_second: ArrayLike
) -> tuple[_Tables, int]:
    names = ("events of the first group", "size of the first", "events of the second", "size of the second")
    columns = [
        parse_numbers(values, name)
        for values, name in zip((events_first, n_first, events_second, n_second), names, strict=True)
    ]
    if len({column.size for column in columns}) > 1:
        raise ValueError("the four columns of counts must have one row a stratum each")
    x1, n1, x2, n2 = columns
    whole = all(bool(np.all(column == np.floor(column))) for column in columns)
    if not whole or bool(np.any((x1 < 0) | (x2 < 0) | (x1 > n1) | (x2 > n2))):
        raise ValueError("counts must be whole and satisfy 0 <= events <= n in every stratum")
    used = (n1 > 0) & (n2 > 0)
    return _Tables(x1[used], (n1 - x1)[used], x2[used], (n2 - x2)[used]), int(x1.size)


def _reason(tables: _Tables) -> str:
    if not tables.total.size:
        return "no stratum has subjects of both groups"
    events = tables.a + tables.c
    open_strata = (events > 0) & (events < tables.total)
    return "" if open_strata.any() else "in every stratum all subjects or none responded"


def _test(tables: _Tables, continuity_correction: bool) -> float:
    n1, n2, n = tables.a + tables.b, tables.c + tables.d, tables.total
    events = tables.a + tables.c
    distance = abs(float(np.sum(tables.a - n1 * events / n)))
    variance = float(np.sum(n1 * n2 * events * (n - events) / (n**2 * (n - 1.0))))
    if continuity_correction:
        distance = max(distance - 0.5, 0.0)
    return distance**2 / variance


def _odds_ratio(tables: _Tables, level: float) -> tuple[float, float, float]:
    n = tables.total
    r, s = tables.a * tables.d / n, tables.b * tables.c / n
    p, q = (tables.a + tables.d) / n, (tables.b + tables.c) / n
    top, bottom = float(r.sum()), float(s.sum())
    if top == 0 or bottom == 0:
        return (NAN if top == bottom else 0.0 if top == 0 else float("inf")), NAN, NAN
    variance = (
        np.sum(p * r) / (2 * top**2)
        + np.sum(p * s + q * r) / (2 * top * bottom)
        + np.sum(q * s) / (2 * bottom**2)
    )
    half = two_sided_z(level) * float(np.sqrt(variance))
    ratio = top / bottom
    return ratio, float(ratio * np.exp(-half)), float(ratio * np.exp(half))


def _difference(tables: _Tables, level: float) -> tuple[float, float, float]:
    n1, n2, n = tables.a + tables.b, tables.c + tables.d, tables.total
    weight = n1 * n2 / n
    total = float(weight.sum())
    estimate = float(np.sum((tables.a * n2 - tables.c * n1) / n)) / total
    p = (n1**2 * tables.c - n2**2 * tables.a + n1 * n2 * (n2 - n1) / 2) / n**2
    q = (tables.a * (n2 - tables.c) + tables.c * (n1 - tables.a)) / (2 * n)
    variance = (estimate * float(p.sum()) + float(q.sum())) / total**2
    half = two_sided_z(level) * float(np.sqrt(max(variance, 0.0)))
    return estimate, max(estimate - half, -1.0), min(estimate + half, 1.0)
