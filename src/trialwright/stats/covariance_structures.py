"""Shapes of the covariance between a subject's visits, with their derivatives.

Each structure maps parameters (q,) to a (k, k) matrix over the k visits, its first derivatives (q, k, k)
and second derivatives (q, q, k, k; zero for all but the autoregressive one).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from trialwright.stats.arrays import FloatArray

Structure = Literal["unstructured", "toeplitz", "ar1", "compound-symmetry", "random-slopes"]
STRUCTURES: tuple[Structure, ...] = ("unstructured", "toeplitz", "ar1", "compound-symmetry", "random-slopes")


@dataclass(frozen=True, slots=True)
class CovarianceShape:
    """A structure on ``times`` (k,), the visits' times (only random slopes use their values)."""

    structure: Structure
    times: FloatArray

    @property
    def visits(self) -> int:
        """Number of visits k."""
        return int(self.times.size)


def compute_basis(shape: CovarianceShape) -> FloatArray:
    """Basis (q, k, k) of a linear structure: the covariance is the parameters times these, summed."""
    k, t = shape.visits, shape.times
    eye, ones = np.eye(k), np.ones((k, k))
    lag = np.abs(np.subtract.outer(np.arange(k), np.arange(k)))
    if shape.structure == "unstructured":
        rows, columns = np.tril_indices(k)
        basis = np.zeros((rows.size, k, k))
        basis[np.arange(rows.size), rows, columns] = 1.0
        basis[np.arange(rows.size), columns, rows] = 1.0
        return basis
    if shape.structure == "toeplitz":
        return np.stack([(lag == step).astype(np.float64) for step in range(k)])
    if shape.structure == "compound-symmetry":
        return np.stack([eye, ones - eye])
    return np.stack([ones, np.add.outer(t, t), np.multiply.outer(t, t), eye])


def compute_start(shape: CovarianceShape, variances: FloatArray) -> FloatArray:
    """Parameters to start from: uncorrelated visits with the given variances (k,), or their mean."""
    mean = float(variances.mean())
    if shape.structure == "unstructured":
        rows, columns = np.tril_indices(shape.visits)
        return np.where(rows == columns, variances[rows], 0.0)
    if shape.structure == "ar1":
        return np.array([mean, 0.1])
    if shape.structure == "random-slopes":
        spread = max(float(np.var(shape.times)), 1e-12)
        return np.array([mean / 3.0, 0.0, mean / (3.0 * spread), mean / 3.0])
    start = np.zeros(compute_basis(shape).shape[0])
    start[0] = mean
    return start


def compute_covariance(
    shape: CovarianceShape, parameters: FloatArray
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Matrix (k, k), first derivatives (q, k, k) and second derivatives (q, q, k, k)."""
    k = shape.visits
    if shape.structure != "ar1":
        basis = compute_basis(shape)
        q = basis.shape[0]
        return np.einsum("q,qij->ij", parameters, basis), basis, np.zeros((q, q, k, k))
    variance, rho = float(parameters[0]), float(parameters[1])
    lag = np.abs(np.subtract.outer(np.arange(k), np.arange(k))).astype(np.float64)
    power = rho**lag
    slope = np.where(lag > 0, lag * rho ** np.maximum(lag - 1, 0), 0.0)
    bend = np.where(lag > 1, lag * (lag - 1) * rho ** np.maximum(lag - 2, 0), 0.0)
    second = np.zeros((2, 2, k, k))
    second[0, 1] = second[1, 0] = slope
    second[1, 1] = variance * bend
    return variance * power, np.stack([power, variance * slope]), second


def is_admissible(shape: CovarianceShape, parameters: FloatArray) -> bool:
    """Whether the parameters give a positive definite matrix (and a correlation inside (-1, 1))."""
    if shape.structure == "ar1" and not (parameters[0] > 0 and abs(parameters[1]) < 1):
        return False
    matrix = compute_covariance(shape, parameters)[0]
    try:
        root = np.linalg.cholesky(matrix)
    except np.linalg.LinAlgError:
        return False
    return bool(np.min(np.diag(root)) > 1e-8 * np.sqrt(np.max(np.diag(matrix))))


def boundary_trouble(shape: CovarianceShape, parameters: FloatArray) -> str:
    """Why a fitted random-slopes covariance is no covariance of random effects; empty otherwise."""
    if shape.structure != "random-slopes":
        return ""
    first, cross, second = (float(value) for value in parameters[:3])
    proper = first >= 0 and second >= 0 and first * second >= cross * cross and parameters[3] > 0
    return "" if proper else "the random effects' variance reached its limit: choose a simpler structure"
