"""Bayesian stopping for toxicity: posterior, boundary, exact operating characteristics.

With the prior Beta(a, b) and x events among n evaluable subjects the posterior is Beta(a + x, b + n - x).
Accrual stops when the posterior probability that the rate exceeds the greatest acceptable one is above a
cut-off. Source: Thall and Simon, Biometrics 1994;50:337-349; house safety reference, section 9.
"""

from __future__ import annotations

from dataclasses import dataclass

from scipy import stats


@dataclass(frozen=True, slots=True)
class StoppingRule:
    """Prior Beta(``prior_events``, ``prior_free``), greatest acceptable rate, cut-off of the posterior
    probability.

    ``first_look``: the rule is not applied before so many evaluable subjects; a vague prior would otherwise
    stop after a single early event.
    """

    prior_events: float
    prior_free: float
    max_rate: float
    cutoff: float
    first_look: int = 1


def compute_posterior(rule: StoppingRule, events: int, evaluable: int) -> float:
    """The posterior probability that the true rate exceeds ``max_rate``; refuses more events than
    subjects.
    """
    if not 0 <= events <= evaluable:
        raise ValueError("events must lie between 0 and the number of evaluable subjects")
    a, b = rule.prior_events + events, rule.prior_free + evaluable - events
    return float(stats.beta.sf(rule.max_rate, a, b))


def compute_boundary(rule: StoppingRule, max_evaluable: int) -> list[int | None]:
    """For 1, 2, ... evaluable subjects the smallest number of events that stops; ``None`` where none does.

    Before ``first_look`` nothing stops.
    """
    boundary: list[int | None] = []
    for evaluable in range(1, max_evaluable + 1):
        stops = (x for x in range(evaluable + 1) if compute_posterior(rule, x, evaluable) > rule.cutoff)
        boundary.append(next(stops, None) if evaluable >= rule.first_look else None)
    return boundary


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
    boundary = compute_boundary(rule, max_evaluable)
    alive = {0: 1.0}
    stopped = expected = 0.0
    for evaluable, limit in enumerate(boundary, start=1):
        after: dict[int, float] = {}
        for events, weight in alive.items():
            after[events] = after.get(events, 0.0) + weight * (1 - true_rate)
            after[events + 1] = after.get(events + 1, 0.0) + weight * true_rate
        halted = sum(w for events, w in after.items() if limit is not None and events >= limit)
        alive = {events: w for events, w in after.items() if limit is None or events < limit}
        stopped += halted
        expected += evaluable * halted
    expected += max_evaluable * sum(alive.values())
    return OperatingCharacteristics(true_rate, stopped, expected)
