"""Bayesian stopping for toxicity: posterior, boundary, exact operating characteristics.

With the prior Beta(a, b) and x events among n evaluable subjects the posterior is Beta(a + x, b + n - x).
Accrual stops when the posterior probability that the rate exceeds the greatest acceptable one is above a
cut-off. Source: Thall and Simon, Biometrics 1994;50:337-349; house safety reference, section 9.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from trialwright.stats.beta_binomial import (
    compute_exceedance,
    compute_least_events,
    compute_path_probabilities,
)


@dataclass(frozen=True, slots=True)
class StoppingRule:
    """Prior Beta(``prior_events``, ``prior_free``), greatest acceptable rate, cut-off of the posterior
    probability.

    ``first_look``: the rule is not applied before so many evaluable subjects; a vague prior would otherwise
    stop after a single early event. From then on it is looked at after every ``look_every`` more.
    """

    prior_events: float
    prior_free: float
    max_rate: float
    cutoff: float
    first_look: int = 1
    look_every: int = 1

    def is_look(self, evaluable: int) -> bool:
        """Whether the rule is looked at with so many evaluable subjects."""
        return evaluable >= self.first_look and (evaluable - self.first_look) % self.look_every == 0

    @property
    def prior(self) -> tuple[float, float]:
        """The two parameters of the beta prior."""
        return self.prior_events, self.prior_free


def compute_posterior(rule: StoppingRule, events: int, evaluable: int) -> float:
    """The posterior probability that the true rate exceeds ``max_rate``; refuses more events than
    subjects.
    """
    return compute_exceedance(rule.prior, events, evaluable, rule.max_rate)


def compute_boundary(rule: StoppingRule, max_evaluable: int) -> list[int | None]:
    """For 1, 2, ... evaluable subjects the smallest number of events that stops; ``None`` where none does.

    Between looks nothing stops.
    """
    return [
        compute_least_events(rule.prior, evaluable, rule.max_rate, rule.cutoff)
        if rule.is_look(evaluable)
        else None
        for evaluable in range(1, max_evaluable + 1)
    ]


@dataclass(frozen=True, slots=True)
class StoppingState:
    """Where a rule stands with the current counts.

    ``stops_at`` is the number of events that stops at this number of subjects (``None``: none does).
    """

    events: int
    evaluable: int
    posterior: float
    stops_at: int | None
    stopped: bool


def compute_stopping_state(rule: StoppingRule, events: int, evaluable: int) -> StoppingState:
    """The posterior and the boundary at the current counts."""
    if evaluable == 0:
        return StoppingState(events, 0, compute_posterior(rule, events, 0), None, False)
    limit = compute_boundary(rule, evaluable)[-1]
    stopped = limit is not None and events >= limit
    return StoppingState(events, evaluable, compute_posterior(rule, events, evaluable), limit, stopped)


@dataclass(frozen=True, slots=True)
class OperatingCharacteristics:
    """How a rule behaves at one true rate: probability of stopping, expected number of subjects."""

    true_rate: float
    stop_probability: float
    expected_evaluable: float


def compute_operating_characteristics(
    rule: StoppingRule, true_rate: float, max_evaluable: int
) -> OperatingCharacteristics:
    """Exact, by going through every number of events after every subject (no simulation).

    A stop after the last subject counts as stopping.
    """
    stopping, going = compute_path_probabilities(compute_boundary(rule, max_evaluable), true_rate)
    after = np.arange(1, max_evaluable + 1)
    expected = float(stopping @ after + max_evaluable * going.sum())
    return OperatingCharacteristics(true_rate, float(stopping.sum()), expected)
