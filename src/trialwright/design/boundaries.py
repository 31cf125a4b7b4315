"""Group-sequential boundaries: spending functions, the classical shapes, futility, and the drift for a power.

Sources: O'Brien & Fleming (1979), Biometrics 35:549; Pocock (1977), Biometrika 64:191; Lan & DeMets (1983),
Biometrika 70:659; Hwang, Shih, DeCani (1990), Statistics in Medicine 9:1439; Kim & DeMets (1987), Biometrika
74:149; Haybittle (1971), British Journal of Radiology 44:793; Anderson & Clark (2010), Statistics in Medicine
29:219 (futility by beta spending).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist
from typing import Any

from trialwright.design.hazards import find_root
from trialwright.design.recursion import Continuation, above, below, compute_crossing, go_on
from trialwright.study.model.scenario import EfficacyKind, FutilityKind

_NORMAL = NormalDist()
_WIDE = 12.0


@dataclass(frozen=True, slots=True)
class Boundaries:
    """Critical values of the looks, on the scale where larger Z favours the experimental arm.

    ``fractions``: information at each look as a share of the last. ``upper``: efficacy. ``lower``:
    futility, or the mirror of ``upper`` in a two-sided test; minus infinity where there is none. ``spent``:
    one-sided alpha spent up to each look. ``drift``: theta (at information 1) for the wanted power, when
    one was wanted.
    """

    fractions: tuple[float, ...]
    upper: tuple[float, ...]
    lower: tuple[float, ...]
    spent: tuple[float, ...]
    drift: float | None = None

    def as_json(self) -> dict[str, Any]:
        """A JSON-ready mapping; None where there is no boundary."""
        return {
            "information_fractions": list(self.fractions),
            "efficacy_z": [_finite(z) for z in self.upper],
            "lower_z": [_finite(z) for z in self.lower],
            "nominal_one_sided_p": [1 - _NORMAL.cdf(z) for z in self.upper],
            "cumulative_alpha_spent": list(self.spent),
            "drift": self.drift,
        }


def _finite(z: float) -> float | None:
    return z if math.isfinite(z) else None


def compute_spending(kind: str, alpha: float, fraction: float, gamma: float = -4.0) -> float:
    """Alpha spent when a share of the information is in; ``alpha`` is one-sided."""
    if fraction >= 1:
        return alpha
    if kind == "obrien_fleming":
        return 2 * (1 - _NORMAL.cdf(_NORMAL.inv_cdf(1 - alpha / 2) / math.sqrt(fraction)))
    if kind == "pocock":
        return alpha * math.log(1 + (math.e - 1) * fraction)
    if kind == "kim_demets":
        return alpha * fraction**gamma
    if kind == "hwang_shih_decani":
        if abs(gamma) < 1e-9:
            return alpha * fraction
        return alpha * (1 - math.exp(-gamma * fraction)) / (1 - math.exp(-gamma))
    raise ValueError(f"no spending function of the name {kind}")


def compute_spending_boundaries(
    fractions: Sequence[float], alpha: float, kind: str, gamma: float = -4.0, two_sided: bool = True
) -> Boundaries:
    """Boundaries that spend ``alpha`` (one-sided) by a spending function at the given looks.

    With ``two_sided`` the lower boundary mirrors the upper one and each side spends ``alpha``.
    """
    spent = [compute_spending(kind, alpha, fraction, gamma) for fraction in fractions]
    return compute_boundaries_of(fractions, spent, two_sided)


def compute_boundaries_of(
    fractions: Sequence[float], spent: Sequence[float], two_sided: bool = True
) -> Boundaries:
    """Boundaries that have spent ``spent`` (one-sided alpha, rising) by each look."""
    upper: list[float] = []
    before: Continuation | None = None
    for k, fraction in enumerate(fractions):
        z = _upper_for(before, fraction, spent[k] - (spent[k - 1] if k else 0.0))
        upper.append(z)
        before = go_on(before, fraction, -z if two_sided else -math.inf, z, 0.0)
    return _mirrored(fractions, upper, two_sided)


def _upper_for(before: Continuation | None, fraction: float, wanted: float) -> float:
    if wanted <= 1e-14:
        return math.inf
    if above(before, fraction, -_WIDE, 0.0) <= wanted:
        return -_WIDE
    return find_root(lambda z: above(before, fraction, z, 0.0) - wanted, -_WIDE, _WIDE)


def compute_classical_boundaries(
    fractions: Sequence[float],
    alpha: float,
    kind: EfficacyKind,
    interim_z: float = 3.0,
    two_sided: bool = True,
) -> Boundaries:
    """The classical shapes: c / sqrt(t) (O'Brien-Fleming), c (Pocock), a fixed interim value (Haybittle-Peto).

    The constant, or the last value of Haybittle-Peto, is solved so that the one-sided error is ``alpha``.
    """

    def shape(c: float) -> list[float]:
        if kind == "haybittle_peto":
            return [interim_z] * (len(fractions) - 1) + [c]
        return [c / math.sqrt(t) if kind.startswith("obrien_fleming") else c for t in fractions]

    def gap(c: float) -> float:
        upper = shape(c)
        lower = [-z if two_sided else -math.inf for z in upper]
        return float(compute_crossing(fractions, lower, upper, 0.0)[0].sum()) - alpha

    return _mirrored(fractions, shape(find_root(gap, 0.5, 6.0)), two_sided)


def _mirrored(fractions: Sequence[float], upper: Sequence[float], two_sided: bool) -> Boundaries:
    lower = tuple(-z if two_sided else -math.inf for z in upper)
    over = compute_crossing(fractions, lower, upper, 0.0)[0]
    spent = tuple(float(x) for x in over.cumsum())
    return Boundaries(tuple(fractions), tuple(upper), lower, spent)


def with_futility(
    efficacy: Boundaries, power: float, kind: FutilityKind, gamma: float = -4.0, binding: bool = False
) -> Boundaries:
    """One-sided efficacy boundaries with futility by beta spending; the drift then gives exactly ``power``.

    At the last look both boundaries meet. Not binding: the efficacy boundary is kept, so that the type I
    error holds even when the futility boundary is overruled. Binding: the efficacy boundary is solved again
    with the futility boundary counted, at the alpha spent by ``efficacy``.
    """
    fractions, beta = efficacy.fractions, 1 - power
    spends = [compute_spending(kind, beta, t, gamma) for t in fractions]

    def design(drift: float) -> Boundaries:
        return _futility_at(efficacy, spends, drift, binding)

    def gap(drift: float) -> float:
        trial = design(drift)
        over = compute_crossing(fractions, trial.lower, trial.upper, drift)[0]
        return float(over.sum()) - power

    fixed = _NORMAL.inv_cdf(1 - efficacy.spent[-1]) + _NORMAL.inv_cdf(power)
    # No design beats the one look of all information.
    drift = find_root(gap, fixed * (1 - 1e-9), max(2.0 * fixed, fixed + 6.0))
    found = design(drift)
    return Boundaries(fractions, found.upper, found.lower, efficacy.spent, drift)


def _futility_at(efficacy: Boundaries, spends: Sequence[float], drift: float, binding: bool) -> Boundaries:
    upper, lower = list[float](), list[float]()
    under_null: Continuation | None = None
    under_drift: Continuation | None = None
    for k, fraction in enumerate(efficacy.fractions):
        alpha = efficacy.spent[k] - (efficacy.spent[k - 1] if k else 0.0)
        high = _upper_for(under_null, fraction, alpha) if binding else efficacy.upper[k]
        low = high
        if k < len(efficacy.fractions) - 1:
            wanted = spends[k] - (spends[k - 1] if k else 0.0)
            low = min(_lower_for(under_drift, fraction, wanted, drift), high)
        upper.append(high)
        lower.append(low)
        under_null = go_on(under_null, fraction, low if binding else -math.inf, high, 0.0)
        under_drift = go_on(under_drift, fraction, low, high, drift)
    return Boundaries(efficacy.fractions, tuple(upper), tuple(lower), efficacy.spent)


def _lower_for(before: Continuation | None, fraction: float, wanted: float, drift: float) -> float:
    reachable = below(before, fraction, _WIDE, drift)
    if wanted <= 1e-14 or wanted >= reachable:
        return -math.inf if wanted <= 1e-14 else _WIDE
    return find_root(lambda z: below(before, fraction, z, drift) - wanted, -_WIDE, _WIDE)


def compute_power(boundaries: Boundaries, drift: float) -> float:
    """Probability of crossing the upper boundary at some look; ``drift`` is theta at information 1."""
    over, _ = compute_crossing(boundaries.fractions, boundaries.lower, boundaries.upper, drift)
    return float(over.sum())


def compute_drift(boundaries: Boundaries, power: float) -> float:
    """The drift at which the boundaries have a power."""
    return find_root(lambda drift: compute_power(boundaries, drift) - power, 0.0, 20.0)


def compute_inflation(boundaries: Boundaries, power: float) -> float:
    """Information needed relative to a design with one look at the same alpha and power."""
    drift = boundaries.drift if boundaries.drift is not None else compute_drift(boundaries, power)
    fixed = _NORMAL.inv_cdf(1 - boundaries.spent[-1]) + _NORMAL.inv_cdf(power)
    return (drift / fixed) ** 2
