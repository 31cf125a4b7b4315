"""How BOIN and CRM find a dose: many simulated trials at once.

Sources: Liu & Yuan (2015), JRSS C 64:507 (BOIN); O'Quigley, Pepe, Fisher (1990), Biometrics 46:33, and Cheung
(2011), Dose finding by the continual reassessment method, chapter 3 (CRM with the power model).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trialwright.stats.boin import BoinRow, compute_boin_table

Counts = NDArray[np.int64]
Reals = NDArray[np.float64]
Decision = Callable[[Counts, Counts, Counts], Counts]
"""(current dose, treated, toxic) of each trial to the next dose; -1 stops without a dose."""


@dataclass(frozen=True, slots=True)
class DoseFinding:
    """What a dose-finding design does with doses of given true rates.

    Per dose: probability of being selected and its Monte Carlo standard error, mean subjects and events.
    """

    true_rates: tuple[float, ...]
    selected: tuple[float, ...]
    selected_se: tuple[float, ...]
    none_selected: float
    mean_subjects: tuple[float, ...]
    mean_events: tuple[float, ...]
    replicates: int

    def as_json(self) -> dict[str, Any]:
        """A JSON-ready mapping."""
        return {name: getattr(self, name) for name in self.__slots__}


def simulate_boin(
    true_rates: Sequence[float], target: float, cohort: int, cohorts: int, replicates: int, seed: int
) -> DoseFinding:
    """BOIN with cohorts from the lowest dose; the dose is selected by isotonic regression at the end."""
    table = compute_boin_table(target, cohort * cohorts)
    doses = len(true_rates)

    def decide(dose: Counts, treated: Counts, toxic: Counts) -> Counts:
        rows = np.arange(dose.size)
        return _boin_next(
            dose, treated[rows, dose], toxic[rows, dose], _limits(table), _barred(treated, toxic, table)
        )

    treated, toxic, dose = _run(decide, true_rates, cohort, cohorts, replicates, seed)
    barred = _barred(treated, toxic, table)
    chosen = np.array(
        [_isotonic_choice(treated[r], toxic[r], int(barred[r]), target) for r in range(replicates)]
    )
    chosen[dose < 0] = -1
    return _summary(true_rates, doses, chosen, treated, toxic)


def _limits(table: list[BoinRow]) -> Counts:
    never = len(table) + 1
    rows = [(0, never, never)] + [
        (
            row.escalate_most,
            row.de_escalate_least,
            never if row.eliminate_least is None else row.eliminate_least,
        )
        for row in table
    ]
    return np.array(rows, dtype=np.int64)


def _barred(treated: Counts, toxic: Counts, table: list[BoinRow]) -> Counts:
    """The lowest dose that is eliminated in each trial, with all above; the number of doses when none is."""
    gone = toxic >= _limits(table)[treated, 2]
    return np.where(gone.any(axis=1), gone.argmax(axis=1), treated.shape[1])


def _boin_next(dose: Counts, n: Counts, x: Counts, limits: Counts, barred: Counts) -> Counts:
    move = np.where(x <= limits[n, 0], 1, np.where(x >= limits[n, 1], -1, 0))
    wanted = np.clip(dose + move, 0, barred - 1)
    return np.where(barred == 0, -1, wanted)


def _isotonic_choice(treated: Counts, toxic: Counts, barred: int, target: float) -> int:
    """The dose whose isotonic estimate is nearest to the target, among those tried and not eliminated.

    Ties below the target go to the higher dose, above it to the lower, as in the authors' software.
    """
    tried = [d for d in range(barred) if treated[d] > 0]
    if not tried:
        return -1
    n, x = treated[tried], toxic[tried]
    rate = (x + 0.05) / (n + 0.1)
    weight = (n + 0.1) ** 2 * (n + 1.1) / ((x + 0.05) * (n - x + 0.05))
    fitted = compute_isotonic(rate, weight) + np.arange(len(tried)) * 1e-10
    return tried[int(np.argmin(np.abs(fitted - target)))]


def compute_isotonic(values: Reals, weights: Reals) -> Reals:
    """The weighted least-squares fit that never decreases (pool adjacent violators)."""
    blocks: list[tuple[float, float, int]] = []
    for value, weight in zip(values, weights, strict=True):
        blocks.append((float(value), float(weight), 1))
        while len(blocks) > 1 and blocks[-2][0] >= blocks[-1][0]:
            (v0, w0, n0), (v1, w1, n1) = blocks[-2:]
            blocks[-2:] = [((v0 * w0 + v1 * w1) / (w0 + w1), w0 + w1, n0 + n1)]
    return np.concatenate([np.full(n, value) for value, _, n in blocks])


@dataclass(frozen=True, slots=True)
class PowerModel:
    """CRM with toxicity skeleton ** exp(a), a normal with mean 0 and ``prior_sd``."""

    skeleton: tuple[float, ...]
    target: float
    prior_sd: float = math.sqrt(1.34)

    def estimate(self, treated: Counts, toxic: Counts) -> Reals:
        """Posterior mean of a, from counts (trials, doses), by the trapezoidal rule over 9 standard deviations."""
        nodes = np.linspace(-9.0, 9.0, 361)
        a, weights = nodes * self.prior_sd, np.exp(-0.5 * nodes**2)
        rates = np.power(np.array(self.skeleton)[:, None], np.exp(a)[None, :])
        rates = np.clip(rates, 1e-300, 1 - 1e-16)
        log_like = toxic @ np.log(rates) + (treated - toxic) @ np.log1p(-rates)
        mass = np.exp(log_like - log_like.max(axis=1, keepdims=True)) * weights
        return (mass @ a) / mass.sum(axis=1)

    def nearest(self, treated: Counts, toxic: Counts) -> Counts:
        """The dose whose estimated rate is nearest to the target."""
        rates = np.power(np.array(self.skeleton), np.exp(self.estimate(treated, toxic))[:, None])
        return np.abs(rates - self.target).argmin(axis=1)


def simulate_crm(
    true_rates: Sequence[float], model: PowerModel, cohort: int, cohorts: int, replicates: int, seed: int
) -> DoseFinding:
    """CRM with cohorts from the lowest dose, never skipping an untried dose."""

    def decide(dose: Counts, treated: Counts, toxic: Counts) -> Counts:
        highest_tried = treated.shape[1] - 1 - (treated[:, ::-1] > 0).argmax(axis=1)
        return np.minimum(model.nearest(treated, toxic), np.minimum(highest_tried, dose) + 1)

    treated, toxic, _ = _run(decide, true_rates, cohort, cohorts, replicates, seed)
    return _summary(true_rates, len(true_rates), model.nearest(treated, toxic), treated, toxic)


def _run(
    decide: Decision, true_rates: Sequence[float], cohort: int, cohorts: int, replicates: int, seed: int
) -> tuple[Counts, Counts, Counts]:
    """(treated, toxic) by trial and dose, and the dose after the last cohort."""
    rates, rows = np.array(true_rates), np.arange(replicates)
    random = np.random.Generator(np.random.Philox(key=seed))
    treated = np.zeros((replicates, len(rates)), dtype=np.int64)
    toxic = np.zeros_like(treated)
    dose = np.zeros(replicates, dtype=np.int64)
    for _ in range(cohorts):
        uniform = random.random((replicates, cohort))
        on = dose >= 0
        at = np.where(on, dose, 0)
        treated[rows, at] += cohort * on
        toxic[rows, at] += (uniform < rates[at][:, None]).sum(axis=1) * on
        dose = np.where(on, decide(at, treated, toxic), -1)
    return treated, toxic, dose


def _summary(
    true_rates: Sequence[float], doses: int, chosen: Counts, treated: Counts, toxic: Counts
) -> DoseFinding:
    selected = np.array([(chosen == d).mean() for d in range(doses)])
    errors = np.sqrt(selected * (1 - selected) / chosen.size)
    return DoseFinding(
        tuple(true_rates),
        tuple(float(p) for p in selected),
        tuple(float(e) for e in errors),
        float((chosen < 0).mean()),
        tuple(float(m) for m in treated.mean(axis=0)),
        tuple(float(m) for m in toxic.mean(axis=0)),
        chosen.size,
    )
