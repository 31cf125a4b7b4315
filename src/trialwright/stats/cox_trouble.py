"""Why a Cox model cannot be estimated, in words a reader of the report understands."""

from __future__ import annotations

import numpy as np

from trialwright.stats.cox_newton import Likelihood, NewtonFit
from trialwright.stats.risk_sets import RiskLayout

RANK_TOLERANCE = 1e-10


def compute_data_trouble(layout: RiskLayout) -> str:
    """The reason why there is no likelihood at all, or an empty string."""
    if layout.n == 0:
        return "no subjects"
    return "" if layout.n_events else "no events"


def compute_rank_trouble(at_zero: Likelihood, n_events: int, names: tuple[str, ...]) -> str:
    """The reason why the information at zero is singular, or an empty string.

    The covariates are standardised, so that the diagonal of the information is comparable between them.
    """
    information = at_zero.information / n_events
    diagonal = np.diag(information)
    constant = [name for name, value in zip(names, diagonal, strict=True) if value <= RANK_TOLERANCE]
    if constant:
        return f"{_listed(constant)} does not vary among the subjects at risk at the event times"
    correlation = information / np.sqrt(np.outer(diagonal, diagonal))
    values, vectors = np.linalg.eigh(correlation)
    if values[0] > RANK_TOLERANCE:
        return ""
    involved = [name for name, weight in zip(names, vectors[:, 0], strict=True) if abs(weight) > 1e-6]
    return f"{_listed(involved)} determine one another: leave one of them out"


def runaway_trouble(fit: NewtonFit, names: tuple[str, ...]) -> str:
    """The reason why Newton's method found no maximum, or an empty string."""
    if fit.converged:
        return ""
    separating = [name for name, flag in zip(names, fit.runaway, strict=True) if flag]
    if separating:
        return (
            f"{_listed(separating)} separates the subjects with events from those without: "
            "the hazard ratio has no finite estimate (the score test remains valid)"
        )
    return "the likelihood's maximum was not reached"


def _listed(names: list[str]) -> str:
    return ", ".join(names)
