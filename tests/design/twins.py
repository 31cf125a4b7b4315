"""Slow, obvious twins of the design kernels: plain Python, one subject at a time."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from trialwright.design.philox import philox4x32
from trialwright.design.scenario import DesignScenario
from trialwright.design.tables import compute_tables

F = np.float32


def minus_log(word: int) -> np.float32:
    """-log((word + 1/2) / 2**32) by the library, in double precision of the single precision number."""
    return F(max(32 * math.log(2) - math.log(float(F(F(word) + F(0.5)))), 1e-8))


def uniform(word: int) -> np.float32:
    return min(F(F(F(word) + F(0.5)) * F(2.0**-32)), F(1 - 2.0**-24))


def words(subject: int, purpose: int, stream: int, replicate: int, seed: int) -> tuple[int, int]:
    counter = (subject >> 1, purpose | stream << 8, replicate & 0xFFFFFFFF, replicate >> 32)
    block = philox4x32(counter, (seed & 0xFFFFFFFF, seed >> 32 & 0xFFFFFFFF))
    return (block[2], block[3]) if subject & 1 else (block[0], block[1])


def piece(value: np.float32, edges: np.ndarray) -> int:
    return max(k for k in range(len(edges)) if k == 0 or value >= edges[k])


def arrival_scale(scenario: DesignScenario, replicate: int, seed: int) -> tuple[np.float32, int]:
    """Length of enrolment on the clock of expected arrivals, and who comes last."""
    if not scenario.random_arrivals:
        return F(1.0), -1
    drawn = [words(i, 3, scenario.stream, replicate, seed) for i in range(scenario.subjects)]
    waited = sum(float(minus_log(word)) for word, _ in drawn)
    expected = sum(months * rate for months, rate in scenario.accrual)
    return F(waited / expected), int(float(uniform(drawn[0][1])) * scenario.subjects)


def subject_row(scenario: DesignScenario, i: int, replicate: int, seed: int) -> tuple[Any, ...]:
    """(entry, OS months, OS event, PFS months, PFS event, stratum), before any cut."""
    t, arm = compute_tables(scenario), scenario.arm_of(i)
    time_word, kind_word = words(i, 0, scenario.stream, replicate, seed)
    after_word, kind_after_word = words(i, 1, scenario.stream, replicate, seed)
    part_word, stratum_word = words(i, 2, scenario.stream, replicate, seed)
    stratum = next(s for s, edge in enumerate(t.stratum_up_to) if uniform(stratum_word) < edge)
    part = next(p for p, edge in enumerate(t.part_up_to[stratum, arm]) if uniform(part_word) < edge)
    c = (stratum * 2 + arm) * t.part_up_to.shape[2] + part
    target = minus_log(time_word)
    k = piece(target, t.first_cumulative[c])
    first = t.starts[k] + (target - t.first_cumulative[c, k]) * t.first_mean[c, k]
    u, progress, die = uniform(kind_word), t.progress[c, k], t.die[c, k]
    if u < progress:
        kind, u = "progression", u / progress
    elif u < die:
        kind, u = "death", (u - progress) / (die - progress)
    else:
        kind, u = "drop-out", (u - die) / (F(1) - die)
    scale, last_to_come = arrival_scale(scenario, replicate, seed)
    u = scale if i == last_to_come else F(u * scale)
    row = t.accrual[piece(u, t.accrual[:, 0])]
    entry = row[1] + (u - row[0]) * row[2]
    last, died = first, kind == "death"
    if kind == "progression":
        c = t.waiting_course[c] if first < t.waiting_months[c] else c
        k = piece(first, t.starts)
        spent = t.second_cumulative[c, k] + (first - t.starts[k]) / t.second_mean[c, k]
        target = spent + minus_log(after_word)
        k = piece(target, t.second_cumulative[c])
        last = max(first, t.starts[k] + (target - t.second_cumulative[c, k]) * t.second_mean[c, k])
        died = uniform(kind_after_word) < t.die_after[c, k]
    return (entry, last, died, *seen_pfs(scenario, kind, first, last, died), stratum)


def seen_pfs(
    scenario: DesignScenario, kind: str, first: np.float32, last: np.float32, died: bool
) -> tuple[np.float32, bool]:
    interval = F(scenario.assessment_interval_months)
    if interval == 0:
        return (first, True) if kind == "progression" else (last, died)
    seen = F(np.ceil(first / interval)) * interval
    if kind == "progression" and seen <= last:
        return seen, True
    return (last, True) if died else (F(np.floor(last / interval)) * interval, False)


def on_grid(months: np.float32) -> np.float32:
    return (F(months).view(np.int32) & np.int32(-4)).view(F)


def cut(scenario: DesignScenario, row: tuple[Any, ...], column: int, look: np.float32) -> Any:
    """(months, event) at a look on the grid of 22 bits; None before entry. Columns: 1 OS, 3 PFS."""
    entry, months, event = row[0], on_grid(row[column]), row[column + 1]
    if entry > look:
        return None
    if F(entry + months) <= look:
        return months, bool(event)
    interval, waited = F(scenario.assessment_interval_months), F(look - entry)
    if column == 3 and interval > 0:
        waited = F(np.floor(waited / interval)) * interval
    return on_grid(waited), False


def log_rank(months: list[float], event: list[bool], arm: list[int]) -> tuple[float, float]:
    """(O - E of arm 1, hypergeometric variance), straight from the definition."""
    score = variance = 0.0
    for t in sorted({m for m, e in zip(months, event, strict=True) if e}):
        n = sum(m >= t for m in months)
        n1 = sum(m >= t and a == 1 for m, a in zip(months, arm, strict=True))
        d = sum(m == t and e for m, e in zip(months, event, strict=True))
        d1 = sum(m == t and e and a == 1 for m, e, a in zip(months, event, arm, strict=True))
        score += d1 - d * n1 / n
        if n > 1:
            variance += d * (n1 / n) * (1 - n1 / n) * (n - d) / (n - 1)
    return score, variance
