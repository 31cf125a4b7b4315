"""How toxicity rules behave: Bayesian stopping and 3+3, exactly.

Sources: Thall & Simon (1994), Biometrics 50:337; Storer (1989), Biometrics 45:925.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trialwright.stats.beta_binomial import compute_least_events, compute_path_probabilities


@dataclass(frozen=True, slots=True)
class ToxicityRule:
    """Stop when the posterior probability that the rate exceeds ``greatest_rate`` is above ``cutoff``.

    ``prior`` is (a, b) of the beta distribution. The rule is applied after ``first_look`` subjects, then after
    every ``look_every`` more, up to ``most_subjects``.
    """

    prior: tuple[float, float]
    greatest_rate: float
    cutoff: float
    most_subjects: int
    first_look: int = 1
    look_every: int = 1

    def looks_at(self, subjects: int) -> bool:
        """Whether the rule is applied after so many subjects."""
        later = subjects - self.first_look
        return later >= 0 and later % self.look_every == 0

    def boundary(self) -> list[int | None]:
        """For 1, 2, ... subjects the smallest number of events that stops; None where none does or nobody looks."""
        return [
            compute_least_events(self.prior, n, self.greatest_rate, self.cutoff) if self.looks_at(n) else None
            for n in range(1, self.most_subjects + 1)
        ]


@dataclass(frozen=True, slots=True)
class StoppingCharacteristics:
    """What a rule does at one true rate; exact."""

    true_rate: float
    stop_probability: float
    expected_subjects: float
    expected_events: float


def compute_stopping_characteristics(
    rule: ToxicityRule, true_rates: Sequence[float]
) -> list[StoppingCharacteristics]:
    """Probability of stopping (at the last subject too), expected subjects and events, at each true rate."""
    boundary, subjects = rule.boundary(), np.arange(1, rule.most_subjects + 1)
    found: list[StoppingCharacteristics] = []
    for rate in true_rates:
        stopping, going = compute_path_probabilities(boundary, rate)
        expected = float(stopping @ subjects + going.sum() * rule.most_subjects)
        # by Wald's identity the expected number of events is rate times expected subjects
        found.append(StoppingCharacteristics(rate, float(stopping.sum()), expected, rate * expected))
    return found


@dataclass(frozen=True, slots=True)
class ThreePlusThree:
    """What 3+3 does with doses of given true rates; exact.

    ``selected``: probability that each dose is taken as the maximum tolerated dose (at most 1 event in 6).
    ``none_selected``: that even the lowest dose is too toxic. Expected subjects and events are totals.
    """

    true_rates: tuple[float, ...]
    selected: tuple[float, ...]
    none_selected: float
    expected_subjects: float
    expected_events: float

    def as_json(self) -> dict[str, Any]:
        """A JSON-ready mapping."""
        return {name: getattr(self, name) for name in self.__slots__}


def compute_three_plus_three(true_rates: Sequence[float]) -> ThreePlusThree:
    """3+3 from the lowest dose upwards.

    0/3 goes up, 1/3 adds three, 1/6 goes up, more goes down; on the way down a dose with three subjects gets
    three more, and the highest dose with at most 1 event in 6 is selected. At the top dose three subjects
    without event are also completed to six.
    """
    walk = _Walk(tuple(true_rates))
    walk.climb(0, 1.0, ())
    total = float(walk.selected.sum())
    return ThreePlusThree(
        walk.rates, tuple(float(p) for p in walk.selected), 1.0 - total, walk.subjects, walk.events
    )


class _Walk:
    """The tree of all courses of a 3+3 trial; ``full`` says of each dose passed whether it had six subjects."""

    def __init__(self, rates: tuple[float, ...]) -> None:
        self.rates = rates
        self.selected: NDArray[np.float64] = np.zeros(len(rates))
        self.subjects = 0.0
        self.events = 0.0

    def treat(self, dose: int, weight: float) -> tuple[float, float]:
        """Three subjects at a dose; probabilities of no event and of one."""
        p = self.rates[dose]
        self.subjects += 3 * weight
        self.events += 3 * p * weight
        return (1 - p) ** 3, 3 * p * (1 - p) ** 2

    def climb(self, dose: int, weight: float, full: tuple[bool, ...]) -> None:
        """Three subjects at a new dose."""
        if weight <= 0:
            return
        none, one = self.treat(dose, weight)
        none_of_three_more, _ = self.treat(dose, weight * one)
        one_of_six = one * none_of_three_more
        last = dose == len(self.rates) - 1
        if last:
            self.selected[dose] += weight * one_of_six
            self.descend(dose, weight * none, (*full, False))
        else:
            self.climb(dose + 1, weight * none, (*full, False))
            self.climb(dose + 1, weight * one_of_six, (*full, True))
        self.descend(dose - 1, weight * (1 - none - one_of_six), full)

    def descend(self, dose: int, weight: float, full: tuple[bool, ...]) -> None:
        """Select a dose already passed, after three more subjects where it had three."""
        if dose < 0 or weight <= 0:
            return
        if full[dose]:
            self.selected[dose] += weight
            return
        none, one = self.treat(dose, weight)
        self.selected[dose] += weight * (none + one)
        self.descend(dose - 1, weight * (1 - none - one), full)
