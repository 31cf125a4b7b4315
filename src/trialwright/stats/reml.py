"""Restricted maximum likelihood of a linear model whose rows within a subject are correlated by visit.

Sources: Patterson and Thompson 1971; Harville 1977, JASA 72:320; Lindstrom and Bates 1988. The observed
information of the covariance parameters is exact, so that Satterthwaite's degrees of freedom are those of
R mmrm. Subjects with the same visits are treated together; nothing of the size of all rows squared is made.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from trialwright.stats.arrays import FloatArray, IntArray
from trialwright.stats.covariance_structures import (
    CovarianceShape,
    compute_covariance,
    compute_start,
    is_admissible,
)

MAX_STEPS = 200
DECREMENT = 1e-12
INFORMATION_TOLERANCE = 1e-7


@dataclass(frozen=True, slots=True)
class Pattern:
    """The subjects (m) seen at the same visits: places (v,), responses (m, v), design (m, v, p)."""

    places: IntArray
    y: FloatArray
    x: FloatArray


@dataclass(frozen=True, slots=True)
class RestrictedLikelihood:
    """-2 log restricted likelihood at some covariance parameters, and what follows from them.

    ``coefficient`` (p,) and ``spread`` (p, p) are the generalised least squares estimate and its variance;
    ``slope`` (q, p, p) the derivatives of X'WX times -1; ``gradient`` (q,), ``observed`` and ``expected``
    (q, q) belong to -2 log likelihood (so the information is half of them).
    """

    value: float
    coefficient: FloatArray
    spread: FloatArray
    slope: FloatArray
    gradient: FloatArray
    observed: FloatArray
    expected: FloatArray


@dataclass(frozen=True, slots=True)
class RemlFit:
    """Where the iterations ended."""

    parameters: FloatArray
    likelihood: RestrictedLikelihood
    steps: int
    converged: bool

    @property
    def determined(self) -> bool:
        """Whether the data say something of every covariance parameter: the information is not singular."""
        observed = self.likelihood.observed
        diagonal = np.diag(observed)
        if not (np.isfinite(observed).all() and diagonal.min() > 0):
            return False
        scaled = observed / np.sqrt(np.outer(diagonal, diagonal))
        return bool(np.linalg.eigvalsh(scaled)[0] > INFORMATION_TOLERANCE)


def build_patterns(y: FloatArray, x: FloatArray, subject: IntArray, place: IntArray) -> list[Pattern]:
    """Group subjects by the set of visits they have; rows in any order, one a subject and visit."""
    order = np.lexsort((place, subject))
    edges = np.flatnonzero(np.diff(subject[order])) + 1
    by_visits: dict[tuple[int, ...], list[IntArray]] = {}
    for rows in np.split(order, edges):
        by_visits.setdefault(tuple(place[rows].tolist()), []).append(rows)
    patterns: list[Pattern] = []
    for visits, members in sorted(by_visits.items()):
        rows = np.stack(members)
        patterns.append(Pattern(np.array(visits, dtype=np.int64), y[rows], x[rows]))
    return patterns


def compute_restricted_likelihood(
    patterns: list[Pattern], shape: CovarianceShape, parameters: FloatArray
) -> RestrictedLikelihood:
    """Value, estimate, gradient and information at ``parameters``."""
    matrix, first, second = compute_covariance(shape, parameters)
    blocks = [_Block(pattern, matrix, first) for pattern in patterns]
    precision = sum((block.xwx for block in blocks), np.zeros_like(blocks[0].xwx))
    spread = np.linalg.inv(precision)
    coefficient = spread @ sum((block.xwy for block in blocks), np.zeros_like(blocks[0].xwy))
    rows = sum(pattern.y.size for pattern in patterns)
    value = (rows - coefficient.size) * np.log(2 * np.pi) + float(np.linalg.slogdet(precision)[1])
    q, p = parameters.size, coefficient.size
    slope, pull = np.zeros((q, p, p)), np.zeros((q, p))
    gradient, expected, twice = np.zeros(q), np.zeros((q, q)), np.zeros((q, q))
    bend = np.zeros((q, q))
    for block in blocks:
        residual = block.pattern.y - block.pattern.x @ coefficient
        e = residual @ block.w
        value += block.log_determinant + float(np.sum(e * residual))
        outer, flat = e.T @ e, block.b.reshape(q, -1)
        gradient += block.trace_first() - flat @ outer.ravel()
        pairs = np.tensordot(block.wx, block.wx, (0, 0)).transpose(0, 2, 1, 3).reshape(-1, p * p)
        slope += (flat @ pairs).reshape(q, p, p)
        pull += flat @ np.tensordot(block.wx, e, (0, 0)).transpose(0, 2, 1).reshape(-1, p)
        lost = (pairs @ spread.ravel()).reshape(outer.shape)
        expected += block.trace_pairs(len(residual) * block.w - 2.0 * lost)
        twice += block.trace_pairs(2.0 * outer)
        if second.any():
            bent = second[:, :, block.pattern.places[:, None], block.pattern.places[None, :]]
            bend += _bend(block, bent, e, spread)
    gradient -= np.einsum("ps,qsp->q", spread, slope)
    expected += np.einsum("ps,qst,tu,rup->qr", spread, slope, spread, slope, optimize=True)
    twice -= 2.0 * pull @ spread @ pull.T
    expected = (expected + expected.T) / 2.0
    return RestrictedLikelihood(
        value, coefficient, spread, slope, gradient, twice - expected + bend, expected
    )


def compute_reml_fit(
    patterns: list[Pattern], shape: CovarianceShape, variances: FloatArray
) -> RemlFit | None:
    """Minimise from uncorrelated visits: Newton steps where the information allows, scoring otherwise.

    None where not even the start can be evaluated (responses without any spread).
    """
    parameters = compute_start(shape, variances)
    here = _try_likelihood(patterns, shape, parameters)
    if here is None:
        return None
    for step in range(1, MAX_STEPS + 1):
        move = _direction(here)
        if move is None:
            return RemlFit(parameters, here, step, False)
        decrement = -float(move @ here.gradient)
        found = _search(patterns, shape, parameters, move, here)
        if found is None:
            return RemlFit(parameters, here, step, decrement < 1e-6)
        parameters, here = found
        if decrement < DECREMENT:
            return RemlFit(parameters, here, step, True)
    return RemlFit(parameters, here, MAX_STEPS, False)


class _Block:
    """What one pattern contributes, given the covariance of its visits."""

    def __init__(self, pattern: Pattern, matrix: FloatArray, first: FloatArray) -> None:
        places = pattern.places
        covariance = matrix[np.ix_(places, places)]
        self.pattern = pattern
        self.w: FloatArray = np.linalg.inv(covariance)
        self.b: FloatArray = first[:, places[:, None], places[None, :]]
        self.wx: FloatArray = np.einsum("ij,mjp->mip", self.w, pattern.x)
        self.xwx: FloatArray = np.einsum("mip,miq->pq", pattern.x, self.wx)
        self.xwy: FloatArray = np.einsum("mip,mi->p", self.wx, pattern.y)
        self.log_determinant = len(pattern.y) * float(np.linalg.slogdet(covariance)[1])

    def trace_first(self) -> FloatArray:
        return len(self.pattern.y) * np.einsum("ij,qji->q", self.w, self.b)

    def trace_pairs(self, outer: FloatArray) -> FloatArray:
        """The trace of ``outer`` B_q W B_r for every pair of parameters, (q, q); ``outer`` is (v, v)."""
        q = len(self.b)
        return (outer @ self.b @ self.w).reshape(q, -1) @ self.b.transpose(0, 2, 1).reshape(q, -1).T


def _bend(block: _Block, bent: FloatArray, e: FloatArray, spread: FloatArray) -> FloatArray:
    """Terms of the second derivatives of a structure that is not linear in its parameters."""
    plain = len(e) * np.einsum("ij,qrji->qr", block.w, bent)
    lost = np.einsum("mip,qrij,mjs,sp->qr", block.wx, bent, block.wx, spread, optimize=True)
    return plain - lost - np.einsum("mi,qrij,mj->qr", e, bent, e, optimize=True)


def _direction(here: RestrictedLikelihood) -> FloatArray | None:
    """Downhill: Newton where the observed information is positive definite, else Fisher scoring."""
    for information in (here.observed, here.expected):
        try:
            np.linalg.cholesky(information)
            return -np.linalg.solve(information, here.gradient)
        except np.linalg.LinAlgError:
            continue
    return None


def _search(
    patterns: list[Pattern],
    shape: CovarianceShape,
    parameters: FloatArray,
    move: FloatArray,
    here: RestrictedLikelihood,
) -> tuple[FloatArray, RestrictedLikelihood] | None:
    """The step, halved until the covariance is admissible and the criterion does not rise."""
    for _ in range(40):
        tried = parameters + move
        there = _try_likelihood(patterns, shape, tried)
        if there is not None and there.value <= here.value + 1e-10 * abs(here.value):
            return tried, there
        move = move / 2.0
    return None


def _try_likelihood(
    patterns: list[Pattern], shape: CovarianceShape, parameters: FloatArray
) -> RestrictedLikelihood | None:
    """The likelihood, or None where the covariance is none or too near singular to invert."""
    if not is_admissible(shape, parameters):
        return None
    try:
        with np.errstate(all="ignore"):
            found = compute_restricted_likelihood(patterns, shape, parameters)
    except np.linalg.LinAlgError:
        return None
    finite = (
        np.isfinite(found.value) and np.isfinite(found.gradient).all() and np.isfinite(found.observed).all()
    )
    return found if finite else None
