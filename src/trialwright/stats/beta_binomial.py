"""Beta-binomial arithmetic: posteriors of a rate, stopping boundaries, and their exact behaviour.

With the prior Beta(a, b) and x events among n subjects the posterior is Beta(a + x, b + n - x). Source:
Thall & Simon (1994), Biometrics 50:337.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.special import betaincc


def compute_exceedance(prior: tuple[float, float], events: int, subjects: int, rate: float) -> float:
    """Posterior probability that the true rate exceeds ``rate``; refuses more events than subjects."""
    if not 0 <= events <= subjects:
        raise ValueError("events must lie between 0 and the number of subjects")
    return float(betaincc(prior[0] + events, prior[1] + subjects - events, rate))


def compute_least_events(prior: tuple[float, float], subjects: int, rate: float, cutoff: float) -> int | None:
    """The smallest number of events at which the posterior exceeds ``cutoff``; None where none does."""
    events = np.arange(subjects + 1)
    exceeds = betaincc(prior[0] + events, prior[1] + subjects - events, rate) > cutoff
    return int(np.argmax(exceeds)) if exceeds.any() else None


def compute_path_probabilities(
    boundary: Sequence[int | None], rate: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Exact course of a rule that looks after every subject and stops at ``boundary[n - 1]`` events or more.

    Returns the probability of stopping after each subject, shape (n,), and the distribution of events of the
    trials that never stop, shape (n + 1,). ``rate`` is the true rate.
    """
    most = len(boundary)
    going = np.zeros(most + 1)
    going[0] = 1.0
    stopping = np.zeros(most)
    for k, limit in enumerate(boundary):
        going[1:] = going[1:] * (1 - rate) + going[:-1] * rate
        going[0] *= 1 - rate
        if limit is not None:
            stopping[k] = going[limit:].sum()
            going[limit:] = 0.0
    return stopping, going
