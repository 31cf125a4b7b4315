"""Log-rank and Cox for two arms, on subjects sorted by time.

Ties are exact: the log-rank variance is hypergeometric, Cox uses Efron's method. Source: Klein &
Moeschberger, Survival Analysis (2nd ed.), sections 7.3 and 8.4; Efron (1977), JASA 72:557.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from trialwright.design.compiled import kernel


@kernel
def compute_risk_table(
    months: NDArray[np.float32],
    event: NDArray[np.int8],
    arm: NDArray[np.int8],
    table: NDArray[np.float64],
) -> int:
    """Rows (at risk, at risk experimental, events, events experimental, months) a distinct event time.

    Returns how many rows. Subjects come in ascending time. ``table`` has shape (subjects, 5).
    """
    rows, i, n = 0, 0, months.shape[0]
    at_risk_1 = 0
    for j in range(n):
        at_risk_1 += arm[j]
    while i < n:
        j, events, events_1, left_1 = i, 0, 0, 0
        while j < n and months[j] == months[i]:
            events += event[j]
            events_1 += event[j] * arm[j]
            left_1 += arm[j]
            j += 1
        if events > 0:
            table[rows, 0], table[rows, 1] = n - i, at_risk_1
            table[rows, 2], table[rows, 3], table[rows, 4] = events, events_1, months[i]
            rows += 1
        at_risk_1 -= left_1
        i = j
    return rows


@kernel
def compute_log_rank(table: NDArray[np.float64], rows: int) -> tuple[float, float]:
    """(observed minus expected in the experimental arm, variance)."""
    score, variance = 0.0, 0.0
    for i in range(rows):
        n, n1, d, d1 = table[i, 0], table[i, 1], table[i, 2], table[i, 3]
        p = n1 / n
        score += d1 - d * p
        if n > 1:
            variance += d * p * (1.0 - p) * (n - d) / (n - 1.0)
    return score, variance


@kernel
def compute_cox_score(table: NDArray[np.float64], rows: int, beta: float) -> tuple[float, float]:
    """(score, information) of the Efron partial likelihood at the log hazard ratio ``beta``."""
    theta = np.exp(beta)
    score, information = 0.0, 0.0
    for i in range(rows):
        n, n1, d, d1 = table[i, 0], table[i, 1], table[i, 2], table[i, 3]
        score += d1
        for k in range(int(d)):
            share = k / d
            w1 = (n1 - share * d1) * theta
            w0 = (n - n1) - share * (d - d1)
            p = w1 / (w0 + w1)
            score -= p
            information += p * (1.0 - p)
    return score, information


@kernel
def compute_cox_end(table: NDArray[np.float64], rows: int) -> int:
    """0 when the likelihood has a maximum, +1 or -1 when it rises to that side, 2 without events."""
    rising, falling = False, False
    for i in range(rows):
        n, n1, d, d1 = table[i, 0], table[i, 1], table[i, 2], table[i, 3]
        n0, d0 = n - n1, d - d1
        if n1 > 0 and n0 > 0:
            rising = rising or d1 > 0
            falling = falling or d0 > 0
    if rising and falling:
        return 0
    if rising:
        return 1
    return -1 if falling else 2


@kernel
def compute_cox(table: NDArray[np.float64], rows: int) -> tuple[float, float]:
    """(log hazard ratio, information); infinite when one arm has all the events, nan without events."""
    end = compute_cox_end(table, rows)
    if end == 2:
        return np.nan, 0.0
    if end != 0:
        return end * np.inf, 0.0
    beta, information = 0.0, 0.0
    for _ in range(50):
        score, information = compute_cox_score(table, rows, beta)
        step = min(max(score / information, -1.0), 1.0)
        beta += step
        if abs(step) < 1e-12:
            break
    return beta, information
